# The committed segments that are damaged, as heads of a stream: none crashes the program.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make npy in.npy 60 4; make map in.npy out.npy 2
"$ASSIMILAATE" teach good --inputs in.npy --outputs out.npy --examples 20 --held-out 20 > /dev/null
for file in "$ASSIMILAATE_SOURCE"/tests/golden/bad/*.aat; do
  rm -rf s; cp -r good s; cp "$file" s/streams/*/head
  code=0; "$ASSIMILAATE" assimilate s x.target > /dev/null 2> err || code=$?
  case $code in 3|4|5|6|7) ;; *) echo "$file: exit $code"; cat err ;; esac
done
test ! -e x.target
