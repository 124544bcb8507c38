# A measured train of pulses in; the model that made it, its settings, a picture and a preset out that other verbs take.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
python3 - > train.csv <<'PY'
# soft_bounds: 10 ... 90 uS, .05 of the room up and .04 of it down, with 1 nS in the last digit.
print("amplitude [V],width [us],conductance [uS]")
g = 20.0
for sign in [1] * 60 + [-1] * 60 + [1] * 60:
    g += 0.05 * (90 - g) if sign > 0 else -0.04 * (g - 10)
    print(f"{sign * 1.2},0.5,{g:.3f}")
PY
"$ASSIMILAATE" memristor fit train.csv --json --output mine.toml --picture fit.svg --curve fit.csv > r.json
json r.json 'value["model"], value["kind"], value["samples"], value["nrmse"] < 1e-3'
json r.json '[(name, p["unit"], p["low"] <= p["value"] <= p["high"]) for name, p in sorted(value["parameters"].items())]'
json r.json '[round(1e6 * value["parameters"][g]["value"], 1) for g in ("g_low", "g_high")]'
json r.json '[entry["model"] for entry in value["ranking"]][0], len(value["ranking"]) >= 6'
json r.json 'all({"model", "nrmse", "bic"} <= set(entry) for entry in value["ranking"])'
"$ASSIMILAATE" memristor fit train.csv --model soft_bounds --json > one.json
json one.json 'value["model"], [entry["model"] for entry in value["ranking"]]'
grep -c '<svg' fit.svg; wc -l < fit.csv; head -1 fit.csv
grep -E '^(name|model|status)' mine.toml
"$ASSIMILAATE" memristor show mine.toml | head -3
make model m.onnx; make data d
"$ASSIMILAATE" teach s --model m.onnx --data d --examples 90 > /dev/null
"$ASSIMILAATE" assimilate s x.target --set memristor=mine.toml > /dev/null && echo assimilated
try memristor fit train.csv --output mine.toml
try memristor fit train.csv --picture fit.png
try memristor fit train.csv --output mine.txt
try memristor fit train.csv --model flux
try memristor fit train.csv --model vteam
try memristor fit train.csv --model soft_bounds --hold colour=1
try memristor fit train.csv --model soft_bounds --hold g_low
try memristor fit train.csv --hold colour=1
try memristor fit train.csv --curve train.csv --force
# Lab files name units behind an underscore; the sign turned round is noticed.
sed '1s/.*/amplitude_V,width_us,G_uS/; 2,$s/^-\{0,1\}/&/' train.csv > lab.csv
"$ASSIMILAATE" memristor fit lab.csv --model soft_bounds --json > lab.json
python3 -c 'import json; a, b = (json.load(open(f)) for f in ("one.json", "lab.json")); print(abs(a["nrmse"] - b["nrmse"]) < 1e-9)'
awk -F, 'NR > 1 {print -$1 "," $2 "," $3; next} {print}' train.csv > turned.csv
"$ASSIMILAATE" memristor fit turned.csv --model rs > /dev/null 2> turned.err
grep -c 'warning: the best fit leaves' turned.err
# A loop of a threshold memristor behind 5 kOhm: the preset has the loop's voltage for a drive, and can be used.
python3 - > loop.csv <<'PY'
import math
print("time,V,I")
x, dt = 0.1, 1e-3
for i in range(200):
    v = 1.2 * math.sin(2 * math.pi * 10 * i * dt)
    g = 1e-6 + x * 1e-4
    d = v / (1 + 5e3 * g)
    print(f"{i * dt:.4f},{v:.6f},{d * g:.9e}")
    x += dt * (60 * max(d - 0.3, 0) * (1 - x) - 60 * max(-d - 0.3, 0) * x)
PY
"$ASSIMILAATE" memristor fit loop.csv --resistance 5000 --model mss --output loop.toml > /dev/null
grep -E '^drive = ' loop.toml
"$ASSIMILAATE" memristor show loop.toml | grep -c 'pulse of'
