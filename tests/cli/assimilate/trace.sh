# Every pulse of a session, as CSV, and again on fresh memristors to the same state.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make npy in.npy 120 4; make map in.npy out.npy 2
"$ASSIMILAATE" teach s --inputs in.npy --outputs out.npy --examples 60 --held-out 40 > /dev/null
quiet() { try "$@" > all; grep -e '^\[' -e '^assimilaate' -e '^\$' all; }
quiet assimilate s x.target --trace traces
for memristor in mss-ideal ReRamES byte; do
  quiet assimilate s y.target --force --set memristor=$memristor --trace $memristor
  "$ASSIMILAATE" memristor trace $memristor/transform.trace --target y.target | tail -1
done
quiet memristor trace traces/transform.trace --target x.target --csv pulses.csv
head -4 pulses.csv
"$ASSIMILAATE" memristor trace traces/transform.trace --target x.target --json > facts.json
json facts.json 'value["same_state"], value["transform"]'
python3 - << 'CHECK'
import csv
rows = list(csv.DictReader(line for line in open("pulses.csv") if line[0] != "#"))
assert sum(int(row["count"]) for row in rows) > 1000
a = [row for row in rows if row["memristor"] == "a"]
b = [row for row in rows if row["memristor"] == "b"]
assert len(a) == len(b) and sum(float(row["amplitude_V"]) * int(row["count"]) for row in rows) == 0
CHECK
quiet assimilate s x.target --force --trace traces --profile float
quiet assimilate s z.target --trace traces
try memristor trace traces/transform.trace --target y.target | tail -2
try memristor trace x.target
head -c 300 traces/transform.trace > cut.trace
try memristor trace cut.trace
try memristor trace traces/transform.trace --csv pulses.csv
quiet infer x.target in.npy --idle 1d
quiet infer x.target in.npy --idle 10@0
"$ASSIMILAATE" infer y.target in.npy > fresh
"$ASSIMILAATE" infer y.target in.npy --idle 86400@298,3600@358 > idle
cmp fresh idle && echo "byte memristors hold"
"$ASSIMILAATE" assimilate s v.target --set memristor=mss-ideal > /dev/null
"$ASSIMILAATE" infer v.target in.npy > fresh
"$ASSIMILAATE" infer v.target in.npy --idle 1@298 > idle
cmp -s fresh idle || echo "published switches forget"
