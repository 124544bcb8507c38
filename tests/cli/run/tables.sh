# Tables on stdout, talk on stderr; a break-even that never comes is called so.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make model m.onnx; make data d
"$ASSIMILAATE" run --model m.onnx --data d --examples 10 --output x > tables
grep -e '^target ' -e '^beside ' tables | tr -s ' '
awk '/^weights moved/ { print $1, $2, $3, $NF }' tables
grep -c '^mss ' tables
