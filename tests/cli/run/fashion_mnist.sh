# The model that comes along, on a few real images.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
real=/usr/share/datasets/fashion-mnist
if [ ! -e $real/train-images-idx3-ubyte.gz ]; then echo "no $real (apt-get install dataset-fashion-mnist)"; exit 77; fi
python3 - $real <<'END'
import gzip, pathlib, struct, sys
pathlib.Path("d").mkdir()
for part, count in ("train", 1500), ("t10k", 300):
    for kind, skip, size in ("images-idx3", 16, 784), ("labels-idx1", 8, 1):
        raw = gzip.open(f"{sys.argv[1]}/{part}-{kind}-ubyte.gz").read(skip + count * size)
        pathlib.Path(f"d/{part}-{kind}-ubyte").write_bytes(raw[:4] + struct.pack(">I", count) + raw[8:])
END
model="$ASSIMILAATE_SOURCE/models/fashion_mnist_mlp.onnx"
"$ASSIMILAATE" teach s --model "$model" --data d --examples 100 > /dev/null
for profile in float mss; do
  "$ASSIMILAATE" assimilate s $profile.target --profile $profile > /dev/null
  "$ASSIMILAATE" infer $profile.target d/t10k-images-idx3-ubyte --labels d/t10k-labels-idx1-ubyte --json > $profile.json
  json $profile.json '"accuracy" in value and value["accuracy"] > 0.7'
done
