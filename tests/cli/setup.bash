# Sourced by cases. A tiny classifier and its data take a case a fraction of a second; try writes a transcript.

make() { python3 "$ASSIMILAATE_SOURCE/tests/cli/make.py" "$@"; }

# The program as typed, what it said on either stream, and its exit code when that is not 0.
try() {
  local code=0
  printf '$ assimilaate'
  if [ $# -gt 0 ]; then printf ' %q' "$@"; fi
  printf '\n'
  "$ASSIMILAATE" "$@" 2>&1 || code=$?
  if [ $code -ne 0 ]; then echo "[exit $code]"; fi
}

# A number or text of a JSON file: json FILE 'value["targets"][0]["name"]'
json() { python3 -c 'import json, sys; value = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$@"; }
