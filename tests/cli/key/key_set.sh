# An offline root names the teacher's key; two of three roots must agree; older sets, revoked keys and expired heads are refused.
source "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make model m.onnx
make data data
export ASSIMILAATE_KEYS=$PWD/office
for root in one two three; do try key new $root; done
try key trust office/one.pub --set keys --with one --threshold 2
try key trust office/two.pub --set keys --with one --with two | head -3
export ASSIMILAATE_KEYS=$PWD/teacher
try key new lab
try key trust teacher/lab.pub --set keys --with office/one.key --with office/two.key | head -3
mkdir stream; cp keys stream/keys
"$ASSIMILAATE" teach stream --key lab --model m.onnx --data data --examples 40 --held-out 10 --fit 100 > said
export ASSIMILAATE_KEYS=$PWD/device
assimilate() { try assimilate "$@" x.target --passes 2 --rounds 1 --force > said || true; grep -E 'assimilaate:|exit' said || echo "$1: taken"; }
assimilate stream
try key trust office/one.pub --role root
try key trust office/two.pub --role root --threshold 2
assimilate stream
cp keys old
try key revoke teacher/lab.pub --set keys --with office/one.key | head -1
cp keys stream/keys
assimilate stream
try key sign keys office/two.key | tail -1
cp keys stream/keys
assimilate stream
cp old stream/keys
assimilate stream
try key show keys | grep -c revoked
