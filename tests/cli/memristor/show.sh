# Numbers that follow from settings: retention of the published law, pulses, their energy.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
try memristor show MSS_ideal
try memristor show rs --set g_low=1e-6 --set imperfections.retention=1e6
"$ASSIMILAATE" memristor show mss-ideal --json > ideal.json
json ideal.json '[round(at["seconds"], 3) for at in value["retention"]], value["status"], len(value["warnings"])'
"$ASSIMILAATE" memristor show ReRamES --json > es.json
json es.json '[at["seconds"] for at in value["retention"]], value["imperfections"]["cycle_variation"]'
# V I t of the pulse that moves the memristor by 1 %.
json ideal.json '(lambda p: abs(p["energy"]["mid"] / (p["voltage"] ** 2 * 5.5e-4 * p["width"]) - 1) < 2e-3)(value["pulses"][0])'
"$ASSIMILAATE" memristor list --json > list.json
for name in $(json list.json '"\n".join(sorted(e["name"] for e in value))'); do
  "$ASSIMILAATE" memristor show "$name" > "shown"
  test "$(wc -L < shown)" -le 100 || echo "$name: wider than 100 columns"
done
