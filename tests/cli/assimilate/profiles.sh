# Every profile learns; settings change one; what is unknown or out of range is refused and leaves no file.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make npy in.npy 120 4; make map in.npy out.npy 2
"$ASSIMILAATE" teach s --inputs in.npy --outputs out.npy --examples 60 --held-out 40 > /dev/null
for profile in float byte mss damaged mss_absolute_noise; do
  "$ASSIMILAATE" assimilate s $profile.target --profile $profile --json > r.json
  json r.json 'value["profile"], value["transforms"][0]["examples"], value["transforms"][0]["nmse"] < 1.5'
done
"$ASSIMILAATE" assimilate s set.target --set memristor=byte --set organisation=graded:2 --set imperfections.stuck=0.1 > /dev/null
"$ASSIMILAATE" inspect set.target --json > t.json
json t.json 'value["memristor"], value["organisation"], value["banks"][0]["masked"] > 0'
bad() { try assimilate s bad.target "$@"; test ! -e bad.target; }
bad --profile quantum
bad --recipe spiral
bad --set memristor=qubit
bad --set memristor.speed=3
bad --set imperfections.stuck=2
bad --set imperfections.holes=1
bad --set noise=loud
bad --set organisation=heap
bad --set rule=magic
bad --set full_scale=-1
bad --set read.voltage=0
bad --set rule.rate=nan
try assimilate nowhere bad.target
try assimilate in.npy bad.target
try assimilate s nowhere/bad.target
