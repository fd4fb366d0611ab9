#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Train gradient-boosted trees on breast cancer samples and write everything that `candor compile` takes.

Beside this script it writes

    trees.onnx        50 trees of depth 4: TreeEnsembleClassifier with one logit, as skl2onnx exports it
    calibration.csv   256 training samples
    test.csv          every held-out sample, for the accuracy figures

A row of the CSV files is one sample, 30 measurements of cell nuclei, then its label; the first line names the columns.
The same versions (requirements.txt) on the same machine give the same bytes again.
"""

import sys
from pathlib import Path

from sklearn.ensemble import GradientBoostingClassifier

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tables import export, load_cells, out_folder, print_accuracy, write  # noqa: E402

SEED = 20
HELD_OUT = 0.3
TREES = 50
DEPTH = 4
# Chosen by cross-validation on the training set alone.
LEARNING_RATE = 0.1
SUBSAMPLE = 0.6


def main():
    """Train, evaluate and write the three files."""
    out = out_folder(__file__, __doc__)
    names, (train_samples, test_samples, train_labels, test_labels) = load_cells(HELD_OUT, SEED)
    classifier = GradientBoostingClassifier(
        n_estimators=TREES,
        max_depth=DEPTH,
        learning_rate=LEARNING_RATE,
        subsample=SUBSAMPLE,
        random_state=SEED,
    ).fit(train_samples, train_labels)

    model = export(classifier, names)
    train, test = (train_samples, train_labels), (test_samples, test_labels)
    write(out / "trees.onnx", model, [*names, "label"], train, test)
    print_accuracy(model, "training", *train)
    print_accuracy(model, "held-out", *test)


if __name__ == "__main__":
    main()
