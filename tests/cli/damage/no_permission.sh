. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make npy in.npy 60 4; make map in.npy out.npy 2
mkdir locked; chmod 555 locked
if [ -w locked ]; then echo "this user may write everywhere"; exit 77; fi
"$ASSIMILAATE" teach s --inputs in.npy --outputs out.npy --examples 20 --held-out 20 > /dev/null
try teach locked/s --inputs in.npy --outputs out.npy --examples 20 --held-out 20
try assimilate s locked/x.target
make model m.onnx; make data d
try run --model m.onnx --data d --examples 10 --output locked/x
chmod 000 in.npy
try teach t --inputs in.npy --outputs out.npy --examples 20 --held-out 20
chmod 644 in.npy
