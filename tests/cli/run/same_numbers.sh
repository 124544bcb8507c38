# A result depends on the seed, not on threads or on how often it is made.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make model m.onnx; make data d
result() {
  local folder=$1; shift
  "$ASSIMILAATE" run --model m.onnx --data d --examples 20 --output $folder "$@" --json > /dev/null
  json $folder/result.json '{k: v for k, v in value.items() if k != "seconds"}' > $folder.txt
}
result one --threads 1; result two --threads 2; result again; result other --seed 2
cmp one.txt two.txt
cmp one.txt again.txt
if cmp -s one.txt other.txt; then echo "seed 2 gives the numbers of seed 1"; fi
for target in float mss damaged; do cmp one/targets/$target.target two/targets/$target.target; done
