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

import argparse
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

SEED = 20
HELD_OUT = 0.3
CALIBRATION_SAMPLES = 256
# Of these the one that five-fold cross-validation on the training set likes best is taken.
STRENGTHS = [0.01, 0.1, 1.0, 10.0]


def write_csv(path, names, samples, labels):
    """One row a sample: the measurements, in as few digits as tell them apart in float32, then the label."""
    lines = [",".join([*names, "label"])]
    for sample, label in zip(samples, labels):
        lines.append(",".join([*(str(value) for value in sample), str(label)]))
    path.write_text("\n".join(lines) + "\n")


def print_accuracy(model, name, samples, labels):
    """How many samples onnxruntime gets right with the written graph."""
    session = onnxruntime.InferenceSession(model.SerializeToString())
    right = int((session.run(None, {"measurements": samples})[0] == labels).sum())
    print(f"{name} accuracy: {right}/{len(labels)} = {right / len(labels):.4f}")


def main():
    """Train, evaluate and write the three files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder that the files go to")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)

    data = load_breast_cancer()
    names = [name.replace(" ", "_") for name in data.feature_names]
    train_samples, test_samples, train_labels, test_labels = train_test_split(
        data.data.astype(np.float32),
        data.target,
        test_size=HELD_OUT,
        random_state=SEED,
        stratify=data.target,
    )
    with threadpool_limits(1):
        pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        search = GridSearchCV(pipeline, {"logisticregression__C": STRENGTHS}, cv=5)
        classifier = search.fit(train_samples, train_labels).best_estimator_
    print(search.best_params_)
    model = to_onnx(
        classifier,
        initial_types=[("measurements", FloatTensorType([None, len(names)]))],
        options={id(classifier): {"zipmap": False}},
        target_opset={"": 18, "ai.onnx.ml": 3},
    )

    onnx.save(model, out / "logistic.onnx")
    write_csv(
        out / "calibration.csv",
        names,
        train_samples[:CALIBRATION_SAMPLES],
        train_labels[:CALIBRATION_SAMPLES],
    )
    write_csv(out / "test.csv", names, test_samples, test_labels)
    print_accuracy(model, "training", train_samples, train_labels)
    print_accuracy(model, "held-out", test_samples, test_labels)
    print([node.op_type for node in model.graph.node])


if __name__ == "__main__":
    main()
