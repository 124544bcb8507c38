# Reports, health and novelty of a device are collected once each; what is forged, out of place or over quota is refused and counted.
source "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
golden=$ASSIMILAATE_SOURCE/tests/golden/v1
device=cecc1507dc1ddd7295951c290888f095adb9044d1b73d696e6df065d683bd4fc
mkdir -p edge/inbox/$device
cat "$golden"/{report,health,novelty}.aat > edge/inbox/$device/log.aat
try collect edge fleet.db --once
try collect dir:edge fleet.db --once --json
# The same by another device's name, and what does not go up at all.
mkdir edge/inbox/${device/c/d}
cp edge/inbox/$device/log.aat edge/inbox/${device/c/d}/log.aat
cat "$golden/plan.aat" >> edge/inbox/$device/log.aat
try collect edge fleet.db --once
try collect edge other.db --once --quota 100
# Half a report is not there yet.
head -c 300 "$golden/report.aat" > edge/inbox/$device/log.aat
try collect edge third.db --once
export ASSIMILAATE_KEYS=$PWD/keys
cat "$golden"/{report,health,novelty}.aat > edge/inbox/$device/log.aat
try collect edge strangers.db --once --only-trusted
echo "assimilaate-public-key ed25519 $device edge" > edge.pub
try key trust edge.pub --role device
try collect edge strangers.db --once --only-trusted
