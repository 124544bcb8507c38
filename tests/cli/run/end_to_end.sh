# The main job on a tiny classifier: the result that --json documents, a page that needs no other file.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make model m.onnx; make data d
"$ASSIMILAATE" run --model m.onnx --data d --examples 10 --output x --json > result.json
ls x x/targets
python3 - <<'END'
import json, re
result = json.load(open("result.json"))
print("keys:", *sorted(result))
for path in ("teacher", "codec", "table_from_weights"):
    assert 0 <= result[path]["accuracy"] <= 1
for name in ("fp16", "int8", "int4", "int2"):
    assert isinstance(result["bits"]["weights"][name], int) and result["break_even_examples"][name] == 0
assert result["bits"]["stream"] > 0 and result["bits"]["codebooks"] > 0 and result["seconds"] > 0 and result["seed"] == 1
needed = "name memristor accuracy agreement examples presentations pulses synapses joules simulated_seconds".split()
for target in result["targets"]:
    assert not set(needed) - set(target), target
    print(target["name"], target["memristor"], target["examples"], target["synapses"])
page = open("x/report.html").read()
assert page.lower().startswith("<!doctype html>") and page.rstrip().endswith("</html>")
assert not re.search(r'(?:src|href)\s*=\s*["\x27]?(?!#|data:)', page) and "@import" not in page
for word in ("Targets", "Ceilings", "never", "<svg"):
    assert word in page, word
END
"$ASSIMILAATE" inspect x --json > i.json
json i.json 'value["kind"], value["finished"], value["stream"]["examples"], len(value["targets"])'
"$ASSIMILAATE" inspect x/targets/mss.target --json > t.json; json t.json 'value["assimilated"], value["memristor"]'
