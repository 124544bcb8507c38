. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make model m.onnx; make data d
"$ASSIMILAATE" teach s --model m.onnx --data d --examples 90 > /dev/null
"$ASSIMILAATE" assimilate s x.target --profile float > /dev/null
images=d/t10k-images-idx3-ubyte labels=d/t10k-labels-idx1-ubyte
"$ASSIMILAATE" infer x.target $images --labels $labels --json > r.json
json r.json 'value["inputs"], value["outputs"], value["accuracy"] > 0.7'
"$ASSIMILAATE" infer x.target $images --labels $labels | sed 's/0\.[0-9]*/A/'
"$ASSIMILAATE" infer x.target $images | wc
try infer x.target $images --output y.npy
make tree y.npy > before
try infer x.target $images --output y.npy
try infer x.target $images --output y.npy --force
make tree y.npy | cmp before -
try infer x.target $images --output nowhere/y.npy
try infer x.target $images --labels d/train-labels-idx1-ubyte --output z.npy
try infer x.target $images --labels $images --output z.npy
make npy narrow.npy 5 35; make npy nan.npy 5 36 nan
try infer x.target narrow.npy --output z.npy
try infer x.target nan.npy --output z.npy
try infer x.target missing.npy --output z.npy
try infer x.target x.target --output z.npy
try infer m.onnx $images --output z.npy
test ! -e z.npy
