# The table fits 100 columns and names every entry; JSON is an array of objects, presets among them.
"$ASSIMILAATE" memristor list > table
test "$(wc -L < table)" -le 100
"$ASSIMILAATE" memristor list --json > list.json
python3 - <<'P'
import json, os, pathlib
entries = json.load(open("list.json"))
table = open("table").read()
assert all(entry["name"] in table for entry in entries)
models = {e["name"]: e for e in entries if "model" not in e}
presets = {e["name"]: e for e in entries if "model" in e}
source = pathlib.Path(os.environ["ASSIMILAATE_SOURCE"]) / "assimilaate/substrate"
files = {f.stem for f in (source / "models").glob("*.cpp") if not f.stem.endswith("_test")}
assert set(models) == files, set(models) ^ files
assert len(presets) == len(list((source / "presets").glob("*.toml")))
for entry in entries:
    assert entry["name"] and entry["about"] and entry["reference"], entry["name"]
    for field in entry["fields"]:
        assert set(field) >= {"name", "unit", "value", "low", "high", "about"}, field
        assert field["low"] <= field["value"] <= field["high"], (entry["name"], field)
for preset in presets.values():
    assert preset["model"] in models and preset["status"] in ("verified", "read", "assumed", "volatile", "fitted"), preset["name"]
    fields = {f["name"]: f["value"] for f in preset["fields"]}
    assert all(fields[name] == value for name, value in preset["settings"].items()), preset["name"]
    assert isinstance(preset["imperfections"], dict)
print("as it should be")
P
