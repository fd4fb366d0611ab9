#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Train a logistic regression behind a scaler on breast cancer samples, and write all that `candor compile` takes.

Beside this script it writes

    logistic.onnx     StandardScaler and LogisticRegression: Scaler and LinearClassifier, as skl2onnx exports them
    calibration.csv   256 training samples
    test.csv          every held-out sample, for the accuracy figures

A row of the CSV files is one sample, 30 measurements of cell nuclei, then its label; the first line names the columns.
The same versions (requirements.txt) on the same machine give the same bytes again.
"""

import sys
from pathlib import Path

from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tables import export, load_cells, out_folder, print_accuracy, write  # noqa: E402

SEED = 20
HELD_OUT = 0.3
# Of these the one that five-fold cross-validation on the training set likes best is taken.
STRENGTHS = [0.01, 0.1, 1.0, 10.0]


def main():
    """Train, evaluate and write the three files."""
    out = out_folder(__file__, __doc__)
    names, (train_samples, test_samples, train_labels, test_labels) = load_cells(HELD_OUT, SEED)
    with threadpool_limits(1):
        pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        search = GridSearchCV(pipeline, {"logisticregression__C": STRENGTHS}, cv=5)
        classifier = search.fit(train_samples, train_labels).best_estimator_
    print(search.best_params_)

    model = export(classifier, names)
    train, test = (train_samples, train_labels), (test_samples, test_labels)
    write(out / "logistic.onnx", model, [*names, "label"], train, test)
    print_accuracy(model, "training", *train)
    print_accuracy(model, "held-out", *test)
    print([node.op_type for node in model.graph.node])


if __name__ == "__main__":
    main()
