#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write the models of the end-to-end tests beside this script.

deep.onnx     a perceptron 6-8-5-3: another depth and other widths than the demo's model
deep.csv      samples for it; the label is what the model itself says
sine.onnx     6-4-3 with a sine between its layers, which no circuit computes
dead-column.* 7-8-3 with features of very different size, of which the last is always 0, with calibration samples
              and labelled test samples
logit.*       3-8-1: two classes told apart by a sign, or a value; calibration samples, and test samples with either
rounding.json numbers and what they round to, halves up, at every edge of `f64`

Needs the packages of models/digits/requirements.txt. A second run writes the same bytes.
"""

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent
OPSET = 17
IR_VERSION = 8
SEED = 14
SAMPLES = 120


def perceptron(widths, activation, name):
    """Save a perceptron with random weights and return its layers."""
    generator = np.random.default_rng(SEED)
    layers = [
        (
            generator.normal(0, 1 / np.sqrt(fan_in), (fan_in, fan_out)).astype(np.float32),
            generator.normal(0, 0.5, fan_out).astype(np.float32),
        )
        for fan_in, fan_out in zip(widths, widths[1:])
    ]
    save(name, layers, activation, batch=1)
    return layers


def save(name, layers, activation="Relu", batch="batch"):
    """Save float32 layers as a perceptron."""
    nodes, tensors, wire = [], [], "input"
    for number, (weights, biases) in enumerate(layers, 1):
        last = number == len(layers)
        out = "logits" if last else f"sum_{number}"
        tensors.append(numpy_helper.from_array(weights, f"weights_{number}"))
        tensors.append(numpy_helper.from_array(biases, f"biases_{number}"))
        nodes.append(helper.make_node("Gemm", [wire, f"weights_{number}", f"biases_{number}"], [out]))
        if not last:
            wire = f"active_{number}"
            nodes.append(helper.make_node(activation, [out], [wire]))
    features, outputs = layers[0][0].shape[0], layers[-1][0].shape[1]
    graph = helper.make_graph(
        name=name,
        nodes=nodes,
        inputs=[helper.make_tensor_value_info("input", TensorProto.FLOAT, [batch, features])],
        outputs=[helper.make_tensor_value_info("logits", TensorProto.FLOAT, [batch, outputs])],
        initializer=tensors,
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="candor",
    )
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, HERE / f"{name}.onnx")


def dead_column():
    """Write a model with a feature that is always 0, and that no training has touched."""
    generator = np.random.default_rng(SEED)
    sizes = np.array([20_000, 1, 2, 0.05, 100, 1])
    first = np.vstack([generator.normal(0, 0.4, (6, 8)) / sizes[:, None], generator.uniform(-0.4, 0.4, (1, 8))])
    samples = np.hstack([generator.uniform(0, 1, (700, 6)) * sizes, np.zeros((700, 1))])
    layers = [
        (first.astype(np.float32), generator.normal(0, 0.05, 8).astype(np.float32)),
        (generator.normal(0, 0.4, (8, 3)).astype(np.float32), np.zeros(3, np.float32)),
    ]
    # Each class is the answer for about as many samples as the others.
    layers[1] = (layers[1][0], -np.median(run(layers, samples), axis=0).astype(np.float32))
    logits = np.sort(run(layers, samples), axis=1)
    samples = samples[logits[:, 2] - logits[:, 1] > 0.02]
    save("dead-column", layers)
    labels = run(layers, samples).argmax(axis=1)
    lines = [",".join(f"{x:.6g}" for x in sample) for sample in samples]
    (HERE / "dead-column.csv").write_text("\n".join(lines[:200]) + "\n")
    tests = [f"{line},{label}" for line, label in zip(lines[200:], labels[200:])]
    (HERE / "dead-column-test.csv").write_text("\n".join(tests[:300]) + "\n")
    print("dead column:", len(tests), np.bincount(labels))


def one_logit():
    """Write a model with one output, and test samples with classes and with values."""
    generator = np.random.default_rng(SEED)
    samples = np.round(generator.uniform(-1, 1, (200, 3)), 6)
    layers = [
        (generator.normal(0, 0.7, (3, 8)).astype(np.float32), generator.normal(0, 0.1, 8).astype(np.float32)),
        (generator.normal(0, 0.7, (8, 1)).astype(np.float32), np.zeros(1, np.float32)),
    ]
    layers[1] = (layers[1][0], -np.median(run(layers, samples), axis=0).astype(np.float32))
    values = run(layers, samples)[:, 0]
    samples, values = samples[abs(values) > 0.05], values[abs(values) > 0.05]
    save("logit", layers)
    lines = [",".join(f"{x:.6f}" for x in sample) for sample in samples]
    (HERE / "logit.csv").write_text("\n".join(lines[:60]) + "\n")
    rest = list(zip(lines, values))[60:120]
    (HERE / "logit-classes.csv").write_text("".join(f"{line},{int(value > 0)}\n" for line, value in rest))
    (HERE / "logit-values.csv").write_text("".join(f"{line},{value:.6f}\n" for line, value in rest))


def rounding():
    """Write numbers and what they round to, computed exactly."""
    up, down = (lambda x: math.nextafter(x, math.inf)), (lambda x: math.nextafter(x, -math.inf))
    numbers = [0.0, 0.25, 1e-20, -1e-20, 5e-324, -5e-324, 1e15 + 0.5, 1e300, -1e300]
    for half in (0.5, -0.5, 1.5, -1.5, 2.5, -2.5, 127.5, 254.5, 255.5):
        numbers += [down(half), half, up(half)]
    for power in (2.0**51, 2.0**52, 2.0**53):
        numbers += [power - 0.5, power + 0.5, power + 1, -power + 0.5, -power - 1]
    pairs = [f"\t[{x!r}, {float(math.floor(Fraction(x) + Fraction(1, 2)))!r}]" for x in numbers]
    (HERE / "rounding.json").write_text(("[\n" + ",\n".join(pairs) + "\n]\n").replace("e+", "e"))


def run(layers, values):
    """The logits of a perceptron with ReLU."""
    for weights, biases in layers[:-1]:
        values = np.maximum(values @ weights + biases, 0)
    weights, biases = layers[-1]
    return values @ weights + biases


def main():
    """Write models and samples."""
    layers = perceptron([6, 8, 5, 3], "Relu", "deep")
    samples = np.random.default_rng(SEED).integers(0, 17, (SAMPLES, 6))
    labels = run(layers, samples).argmax(axis=1)
    lines = [",".join(map(str, [*sample, label])) for sample, label in zip(samples, labels)]
    (HERE / "deep.csv").write_text("\n".join(lines) + "\n")
    print("labels:", np.bincount(labels))
    perceptron([6, 4, 3], "Sin", "sine")
    dead_column()
    one_logit()
    rounding()


if __name__ == "__main__":
    main()
