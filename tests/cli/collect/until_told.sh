# Without --once it collects what comes until SIGTERM, stores it, says what it collected and ends with 0.
golden=$ASSIMILAATE_SOURCE/tests/golden/v1
device=cecc1507dc1ddd7295951c290888f095adb9044d1b73d696e6df065d683bd4fc
mkdir -p edge/inbox/$device
cat "$golden/report.aat" > edge/inbox/$device/log.aat
"$ASSIMILAATE" collect edge fleet.db > said &
collector=$!
count() { "$ASSIMILAATE" fleet novelty fleet.db --json 2> /dev/null | grep -c '"segments": 1' || true; }
for try in {1..100}; do if [ -e fleet.db ] && "$ASSIMILAATE" fleet status fleet.db --csv 2> /dev/null | grep -q ,active; then break; fi; sleep 0.1; done
cat "$golden/novelty.aat" >> edge/inbox/$device/log.aat
for try in {1..100}; do if [ "$(count)" = 1 ]; then break; fi; sleep 0.1; done
kill -TERM $collector
wait $collector
cat said
