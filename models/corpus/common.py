# SPDX-License-Identifier: Apache-2.0
"""The data that models of the corpus are trained on, and what is written down of each of them."""

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from sklearn import datasets
from sklearn.model_selection import train_test_split

HERE = Path(__file__).parent
SEED = 11
HELD_OUT = 60
CALIBRATION = 80
LARGEST = 20_000


def load(name):
    """Features and targets of a data set."""
    data = getattr(datasets, f"load_{name}")()
    x, y = data.data.astype(np.float32), data.target
    if name == "linnerud":
        y = y.astype(np.float32)
    return x, y


class Data:
    """A data set, split once."""

    def __init__(self, name, rename=lambda y: y, held_out=HELD_OUT):
        x, y = load(name)
        y = rename(y)
        held = min(held_out, len(x) // 3)
        self.x, self.x_test, self.y, self.y_test = train_test_split(x, y, test_size=held, random_state=SEED)

    def write(self, name):
        """Calibration samples without, held-out samples with targets."""
        rows = lambda x: [[repr(float(v)) for v in row] for row in x]
        calibration = rows(self.x[:CALIBRATION])
        targets = [[str(v) for v in np.atleast_1d(y)] for y in self.y_test]
        test = [a + b for a, b in zip(rows(self.x_test), targets)]
        for part, lines in (("calibration", calibration), ("test", test)):
            text = "".join(",".join(line) + "\n" for line in lines)
            (HERE / f"{name}-{part}.csv").write_text(text)


WORDS = np.array(["setosa", "versicolor", "virginica"])

DATA = {
    "iris": Data("iris"),
    "iris-words": Data("iris", lambda y: WORDS[y]),
    "wine-from-one": Data("wine", lambda y: y + 1),
    "cancer": Data("breast_cancer"),
    "diabetes": Data("diabetes"),
    "linnerud": Data("linnerud"),
    "digits": Data("digits", held_out=200),
}


def run(proto, x):
    """What onnxruntime answers: the outputs as lists."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(proto.SerializeToString(), options)
    kind = np.float64 if session.get_inputs()[0].type == "tensor(double)" else np.float32
    return session.run(None, {"X": x.astype(kind)})


def plain(scores):
    """Scores as rows of numbers, whatever the exporter makes of them."""
    if isinstance(scores, list):
        scores = [list(row.values()) for row in scores]
    return np.asarray(scores, dtype=np.float64).reshape(len(scores), -1)


def record(name, data, proto, scores):
    """What a model is, and what onnxruntime answers for every held-out sample."""
    outputs = run(proto, DATA[data].x_test)
    entry = {"name": name, "data": data, "scores": scores}
    if scores == "values":
        entry["values"] = plain(outputs[0]).tolist()
    elif len(outputs) == 1:
        entry["labels"] = [str(label) for label in outputs[0].argmax(axis=1)]
        entry["probabilities"] = plain(outputs[0]).tolist()
    else:
        entry["labels"] = [str(label) for label in np.asarray(outputs[0]).ravel()]
        rest = outputs[1:]
        if len(rest) > 1:
            entry["probabilities"] = np.stack([np.asarray(r).ravel() for r in rest], axis=1).tolist()
        else:
            entry["probabilities"] = plain(rest[0]).tolist()
    return entry


def save(name, data, proto, scores):
    """Write a file, and say what it is."""
    path = HERE / f"{name}.onnx"
    onnx.save(proto, path)
    assert path.stat().st_size <= LARGEST, f"{name} has {path.stat().st_size} bytes"
    operators = sorted({node.op_type for node in proto.graph.node})
    print(f"{name}: {path.stat().st_size} bytes, {', '.join(operators)}")
    return record(name, data, proto, scores)


def merged(known, made):
    """Entries of which those that were made again take their old places, and new ones stand behind."""
    by_name = {entry["name"]: entry for entry in made}
    kept = [by_name.pop(entry["name"], entry) for entry in known]
    return kept + list(by_name.values())


def write(made):
    """Write down what models are. Those that were not made now stay as they are."""
    path = HERE / "corpus.json"
    known = json.loads(path.read_text()) if path.exists() else []
    lines = ",\n".join(json.dumps(entry) for entry in merged(known, made))
    path.write_text(f"[\n{lines}\n]\n")
