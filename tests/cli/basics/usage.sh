. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
try
try frobnicate
try run --frobnicate
try run --examples -3
try run --examples many
try run --threads 5000
try run --seed 1.5
try run surplus
try teach
try assimilate stream
try assimilate stream x.target --agreement 2
try assimilate stream x.target --resume --force
try infer x.target
try teach s --inputs only.npy
try teach s --inputs a.npy --outputs b.npy --model m.onnx
