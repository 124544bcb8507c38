# Ctrl-C ends with 130 and keeps what was finished; --resume gets to the numbers of a run that nobody disturbed.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make model m.onnx; make data d
job="run --model m.onnx --data d --examples 90"
"$ASSIMILAATE" $job --output whole > /dev/null 2>&1
code=0
for attempt in 1 2 3 4 5 6 7 8 9 10; do  # a busy machine may let it finish before the signal
  rm -rf x
  "$ASSIMILAATE" $job --output x > out 2> err & pid=$!
  until [ -s x/metrics.jsonl ]; do sleep 0.005; done
  kill -INT $pid || true
  code=0; wait $pid || code=$?
  if [ $code -ne 0 ]; then break; fi
done
echo "exit $code"; cat out; sed "s/: [a-z_]*: transform fc[123]: stopped in round [1-4]/: TARGET: transform fcN: stopped in round N/" err
ls x | grep -c -e result -e report -e part || true
try run --model m.onnx --data d --examples 90 --output x --resume --seed 2
try run --model m.onnx --data d --examples 80 --output x --resume
try run --model m.onnx --data d --examples 90 --output x --resume --recipe winner --set first.image_width=6 --set first.patch=2
printf '{"name": "flo' >> x/metrics.jsonl
"$ASSIMILAATE" $job --output x --resume > /dev/null 2>&1
for folder in whole x; do json $folder/result.json '{k: v for k, v in value.items() if k != "seconds"}' > $folder.txt; done
cmp whole.txt x.txt
for target in float mss damaged; do cmp whole/targets/$target.target x/targets/$target.target; done
"$ASSIMILAATE" $job --output x --resume > /dev/null 2>&1  # nothing left to do
