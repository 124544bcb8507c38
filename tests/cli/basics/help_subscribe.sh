# Help fits a screen of 40 lines and 100 columns.
"$ASSIMILAATE" subscribe --help | tee help
test "$(wc -l < help)" -le 40 && test "$(wc -L < help)" -le 100
