#!/usr/bin/env python3
"""What every layer of the silero speech detector sees and says, as pairs of NumPy files for `bench_fidelity --task matrices:`.

    pip install numpy
    python3 scripts/capture_silero.py silero_vad_16k.safetensors speech.wav FOLDER

Writes <layer>.input.npy and <layer>.output.npy for conv1 to conv4 (a row is a patch of the convolution: im2col), lstm (input
and state side by side -> the four gates) and final, before the nonlinearity, in the order of time. Prints the share of frames that are speech.
"""
import argparse
import json
import pathlib
import wave

import numpy as np

FRAME, CONTEXT, PAD, HOP = 512, 64, 64, 128  # samples: of a frame, before it, mirrored behind it, between spectra


def load_tensors(path):
    raw = path.read_bytes()
    head = int.from_bytes(raw[:8], "little")
    tensors = {}
    for name, about in json.loads(raw[8 : 8 + head]).items():
        begin, end = (8 + head + offset for offset in about["data_offsets"])
        tensors[name] = np.frombuffer(raw[begin:end], "<f4").reshape(about["shape"])
    return tensors


def im2col(x, width, stride):
    """[n x channels x time] -> [n x times x channels * width], zeros beyond the ends."""
    x = np.pad(x, ((0, 0), (0, 0), (1, 1)))
    patches = np.lib.stride_tricks.sliding_window_view(x, width, 2)[:, :, ::stride]
    return patches.transpose(0, 2, 1, 3).reshape(len(x), -1, x.shape[1] * width)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def detect(tensors, samples, see):
    """Probability of speech of every frame; `see(layer, input, output)` is shown [frames x rows x numbers]."""
    frames = len(samples) // FRAME
    padded = np.concatenate([np.zeros(CONTEXT, np.float32), samples])
    x = np.stack([padded[i * FRAME : i * FRAME + CONTEXT + FRAME] for i in range(frames)])
    x = np.pad(x, ((0, 0), (0, PAD)), "reflect")
    basis = tensors["stft_conv.weight"][:, 0]
    windows = np.lib.stride_tricks.sliding_window_view(x, basis.shape[1], 1)[:, ::HOP]
    spectrum = windows @ basis.T
    half = len(basis) // 2
    x = np.hypot(spectrum[..., :half], spectrum[..., half:]).transpose(0, 2, 1)
    for layer, stride in ("conv1", 1), ("conv2", 2), ("conv3", 2), ("conv4", 1):
        kernel = tensors[layer + ".weight"]
        rows = im2col(x, kernel.shape[2], stride)
        said = rows @ kernel.reshape(len(kernel), -1).T + tensors[layer + ".bias"]
        see(layer, rows, said)
        x = np.maximum(said, 0).transpose(0, 2, 1)
    weights = np.hstack([tensors["lstm_cell.weight_ih"], tensors["lstm_cell.weight_hh"]])
    bias = tensors["lstm_cell.bias_ih"] + tensors["lstm_cell.bias_hh"]
    hidden = cell = np.zeros(weights.shape[0] // 4, np.float32)
    inputs, gates, states = [], [], []
    for features in x[:, :, 0]:
        inputs.append(np.concatenate([features, hidden]))
        gates.append(weights @ inputs[-1] + bias)
        enter, forget, new, leave = np.split(gates[-1], 4)
        cell = sigmoid(forget) * cell + sigmoid(enter) * np.tanh(new)
        hidden = sigmoid(leave) * np.tanh(cell)
        states.append(np.maximum(hidden, 0))
    see("lstm", np.stack(inputs)[:, None], np.stack(gates)[:, None])
    states = np.stack(states)
    said = states @ tensors["final_conv.weight"][:, :, 0].T + tensors["final_conv.bias"]
    see("final", states[:, None], said[:, None])
    return sigmoid(said[:, 0])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("speech", help="16 kHz, 16 bits, one channel")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--offsets", type=int, default=4, help="times the speech is heard, each a part of a frame later")
    options = parser.parse_args()
    tensors = load_tensors(options.model)
    with wave.open(options.speech) as file:
        if (file.getframerate(), file.getsampwidth(), file.getnchannels()) != (16000, 2, 1):
            parser.error(f"{options.speech}: wanted 16 kHz, 16 bits, one channel")
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
    seen = {}
    for offset in range(options.offsets):
        keep = lambda layer, x, y: seen.setdefault(layer, []).append((x, y))
        said = detect(tensors, samples[offset * FRAME // options.offsets :], keep)
        print(f"offset {offset}: speech in {np.sum(said > 0.5)} of {len(said)} frames")
    options.folder.mkdir(parents=True, exist_ok=True)
    for layer, runs in seen.items():
        frames = min(len(x) for x, _ in runs)
        for which, name in enumerate(("input", "output")):
            rows = np.stack([run[which][:frames] for run in runs], 1)  # of one time next to each other
            rows = rows.reshape(-1, rows.shape[-1]).astype("<f4")
            np.save(options.folder / f"{layer}.{name}.npy", rows)
        print(f"{layer}: {rows.shape[0]} rows")


if __name__ == "__main__":
    main()
