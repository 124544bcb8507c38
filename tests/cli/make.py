#!/usr/bin/env python3
"""Small inputs for command line cases, made of nothing but the standard library.

  model FILE [OPERATOR|nan]          36-12-12-4 classifier as ONNX; another operator for Relu, or a NaN among its weights
  data FOLDER [TRAIN] [TEST]         idx files of 6 x 6 images (default 300 and 100), labelled by that classifier
  npy FILE ROWS COLS [nan|SEED]      normal numbers
  integers FILE ROWS COLS HIGHEST    whole numbers from 0 up
  map IN.npy OUT.npy COLS            a fixed linear map of the rows
  safetensors FILE NAME=X.npy...     arrays under names
  flip FILE OFFSET                   flip the lowest bit of a byte; a negative offset counts from the end
  cut FILE SIZE                      keep the first bytes; a negative size drops so many
  tree PATH                          a digest of every file below a path, to show that nothing changed
"""
import hashlib
import json
import math
import pathlib
import random
import struct
import sys

WIDTHS = (36, 12, 12, 4)


def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(number, value):
    """A protobuf field: a number, a text, or the bytes of a message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def weights():
    chance = random.Random(7)
    return [([[chance.gauss(0, 1.5 / math.sqrt(cols)) for _ in range(cols)] for _ in range(rows)],
             [chance.gauss(0, 0.1) for _ in range(rows)]) for cols, rows in zip(WIDTHS, WIDTHS[1:])]


def floats(values):
    return struct.pack(f"<{len(values)}f", *values)


def tensor(name, dims, values):
    return b"".join(field(1, n) for n in dims) + field(2, 1) + field(8, name) + field(9, floats(values))


def value_info(name, width):
    dims = field(1, field(2, "n")) + field(1, field(1, width))
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, dims)))


def model(file, what="Relu"):
    graph, initializers, name = b"", b"", "x"
    for i, (matrix, bias) in enumerate(weights(), 1):
        values = [w for row in matrix for w in row]
        if what == "nan" and i == 2:
            values[5] = math.nan
        initializers += field(5, tensor(f"w{i}", (len(matrix), len(matrix[0])), values))
        initializers += field(5, tensor(f"b{i}", (len(bias),), bias))
        transposed = field(5, field(1, "transB") + field(3, 1) + field(20, 2))
        graph += field(1, field(1, name) + field(1, f"w{i}") + field(1, f"b{i}") + field(2, f"y{i}") + field(3, f"fc{i}") +
                       field(4, "Gemm") + transposed)
        name = f"y{i}"
        if i < len(WIDTHS) - 1:
            graph += field(1, field(1, name) + field(2, f"h{i}") + field(3, f"act{i}") + field(4, "Relu" if what == "nan" else what))
            name = f"h{i}"
    graph += field(2, "tiny") + initializers + field(11, value_info("x", WIDTHS[0])) + field(12, value_info(name, WIDTHS[-1]))
    pathlib.Path(file).write_bytes(field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 13)))


def classify(image):
    x = [v / 255 for v in image]
    layers = weights()
    for i, (matrix, bias) in enumerate(layers):
        x = [sum(w * v for w, v in zip(row, x)) + b for row, b in zip(matrix, bias)]
        if i + 1 < len(layers):
            x = [max(0.0, v) for v in x]
    return x.index(max(x))


def data(folder, train=300, test=100):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(11)
    for part, count in ("train", int(train)), ("t10k", int(test)):
        images = [chance.randbytes(WIDTHS[0]) for _ in range(count)]
        (folder / f"{part}-images-idx3-ubyte").write_bytes(struct.pack(">IIII", 0x803, count, 6, 6) + b"".join(images))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">II", 0x801, count) + bytes(map(classify, images)))


def write_npy(file, rows, cols, values):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {cols}), }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    pathlib.Path(file).write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + floats(values))


def read_npy(file):
    raw = pathlib.Path(file).read_bytes()
    end = 10 + struct.unpack("<H", raw[8:10])[0]
    rows, cols = eval(raw[10:end].decode())["shape"]
    return rows, cols, struct.unpack(f"<{rows * cols}f", raw[end:])


def npy(file, rows, cols, extra="1"):
    rows, cols = int(rows), int(cols)
    chance = random.Random(0 if extra == "nan" else int(extra))
    values = [chance.gauss(0, 1) for _ in range(rows * cols)]
    if extra == "nan":
        values[3 * cols + 2] = math.nan
    write_npy(file, rows, cols, values)


def integers(file, rows, cols, highest):
    chance = random.Random(3)
    values = [float(chance.randint(0, int(highest))) for _ in range(int(rows) * int(cols))]
    write_npy(file, int(rows), int(cols), values[:-1] + [float(highest)])


def linear_map(source, target, cols):
    rows, width, values = read_npy(source)
    cols, chance = int(cols), random.Random(5)
    matrix = [[chance.gauss(0, 1) for _ in range(width)] for _ in range(cols)]
    write_npy(target, rows, cols, [sum(w * v for w, v in zip(line, values[r * width:(r + 1) * width]))
                                   for r in range(rows) for line in matrix])


def safetensors(file, *arrays):
    header, body = {}, b""
    for name, source in (each.split("=") for each in arrays):
        rows, cols, values = read_npy(source)
        raw = floats(values)
        header[name] = {"dtype": "F32", "shape": [rows, cols], "data_offsets": [len(body), len(body) + len(raw)]}
        body += raw
    text = json.dumps(header).encode()
    pathlib.Path(file).write_bytes(struct.pack("<Q", len(text)) + text + body)


def flip(file, offset):
    raw = bytearray(pathlib.Path(file).read_bytes())
    raw[int(offset)] ^= 1
    pathlib.Path(file).write_bytes(raw)


def cut(file, size):
    raw = pathlib.Path(file).read_bytes()
    pathlib.Path(file).write_bytes(raw[:int(size)])


def tree(path):
    path = pathlib.Path(path)
    for file in sorted(p for p in [path, *path.rglob("*")] if p.is_file()):
        print(hashlib.sha256(file.read_bytes()).hexdigest()[:16], file)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    {"map": linear_map}.get(sys.argv[1], globals().get(sys.argv[1]))(*sys.argv[2:])
