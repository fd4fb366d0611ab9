#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Train ordinary models on data that scikit-learn ships, and export each as people do.

Beside this script it writes, for each data set, calibration and held-out samples as CSV, with the label in the
last column or columns; for each model its ONNX file; and in `corpus.json` what each of them is and what
onnxruntime answers for every held-out sample. Models that other scripts make keep their entries. A file is as the
exporter writes it: nothing is cut or simplified.
"""

import argparse
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from common import CALIBRATION, DATA, SEED, save, write
from lightgbm import LGBMClassifier, LGBMRegressor
from onnxmltools import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType as FloatsOfOthers
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from skl2onnx import to_onnx
from skl2onnx.common import _container
from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import (
    ElasticNet,
    Lasso,
    LinearRegression,
    LogisticRegression,
    Perceptron,
    Ridge,
    RidgeClassifier,
    SGDClassifier,
)
from sklearn.naive_bayes import MultinomialNB
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler
from sklearn.svm import SVC, SVR, LinearSVC, LinearSVR
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from threadpoolctl import threadpool_limits
from torch import nn
from xgboost import XGBClassifier, XGBRegressor

MIXER_EPOCHS = 15


def batch_norms():
    """Convolutions with BatchNormalization, a pool of maxima, and a layer."""
    return [
        *(nn.Conv2d(1, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 12, 3, bias=False), nn.BatchNorm2d(12), nn.ReLU()),
        *(nn.Flatten(), nn.Linear(48, 10)),
    ]


def depthwise():
    """A convolution channel by channel and one across channels, cut at six, and means over the image."""
    return [
        *(nn.Conv2d(1, 8, 3, stride=2, padding=1), nn.ReLU6()),
        *(nn.Conv2d(8, 8, 3, padding=1, groups=8), nn.ReLU6(), nn.Conv2d(8, 24, 1), nn.ReLU6()),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(24, 10)),
    ]


def signal():
    """The image as a signal."""
    return [
        *(nn.Flatten(2), nn.Conv1d(1, 8, 8, stride=4), nn.ReLU(), nn.Conv1d(8, 12, 3, dilation=2), nn.ReLU()),
        *(nn.AvgPool1d(2), nn.Flatten(), nn.Linear(60, 10)),
    ]


def layer_norm():
    """A convolution with LayerNormalization behind it, and a layer."""
    return [nn.Conv2d(1, 4, 4, stride=2), nn.ReLU(), nn.Flatten(), nn.LayerNorm(36), nn.Linear(36, 10)]


# name, data, model, options of the exporter, and how its scores follow from the logits
MODELS = [
    ("logistic-standard", "cancer", make_pipeline(StandardScaler(), LogisticRegression()), {}, "logistic"),
    ("logistic-words", "iris-words", make_pipeline(StandardScaler(), LogisticRegression()), {}, "softmax"),
    (
        "logistic-zipmap-off",
        "wine-from-one",
        make_pipeline(RobustScaler(), LogisticRegression()),
        {"zipmap": False},
        "softmax",
    ),
    ("ridge-classifier", "iris", make_pipeline(StandardScaler(), RidgeClassifier()), {}, "raw"),
    ("ridge-classifier-binary", "cancer", make_pipeline(MinMaxScaler(), RidgeClassifier()), {}, "label"),
    ("linear-svc", "wine-from-one", LinearSVC(max_iter=100_000), {}, "raw"),
    ("linear-svc-binary", "cancer", LinearSVC(max_iter=100_000), {}, "label"),
    ("svc-linear-binary", "cancer", make_pipeline(StandardScaler(), SVC(kernel="linear", C=0.05)), {}, "label"),
    ("sgd-hinge", "iris", make_pipeline(StandardScaler(), SGDClassifier(random_state=SEED)), {}, "raw"),
    (
        "sgd-log-binary",
        "cancer",
        make_pipeline(StandardScaler(), SGDClassifier(loss="log_loss", random_state=SEED)),
        {},
        "sigmoid",
    ),
    (
        "sgd-log",
        "iris",
        make_pipeline(StandardScaler(), SGDClassifier(loss="log_loss", random_state=SEED)),
        {},
        "logistic",
    ),
    ("perceptron", "iris", make_pipeline(StandardScaler(), Perceptron(random_state=SEED)), {}, "raw"),
    (
        "mlp-standard",
        "wine-from-one",
        make_pipeline(StandardScaler(), MLPClassifier(hidden_layer_sizes=(16,), max_iter=400, random_state=SEED)),
        {},
        "softmax",
    ),
    (
        "mlp-min-max-binary",
        "cancer",
        make_pipeline(MinMaxScaler(), MLPClassifier(hidden_layer_sizes=(12, 6), max_iter=400, random_state=SEED)),
        {},
        "sigmoid",
    ),
    (
        "mlp-robust-words",
        "iris-words",
        make_pipeline(RobustScaler(), MLPClassifier(hidden_layer_sizes=(10,), max_iter=600, random_state=SEED)),
        {"zipmap": "columns"},
        "softmax",
    ),
    (
        "mlp-raw-features",
        "wine-from-one",
        MLPClassifier(hidden_layer_sizes=(8,), max_iter=2000, random_state=2),
        {},
        "softmax",
    ),
    (
        "logistic-some-columns",
        "iris",
        make_pipeline(
            ColumnTransformer([("s", StandardScaler(), [0, 2]), ("m", MinMaxScaler(), [3])]), LogisticRegression()
        ),
        {},
        "softmax",
    ),
    ("linear-regression", "diabetes", LinearRegression(), {}, "values"),
    ("ridge-standard", "diabetes", make_pipeline(StandardScaler(), Ridge()), {}, "values"),
    ("lasso-min-max", "diabetes", make_pipeline(MinMaxScaler(), Lasso(alpha=0.1)), {}, "values"),
    ("elastic-net-robust", "diabetes", make_pipeline(RobustScaler(), ElasticNet(alpha=0.01)), {}, "values"),
    ("linear-svr", "diabetes", make_pipeline(StandardScaler(), LinearSVR(C=10.0, random_state=SEED)), {}, "values"),
    (
        "svr-linear",
        "diabetes",
        make_pipeline(StandardScaler(), SVR(kernel="linear", C=10.0, epsilon=60.0)),
        {},
        "values",
    ),
    (
        "mlp-regressor",
        "diabetes",
        make_pipeline(StandardScaler(), MLPRegressor(hidden_layer_sizes=(12,), max_iter=1500, random_state=SEED)),
        {},
        "values",
    ),
    (
        "mlp-tanh",
        "wine-from-one",
        make_pipeline(
            StandardScaler(),
            MLPClassifier(hidden_layer_sizes=(16,), activation="tanh", max_iter=400, random_state=SEED),
        ),
        {},
        "softmax",
    ),
    (
        "mlp-logistic-binary",
        "cancer",
        make_pipeline(
            StandardScaler(),
            MLPClassifier(hidden_layer_sizes=(12, 6), activation="logistic", max_iter=1500, random_state=SEED),
        ),
        {},
        "sigmoid",
    ),
    (
        "mlp-tanh-regressor",
        "diabetes",
        make_pipeline(
            StandardScaler(),
            MLPRegressor(
                hidden_layer_sizes=(12,), activation="tanh", solver="lbfgs", alpha=30, max_iter=3000, random_state=SEED
            ),
        ),
        {},
        "values",
    ),
    (
        "mlp-logistic-regressor",
        "diabetes",
        make_pipeline(
            StandardScaler(),
            MLPRegressor(
                hidden_layer_sizes=(12,),
                activation="logistic",
                solver="lbfgs",
                alpha=30,
                max_iter=3000,
                random_state=SEED,
            ),
        ),
        {},
        "values",
    ),
    ("linear-regression-of-three", "linnerud", make_pipeline(StandardScaler(), LinearRegression()), {}, "values"),
    ("logistic-double", "cancer", make_pipeline(StandardScaler(), LogisticRegression()), {"zipmap": False}, "logistic"),
    ("ridge-double", "diabetes", make_pipeline(StandardScaler(), Ridge()), {}, "values"),
    ("tree", "iris", DecisionTreeClassifier(max_depth=4, random_state=SEED), {}, "raw"),
    ("tree-binary", "cancer", DecisionTreeClassifier(max_depth=5, random_state=SEED), {}, "probability"),
    ("tree-regressor", "diabetes", DecisionTreeRegressor(max_depth=4, random_state=SEED), {}, "values"),
    ("forest", "wine-from-one", RandomForestClassifier(10, max_depth=5, random_state=SEED), {"zipmap": False}, "raw"),
    ("forest-binary", "cancer", RandomForestClassifier(9, max_depth=5, random_state=SEED), {}, "probability"),
    ("forest-regressor", "diabetes", RandomForestRegressor(8, max_depth=4, random_state=SEED), {}, "values"),
    (
        "forest-standard",
        "wine-from-one",
        make_pipeline(StandardScaler(), RandomForestClassifier(10, max_depth=4, random_state=SEED)),
        {},
        "raw",
    ),
    ("extra-trees-words", "iris-words", ExtraTreesClassifier(10, max_depth=4, random_state=SEED), {}, "raw"),
    ("boosting-binary", "cancer", GradientBoostingClassifier(n_estimators=15, random_state=SEED), {}, "sigmoid"),
    (
        "boosting-by-histograms",
        "cancer",
        HistGradientBoostingClassifier(max_iter=10, random_state=SEED),
        {"zipmap": False},
        "sigmoid",
    ),
    ("boosting", "iris", GradientBoostingClassifier(n_estimators=8, random_state=SEED), {}, "softmax"),
    ("boosting-regressor", "diabetes", GradientBoostingRegressor(n_estimators=20, random_state=SEED), {}, "values"),
    (
        "boosting-robust",
        "diabetes",
        make_pipeline(RobustScaler(), GradientBoostingRegressor(n_estimators=20, random_state=SEED)),
        {},
        "values",
    ),
    ("xgboost-binary", "cancer", XGBClassifier(n_estimators=15, max_depth=3, random_state=SEED), {}, "sigmoid"),
    ("xgboost", "iris", XGBClassifier(n_estimators=8, max_depth=3, random_state=SEED), {}, "softmax"),
    ("xgboost-regressor", "diabetes", XGBRegressor(n_estimators=20, max_depth=3, random_state=SEED), {}, "values"),
    (
        "lightgbm-binary",
        "cancer",
        LGBMClassifier(n_estimators=20, num_leaves=8, random_state=SEED, verbose=-1),
        {"zipmap": False},
        "sigmoid",
    ),
    ("lightgbm", "iris", LGBMClassifier(n_estimators=8, num_leaves=6, random_state=SEED, verbose=-1), {}, "softmax"),
    ("naive-bayes", "iris", MultinomialNB(), {}, "softmax"),
    (
        "lightgbm-regressor",
        "diabetes",
        LGBMRegressor(n_estimators=20, num_leaves=8, random_state=SEED, verbose=-1),
        {},
        "values",
    ),
]

# name, data, the function behind each hidden layer, whether the newer exporter writes it, the version of ONNX
NETWORKS = [
    ("torch-leaky-relu", "cancer", nn.LeakyReLU, False, 17),
    ("torch-relu6", "iris", nn.ReLU6, True, 18),
    ("torch-prelu", "cancer", lambda: nn.PReLU(12), True, 18),
    ("torch-hardswish", "cancer", nn.Hardswish, True, 18),
    ("torch-gelu", "iris", nn.GELU, False, 17),
    ("torch-gelu-operator", "cancer", nn.GELU, True, 20),
    ("torch-gelu-tanh", "cancer", lambda: nn.GELU(approximate="tanh"), False, 17),
    ("torch-silu", "iris", nn.SiLU, True, 18),
    ("torch-mish", "cancer", nn.Mish, False, 17),
    ("torch-elu", "cancer", nn.ELU, False, 17),
    ("torch-softplus", "iris", nn.Softplus, False, 17),
    ("torch-sigmoid", "iris", nn.Sigmoid, True, 18),
    ("torch-tanh-regressor", "diabetes", nn.Tanh, True, 18),
    ("torch-gelu-regressor", "diabetes", nn.GELU, False, 20),
]

# name, data, the function that is written out behind a residual connection, whether the newer exporter writes it
RESIDUAL = [
    ("torch-residual-silu", "iris", nn.SiLU, True),
    ("torch-residual-gelu", "cancer", nn.GELU, False),
]

# name, data, the function behind each convolution
MIXERS = [
    ("torch-conv-mixer-silu", "digits", nn.SiLU),
]

# name, what makes the layers behind the image, whether the newer exporter writes it
CONVOLUTIONS = [
    ("torch-conv-batch-norm", batch_norms, True),
    ("torch-conv-depthwise", depthwise, False),
    ("torch-conv-signal", signal, True),
    ("torch-conv-layer-norm", layer_norm, True),
]

# name, the network that is quantised, whether weights have a scale for each channel, the integers of activations
QUANTISED = [
    ("qdq-relu", "iris", nn.ReLU, False, QuantType.QUInt8),
    ("qdq-relu-channels", "iris", nn.ReLU, True, QuantType.QInt8),
    ("qdq-relu6-regressor", "diabetes", nn.ReLU6, False, QuantType.QUInt8),
    ("qdq-silu-channels", "iris", nn.SiLU, True, QuantType.QUInt8),
]


# name, the convolutions that are quantised, whether weights have a scale for each channel
QUANTISED_CONVOLUTIONS = [
    ("qdq-conv", depthwise, False),
    ("qdq-conv-channels", batch_norms, True),
]


class Samples(CalibrationDataReader):
    """Calibration samples, one at a time."""

    def __init__(self, x):
        self.rows = iter([{"X": row[None]} for row in x])

    def get_next(self):
        return next(self.rows, None)


def quantised(proto, data, channels, kind):
    """A file with the integers that onnxruntime chooses."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "float.onnx", Path(folder) / "quantised.onnx"
        onnx.save(proto, before)
        quantize_static(
            before,
            after,
            Samples(data.x[:CALIBRATION]),
            quant_format=QuantFormat.QDQ,
            per_channel=channels,
            activation_type=kind,
            weight_type=QuantType.QInt8,
        )
        return onnx.load(after)


