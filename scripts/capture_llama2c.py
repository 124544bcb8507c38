#!/usr/bin/env python3
"""What every linear map of a llama2.c model sees and says, as pairs of NumPy files for `bench_fidelity --task matrices:`.

    pip install numpy
    python3 scripts/capture_llama2c.py stories260K.bin FOLDER              the model tells stories of its own
    python3 scripts/capture_llama2c.py stories260K.bin FOLDER --layers 0,4

Writes <layer>.<q|k|v|o|w1|w2|w3>.input.npy and .output.npy, and head.*: rows in the order of stories and of words in them. Inputs are what the
matrix sees (normalised, with the norm's gains), outputs are before the rotation of q and k. Prints the cross-entropy per token of the stories.
"""
import argparse
import pathlib
import struct

import numpy as np

START = 1  # the token a story begins with


class Model:
    def __init__(self, path):
        raw = path.read_bytes()
        self.dim, hidden, self.layers, self.heads, self.kv_heads, vocabulary, self.length = struct.unpack("<7i", raw[:28])
        shared, vocabulary = vocabulary > 0, abs(vocabulary)
        size, at = self.dim // self.heads, 28
        kv, n, d = size * self.kv_heads, self.layers, self.dim

        def take(*shape):
            nonlocal at
            count = int(np.prod(shape))
            tensor = np.frombuffer(raw, "<f4", count, at).reshape(shape)
            at += 4 * count
            return tensor

        self.embedding = take(vocabulary, d)
        self.attention_norm = take(n, d)
        self.q, self.k, self.v, self.o = take(n, d, d), take(n, kv, d), take(n, kv, d), take(n, d, d)
        self.ffn_norm = take(n, d)
        self.w1, self.w2, self.w3 = take(n, hidden, d), take(n, d, hidden), take(n, hidden, d)
        self.final_norm = take(d)
        take(2, self.length, size // 2)  # tables of the rotation, which is computed here
        self.head = self.embedding if shared else take(vocabulary, d)


def normalised(x, gain):
    return x / np.sqrt(np.mean(x * x, -1, keepdims=True) + 1e-5) * gain


def rotated(x, position):
    """[stories x heads x size]; pairs of neighbours turn."""
    size = x.shape[-1]
    angle = position * 10000.0 ** (-np.arange(0, size, 2) / size)
    c, s = np.cos(angle), np.sin(angle)
    even, odd = x[..., ::2], x[..., 1::2]
    return np.stack([even * c - odd * s, even * s + odd * c], -1).reshape(x.shape)


def step(model, tokens, position, past, see):
    """Logits [stories x vocabulary] of the next token; `past` remembers keys and values of each layer."""
    stories, size = len(tokens), model.dim // model.heads

    def linear(name, matrix, x):
        y = x @ matrix.T
        see(name, x, y)
        return y

    x = model.embedding[tokens]
    for i in range(model.layers):
        inner = normalised(x, model.attention_norm[i])
        q = rotated(linear(f"{i}.q", model.q[i], inner).reshape(stories, model.heads, size), position)
        k = rotated(linear(f"{i}.k", model.k[i], inner).reshape(stories, model.kv_heads, size), position)
        v = linear(f"{i}.v", model.v[i], inner).reshape(stories, model.kv_heads, size)
        past[i].append((k, v))
        shared = model.heads // model.kv_heads
        keys = np.repeat(np.stack([each[0] for each in past[i]], 1), shared, 2)
        values = np.repeat(np.stack([each[1] for each in past[i]], 1), shared, 2)
        weight = np.einsum("shd,sthd->sht", q, keys) / np.sqrt(size)
        weight = np.exp(weight - weight.max(-1, keepdims=True))
        weight /= weight.sum(-1, keepdims=True)
        x = x + linear(f"{i}.o", model.o[i], np.einsum("sht,sthd->shd", weight, values).reshape(stories, -1))
        inner = normalised(x, model.ffn_norm[i])
        gate = linear(f"{i}.w1", model.w1[i], inner)
        x = x + linear(f"{i}.w2", model.w2[i], gate / (1 + np.exp(-gate)) * linear(f"{i}.w3", model.w3[i], inner))
    return linear("head", model.head, normalised(x, model.final_norm))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--layers", default="2", help="L[,L...]; the head always comes along")
    parser.add_argument("--stories", type=int, default=80)
    parser.add_argument("--tokens", type=int, default=256, help="of a story")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    model = Model(options.model)
    wanted = {f"{layer}.{name}" for layer in options.layers.split(",") for name in "q k v o w1 w2 w3".split()} | {"head"}
    seen = {}

    def see(name, x, y):
        if name in wanted:
            seen.setdefault(name, []).append((x, y))

    rng = np.random.default_rng(options.seed)
    tokens, past, surprise = np.full(options.stories, START), [[] for _ in range(model.layers)], 0.0
    for position in range(min(options.tokens, model.length)):
        logits = step(model, tokens, position, past, see)
        p = np.exp(logits - logits.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        tokens = (p.cumsum(1) > rng.random((len(p), 1))).argmax(1)
        surprise -= np.mean(np.log(p[np.arange(len(p)), tokens]))
    print(f"cross-entropy {surprise / (position + 1):.3f} per token, {options.stories} stories")
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, steps in seen.items():
        for which, side in enumerate(("input", "output")):
            rows = np.stack([each[which] for each in steps], 1)  # story by story
            np.save(options.folder / f"{name}.{side}.npy", rows.reshape(-1, rows.shape[-1]).astype("<f4"))


if __name__ == "__main__":
    main()
