# SPDX-License-Identifier: Apache-2.0
"""What the scripts that train scikit-learn's estimators on tables share."""

import argparse
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.base import is_classifier
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

CALIBRATION_SAMPLES = 256
INPUT = "measurements"
OPSETS = {"": 18, "ai.onnx.ml": 3}


def out_folder(script, description):
    """The folder that the files go to: the script's own, unless the command line says another."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(script).parent, help="folder that the files go to")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    return out


def load_cells(held_out, seed):
    """The names of 30 measurements of cell nuclei, and samples and labels to train with and to hold out."""
    data = load_breast_cancer()
    names = [name.replace(" ", "_") for name in data.feature_names]
    samples = data.data.astype(np.float32)
    return names, train_test_split(samples, data.target, test_size=held_out, random_state=seed, stratify=data.target)


def export(estimator, names):
    """The graph of an estimator, as skl2onnx exports it; of a classifier scores stand in a tensor, not in a map."""
    return to_onnx(
        estimator,
        initial_types=[(INPUT, FloatTensorType([None, len(names)]))],
        options={id(estimator): {"zipmap": False}} if is_classifier(estimator) else None,
        target_opset=OPSETS,
    )


def answers(model, samples):
    """What onnxruntime answers with the written graph."""
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return session.run(None, {INPUT: samples})[0]


def print_accuracy(model, name, samples, labels):
    """How many samples onnxruntime gets right with the written graph."""
    right = int((answers(model, samples) == labels).sum())
    print(f"{name} accuracy: {right}/{len(labels)} = {right / len(labels):.4f}")


def write_csv(path, columns, samples, values):
    """One row a sample: the measurements, in as few digits as tell them apart in float32, then label or target; the
    first line names the columns."""
    lines = [",".join(columns)]
    for sample, value in zip(samples, values):
        lines.append(",".join([*(str(number) for number in sample), f"{value:g}"]))
    path.write_text("\n".join(lines) + "\n")


def write(path, model, columns, train, test):
    """Write the graph to the path, and beside it samples to calibrate with and all that were held out."""
    onnx.save(model, path)
    samples, values = train
    write_csv(path.with_name("calibration.csv"), columns, samples[:CALIBRATION_SAMPLES], values[:CALIBRATION_SAMPLES])
    write_csv(path.with_name("test.csv"), columns, *test)
