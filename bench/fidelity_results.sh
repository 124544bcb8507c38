#!/usr/bin/env bash
# Writes bench/results-fidelity.csv, the rows behind docs/findings.md: bench/fidelity_results.sh [FILE]. An hour on two
# cores. Commands whose rows are in FILE already are left out. Rows of models that are not at hand too: captures/ is made
# by the commands in docs/howto/fidelity.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
file=${1:-bench/results-fidelity.csv}
program=${BENCH_FIDELITY:-build/release/bench/bench_fidelity}
export ASSIMILAATE_MODELS=${ASSIMILAATE_MODELS:-captures/models}

rows_of() {
  local command="bench_fidelity $* --csv" rows
  if grep -qF "\"$command\"" "$file" 2>/dev/null; then return; fi
  rows=$("$program" "$@" --csv) || {
    echo "left out: $command" >&2
    return
  }
  if [ ! -s "$file" ]; then head -n 1 <<<"$rows" >"$file"; fi
  tail -n +2 <<<"$rows" >>"$file"
  echo "$command" >&2
}

damaged=(--faults 0.05 --variation 0.3)
noisy=("${damaged[@]}" --read-noise relative:0.02)
lean=(--seed 1,2,3 --no-ceilings)

# The whole classifier.
rows_of --task fmnist-mlp --examples 30,100,300,1000,3000,10000 --seed 1,2,3
rows_of --task fmnist-mlp --examples 30,100,300,1000,3000,10000 "${lean[@]}" "${noisy[@]}"
rows_of --task fmnist-mlp --examples 30,100 --selection pivots --seed 1,2,3
rows_of --task fmnist-mlp --examples 30,100 --selection pivots "${lean[@]}" "${noisy[@]}"
for law in emulator physical; do
  rows_of --task fmnist-mlp --examples 1000 "${lean[@]}" --read-noise $law
  rows_of --task fmnist-mlp --examples 1000 "${lean[@]}" "${damaged[@]}" --read-noise $law
done
for memristor in ReRamSB ReRamES; do
  rows_of --task fmnist-mlp --examples 1000 "${lean[@]}" --memristor $memristor
  rows_of --task fmnist-49x16 --memristor $memristor --rule delta --examples 5000 --passes 5 "${lean[@]}"
  rows_of --task fmnist-49x16 --memristor $memristor --rule delta --examples 60000 --passes 2 "${lean[@]}"
done

# Winner lanes.
rows_of --task fmnist-layer256 --examples 1000,5000,20000,55000 --seed 1,2,3
rows_of --task fmnist-layer256 --examples 55000 --seed "$(seq -s, 20)" --no-ceilings "${noisy[@]}" --synapses-per-address 2

# Transforms of other models.
for width in 256 512 1024 2048; do
  rows_of --task fmnist-wide:$width --examples 10,30,100,300,1000,3000 --seed 1
done
for layer in conv1 conv2 conv3 conv4 lstm; do
  rows_of --task matrices:captures/silero/$layer.input.npy,captures/silero/$layer.output.npy \
    --examples 10,30,100,300,1000,3000 --seed 1,2,3 --set full_scale=6
done
for matrix in 2.q 2.k 2.v 2.o 2.w1 2.w2 2.w3 head; do
  rows_of --task matrices:captures/stories/$matrix.input.npy,captures/stories/$matrix.output.npy \
    --examples 10,30,100,300,500,1000,3000 --seed 1,2,3 --set full_scale=6
done
