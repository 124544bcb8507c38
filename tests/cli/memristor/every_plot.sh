# Every model and preset has a picture whose numbers are finite and whose memristors stay within a few times their range.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
"$ASSIMILAATE" memristor list --json > list.json
for name in $(json list.json '"\n".join(sorted({e["name"] for e in value}))'); do
  "$ASSIMILAATE" memristor plot "$name" --memristors 30 --output "$name.svg" --force --json > plot.json || echo "$name: failed"
  python3 - "$name" <<'P'
import json, math, sys
name = sys.argv[1]
figures = {f["title"]: f for f in json.load(open("plot.json"))[0]["figures"]}
assert len(figures) == 4, name
for figure in figures.values():
    for series in figure["series"]:
        assert len(series["x"]) == len(series["y"]) > 0, (name, figure["title"])
        assert all(v is not None and math.isfinite(v) for v in series["x"] + series["y"]), (name, figure["title"])
stair = figures["Staircase of pulses"]["series"][-1]["y"]
top = stair[len(stair) // 2]
assert top > stair[0], (name, "up pulses do not raise conductance")
if name not in ("PCM",):
    assert stair[-1] < top, (name, "down pulses do not lower conductance")
P
done
