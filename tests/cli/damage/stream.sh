# A stream that is not what its teacher signed off is refused with the reason, and no target comes of it.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make model m.onnx; make npy in.npy 300 36
"$ASSIMILAATE" teach good --model m.onnx --data in.npy --examples 50 --held-out 20 > /dev/null
"$ASSIMILAATE" teach other --model m.onnx --data in.npy --examples 50 --held-out 20 --seed 2 > /dev/null
bad() {
  rm -rf s; cp -r good s; log=$(echo s/streams/*/00000001/log.aat) head=$(echo s/streams/*/head)
  "$@"
  try assimilate s x.target | sed 's/[0-9a-f]\{64\}/HASH/g'
  "$ASSIMILAATE" inspect s > /dev/null 2>&1 && echo "inspect sees nothing"
  test ! -e x.target
}
bad eval 'make cut $log -1'
bad eval 'make cut $log 100'
bad eval 'make cut $log 0'
bad eval 'rm $log'
bad eval 'make flip $log 20'
bad eval 'make flip $log 400'
bad eval 'make flip $log -3'
bad eval 'make cut $head -1'
bad eval 'make flip $head -10'
bad eval 'make flip $head 5'
bad eval 'rm $head'
bad eval 'book=$(ls s/codebooks/* | head -1); cp $(ls other/codebooks/* | head -1) $book'
bad eval 'book=$(ls s/codebooks/* | head -1); make flip $book 60'
bad eval 'rm $(ls s/codebooks/* | head -1)'
bad eval 'make flip s/network/* 30'
bad eval 'rm s/network/*; cp m.onnx s/network/x'
bad eval 'cp other/streams/*/head $head'
# bytes behind the published end are a torn tail: readers do not mind
rm -rf s; cp -r good s; head -c 50 /dev/zero >> s/streams/*/00000001/log.aat
"$ASSIMILAATE" assimilate s x.target --passes 1 > /dev/null
"$ASSIMILAATE" teach s --model m.onnx --data in.npy --examples 50 --held-out 20 | sed 's/.*\(epoch [0-9]*\).*/\1/'
