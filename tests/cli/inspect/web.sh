# A stream behind a web server is looked at by its URL.
source "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make npy in.npy 60 4
make map in.npy out.npy 2
"$ASSIMILAATE" teach a --inputs in.npy --outputs out.npy --examples 30 --held-out 20 > said
export no_proxy='*'
python3 -u -m http.server --bind 127.0.0.1 --directory a 0 > port 2> log &
trap 'kill %1' EXIT
for _ in $(seq 100); do if grep -q http: port; then break; fi; sleep .05; done
url=$(grep -o 'http://[0-9.:]*' port)
"$ASSIMILAATE" inspect "$url" --json > i.json
json i.json 'value["kind"], value["examples"], value["held_out"]'
"$ASSIMILAATE" inspect a --json | cmp - i.json && echo the same
try inspect "$url/none" | sed "s|$url|URL|"
