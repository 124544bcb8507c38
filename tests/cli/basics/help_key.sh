# Help fits a screen of 40 lines and 100 columns.
for verb in "" new show trust revoke sign; do
  "$ASSIMILAATE" key $verb --help | tee help
  test "$(wc -l < help)" -le 40 && test "$(wc -L < help)" -le 100
done
