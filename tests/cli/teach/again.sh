# A folder holds several streams, and a stream is taught again as a new epoch.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make npy in.npy 80 4; make map in.npy out.npy 2
teach() { try teach s --inputs in.npy --outputs out.npy --examples 50 --held-out 20 "$@"; }
teach; teach --seed 1; teach --name other
try inspect s --id 00000000000000000000000000000000
try inspect s --id seven
try assimilate s x.target
"$ASSIMILAATE" inspect s --json > s.json
json s.json 'sorted((each["name"], each["epoch"]) for each in value["streams"])'
id=$(json s.json '[each["stream"] for each in value["streams"] if each["name"] == "other"][0]')
"$ASSIMILAATE" assimilate s x.target --id $id --examples 10 --passes 2 > /dev/null
"$ASSIMILAATE" inspect x.target | grep "stream: $id" | wc -l
