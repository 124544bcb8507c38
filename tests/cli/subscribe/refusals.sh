# What is not trusted, not there, damaged or run twice is refused by name; what served still serves.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make model m.onnx; make data d
teach() { "$ASSIMILAATE" teach "$@" --model m.onnx --data d --examples 60 > /dev/null; }
try subscribe nowhere t --once
try subscribe mqtt://nowhere.invalid t --once --reports none 2>&1 | sed 's/(.*//'
teach u --unsigned
try subscribe u t1 --once
try subscribe u t1 --once --unsigned | tail -n 1 | sed 's/0\.[0-9]*/A/'
teach s
ASSIMILAATE_KEYS=$PWD/strangers try subscribe s t2 --once | sed 's/key [0-9a-f]\{16\}/key K/g'
try infer t2 d/t10k-images-idx3-ubyte
try subscribe s t2 --once --reports http://localhost/
try subscribe s t2 --once --group 0
try subscribe s t2 --once --rollback
try subscribe s t2 --once --retry
try subscribe u t2 --once --id 00000000000000000000000000000000
"$ASSIMILAATE" subscribe s t3 --once > /dev/null
teach two; teach two --name other
try subscribe two t4 --once
printf x > file; try subscribe s file --once
make flip t3/state 40
try subscribe s t3 --once
try inspect t3
