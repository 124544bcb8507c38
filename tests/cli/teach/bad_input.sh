# Each is refused by name, and leaves no folder.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make npy in.npy 60 4; make map in.npy out.npy 2
make npy few.npy 59 2; make npy nan.npy 60 4 nan; make npy none.npy 0 4
cp in.npy cut.npy; make cut cut.npy -8
: > empty.npy; head -c 500 /dev/urandom | tr '\223' x > noise.npy; mkdir folder.npy
bad() { try teach s --examples 20 --held-out 20 "$@"; test ! -e s; }
bad --inputs in.npy --outputs few.npy
bad --inputs nan.npy --outputs out.npy
bad --inputs cut.npy --outputs out.npy
bad --inputs empty.npy --outputs out.npy
bad --inputs noise.npy --outputs out.npy
bad --inputs folder.npy --outputs out.npy
bad --inputs missing.npy --outputs out.npy
bad --inputs none.npy --outputs none.npy
bad --inputs in.npy --outputs out.npy --examples 50
bad --inputs in.npy --outputs out.npy --recipe spiral
bad --inputs in.npy --outputs out.npy --set first.codec=address
make safetensors x.safetensors in=in.npy
make cut x.safetensors -100
bad --inputs x.safetensors --outputs out.npy
try teach in.npy --inputs in.npy --outputs out.npy --examples 20 --held-out 20
try teach gopher://broker --inputs in.npy --outputs out.npy --examples 20 --held-out 20
make npy in2.npy 60 4; cmp in.npy in2.npy
