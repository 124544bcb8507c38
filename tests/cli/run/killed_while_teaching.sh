# A stream that was not finished is taught anew.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make model m.onnx; make data d
"$ASSIMILAATE" run --model m.onnx --data d --examples 10 --output whole > /dev/null 2>&1
cp -r whole x
rm -r x/stream x/targets/* x/result.json x/report.html x/metrics.jsonl
cp -r whole/stream x/stream.part
make cut x/stream.part/streams/*/00000001/log.aat -9
rm x/stream.part/streams/*/head
"$ASSIMILAATE" run --model m.onnx --data d --examples 10 --output x --resume > /dev/null 2>&1
ls x
cmp whole/stream/streams/*/00000001/log.aat x/stream/streams/*/00000001/log.aat
