# The way of docs/howto/your-own-memristor.md: CSV, fit, picture, preset, and the main job on a target made of it.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
python3 - <<'P'
import random
chance = random.Random(2)
low, high, g = 2e-5, 1.2e-4, 3e-5
with open("pulses.csv", "w") as out:
    out.write("amplitude [V], width [us], conductance [uS]\n")
    for k in range(240):
        up = k % 120 < 60
        g += 0.05 * (high - g) if up else 0.05 * (low - g)
        out.write(f"{1.2 if up else -1.2}, 1, {1e6 * (g + 1e-6 * chance.gauss(0, 1)):.4f}\n")
P
"$ASSIMILAATE" memristor fit pulses.csv --model soft_bounds --output mine.toml --picture fit.svg --name mine --json > fit.json
json fit.json 'value["nrmse"] < 0.02, [round(1e6 * value["parameters"][n]["value"]) for n in ("g_low", "g_high")]'
"$ASSIMILAATE" memristor show mine.toml | head -4 | grep -v source
try memristor plot mine.toml rs --output beside.html --memristors 30
make model model.onnx; make data data
"$ASSIMILAATE" run --model model.onnx --data data --examples 60 --set memristor=mine.toml --json > run.json 2> talk || cat talk
json run.json '[(t["name"], t["memristor"]) for t in value["targets"]]'
