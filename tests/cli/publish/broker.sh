# Through a broker and back; inspect reads any of them. Skipped without mosquitto.
source "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
PATH=$PATH:/usr/sbin
if ! command -v mosquitto > none; then echo "mosquitto is not installed"; exit 77; fi
make npy in.npy 60 4
make map in.npy out.npy 2
"$ASSIMILAATE" teach a --inputs in.npy --outputs out.npy --examples 30 --held-out 20 > said
if [ "$(id -u)" = 0 ]; then echo "user root" > conf; fi
printf 'listener 0 %s/s\nallow_anonymous true\n' "$PWD" >> conf
mosquitto -c conf > log 2>&1 &
trap 'kill %1' EXIT
for _ in $(seq 100); do if [ -S s ]; then break; fi; sleep .05; done
"$ASSIMILAATE" publish a "mqtt://$PWD/s" --json > p.json
json p.json 'value["segments"], len(value["streams"])'
"$ASSIMILAATE" publish a "mqtt://$PWD/s" --json > p.json
json p.json 'value["segments"], len(value["streams"])'
"$ASSIMILAATE" inspect "mqtt://$PWD/s" --json > i.json
json i.json 'value["kind"], value["examples"]'
"$ASSIMILAATE" publish "mqtt://$PWD/s" b > said
diff -r a b && echo the same
