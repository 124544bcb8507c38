#!/usr/bin/env python3
"""Teachers for bench_bits, and its figures over several seeds into bench/bits.csv.

    bench/bits.py train wide:2048 update      # writes build/bits/*.onnx (needs numpy and onnx)
    bench/bits.py run fmnist-mlp wide:2048 update --seeds 1 2 3 --test
"""
import argparse
import csv
import io
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODELS = ROOT / "build/bits"
# epochs, images, rate, batch: short trainings, each as long as one machine bears; validation accuracy about .89 (4096: .85).
WIDE = {1024: (5, 55_000, 1e-3, 256), 2048: (4, 55_000, 5e-4, 256), 4096: (2, 24_000, 3e-4, 384)}


def forward(parameters, x):
    import numpy as np
    kept = [x]
    for i in range(0, len(parameters), 2):
        z = kept[-1] @ parameters[i].T + parameters[i + 1]
        kept.append(np.maximum(z, 0) if i + 2 < len(parameters) else z)
    return kept


def adam(widths, images, labels, epochs, rate, batch, seed, start=None, decay=0.01):
    """Cross-entropy, Adam with warm-up and cosine annealing."""
    import numpy as np
    rng = np.random.default_rng(seed)
    parameters = [p.copy() for p in start] if start else [
        p for i, o in zip(widths, widths[1:])
        for p in (rng.standard_normal((o, i), dtype="f4") * np.float32(np.sqrt(2 / i)), np.zeros(o, "f4"))]
    first, second = [np.zeros_like(p) for p in parameters], [np.zeros_like(p) for p in parameters]
    steps, step = epochs * (len(images) // batch), 0
    for _ in range(epochs):
        order = rng.permutation(len(images))
        for at in range(0, len(images) - batch + 1, batch):
            pick = order[at:at + batch]
            kept = forward(parameters, images[pick])
            delta = np.exp(kept[-1] - kept[-1].max(1, keepdims=True))
            delta /= delta.sum(1, keepdims=True)
            delta[np.arange(batch), labels[pick]] -= 1
            delta /= batch
            gradient = [None] * len(parameters)
            for i in range(len(parameters) - 2, -1, -2):
                gradient[i], gradient[i + 1] = delta.T @ kept[i // 2], delta.sum(0)
                if i:
                    delta = (delta @ parameters[i]) * (kept[i // 2] > 0)
            step += 1
            now = rate * 0.5 * (1 + np.cos(np.pi * step / steps)) * min(1, step / 100)
            for p, g, m, v in zip(parameters, gradient, first, second):
                m += np.float32(0.1) * (g - m)
                v += np.float32(0.001) * (g * g - v)
                if p.ndim == 2:
                    p *= np.float32(1 - now * decay)
                p -= np.float32(now / (1 - 0.9**step)) * m / (np.sqrt(v / np.float32(1 - 0.999**step)) + np.float32(1e-8))
    return parameters


def save(parameters, name):
    import train_fashion_mnist
    train_fashion_mnist.WIDTHS = tuple([parameters[0].shape[1]] + [w.shape[0] for w in parameters[::2]])
    MODELS.mkdir(parents=True, exist_ok=True)
    train_fashion_mnist.write(list(zip(parameters[::2], parameters[1::2])), MODELS / name)


def train(task, data):
    import numpy as np
    sys.path.insert(0, str(ROOT / "scripts"))
    import train_fashion_mnist
    images, labels = train_fashion_mnist.load(data, "train")
    images, labels = images[:-5000], labels[:-5000]
    if task == "update":
        old = labels < 8
        held = adam((784, 512, 512, 10), images[old], labels[old], 5, 1e-3, 256, seed=1)
        save(held, "held.onnx")
        save(adam(None, images, labels, 3, 5e-4, 256, seed=2, start=held), "new.onnx")
    elif task.startswith("wide:"):
        width = int(task.split(":")[1])
        epochs, count, rate, batch = WIDE[width]
        pick = np.random.default_rng(3).permutation(len(images))[:count]
        save(adam((784, width, width, 10), images[pick], labels[pick], epochs, rate, batch, seed=1), f"wide{width}.onnx")


def run(task, options):
    command = [str(options.program), "--csv", "--data", str(options.data)]
    if task.startswith("wide:"):
        command += ["--task", "wide", "--model", str(MODELS / f"wide{task.split(':')[1]}.onnx")]
    elif task == "update":
        command += ["--task", "update", "--held", str(MODELS / "held.onnx"), "--model", str(MODELS / "new.onnx")]
    else:
        command += ["--task", task]
    command += options.pass_on + (["--test"] if options.test else [])
    points = {}
    for seed in options.seeds:
        done = subprocess.run(command + ["--seed", str(seed)], check=True, capture_output=True, text=True)
        for row in csv.DictReader(io.StringIO(done.stdout)):
            points.setdefault((row["images"], row["method"], row["setting"]), []).append(row)
    rows = []
    for (images, method, setting), found in points.items():
        row = {"task": task, "images": images, "method": method, "setting": setting, "seeds": len(found)}
        for figure in [k for k in found[0] if k not in ("task", "seed", "images", "method", "setting")]:
            values = [float(r[figure]) for r in found]
            row[figure] = f"{statistics.mean(values):.6g}"
            row[figure + "_spread"] = f"{statistics.stdev(values):.2g}" if len(values) > 1 else ""
        rows.append(row)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("train", "run"))
    parser.add_argument("tasks", nargs="+", help="fmnist-mlp, wide:W, update")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/bench/bench_bits")
    parser.add_argument("--data", type=pathlib.Path, default="/usr/share/datasets/fashion-mnist")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--test", action="store_true", help="figures on the test images")
    parser.add_argument("--results", type=pathlib.Path, default=ROOT / "bench/bits.csv")
    options, options.pass_on = parser.parse_known_args()
    for task in options.tasks:
        if options.what == "train":
            train(task, options.data)
            continue
        rows = run(task, options)
        kept = []
        if options.results.exists():
            with options.results.open(newline="") as file:
                fresh = {(r["task"], r["images"], r["method"], r["setting"]) for r in rows}
                kept = [r for r in csv.DictReader(file) if (r["task"], r["images"], r["method"], r["setting"]) not in fresh]
        fields = list(dict.fromkeys(k for r in kept + rows for k in r))
        with options.results.open("w", newline="") as file:
            writer = csv.DictWriter(file, fields, lineterminator="\n", restval="")
            writer.writeheader()
            writer.writerows(kept + rows)


if __name__ == "__main__":
    main()
