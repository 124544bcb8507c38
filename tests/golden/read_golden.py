#!/usr/bin/env python3
"""The decoder of examples/ reads the committed segments as records.txt says: read_golden.py REPOSITORY"""
import importlib.util
import pathlib
import struct
import sys
import tempfile

root = pathlib.Path(sys.argv[1])
golden = root / "tests" / "golden" / "v1"
spec = importlib.util.spec_from_file_location("reader", root / "examples" / "04_read_a_stream.py")
reader = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reader)

setup = reader.read_setup(reader.message(reader.Segment((golden / "setup.aat").read_bytes()).check_body().body))
wanted = (golden / "records.txt").read_text().splitlines()
found = []
for name in dict.fromkeys(line.split()[0] for line in wanted):
    segment = reader.Segment((golden.parent / name).read_bytes()).check_body()
    for record in zip(*reader.columns(segment, setup)):
        found.append(" ".join([name, *("-" if a is None else str(a) for aat in record for a in aat)]))
if found != wanted:
    sys.exit(next(f"{a}\nis wanted, read was\n{b}" for a, b in zip(wanted, found + [""]) if a != b))

# A byte that was altered, in a body or in a header that a later one names, is found.
log = (golden / "log.aat").read_bytes()
name = reader.message(reader.Segment(log).body)[1][0]
tips = [segment := reader.Segment(log)]
while segment.end < len(log):
    tips.append(segment := reader.Segment(log, segment.end))
with tempfile.TemporaryDirectory() as folder:
    place = pathlib.Path(folder) / reader.blake2b(name, 16).hex()
    (place / "00000001").mkdir(parents=True)
    for altered in (None, 96, tips[0].end - 1, tips[0].end + 96, len(log) - 1):
        copy = bytearray(log)
        if altered is not None:
            copy[altered] ^= 1
        (place / "00000001" / "log.aat").write_bytes(copy)
        try:
            reader.read_epoch(place, 1, tips[-1].hash, {"data": [], "held out": []})
            refused = False
        except (AssertionError, struct.error):
            refused = True
        if refused != (altered is not None):
            sys.exit(f"log.aat with byte {altered} altered: {'refused' if refused else 'read'}")
print(f"{len(found)} records of {len(dict.fromkeys(line.split()[0] for line in wanted))} segments")
