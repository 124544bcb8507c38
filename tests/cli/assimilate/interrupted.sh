# Ctrl-C ends with 130; --resume ends in the target that nobody disturbed.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make model m.onnx; make data d
"$ASSIMILAATE" teach s --model m.onnx --data d --examples 90 > /dev/null
how="--passes 400 --rounds 20 --own-inputs"
"$ASSIMILAATE" assimilate s whole.target $how > /dev/null
for attempt in 1 2 3 4 5 6 7 8 9 10; do  # a busy machine may let it finish before the signal
  rm -f x.target
  "$ASSIMILAATE" assimilate s x.target $how > out 2> err & pid=$!
  until [ -s x.target ]; do sleep 0.002; done
  kill -INT $pid || true
  code=0; wait $pid || code=$?
  if [ $code -ne 0 ]; then break; fi
done
echo "exit $code"; cat out; sed 's/[0-9]\+ of 20/N of 20/; s/fc[123]/fcN/' err
"$ASSIMILAATE" assimilate s x.target $how --resume > /dev/null
cmp whole.target x.target
