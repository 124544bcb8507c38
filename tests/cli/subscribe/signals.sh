# SIGTERM ends it cleanly, also while it waits for a stream that is not there yet; a second process is refused meanwhile.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make model m.onnx; make data d
"$ASSIMILAATE" subscribe s t --poll 0.05 > out.txt 2> err.txt &
process=$!
for _ in $(seq 200); do [ -s err.txt ] && break; sleep 0.05; done
cat err.txt
try subscribe s t --once
"$ASSIMILAATE" teach s --model m.onnx --data d --examples 60 > /dev/null
for _ in $(seq 600); do grep -q active out.txt && break; sleep 0.05; done
kill -TERM $process
wait $process && echo "exit 0"
tail -n 1 out.txt | sed 's/0\.[0-9]*/A/'