def network(data, activation):
    """A perceptron behind standardised features, trained on all samples at once."""
    torch.manual_seed(SEED)
    x, y = torch.from_numpy(data.x), data.y
    is_regression = y.dtype.kind == "f"
    outputs = 1 if is_regression else int(y.max()) + 1
    scale = nn.BatchNorm1d(x.shape[1], affine=False, momentum=1.0)
    model = nn.Sequential(
        scale,
        nn.Linear(x.shape[1], 12),
        activation(),
        nn.Linear(12, 8),
        activation_of(activation, 8),
        nn.Linear(8, outputs),
    )
    return trained(model, x, y)


class Residual(nn.Module):
    """A layer around which a connection goes, with a function on either side of where they meet."""

    def __init__(self, width, activation):
        super().__init__()
        self.first, self.second, self.activation = nn.Linear(width, width), nn.Linear(width, width), activation()

    def forward(self, x):
        """The function of the sum."""
        return self.activation(x + self.second(self.activation(self.first(x))))


def residual_network(data, activation):
    """As `network`, with a residual connection."""
    torch.manual_seed(SEED)
    x, y = torch.from_numpy(data.x), data.y
    scale = nn.BatchNorm1d(x.shape[1], affine=False, momentum=1.0)
    hidden = [nn.Linear(x.shape[1], 8), activation(), Residual(8, activation)]
    return trained(nn.Sequential(scale, *hidden, nn.Linear(8, int(y.max()) + 1)), x, y)


