. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make model m.onnx; make data good
bad() { rm -rf d; cp -r good d; "$@"; try run --model m.onnx --data d --output x; test ! -e x; }
bad rm d/t10k-labels-idx1-ubyte
bad make cut d/train-images-idx3-ubyte 5000
bad make cut d/train-labels-idx1-ubyte 3
bad make cut d/t10k-images-idx3-ubyte 0
bad cp good/train-labels-idx1-ubyte d/t10k-labels-idx1-ubyte
bad cp good/train-labels-idx1-ubyte d/train-images-idx3-ubyte
bad sh -c 'printf "\0\0\10\1\0\0\0\144" > d/t10k-labels-idx1-ubyte; head -c 100 /dev/zero | tr "\0" "\11" >> d/t10k-labels-idx1-ubyte'
bad sh -c 'gzip -c d/train-images-idx3-ubyte | head -c 4000 > d/train-images-idx3-ubyte.gz'
bad sh -c 'rm -r d/t10k-images-idx3-ubyte; mkdir d/t10k-images-idx3-ubyte'
try run --model m.onnx --data m.onnx --output x
