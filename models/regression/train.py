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

import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tables import answers, export, out_folder, write  # noqa: E402

SEED = 20
HELD_OUT = 0.3
HIDDEN = (16, 8)
EPOCHS = 2000
# Of these the pair that five-fold cross-validation on the training set likes best is taken.
PENALTIES = [1.0, 10.0, 30.0]
RATES = [0.001, 0.003]


def print_errors(model, name, samples, targets):
    """How well onnxruntime estimates with the written graph."""
    estimates = answers(model, samples).ravel()
    mean = np.abs(estimates - targets).mean()
    root = np.sqrt(((estimates - targets) ** 2).mean())
    print(f"{name}: R2 {r2_score(targets, estimates):.3f}, RMSE {root:.2f}, mean error {mean:.2f}")


def main():
    """Train, evaluate and write the three files."""
    out = out_folder(__file__, __doc__)
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

    model = export(regressor, names)
    train, test = (train_samples, train_targets), (test_samples, test_targets)
    write(out / "regression.onnx", model, [*names, "progression"], train, test)
    print_errors(model, "training", *train)
    print_errors(model, "held-out", *test)
    print([node.op_type for node in model.graph.node])


if __name__ == "__main__":
    main()
