# An agreement that is not reached ends with 8; the target and its report are there all the same.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make npy in.npy 120 4; make map in.npy out.npy 2
"$ASSIMILAATE" teach s --inputs in.npy --outputs out.npy --examples 60 --held-out 40 > /dev/null
code=0; "$ASSIMILAATE" assimilate s x.target --agreement 0.999 > table || code=$?
echo "exit $code"
wc -l < table
"$ASSIMILAATE" inspect x.target | grep assimilated
"$ASSIMILAATE" assimilate s y.target --agreement 0.001 > /dev/null
