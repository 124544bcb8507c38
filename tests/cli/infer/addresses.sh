# A tensor that already is addresses; one outside its codebook is refused.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make integers in.npy 80 3 7; make map in.npy out.npy 2; make integers outside.npy 10 3 8
"$ASSIMILAATE" teach s --inputs in.npy --outputs out.npy --examples 50 --held-out 20 --set first.codec=address --set first.addresses=8 > /dev/null
"$ASSIMILAATE" inspect s | grep 'shape 3x8' | wc -l
"$ASSIMILAATE" assimilate s x.target --set organisation=one_hot > /dev/null
"$ASSIMILAATE" infer x.target in.npy | wc -l
try infer x.target outside.npy
