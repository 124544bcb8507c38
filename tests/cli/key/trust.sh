# A key is made on first use; a stream of somebody else, of nobody or of a revoked key is refused until it is trusted.
source "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make model m.onnx
make data data
teach() { "$ASSIMILAATE" teach "$@" --model m.onnx --data data --examples 40 --held-out 10 --fit 100 > said; }
assimilate() { try assimilate "$@" --passes 2 --rounds 1 --force > said || true; grep -E 'refused|assimilaate:|exit' said || echo "$1: taken"; }

teach here
stat -c '%a %n' .config/assimilaate/keys/*
assimilate here x.target
export ASSIMILAATE_KEYS=$PWD/elsewhere
teach there
export ASSIMILAATE_KEYS=$PWD/.config/assimilaate/keys
assimilate there x.target
try key trust elsewhere/default.pub --stream 00000000000000000000000000000000
assimilate there x.target
try key trust elsewhere/default.pub
assimilate there x.target
try inspect there | grep signed
try key revoke elsewhere/default.pub
assimilate there x.target
teach nobody --unsigned
assimilate nobody x.target
assimilate nobody x.target --unsigned
try inspect nobody | grep signed
grep -c private .config/assimilaate/keys/default.key
try key show | grep -v folder
! "$ASSIMILAATE" key show --json | grep -F "$(cut -d' ' -f3 .config/assimilaate/keys/default.key)"
