# Through a broker: small, where it keeps the segments, and large, where it only tells and a folder has them. Reports and novelty come back.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
broker=$(PATH=$PATH:/usr/sbin command -v mosquitto) || { echo "mosquitto is not installed"; exit 77; }
folder=$(mktemp -d) # the path of a socket is short
trap 'kill $process 2>/dev/null; rm -rf "$folder"' EXIT
printf 'listener 0 %s\nallow_anonymous true\nuser %s\n' "$folder/sock" "$(id -un)" > "$folder/conf"
"$broker" -c "$folder/conf" 2> /dev/null &
process=$!
for _ in $(seq 100); do [ -S "$folder/sock" ] && break; sleep 0.05; done
url=mqtt://$folder/sock
quiet() { sed "s#$folder#F#g; s/0\.[0-9][0-9]*/A/g; s/[0-9]* bytes/N bytes/g; s/in [0-9.A]* s/in T s/"; }
make model m.onnx; make data d
"$ASSIMILAATE" teach s --model m.onnx --data d --examples 60 > /dev/null
"$ASSIMILAATE" collect "$url" fleet.db > /dev/null & collector=$!
try publish s "$url" | quiet
try publish s "$url" | quiet
try subscribe "$url" small --once --class 1 | tail -n 1 | quiet
"$ASSIMILAATE" teach big --model m.onnx --data d --examples 60 --name large > /dev/null
try publish big "$url?tenant=large&profile=large" | quiet
try subscribe "$url?tenant=large&profile=large" large --once --segments big --reports "$url" --class 2 | tail -n 1 | quiet
for _ in $(seq 100); do [ "$("$ASSIMILAATE" fleet status fleet.db --json | grep -c '"active": 1')" = 2 ] && break; sleep 0.1; done
kill -TERM $collector; wait $collector
"$ASSIMILAATE" fleet status fleet.db --json > f.json
json f.json 'sorted((c["device_class"], c["targets"], c["active"]) for c in value["cohorts"])'
"$ASSIMILAATE" inspect small --json > i.json; json i.json 'value["bytes"]["down"] > 3000'
