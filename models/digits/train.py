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
import sys
from pathlib import Path

import onnx
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from perceptron import CALIBRATION_SAMPLES, print_accuracy, to_onnx, train, write_csv  # noqa: E402

SEED = 20
HELD_OUT = 0.25
HIDDEN = 32
LARGEST_PIXEL = 16
# Chosen by cross-validation on the training set alone.
WEIGHT_DECAY = 0.01
EPOCHS = 150


def main():
    """Train, evaluate and write the three files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder that the files go to")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)

    images, labels = load_digits(return_X_y=True)
    train_images, test_images, train_labels, test_labels = train_test_split(
        images, labels, test_size=HELD_OUT, random_state=SEED, stratify=labels
    )
    classifier = train(
        train_images / LARGEST_PIXEL,
        train_labels,
        hidden=HIDDEN,
        weight_decay=WEIGHT_DECAY,
        epochs=EPOCHS,
        learning_rate=0.005,
        batch=64,
        seed=SEED,
    )
    # A division by a power of two changes no digit of the weights.
    model = to_onnx(classifier, "digits", LARGEST_PIXEL)

    onnx.save(model, out / "digits.onnx")
    write_csv(
        out / "calibration.csv",
        train_images[:CALIBRATION_SAMPLES],
        train_labels[:CALIBRATION_SAMPLES],
    )
    write_csv(out / "test.csv", test_images, test_labels)
    print_accuracy(model, "training", train_images, train_labels)
    print_accuracy(model, "held-out", test_images, test_labels)


if __name__ == "__main__":
    main()
