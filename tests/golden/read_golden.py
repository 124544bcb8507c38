#!/usr/bin/env python3
"""The decoder of examples/ reads the committed segments as records.txt says: read_golden.py REPOSITORY"""
import importlib.util
import pathlib
import sys

root = pathlib.Path(sys.argv[1])
golden = root / "tests" / "golden" / "v1"
spec = importlib.util.spec_from_file_location("reader", root / "examples" / "04_read_a_stream.py")
reader = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reader)

setup = reader.read_setup(reader.message(reader.Segment((golden / "setup.aat").read_bytes(), 0).body))
wanted = (golden / "records.txt").read_text().splitlines()
found = []
for name in dict.fromkeys(line.split()[0] for line in wanted):
    segment = reader.Segment((golden.parent / name).read_bytes(), 0)
    for record in zip(*reader.columns(segment, setup)):
        found.append(" ".join([name, *("-" if a is None else str(a) for aat in record for a in aat)]))
if found != wanted:
    sys.exit(next(f"{a}\nis wanted, read was\n{b}" for a, b in zip(wanted, found + [""]) if a != b))
print(f"{len(found)} records of {len(dict.fromkeys(line.split()[0] for line in wanted))} segments")
