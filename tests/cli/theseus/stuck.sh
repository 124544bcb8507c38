# A fifth of the synapses stuck on the first day: found by a probe, masked, and the rest learn again.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make npy in.npy 420 12; make map in.npy out.npy 3
"$ASSIMILAATE" teach s --inputs in.npy --outputs out.npy --examples 200 --held-out 200 > /dev/null
how="--share 0 --stuck 0.2 --days 1 --idle 0@298 --passes 100 --tolerance -1 --json"
"$ASSIMILAATE" theseus s $how > x.json
json x.json '[value["days"][0]["presentations"] % 200, value["days"][0]["masked"] > 0.15 * value["synapses"]]'
json x.json '[value["days"][0]["agreement_evening"] < 0.5 * value["start"]["agreement"], value["days"][0]["agreement_morning"] > 1.5 * value["days"][0]["agreement_evening"]]'
"$ASSIMILAATE" theseus s $how --no-probe > y.json
json y.json 'value["days"][0]["masked"]'
