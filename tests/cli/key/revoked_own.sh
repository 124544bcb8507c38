# Nobody signs with a key that they have revoked.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make npy in.npy 60 4; make map in.npy out.npy 2
teach() { try teach s --inputs in.npy --outputs out.npy --examples 30 --held-out 20 "$@" | sed 's/id [0-9a-f]*/id K/; s/stream [0-9a-f]*/stream S/'; }
teach | wc -l
"$ASSIMILAATE" key revoke default > /dev/null
teach
"$ASSIMILAATE" key trust "$(find "$HOME" -name default.pub)" > /dev/null
teach | wc -l
