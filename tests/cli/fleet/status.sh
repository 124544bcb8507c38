# A row per cohort or per device, as a table, JSON and CSV; what lies in quarantine.
source "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
golden=$ASSIMILAATE_SOURCE/tests/golden/v1
device=cecc1507dc1ddd7295951c290888f095adb9044d1b73d696e6df065d683bd4fc
mkdir -p edge/inbox/$device
try collect edge fleet.db --once > said
try fleet status fleet.db
try fleet novelty fleet.db
cat "$golden"/{report,health,novelty,plan}.aat > edge/inbox/$device/log.aat
try collect edge fleet.db --once > said
try fleet status fleet.db
try fleet status fleet.db --devices
try fleet novelty fleet.db
try fleet status fleet.db --json
try fleet status fleet.db --csv
try fleet status fleet.db --devices --csv
try fleet novelty fleet.db --json
