# A target is replaced with --force only, and goes on with --resume only as what it is.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make npy in.npy 120 4; make map in.npy out.npy 2
"$ASSIMILAATE" teach s --inputs in.npy --outputs out.npy --examples 60 --held-out 40 > /dev/null
"$ASSIMILAATE" teach other --inputs in.npy --outputs out.npy --examples 60 --held-out 40 --name other > /dev/null
assimilate() { try assimilate "$@" > all; grep -e '^\[' -e '^assimilaate' -e '^\$' all; }
assimilate s x.target
cp x.target before
assimilate s x.target
assimilate s x.target --force --profile quantum
assimilate nowhere x.target --force
assimilate s x.target --resume
assimilate s x.target --resume --profile mss --seed 1
assimilate s x.target --resume --profile damaged
assimilate s x.target --resume --seed 2
assimilate s x.target --resume --examples 30
assimilate other x.target --resume
assimilate s missing.target --resume
cmp x.target before
assimilate s x.target --force --seed 2
if cmp -s x.target before; then echo "seed 2 gives the target of seed 1"; fi
assimilate s x.target --force --threads 1
cmp x.target before
ls
