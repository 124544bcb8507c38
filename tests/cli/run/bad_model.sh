. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make data d; make model good.onnx
bad() { try run --model $1 --data d --output x; test ! -e x; try inspect $1; }
make model sin.onnx Sin; bad sin.onnx
make model nan.onnx nan; bad nan.onnx
: > empty.onnx; bad empty.onnx
head -c 1500 good.onnx > short.onnx; bad short.onnx
head -c 3000 /dev/zero > zeros.onnx; bad zeros.onnx
echo "not a model" > text.onnx; bad text.onnx
mkdir folder.onnx; bad folder.onnx
bad missing.onnx
