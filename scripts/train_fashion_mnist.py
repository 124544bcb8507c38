#!/usr/bin/env python3
"""Train the teacher of the main job: a Fashion-MNIST classifier, 784-512-512-10, written as ONNX.

    pip install numpy onnx
    python3 scripts/train_fashion_mnist.py --output models/fashion_mnist_mlp.onnx

The teachers of bench_fidelity's tasks fmnist-layer256 and fmnist-wide, 784-W-W-10, less patiently:

    python3 scripts/train_fashion_mnist.py --widths 256,1024,4096 --epochs 4 --models FOLDER

Adam with cosine annealing, dropout and weight decay, one-pixel shifts and mirror images; an
exponential moving average of the parameters is what is written. The last 5 000 training images are validation
images and are never trained on; the test images are read once, at the end.
"""
import argparse
import gzip
import pathlib

import numpy as np

PIXELS, CLASSES = 784, 10


def read_idx(path):
    raw = gzip.open(path).read()
    dims = raw[3]
    shape = np.frombuffer(raw, ">u4", dims, 4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * dims).reshape(shape)


def load(folder, part):
    images = read_idx(folder / f"{part}-images-idx3-ubyte.gz").reshape(-1, 784).astype(np.float32) / 255
    return images, read_idx(folder / f"{part}-labels-idx1-ubyte.gz").astype(np.int64)


def augment(images, rng):
    """Mirror half of the images and shift each by at most one pixel."""
    x = images.reshape(-1, 28, 28)
    flip = rng.random(len(x)) < 0.5
    x = np.where(flip[:, None, None], x[:, :, ::-1], x)
    dy, dx = rng.integers(-1, 2, 2)
    return np.ascontiguousarray(np.roll(x, (dy, dx), (1, 2))).reshape(-1, 784)


def forward(parameters, x, rng=None, dropout=(0.0, 0.0)):
    """Activations of every layer; `rng` draws the dropout masks of the hidden layers."""
    kept, masks = [x], []
    for i, (w, b) in enumerate(parameters):
        x = x @ w.T + b
        if i + 1 < len(parameters):
            x = np.maximum(x, 0)
            if rng is not None and dropout[1] > 0:
                mask = (rng.random(x.shape, dtype=np.float32) >= dropout[1]).astype(np.float32) / (1 - dropout[1])
                x = x * mask
                masks.append(mask)
        kept.append(x)
    return kept, masks


def accuracy(parameters, images, labels):
    return float(np.mean(forward(parameters, images)[0][-1].argmax(1) == labels))


def train(width, images, labels, validation, options):
    widths = (PIXELS, width, width, CLASSES)
    rng = np.random.default_rng(options.seed)
    parameters = [
        (rng.normal(0, np.sqrt(2 / i), (o, i)).astype(np.float32), np.zeros(o, np.float32))
        for i, o in zip(widths, widths[1:])
    ]
    flat = [a for layer in parameters for a in layer]
    first, second = [np.zeros_like(a) for a in flat], [np.zeros_like(a) for a in flat]
    average = [a.copy() for a in flat]
    steps = options.epochs * (len(images) // options.batch)
    step = 0
    for epoch in range(options.epochs):
        order = rng.permutation(len(images))
        for start in range(0, len(images) - options.batch + 1, options.batch):
            pick = order[start : start + options.batch]
            x, y = augment(images[pick], rng), labels[pick]
            kept, masks = forward(parameters, x, rng, (0.0, options.dropout))
            p = np.exp(kept[-1] - kept[-1].max(1, keepdims=True))
            p /= p.sum(1, keepdims=True)
            target = np.full_like(p, options.smoothing / p.shape[1])
            target[np.arange(len(y)), y] += 1 - options.smoothing
            delta = (p - target) / len(y)
            gradient = []
            for i in range(len(parameters) - 1, -1, -1):
                gradient[:0] = [delta.T @ kept[i], delta.sum(0)]
                if i:
                    delta = (delta @ parameters[i][0]) * (kept[i] > 0)
                    if masks:
                        delta = delta * masks[i - 1]
            step += 1
            rate = options.rate * 0.5 * (1 + np.cos(np.pi * step / steps)) * min(1, step / 200)
            for a, g, m, v, e in zip(flat, gradient, first, second, average):
                m += 0.1 * (g - m)
                v += 0.001 * (g * g - v)
                a -= rate * (m / (1 - 0.9**step) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8))
                if a.ndim == 2:
                    a -= rate * options.decay * a
                e += (a - e) * (0.002 if step > 1000 else 0.02)
        smooth = [(average[2 * i], average[2 * i + 1]) for i in range(len(parameters))]
        print(f"epoch {epoch + 1:3d}  validation {accuracy(smooth, *validation):.4f}", flush=True)
    return smooth


def write(parameters, path):
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    nodes, tensors, name = [], [], "image"
    for i, (w, b) in enumerate(parameters, 1):
        tensors += [numpy_helper.from_array(w, f"fc{i}.weight"), numpy_helper.from_array(b, f"fc{i}.bias")]
        out = "logits" if i == len(parameters) else f"fc{i}.out"
        nodes.append(helper.make_node("Gemm", [name, f"fc{i}.weight", f"fc{i}.bias"], [out], f"fc{i}", transB=1))
        if i < len(parameters):
            nodes.append(helper.make_node("Relu", [out], [f"relu{i}.out"], f"relu{i}"))
            out = f"relu{i}.out"
        name = out
    graph = helper.make_graph(
        nodes,
        "fashion_mnist_mlp",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", PIXELS])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", CLASSES])],
        tensors,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="assimilaate")
    model.ir_version = 8
    onnx.checker.check_model(model)
    onnx.save(model, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, default="/usr/share/datasets/fashion-mnist")
    parser.add_argument("--output", type=pathlib.Path, default="models/fashion_mnist_mlp.onnx")
    parser.add_argument("--epochs", type=int, default=200)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--decay", type=float, default=0.03, help="decoupled weight decay")
    parser.add_argument("--dropout", type=float, default=0.25)
    parser.add_argument("--smoothing", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--widths", help="of the two hidden layers: W[,W...], each a model fashion_mnist_W.onnx in --models")
    parser.add_argument("--models", type=pathlib.Path, default="models")
    options = parser.parse_args()
    images, labels = load(options.data, "train")
    validation = (images[-5000:], labels[-5000:])
    wanted = {512: options.output}
    if options.widths:
        wanted = {int(w): options.models / f"fashion_mnist_{w}.onnx" for w in options.widths.split(",")}
    for width, path in wanted.items():
        parameters = train(width, images[:-5000], labels[:-5000], validation, options)
        path.parent.mkdir(parents=True, exist_ok=True)
        write(parameters, path)
        test = accuracy(parameters, *load(options.data, "t10k"))
        print(f"{path}  validation {accuracy(parameters, *validation):.4f}  test {test:.4f}")


if __name__ == "__main__":
    main()
