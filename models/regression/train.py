#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Train a perceptron behind a scaler that estimates how diabetes progresses, and write all that `candor compile` takes.

Beside this script it writes

    regression.onnx   StandardScaler and MLPRegressor, as skl2onnx exports them
    calibration.csv   training samples
    test.csv          every held-out sample

A row of the CSV files is one sample, age, sex, body mass index, blood pressure and six values of blood serum, then what
is to be estimated; the first line names the columns. The same versions (requirements.txt) on the same machine give the
same bytes again.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.datasets import load_diabetes
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

SEED = 20
HELD_OUT = 0.3
CALIBRATION_SAMPLES = 256
HIDDEN = (16, 8)
EPOCHS = 2000
# Of these the pair that five-fold cross-validation on the training set likes best is taken.
PENALTIES = [1.0, 10.0, 30.0]
RATES = [0.001, 0.003]


def write_csv(path, names, samples, targets):
    """One row a sample: the measurements, in as few digits as tell them apart in float32, then the target."""
    lines = [",".join([*names, "progression"])]
    for sample, target in zip(samples, targets):
        lines.append(",".join([*(str(value) for value in sample), f"{target:g}"]))
    path.write_text("\n".join(lines) + "\n")


def print_errors(model, name, samples, targets):
    """How well onnxruntime estimates with the written graph."""
    session = onnxruntime.InferenceSession(model.SerializeToString())
    estimates = session.run(None, {"measurements": samples})[0].ravel()
    mean = np.abs(estimates - targets).mean()
    root = np.sqrt(((estimates - targets) ** 2).mean())
    print(f"{name}: R2 {r2_score(targets, estimates):.3f}, RMSE {root:.2f}, mean error {mean:.2f}")


def main():
    """Train, evaluate and write the three files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder that the files go to")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)

    data = load_diabetes(scaled=False)
    names = list(data.feature_names)
    train_samples, test_samples, train_targets, test_targets = train_test_split(
        data.data.astype(np.float32), data.target, test_size=HELD_OUT, random_state=SEED
    )
    network = MLPRegressor(hidden_layer_sizes=HIDDEN, max_iter=EPOCHS, early_stopping=False, random_state=SEED)
    with threadpool_limits(1):
        grid = {"mlpregressor__alpha": PENALTIES, "mlpregressor__learning_rate_init": RATES}
        search = GridSearchCV(make_pipeline(StandardScaler(), network), grid, cv=5)
        regressor = search.fit(train_samples, train_targets).best_estimator_
    print(search.best_params_)
    model = to_onnx(
        regressor,
        initial_types=[("measurements", FloatTensorType([None, len(names)]))],
        target_opset={"": 18, "ai.onnx.ml": 3},
    )

    onnx.save(model, out / "regression.onnx")
    write_csv(
        out / "calibration.csv",
        names,
        train_samples[:CALIBRATION_SAMPLES],
        train_targets[:CALIBRATION_SAMPLES],
    )
    write_csv(out / "test.csv", names, test_samples, test_targets)
    print_errors(model, "training", train_samples, train_targets)
    print_errors(model, "held-out", test_samples, test_targets)
    print([node.op_type for node in model.graph.node])


if __name__ == "__main__":
    main()
