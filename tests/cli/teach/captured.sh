# Any framework can be a teacher: matrices of inputs and outputs, NumPy or safetensors, one stream either way.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make npy in.npy 80 4; make map in.npy out.npy 2
make safetensors both.safetensors in=in.npy out=out.npy
try teach a --inputs in.npy --outputs out.npy --examples 50 --held-out 20
try teach b --inputs both.safetensors --input-tensor in --outputs both.safetensors --output-tensor out --examples 50 --held-out 20
cmp a/streams/*/00000001/log.aat b/streams/*/00000001/log.aat
try teach c --inputs both.safetensors --outputs out.npy --examples 50 --held-out 20
try teach c --inputs both.safetensors --input-tensor inn --outputs out.npy --examples 50 --held-out 20
"$ASSIMILAATE" teach named --inputs in.npy --outputs out.npy --examples 50 --held-out 20 --name layer.7 --json > t.json
json t.json 'value["name"], value["examples"], value["held_out"], sorted(value["bits"])'
test ! -e c
