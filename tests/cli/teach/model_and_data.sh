# A model runs on a folder of idx files, on one idx file or on an array: the same images, the same stream.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make model m.onnx; make data d
python3 - <<'END'
import sys; sys.path.insert(0, __import__("os").environ["ASSIMILAATE_SOURCE"] + "/tests/cli"); sys.dont_write_bytecode = True
import make, pathlib
raw = pathlib.Path("d/train-images-idx3-ubyte").read_bytes()[16:]
make.write_npy("d.npy", 300, 36, [v / 255 for v in raw])
END
for data in d d/train-images-idx3-ubyte d.npy; do
  rm -rf s; "$ASSIMILAATE" teach s --model m.onnx --data $data --examples 40 --held-out 10 >> streams
done
gzip d/train-images-idx3-ubyte
rm -rf s; "$ASSIMILAATE" teach s --model m.onnx --data d/train-images-idx3-ubyte.gz --examples 40 --held-out 10 >> streams
wc -l < streams; sort -u streams
make npy narrow.npy 90 35
rm -rf s
try teach s --model m.onnx --data narrow.npy --examples 40 --held-out 10
try teach s --model m.onnx --data nowhere
try teach s --model nowhere.onnx --data d
test ! -e s
