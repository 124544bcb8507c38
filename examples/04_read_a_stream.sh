#!/usr/bin/env bash
# Read a stream without the program that wrote it. Works in the present folder, an empty one.
# ASSIMILAATE names the program, if it is not on the PATH.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=${ASSIMILAATE:-assimilaate}

python3 "$here/02_any_framework.py" capture .
said=$("$program" teach stream --inputs inputs.npy --outputs outputs.npy --examples 500 --held-out 100)
read=$(python3 "$here/04_read_a_stream.py" stream)
echo "$said"
echo "$read"
[[ $said == *"500 examples, 100 held out"* && $read == *"500 examples, 100 held out"* ]]
