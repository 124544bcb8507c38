# Results that do not reach stdout are a failure.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make model m.onnx
"$ASSIMILAATE" inspect m.onnx > /dev/full
