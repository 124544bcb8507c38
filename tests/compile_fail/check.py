#!/usr/bin/env python3
"""check.py CASE COMPILER FLAG...: the case compiles; with -DMISUSE it is refused, in the words its first line asks for."""
import re
import subprocess
import sys

case, *compiler = sys.argv[1:]
with open(case, encoding="utf-8") as file:
    first = file.readline()
expected = re.fullmatch(r"// refused: (.+)\n", first)
if not expected:
    sys.exit(f"{case}:1: the first line is not '// refused: <regular expression>'")


def compile_with(*flags):
    return subprocess.run([*compiler, *flags, case], capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"})


good = compile_with()
if good.returncode != 0:
    sys.exit(f"{case}: does not compile without the misuse, so a refusal would mean nothing\n{good.stderr}")
bad = compile_with("-DMISUSE")
if bad.returncode == 0:
    sys.exit(f"{case}: the misuse compiles")
if not re.search(expected[1], bad.stderr):
    sys.exit(f"{case}: refused, but not with '{expected[1]}'\n{bad.stderr}")
