# A folder is brought to another one: once, again, and what is new; a damaged one is refused; key sets go along.
source "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make npy in.npy 60 4
make map in.npy out.npy 2
teach() { "$ASSIMILAATE" teach "$@" --inputs in.npy --outputs out.npy > said; }
teach a --examples 30 --held-out 20
publish() { "$ASSIMILAATE" publish "$@" --json > p.json && json p.json 'value["segments"], value["bytes"] > 0, value["seconds"] > 0, len(value["streams"]), value["keys"]'; }
publish a b
diff -r a b && echo the same
publish a b
"$ASSIMILAATE" publish a b | sed 's/in [0-9.]* s/in {} s/'
try inspect b --json | grep -E '"(examples|signed)"'
teach a --name two --examples 30 --held-out 20
publish a b
rm -r b
publish dir:a dir:b --id "$(ls a/streams | head -1)" --rate 100000
export ASSIMILAATE_KEYS=$PWD/keys
"$ASSIMILAATE" key new root > said
mkdir set
"$ASSIMILAATE" key trust keys/root.pub --set set/keys --with root > said
publish set c
cmp set/keys c/keys && echo the same
publish set c
log=$(ls a/streams/*/00000001/log.aat | head -1)
printf '\xff' | dd of=$log bs=1 seek=900 conv=notrunc status=none
try publish a d | sed 's/stream [0-9a-f]*/stream {}/'
test -z "$(find d -name log.aat -path "*$(basename $(dirname $(dirname $log)))*")" && echo nothing of it