class Around(nn.Module):
    """A connection around some layers."""

    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        """The sum of both."""
        return x + self.layers(x)


class Image(nn.Module):
    """Features as an image of 8 x 8."""

    def forward(self, x):
        """The image."""
        return x.reshape(-1, 1, 8, 8)


def conv_mixer(data, activation):
    """A ConvMixer of 12 channels on images of 8 x 8, normalised behind each function."""
    torch.manual_seed(SEED)
    width = 12
    after = lambda: [activation(), nn.BatchNorm2d(width)]
    blocks = []
    for _ in range(3):
        blocks.append(Around(nn.Conv2d(width, width, 3, padding=1, groups=width), *after()))
        blocks += [nn.Conv2d(width, width, 1), *after()]
    end = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 10)]
    model = nn.Sequential(Image(), nn.Conv2d(1, width, 1), *after(), *blocks, *end)
    return of_batches(model, data)


def convolutions(layers):
    """Some layers behind digits as images from 0 to 1."""
    torch.manual_seed(SEED)
    return of_batches(nn.Sequential(Image(), Scaled(), *layers()), DATA["digits"])


class Scaled(nn.Module):
    """Sixteen shades of grey from 0 to 1."""

    def forward(self, x):
        """The shades."""
        return x / 16


def of_batches(model, data):
    """A network that is trained batch by batch."""
    x, y = torch.from_numpy(data.x), torch.from_numpy(data.y)
    loss, optimiser = nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(MIXER_EPOCHS):
        for batch in torch.randperm(len(x)).split(32):
            optimiser.zero_grad()
            loss(model(x[batch]), y[batch]).backward()
            optimiser.step()
    return model.eval()


