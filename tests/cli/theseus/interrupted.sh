# Ctrl-C ends with 130 and leaves no files; a life is not resumed, it is lived again.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make model m.onnx; make data d
"$ASSIMILAATE" teach s --model m.onnx --data d --examples 90 > /dev/null
"$ASSIMILAATE" theseus s --days 5000 --picture x.svg --output x.target > out 2> err & pid=$!
sleep 1
kill -INT $pid || true
code=0; wait $pid || code=$?
echo "exit $code"; cat out; ls x.* 2> /dev/null || echo "no files"
