#!/usr/bin/env python3
"""A decoder of docs/stream-format.md in plain Python, written from that page: 04_read_a_stream.py FOLDER

Reads the one stream of a folder, checks hashes and the chain (signatures need a library) and prints what it holds.
"""
import bisect, hashlib, itertools, pathlib, struct, sys


def blake2b(data, size=32):
    return hashlib.blake2b(data, digest_size=size).digest()


def take(source, size):
    return bytes(itertools.islice(source, size))


class Segment:
    def __init__(self, log, offset=0):
        header = log[offset:offset + 256]
        magic, version, length, self.kind, self.codec = struct.unpack_from("<4sHHBB", header)
        assert (magic, version, length) == (b"AATS", 1, 256), f"offset {offset}: not a segment of version 1"
        self.base, self.index, _, self.records, _, size = struct.unpack_from("<IQQIII", header, 52)
        self.previous, self.body_hash, self.hash = header[128:160], header[160:192], blake2b(header)
        self.body, self.end = log[offset + 256:offset + 256 + size], offset + 256 + size

    def check_body(self):
        assert blake2b(self.body) == self.body_hash, f"segment {self.index}: its body was altered"
        return self


def philox(key, counter):
    for _ in range(10):
        p, q = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = [q >> 32 ^ counter[1] ^ key[0], q & 0xFFFFFFFF, p >> 32 ^ counter[3] ^ key[1], p & 0xFFFFFFFF]
        key = [key[0] + 0x9E3779B9 & 0xFFFFFFFF, key[1] + 0xBB67AE85 & 0xFFFFFFFF]
    return counter


def draw_input(setup, counter):
    four = [philox(setup["seed"], [counter & 0xFFFFFFFF, counter >> 32, s, 0]) for s in range(len(setup["shapes"][0]) + 7 >> 3)]
    return tuple(map(bisect.bisect_right, setup["marginals"], [x for f in four for w in f for x in (w & 65535, w >> 16)]))


def range_decode(data, thresholds, n):
    bounds, state, place, values = [0, *thresholds, 65536], int.from_bytes(data[:4], "little"), 4, []
    for _ in range(n):
        a = bisect.bisect_right(thresholds, state & 65535)
        values.append(a)
        state = (bounds[a + 1] - bounds[a]) * (state >> 16) + (state & 65535) - bounds[a]
        while state < 1 << 23:
            state, place = state << 8 | data[place], place + 1
    assert state == 1 << 23 and place == len(data), "a column that is no range coding"
    return values


def columns(segment, setup):
    """The records of a body: for each boundary n tuples; None stands for NONE."""
    n, rest = segment.records, iter(segment.body[32:])
    layout, boundaries, seeded, mask_mode, count, counter, gap_bits = struct.unpack_from("<BBBBIQB", segment.body)
    shapes, tables = setup["shapes"][seeded:], setup["tables"][sum(map(len, setup["shapes"][:seeded])):]
    assert (layout, boundaries, count) == (1, seeded + len(shapes), sum(map(len, shapes))), "columns of another kind"

    def bits(number, width):
        packed = int.from_bytes(take(rest, (number * width + 7) // 8), "little")
        return [packed >> (i * width) & ((1 << width) - 1) for i in range(number)]

    there = iter(bits(count, 1) if mask_mode == 1 else [1] * count)
    counters = [counter := counter + gap + (r > 0) for r, gap in enumerate(bits(n, gap_bits))]
    blocks = [[draw_input(setup, c) for c in counters]] if seeded else []
    for shape in shapes:
        spaces = []
        for k in shape:
            table, whole = tables.pop(0), next(there)
            present = bits(n, 1) if mask_mode == 2 else [whole] * n
            method, low, high = struct.unpack("<BHB", take(rest, 4)) if segment.codec == 1 and whole else (0, 0, 0)
            number, length = sum(present), high << 16 | low
            values = range_decode(take(rest, length), table, number) if method else bits(number, (k - 1).bit_length())
            assert all(a < k for a in values), "an address outside its space"
            spaces.append([values.pop(0) if p else None for p in present])
        blocks.append(list(zip(*spaces)))
    assert not take(rest, 1), "bytes behind the last column"
    return blocks


def varints(data):
    value = shift = 0
    for byte in data:
        value, shift = value | (byte & 127) << shift, shift + 7
        if byte < 128:
            yield value
            value = shift = 0


def message(data):
    """The fields of a protobuf message: number -> list of integers or bytes."""
    fields, rest = {}, iter(data)
    for key in varints(rest):
        value = next(varints(rest)) if key & 7 in (0, 2) else {1: 8, 5: 4}[key & 7]
        fields.setdefault(key >> 3, []).append(take(rest, value) if key & 7 else value)
    return fields


def read_setup(fields):
    def table(source, k):
        return list(struct.unpack(f"<{k - 1}H", take(source, 2 * k - 2)))

    boundaries = [message(b) for b in message(fields[1][0])[3]]
    shapes = [[s[2][0] for s in map(message, b[2]) for _ in range(s[1][0])] for b in boundaries]
    marginals, freq = iter(fields.get(3, [b""])[0]), iter(fields.get(4, [bytes(sum(map(len, shapes)))])[0])
    return {"boundaries": boundaries, "shapes": shapes, "seed": struct.unpack("<II", fields.get(2, [bytes(8)])[0]),
            "marginals": [table(marginals, k) for k in shapes[0]] if 3 in fields else [],
            "tables": [table(freq, k) if next(freq) else None for shape in shapes for k in shape]}


def read_epoch(place, epoch, tip, found):
    """The segments of an epoch up to the header `tip`; before them, those of the epoch that it extends."""
    log = (place / f"{epoch:08x}" / "log.aat").read_bytes()
    segments = [Segment(log)]
    while segments[-1].hash != tip:
        before, segment = segments[-1], Segment(log, segments[-1].end)
        assert (segment.index, segment.previous) == (before.index + 1, before.hash), f"segment {segment.index}: broken chain"
        segments.append(segment)
    ranges = [list(varints(message(s.check_body().body)[1][0])) for s in segments if s.kind == 4]
    withdrawn = {i for r in ranges for first, last in zip(r[::2], r[1::2]) for i in range(first, last + 1)}
    kept = [s.check_body() for s in segments if s.index not in withdrawn]
    fields = message(kept[0].body)
    assert blake2b(fields[1][0], 16).hex() == place.name, "the descriptor is that of another stream"
    setup = read_setup(fields)
    if kept[0].base:
        read_epoch(place, kept[0].base, fields[5][0], found)
    records = {kind: [r for s in kept if s.kind == kind for r in zip(*columns(s, setup))] for kind in (2, 3)}
    found["data"] += records[2]
    found["held out"] = records[3] or found["held out"]  # of the newest epoch that has some
    return setup, segments


def main(folder):
    stream, = (entry for entry in (folder / "streams").iterdir() if entry.is_dir())
    tip = message(message(Segment((stream / "head").read_bytes()).check_body().body)[1][0])
    found = {"data": [], "held out": []}
    setup, segments = read_epoch(stream, tip[1][0], tip[3][0], found)
    assert len(segments) == tip[2][0], "the log does not end where the head says"
    print(f"stream {stream.name}: {len(found['data'])} examples, {len(found['held out'])} held out")
    for b, shape, aat in zip(setup["boundaries"], setup["shapes"], found["data"][0]):
        assert blake2b((folder / "codebooks" / b[3][0].hex()).read_bytes()) == b[3][0], "a codebook was altered"
        print(f"boundary {b[1][0].decode()}, {len(shape)} spaces; first record {' '.join(map(str, aat[:8]))} ...")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