def trained(model, x, y):
    """A network whose first layer standardises features, trained on all samples at once."""
    scale, is_regression = model[0], y.dtype.kind == "f"
    scale(x)
    scale.eval()
    target = torch.from_numpy(y.astype(np.float32)[:, None] if is_regression else y.astype(np.int64))
    loss = nn.MSELoss() if is_regression else nn.CrossEntropyLoss()
    with torch.no_grad():
        if is_regression:
            model[-1].bias.fill_(float(y.mean()))
    optimiser = torch.optim.Adam(
        model.parameters(), lr=0.05 if is_regression else 0.01, weight_decay=3.0 if is_regression else 1e-3
    )
    for _ in range(300 if is_regression else 200):
        optimiser.zero_grad()
        loss(model(x), target).backward()
        optimiser.step()
    return model.eval()


def folded(model):
    """The network with its standardisation in the first layer, as integers have no room for raw features."""
    scale, first = model[0], model[1]
    factor = (scale.running_var + scale.eps).rsqrt()
    with torch.no_grad():
        first.bias -= first.weight @ (scale.running_mean * factor)
        first.weight *= factor
    return model[1:]


def activation_of(activation, width):
    """The function behind a layer of another width."""
    made = activation()
    return nn.PReLU(width) if isinstance(made, nn.PReLU) else made


