#!/usr/bin/env bash
# Any framework as a teacher: captured activations -> stream -> target -> outputs. Works in the present folder, an empty one.
# ASSIMILAATE names the program, if it is not on the PATH.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
assimilaate() { "${ASSIMILAATE:-assimilaate}" "$@"; }
if [ -z "${ASSIMILAATE:-}" ]; then unset -f assimilaate; fi

# begin capture
python3 "$here/02_any_framework.py" capture .
# end capture

# begin teach
assimilaate teach layer_stream --inputs inputs.npy --outputs outputs.npy --name layer \
  --examples 500 --held-out 100 --set first.bits=5
# end teach

# begin assimilate
assimilaate assimilate layer_stream layer.target --profile mss
# end assimilate

# begin infer
assimilaate infer layer.target new_inputs.npy --output said.npy
python3 "$here/02_any_framework.py" compare said.npy new_outputs.npy
# end infer

# begin unlike
assimilaate assimilate layer_stream damaged.target --profile damaged --number 1
assimilaate infer damaged.target new_inputs.npy --output damaged_said.npy
python3 "$here/02_any_framework.py" compare damaged_said.npy new_outputs.npy
# end unlike

# begin inspect
assimilaate inspect layer_stream
assimilaate inspect damaged.target
# end inspect
