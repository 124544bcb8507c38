# What cannot be published, and what is said about it.
source "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make npy in.npy 60 4
make map in.npy out.npy 2
"$ASSIMILAATE" teach a --inputs in.npy --outputs out.npy --examples 30 --held-out 20 > said
try publish
try publish nowhere b
try publish nowhere b --follow
mkdir empty
try publish empty b
try publish a http://127.0.0.1:9/streams
try publish a b --id xyz
try publish a b --id 00000000000000000000000000000000
try publish a b --rate 0
try publish a mqtt://127.0.0.1:9/x
cp -r a older
"$ASSIMILAATE" teach a --inputs in.npy --outputs out.npy --examples 30 --held-out 20 --name transform > said
try publish a b > said
try publish older b | sed 's/stream [0-9a-f]*/stream {}/'
try publish older b --force | sed 's/in [0-9.]* s/in {} s/'