def export_network(model, width, newer, version):
    """An ONNX file as PyTorch writes it, but for what it says of the place where it was made."""
    shapes = {"dynamic_shapes": ({0: torch.export.Dim("batch")},)} if newer else {"dynamic_axes": {"X": {0: "batch"}}}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        torch.onnx.export(
            model,
            (torch.zeros(2, width),),
            path,
            input_names=["X"],
            output_names=["Y"],
            dynamo=newer,
            opset_version=version,
            external_data=False,
            verbose=False,
            **shapes,
        )
        proto = onnx.load(path)
    del proto.metadata_props[:]
    for part in [
        proto.graph,
        *proto.graph.node,
        *proto.graph.input,
        *proto.graph.output,
        *proto.graph.value_info,
        *proto.graph.initializer,
    ]:
        del part.metadata_props[:]
        part.doc_string = ""
    return proto


def with_plain_integers(make_node):
    """skl2onnx hands on booleans and integers of numpy, which newer versions of onnx do not take."""

    def make(*arguments, **attributes):
        for name, value in attributes.items():
            if isinstance(value, list) and value and isinstance(value[0], (bool, int, np.integer)):
                attributes[name] = [int(entry) for entry in value]
        return make_node(*arguments, **attributes)

    return make


def export(name, model, width, options):
    """An ONNX file as skl2onnx writes it, or onnxmltools."""
    if name.startswith("xgboost"):
        return convert_xgboost(model, initial_types=[("X", FloatsOfOthers([None, width]))])
    if name.startswith("lightgbm"):
        return convert_lightgbm(model, initial_types=[("X", FloatsOfOthers([None, width]))], **options)
    kind = DoubleTensorType if name.endswith("-double") else FloatTensorType
    options = {id(model): options} if options else None
    return to_onnx(
        model, initial_types=[("X", kind([None, width]))], options=options, target_opset={"": 18, "ai.onnx.ml": 3}
    )


