#!/usr/bin/env python3
"""A layer of somebody else's model, its activations captured as NumPy files; stands for any framework.

02_any_framework.py capture FOLDER     write inputs.npy, outputs.npy, new_inputs.npy and new_outputs.npy
02_any_framework.py compare SAID MEANT print the normalised mean squared error of one file against another; exit 1 above .1
"""
import random
import struct
import sys

INPUTS, OUTPUTS, RANK = 48, 24, 6


# begin npy
def save_npy(path, rows):
    """What numpy.save(path, array.astype("<f4")) writes."""
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({len(rows)}, {len(rows[0])}), }}"
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        for row in rows:
            file.write(struct.pack(f"<{len(row)}f", *row))
# end npy


def load_npy(path):
    data = open(path, "rb").read()
    length = struct.unpack_from("<H", data, 8)[0]
    header = eval(data[10:10 + length])
    rows, columns = header["shape"]
    values = struct.unpack_from(f"<{rows * columns}f", data, 10 + length)
    return [values[i * columns:(i + 1) * columns] for i in range(rows)]


def matrix(chance, rows, columns):
    return [[chance.gauss(0, 1) for _ in range(columns)] for _ in range(rows)]


def times(vector, weights):
    return [sum(w * v for w, v in zip(row, vector)) for row in weights]


# begin capture
def capture(folder):
    chance = random.Random(1)
    down, up = matrix(chance, RANK, INPUTS), matrix(chance, OUTPUTS, RANK)  # the layer; it stays here
    for name, count in ("", 600), ("new_", 100):
        inputs = matrix(chance, count, INPUTS)
        outputs = [times(times(row, down), up) for row in inputs]  # what a hook on the layer would see
        save_npy(f"{folder}/{name}inputs.npy", inputs)
        save_npy(f"{folder}/{name}outputs.npy", outputs)
# end capture


def compare(said, meant):
    said, meant = load_npy(said), load_npy(meant)
    error = variance = 0.0
    for column in range(len(meant[0])):
        mean = sum(row[column] for row in meant) / len(meant)
        error += sum((s[column] - m[column]) ** 2 for s, m in zip(said, meant))
        variance += sum((m[column] - mean) ** 2 for m in meant)
    print(f"NMSE on {len(meant)} new inputs: {error / variance:.4f}")
    return error < 0.1 * variance


if __name__ == "__main__":
    if sys.argv[1] == "capture":
        capture(sys.argv[2])
    elif not compare(sys.argv[2], sys.argv[3]):
        sys.exit(1)
