# Pictures of several memristors: one file, whole, never over another without --force; the same for the same seed.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
small="--memristors 40 --pulses 20"
try memristor plot mss-ag $small
python3 -c 'import sys, xml.etree.ElementTree as e; e.parse(sys.argv[1])' mss-ag.svg
for words in "Hysteresis loop" "Staircase of pulses" "Distribution over memristors" "Retention" "current \[mA\]" "idle time"; do
  grep -q "$words" mss-ag.svg || echo "no $words"
done
cp mss-ag.svg first.svg
try memristor plot mss-ag $small
try memristor plot mss-ag $small --force
cmp mss-ag.svg first.svg
"$ASSIMILAATE" memristor plot mss-ag $small --threads 1 --output - | cmp - first.svg
"$ASSIMILAATE" memristor plot mss-ag $small --seed 2 --output - | cmp -s - first.svg && echo "the seed does nothing"
try memristor plot rs vteam $small --output both.html
grep -c 'aria-label="vteam: Retention"' both.html
"$ASSIMILAATE" memristor plot float --json $small --output float.svg --set imperfections.stuck=0.5 > float.json
json float.json '[f["title"] for f in value[0]["figures"]], value[0]["output"]'
json float.json 'len(value[0]["figures"][1]["series"][-1]["y"]), sum(value[0]["figures"][2]["series"][1]["y"])'
