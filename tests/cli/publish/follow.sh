# Follows a folder while it is taught to; SIGTERM ends it and it says what it did.
source "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make npy in.npy 60 4
make map in.npy out.npy 2
teach() { "$ASSIMILAATE" teach a --inputs in.npy --outputs out.npy --examples 30 --held-out 20 --name "$1" > said; }
mkdir a
"$ASSIMILAATE" publish a b --follow --json > p.json &
streams() { for _ in $(seq 200); do if [ "$(ls b/streams/*/head 2> none | wc -l)" = "$1" ]; then return; fi; sleep .05; done; echo "not $1 streams"; }
teach one
streams 1
teach two
streams 2
kill -TERM $!
wait $! && echo ended well
json p.json 'value["segments"], len(value["streams"])'
diff -r a b && echo the same
