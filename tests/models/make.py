#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write the models of the end-to-end tests beside this script.

deep.onnx     a perceptron 6-8-5-3: another depth and other widths than the demo's model
deep.csv      samples for it; the label is what the model itself says
sigmoid.onnx  6-4-3 with a Sigmoid, which no circuit computes

Needs the packages of models/digits/requirements.txt. A second run writes the same bytes.
"""

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
    graph = helper.make_graph(
        name=name,
        nodes=nodes,
        inputs=[helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, widths[0]])],
        outputs=[helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, widths[-1]])],
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
    return layers


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
    perceptron([6, 4, 3], "Sigmoid", "sigmoid")


if __name__ == "__main__":
    main()
