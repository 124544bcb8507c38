# Every synapse of a tiny target replaced in five days: repaired at night it stands, its twin does not; same life, same numbers.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make model m.onnx; make data d 500
"$ASSIMILAATE" teach s --model m.onnx --data d --examples 200 > /dev/null
how="--days 5 --share 0.2 --every 2 --examples 200 --test d/t10k-images-idx3-ubyte,d/t10k-labels-idx1-ubyte"
"$ASSIMILAATE" theseus s $how --picture x.svg --output old.target > table
sed -n 1p table; awk '/^ +[0-9]/ { print $1, $2 $3 }' table
"$ASSIMILAATE" theseus s $how --json --threads 1 > one.json
"$ASSIMILAATE" theseus s $how --json --threads 2 --picture x.html > two.json
cmp one.json two.json
json one.json '[len(value["days"]), value["end"]["original"], sorted(value["days"][0])]'
json one.json 'value["start"]["accuracy"] - value["worst"]["value"] < 0.1'
json one.json 'value["start"]["accuracy"] - value["end"]["accuracy_unrepaired"] > 0.2'
grep -c "<svg" x.svg; grep -c "The ship of Theseus</h1>" x.html
"$ASSIMILAATE" inspect old.target | grep assimilated
