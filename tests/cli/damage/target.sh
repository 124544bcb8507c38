# A target that was cut short or altered is refused, never half-loaded.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make npy in.npy 60 4; make map in.npy out.npy 2
"$ASSIMILAATE" teach s --inputs in.npy --outputs out.npy --examples 20 --held-out 20 > /dev/null
"$ASSIMILAATE" assimilate s good.target --passes 2 > /dev/null
bad() {
  cp good.target x.target; "$@"; cp x.target before
  try infer x.target in.npy
  "$ASSIMILAATE" inspect x.target > /dev/null 2>&1 && echo "inspect sees nothing"
  "$ASSIMILAATE" assimilate s x.target --resume > /dev/null 2>&1 && echo "resume sees nothing"
  cmp x.target before
}
bad make cut x.target -1
bad make cut x.target 10
bad make cut x.target 3
bad make cut x.target 0
bad make flip x.target 0
bad make flip x.target 4
bad make flip x.target 40
bad make flip x.target 1000
bad make flip x.target -1
bad sh -c 'echo more >> x.target'
size=$(wc -c < good.target)
for at in $(seq 7 97 $size); do
  cp good.target x.target; make flip x.target $at
  code=0; "$ASSIMILAATE" infer x.target in.npy > /dev/null 2> err || code=$?
  if [ $code -ne 5 ]; then echo "bit at $at: exit $code"; cat err; fi
done
