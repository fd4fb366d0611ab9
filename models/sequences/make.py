#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Make small models of sequences of letters, in the spellings of PyTorch's exporters.

A sample is twelve letters of 24, as integers. Its class is the group of eight letters of which it has most. Weights
before the last layer are drawn, but that rows of the embedding tell the groups apart, and the last layer is fitted by
least squares.

Beside this script it writes calibration and held-out samples as CSV, the class in the last column, and

    bag.onnx        an embedding, its mean over the places (ReduceMean), a layer
    places.onnx     an embedding with a position, layers at each place (MatMul), LayerNormalization, the mean, a layer
"""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent
SEED = 5
LETTERS, GROUPS, PLACES = 24, 3, 12
EMBEDDED, WIDTH = 8, 16
CALIBRATION, HELD_OUT = 120, 200
EPSILON = 1e-5


def samples(rng, count):
    """Letters and the group that most of them are of, where one is ahead of the others by two."""
    rows, classes = [], []
    while len(rows) < count:
        row = rng.integers(0, LETTERS, PLACES)
        counts = np.bincount(row * GROUPS // LETTERS, minlength=GROUPS)
        first, second = np.sort(counts)[::-1][:2]
        if first >= second + 2:
            rows.append(row)
            classes.append(int(counts.argmax()))
    return np.array(rows), np.array(classes)


def fitted(features, classes):
    """Weights and bias of the layer that comes closest to the classes."""
    ones = np.concatenate([features, np.ones((len(features), 1))], axis=1)
    targets = np.eye(GROUPS)[classes]
    solved = np.linalg.solve(ones.T @ ones + 1e-3 * np.eye(ones.shape[1]), ones.T @ targets)
    return solved[:-1].astype(np.float32), solved[-1].astype(np.float32)


def file(name, nodes, constants):
    """Write a model from `letters` to `y`."""
    tensors = [numpy_helper.from_array(np.asarray(value), key) for key, value in constants.items()]
    inputs = [helper.make_tensor_value_info("letters", TensorProto.INT64, ["batch", PLACES])]
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", GROUPS])]
    graph = helper.make_graph(nodes, name, inputs, outputs, tensors)
    imports = [helper.make_operatorsetid("", 17)]
    model = helper.make_model(graph, opset_imports=imports, ir_version=8, producer_name="make.py")
    onnx.checker.check_model(model)
    onnx.save(model, HERE / f"{name}.onnx")
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def mean(source, target, axis):
    """The mean over an axis, which stays where it is that of features."""
    return helper.make_node("ReduceMean", [source], [target], axes=[axis], keepdims=int(axis < 0))


def bag(rows, classes, weights):
    """An embedding and its mean."""
    table = weights["table"]
    last, bias = fitted(table[rows].mean(axis=1), classes)
    nodes = [
        helper.make_node("Gather", ["table", "letters"], ["e"]),
        mean("e", "m", 1),
        helper.make_node("Gemm", ["m", "last", "bias"], ["y"]),
    ]
    return nodes, {"table": table, "last": last, "bias": bias}


def normalised(x, weights):
    """Rows less their mean, divided by their deviation."""
    centred = x - x.mean(axis=-1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + EPSILON)
    return centred / deviation * weights["scale"] + weights["shift"]


def places(rows, classes, weights):
    """Layers at each place with a normalisation between."""
    x = weights["table"][rows] + weights["position"]
    x = np.maximum(x @ weights["one"] + weights["one_bias"], 0)
    x = np.maximum(normalised(x, weights) @ weights["two"] + weights["two_bias"], 0)
    last, bias = fitted(x.mean(axis=1), classes)
    constants = {**weights, "last": last, "bias": bias}
    nodes = [
        helper.make_node("Gather", ["table", "letters"], ["e"]),
        helper.make_node("Add", ["e", "position"], ["p"]),
        helper.make_node("MatMul", ["p", "one"], ["h"]),
        helper.make_node("Add", ["h", "one_bias"], ["i"]),
        helper.make_node("Relu", ["i"], ["a"]),
    ]
    nodes += [helper.make_node("LayerNormalization", ["a", "scale", "shift"], ["n"], epsilon=EPSILON)]
    nodes += [
        helper.make_node("MatMul", ["n", "two"], ["j"]),
        helper.make_node("Add", ["j", "two_bias"], ["l"]),
        helper.make_node("Relu", ["l"], ["b"]),
        mean("b", "g", 1),
        helper.make_node("Gemm", ["g", "last", "bias"], ["y"]),
    ]
    return nodes, constants


def main():
    """Write samples and models."""
    rng = np.random.default_rng(SEED)
    calibration, test = samples(rng, CALIBRATION), samples(rng, HELD_OUT)
    for name, (rows, classes) in {"calibration": calibration, "test": test}.items():
        lines = [",".join(map(str, [*row, group])) for row, group in zip(rows, classes)]
        (HERE / f"{name}.csv").write_text("\n".join(lines) + "\n")

    def drawn(*shape):
        return rng.normal(size=shape).astype(np.float32)

    groups = np.zeros((LETTERS, EMBEDDED), dtype=np.float32)
    groups[np.arange(LETTERS), np.arange(LETTERS) * GROUPS // LETTERS] = 2
    weights = {
        "table": drawn(LETTERS, EMBEDDED) + groups,
        "position": 0.3 * drawn(1, PLACES, EMBEDDED),
        "one": drawn(EMBEDDED, WIDTH) / np.float32(np.sqrt(EMBEDDED)),
        "one_bias": 0.1 * drawn(WIDTH),
        "scale": 1 + 0.2 * drawn(WIDTH),
        "shift": 0.2 * drawn(WIDTH),
        "two": drawn(WIDTH, WIDTH) / np.float32(np.sqrt(WIDTH)),
        "two_bias": 0.1 * drawn(WIDTH),
    }
    made = {
        "bag": bag(*calibration, weights),
        "places": places(*calibration, weights),
    }
    for name, (nodes, constants) in made.items():
        session = file(name, nodes, constants)
        rows, classes = test
        answers = session.run(None, {"letters": rows.astype(np.int64)})[0].argmax(axis=1)
        print(name, "is right on", f"{(answers == classes).mean():.3f}", "of the held-out samples")


if __name__ == "__main__":
    main()