def main():
    """Train, export and write everything, or what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="make these models again, and leave the others")
    only = parser.parse_args().only
    wanted = lambda models: [model for model in models if not only or model[0] in only]
    if not only:
        for name, data in DATA.items():
            data.write(name)
    _container.make_node = with_plain_integers(_container.make_node)
    corpus = []
    for name, data, model, options, scores in wanted(MODELS):
        with warnings.catch_warnings(), threadpool_limits(1):
            warnings.simplefilter("ignore")
            model.fit(DATA[data].x, DATA[data].y)
            try:
                proto = export(name, model, DATA[data].x.shape[1], options)
            except Exception as error:  # noqa: BLE001
                print(f"{name}: not exported: {error}")
                continue
        corpus.append(save(name, data, proto, scores))
    torch.set_num_threads(1)
    for name, data, activation, newer, version in wanted(NETWORKS):
        model = network(DATA[data], activation)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            proto = export_network(model, DATA[data].x.shape[1], newer, version)
        corpus.append(save(name, data, proto, "values" if data == "diabetes" else "raw"))
    for name, data, activation, newer in wanted(RESIDUAL):
        model = residual_network(DATA[data], activation)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            proto = export_network(model, DATA[data].x.shape[1], newer, 18 if newer else 17)
        corpus.append(save(name, data, proto, "raw"))
    for name, data, activation in wanted(MIXERS):
        model = conv_mixer(DATA[data], activation)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            proto = export_network(model, DATA[data].x.shape[1], False, 17)
        corpus.append(save(name, data, proto, "raw"))
    for name, data, activation, channels, kind in wanted(QUANTISED):
        model = folded(network(DATA[data], activation))
        proto = export_network(model, DATA[data].x.shape[1], False, 17)
        proto = quantised(proto, DATA[data], channels, kind)
        entry = save(name, data, proto, "values" if data == "diabetes" else "raw")
        corpus.append({**entry, "quantised": True})
    for name, layers, newer in wanted(CONVOLUTIONS):
        model = convolutions(layers)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            proto = export_network(model, 64, newer, 18 if newer else 17)
        corpus.append(save(name, "digits", proto, "raw"))
    for name, layers, channels in wanted(QUANTISED_CONVOLUTIONS):
        proto = export_network(convolutions(layers), 64, False, 17)
        proto = quantised(proto, DATA["digits"], channels, QuantType.QUInt8)
        corpus.append({**save(name, "digits", proto, "raw"), "quantised": True})
    write(corpus)


if __name__ == "__main__":
    main()
