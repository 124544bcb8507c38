. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make npy in.npy 80 4; make map in.npy out.npy 2
"$ASSIMILAATE" teach s --inputs in.npy --outputs out.npy --examples 60 --held-out 20 > /dev/null
"$ASSIMILAATE" assimilate s x.target > /dev/null
try theseus
try theseus nowhere
try theseus s nowhere.target
try theseus s x.target --profile mss
try theseus s x.target --set memristor=float
try theseus s --days 0
try theseus s --share 1.5
try theseus s --idle tomorrow
try theseus s --begin 1
try theseus s --days 1 --share 1 --fresh-begin 2
try theseus s --days 1 --test only.idx
try theseus s --picture x.png
touch there.svg there.target
try theseus s --picture there.svg
try theseus s --output there.target
