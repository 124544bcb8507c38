#!/usr/bin/env python3
"""A decoder of docs/stream-format.md in plain Python, written from that page: 04_read_a_stream.py FOLDER

Reads the one stream of a folder, checks hashes and the chain, and prints what it holds.
"""
import hashlib
import pathlib
import struct
import sys


def blake2b(data, size=32):
    return hashlib.blake2b(data, digest_size=size).digest()


def need(condition, what):
    if not condition:
        sys.exit(what)


# begin segment
class Segment:
    def __init__(self, data, offset):
        header = data[offset:offset + 256]
        magic, version, length, self.kind, self.codec, self.flags = struct.unpack_from("<4sHHBBH", header)
        need((magic, version, length, self.codec) == (b"AATS", 1, 256, 0), f"offset {offset}: not a segment of version 1")
        self.stream, self.codebooks = header[16:32], header[32:48]
        self.epoch, _, self.index, self.first, self.records, _, size = struct.unpack_from("<IIQQIII", header, 48)
        self.previous, self.hash = header[128:160], blake2b(header)
        self.body = data[offset + 256:offset + 256 + size]
        self.end = offset + 256 + size
        need(blake2b(self.body) == header[160:192], f"segment {self.index}: its body was altered")
# end segment


# begin columns
def columns(body, shapes, n):
    """The records of a body: for each boundary n tuples; None stands for NONE."""
    layout, boundaries, mode, mask_mode, count = struct.unpack_from("<BBBBI", body)
    need((layout, mode, boundaries, count) == (1, 0, len(shapes), sum(map(len, shapes))), "columns of another kind")
    place = 32

    def bits(number, width):
        nonlocal place
        size = (number * width + 7) // 8
        packed = int.from_bytes(body[place:place + size], "little")
        place += size
        return [packed >> (i * width) & ((1 << width) - 1) for i in range(number)]

    blocks = []
    for shape in shapes:
        spaces = []
        for addresses in shape:
            present = bits(n, 1) if mask_mode == 2 else [1] * n
            values = iter(bits(sum(present), (addresses - 1).bit_length()))
            spaces.append([next(values) if there else None for there in present])
        need(all(a is None or a < k for k, space in zip(shape, spaces) for a in space), "an address outside its space")
        blocks.append(list(zip(*spaces)))
    need(place == len(body), "bytes behind the last column")
    return blocks
# end columns


def message(data):
    """The fields of a protobuf message: number -> list of integers or bytes."""
    fields, place = {}, 0

    def varint():
        nonlocal place
        value = shift = 0
        while True:
            byte = data[place]
            place += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while place < len(data):
        key = varint()
        if key & 7 == 0:
            value = varint()
        else:
            need(key & 7 == 2, "a protobuf field of another kind")
            size = varint()
            value = data[place:place + size]
            place += size
        fields.setdefault(key >> 3, []).append(value)
    return fields


def main(folder):
    stream, = (folder / "streams").iterdir()
    head = Segment((stream / "head").read_bytes(), 0)
    tip = message(message(head.body)[1][0])
    log = (stream / f"{tip[1][0]:08x}" / "log.aat").read_bytes()

    setup = Segment(log, 0)
    descriptor = message(setup.body)[1][0]
    need(blake2b(descriptor, 16).hex() == stream.name, "the descriptor is that of another stream")
    boundaries = [message(b) for b in message(descriptor)[3]]
    shapes = [[s[2][0] for s in map(message, b[2]) for _ in range(s[1][0])] for b in boundaries]
    for b in boundaries:
        need(blake2b((folder / "codebooks" / b[3][0].hex()).read_bytes()) == b[3][0], "a codebook was altered")

    counts, segment, first = {2: 0, 3: 0}, setup, None
    for index in range(1, tip[2][0]):
        before, segment = segment, Segment(log, segment.end)
        need(segment.index == index and segment.previous == before.hash, f"segment {index}: the chain is broken")
        if segment.kind in counts:
            blocks = columns(segment.body, shapes, segment.records)
            counts[segment.kind] += len(blocks[0])
            first = first or (blocks if segment.kind == 2 else None)
    need(segment.hash == tip[3][0], "the log does not end where the head says")

    print(f"stream {stream.name}: {counts[2]} examples, {counts[3]} held out")
    for b, shape, block in zip(boundaries, shapes, first):
        print(f"boundary {b[1][0].decode()}, {len(shape)} spaces; first record {' '.join(map(str, block[0][:8]))} ...")


main(pathlib.Path(sys.argv[1]))
