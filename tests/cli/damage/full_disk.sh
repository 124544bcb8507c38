# A file that cannot grow, as on a full disk: exit 3, earlier files intact, nothing half-written.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make model m.onnx; make data d
"$ASSIMILAATE" teach s --model m.onnx --data d --examples 90 > /dev/null
"$ASSIMILAATE" assimilate s x.target > /dev/null
make tree x.target > before; make tree s >> before
small() { (ulimit -f 2; try "$@") | sed 's/[0-9]*-[0-9]*\.part/N.part/'; }
small assimilate s x.target --force --seed 2
small assimilate s new.target
small teach t --model m.onnx --data d --examples 90
small teach s --model m.onnx --data d --examples 90
small infer x.target d/train-images-idx3-ubyte --output y.npy
small run --model m.onnx --data d --examples 10 --output run
ls
{ make tree x.target; make tree s | grep -v '/0000000[2-9]/'; } | cmp before -
"$ASSIMILAATE" assimilate s fresh.target --passes 1 > /dev/null
"$ASSIMILAATE" run --model m.onnx --data d --examples 10 --output run --resume > /dev/null 2>&1
"$ASSIMILAATE" teach s --model m.onnx --data d --examples 90 > /dev/null
