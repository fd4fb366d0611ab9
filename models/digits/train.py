#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Train the digits classifier and write everything that `candor compile` takes.

Beside this script it writes

    digits.onnx       float32 perceptron 64-32-10: Gemm, Relu, Gemm; the logits are the output
    calibration.csv   training samples from which the compiler chooses its scales
    test.csv          every held-out sample, for the accuracy figures

A row of the CSV files is one image, 64 pixels from 0 to 16 in row order, then its label; there is
no header. The same versions (requirements.txt) on the same machine give the same bytes again.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

SEED = 20
HELD_OUT = 0.25
CALIBRATION_SAMPLES = 256
HIDDEN = 32
CLASSES = 10
LARGEST_PIXEL = 16
# Chosen by cross-validation on the training set alone.
WEIGHT_DECAY = 0.01
EPOCHS = 150

OPSET = 17
# The file format that came with opset 17.
IR_VERSION = 8


def split():
    """Images and labels: training set, held-out set."""
    images, labels = load_digits(return_X_y=True)
    return train_test_split(
        images, labels, test_size=HELD_OUT, random_state=SEED, stratify=labels
    )


def train(images, labels):
    """Fit the perceptron on pixels scaled to [0, 1]; one thread, so that sums keep their order."""
    classifier = MLPClassifier(
        hidden_layer_sizes=(HIDDEN,),
        activation="relu",
        solver="adam",
        alpha=WEIGHT_DECAY,
        learning_rate_init=0.005,
        batch_size=64,
        max_iter=EPOCHS,
        tol=0.0,
        n_iter_no_change=EPOCHS,
        random_state=SEED,
    )
    with threadpool_limits(limits=1), warnings.catch_warnings():
        # The number of epochs is fixed on purpose.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return classifier.fit(images / LARGEST_PIXEL, labels)


def to_onnx(classifier):
    """The graph `logits = Gemm(Relu(Gemm(pixels)))` over unscaled pixels.

    The division by 16 moves into the first weights. It is a power of two and changes no digit of them.
    """
    first, second = (weights.astype(np.float32) for weights in classifier.coefs_)
    first /= np.float32(LARGEST_PIXEL)
    first_bias, second_bias = (bias.astype(np.float32) for bias in classifier.intercepts_)

    def gemm(source, weights, bias, target):
        return helper.make_node("Gemm", [source, weights, bias], [target], name=target)

    graph = helper.make_graph(
        name="digits",
        nodes=[
            gemm("pixels", "weights_1", "biases_1", "hidden"),
            helper.make_node("Relu", ["hidden"], ["activations"], name="activations"),
            gemm("activations", "weights_2", "biases_2", "logits"),
        ],
        inputs=[helper.make_tensor_value_info("pixels", TensorProto.FLOAT, [1, first.shape[0]])],
        outputs=[helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, CLASSES])],
        initializer=[
            numpy_helper.from_array(first, "weights_1"),
            numpy_helper.from_array(first_bias, "biases_1"),
            numpy_helper.from_array(second, "weights_2"),
            numpy_helper.from_array(second_bias, "biases_2"),
        ],
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="candor",
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def logits(model, images):
    """Evaluate the written graph in float32."""
    first, first_bias, second, second_bias = (
        numpy_helper.to_array(tensor) for tensor in model.graph.initializer
    )
    hidden = np.maximum(images.astype(np.float32) @ first + first_bias, 0)
    return hidden @ second + second_bias


def write_csv(path, images, labels):
    """One row a sample: the pixels, then the label."""
    rows = np.column_stack([images, labels]).astype(np.int64)
    np.savetxt(path, rows, fmt="%d", delimiter=",")


def main():
    """Train, evaluate and write the three files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parent, help="folder that the files go to"
    )
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)

    train_images, test_images, train_labels, test_labels = split()
    model = to_onnx(train(train_images, train_labels))

    onnx.save(model, out / "digits.onnx")
    write_csv(
        out / "calibration.csv",
        train_images[:CALIBRATION_SAMPLES],
        train_labels[:CALIBRATION_SAMPLES],
    )
    write_csv(out / "test.csv", test_images, test_labels)

    for name, images, labels in (
        ("training", train_images, train_labels),
        ("held-out", test_images, test_labels),
    ):
        right = int((logits(model, images).argmax(axis=1) == labels).sum())
        print(f"{name} accuracy: {right}/{len(labels)} = {right / len(labels):.4f}")


if __name__ == "__main__":
    main()
