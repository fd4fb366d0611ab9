#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Take the operator tests of the package `onnx` for every operator that the compiler reads, as models of a batch.

Some operators that are near are among them. The package holds its node tests as code, with seeds of its own, and makes
models and numbers of them. Beside this script it writes, for each test, `NAME.onnx`, and `cases.json` with what goes in
and what has to come out. Of a test

    the first input is the data, all others are constants of the file; those of Concat are data; of the parts of Split,
    and of what LayerNormalization gives, the first is what it gives;
    the first dimension is the batch where the operator has one, and otherwise a batch of one is put before, its axes
    being counted one further;
    a layer of weights that changes nothing stands behind the operator, or before one that stands behind logits, as a
    circuit has at least one; of more numbers than a circuit gives, every so many are taken.

That this changes nothing is checked: onnxruntime, or the reference of the package where that cannot, gives what the
test expects.
"""

import json
import math
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnx.backend.test.case.node import collect_testcases
from onnx.reference import ReferenceEvaluator

HERE = Path(__file__).parent
ML = "ai.onnx.ml"
FLOATS = [np.float32, np.float64]
# A layer of weights between all elements has their square; beyond this it is a convolution of one element.
WIDEST = 32
# A circuit has no more outputs than this: of more numbers every so many are taken.
OUTPUTS = 400
# No test with more numbers is kept: they are of volumes, which are refused.
LARGEST = 10_000

# Of these the first dimension is the batch.
BATCHED = [
    "ArgMax",
    "AveragePool",
    "BatchNormalization",
    "Cast",
    "Conv",
    "Flatten",
    "Gemm",
    "GlobalAveragePool",
    "GlobalMaxPool",
    "LayerNormalization",
    "LogSoftmax",
    "MatMul",
    "MaxPool",
    "ReduceLogSumExp",
    "ReduceMax",
    "ReduceMean",
    "ReduceSum",
    "Softmax",
]
# Before these a batch of one is put.
SINGLE = [
    "Abs",
    "Add",
    "Celu",
    "Clip",
    "Concat",
    "DequantizeLinear",
    "Div",
    "Dropout",
    "Elu",
    "Erf",
    "Exp",
    "Gather",
    "Gelu",
    "HardSigmoid",
    "HardSwish",
    "Identity",
    "LeakyRelu",
    "Max",
    "Mean",
    "Min",
    "Mish",
    "Mul",
    "Neg",
    "Not",
    "PRelu",
    "Pad",
    "Pow",
    "QuantizeLinear",
    "Reciprocal",
    "Relu",
    "Reshape",
    "Selu",
    "Sigmoid",
    "Slice",
    "Softplus",
    "Softsign",
    "Split",
    "Squeeze",
    "Sub",
    "Sum",
    "Swish",
    "Tanh",
    "Transpose",
    "Unsqueeze",
]
OF_ML = [
    "ArrayFeatureExtractor",
    "LinearClassifier",
    "LinearRegressor",
    "Normalizer",
    "SVMClassifier",
    "SVMRegressor",
    "Scaler",
    "TreeEnsemble",
    "TreeEnsembleClassifier",
    "TreeEnsembleRegressor",
    "ZipMap",
]
# What they give stands behind the logits, which are in the same order.
ENDS = {"ArgMax": "place", "LogSoftmax": "log-softmax", "Sigmoid": "sigmoid", "Softmax": "softmax"}
# Behind the logits too, but no answer of their own.
PARTS = ["Abs", "Exp", "Not", "Reciprocal", "ReduceLogSumExp", "ReduceSum"]
LAYERS = ["Conv", "Gemm", "MatMul", "LinearClassifier", "LinearRegressor", "SVMClassifier", "SVMRegressor"]
LAYERS += ["TreeEnsemble", "TreeEnsembleClassifier", "TreeEnsembleRegressor"]
# Of no numbers, and of chance.
UNKNOWN = ["reduce_log_sum_exp_empty_set", "reduce_max_empty_set", "training_dropout", "training_dropout_default"]
UNKNOWN += ["training_dropout_default_mask", "training_dropout_mask"]
# Attributes and inputs that count axes or have a number for each.
AXES = ["Concat", "DequantizeLinear", "Gather", "QuantizeLinear", "Split"]
LISTS = {"Squeeze": 1, "Unsqueeze": 1, "Slice": 3, "Pad": 3}


def further(axes):
    """Axes behind a batch that has been put before."""
    return [axis + 1 if axis >= 0 else axis for axis in np.atleast_1d(axes).tolist()]


def put_batch(node, constants, rank):
    """Count the axes of a node one further, and put a batch of one before the shapes that it is told."""
    kind = node.op_type
    told = {attribute.name: attribute for attribute in node.attribute}
    if kind == "Concat" or "block_size" in told:
        constants.update({at: value[np.newaxis] for at, value in constants.items()})
    if kind in AXES:
        if "axis" in told:
            told["axis"].i = further(told["axis"].i)[0]
        elif kind in ("Gather", "Split"):
            node.attribute.append(helper.make_attribute("axis", 1))
        elif kind in ("DequantizeLinear", "QuantizeLinear"):
            node.attribute.append(helper.make_attribute("axis", 2))
    if kind == "Transpose":
        order = list(told["perm"].ints) if "perm" in told else list(range(rank))[::-1]
        del node.attribute[:]
        node.attribute.append(helper.make_attribute("perm", [0, *further(order)]))
    if kind == "Reshape":
        constants[1] = np.concatenate([[1], constants[1]]).astype(np.int64)
    if kind in LISTS and LISTS[kind] in constants:
        at = LISTS[kind]
        constants[at] = np.asarray(further(constants[at])).astype(constants[at].dtype)
    elif kind == "Slice":
        constants[3] = np.arange(1, 1 + len(constants[1])).astype(np.int64)
    elif kind == "Squeeze":
        constants[1] = np.arange(1, 1 + rank).astype(np.int64)
    if kind == "Pad" and 3 not in constants:
        before, behind = np.split(constants[1], 2)
        constants[1] = np.concatenate([[0], before, [0], behind]).astype(np.int64)


def stride_of(elements):
    """Of how many numbers one is taken, so that all rows and columns have their turn."""
    stride = max(1, -(-elements // OUTPUTS))
    while math.gcd(stride, elements) > 1:
        stride += 1
    return stride


def layer(source, shape, prefix, kind_of_numbers):
    """A layer that changes nothing of a value of this shape: nodes, constants, and what it gives."""
    elements = int(np.prod(shape[1:], dtype=np.int64))
    nodes, constants = [], {}
    if prefix == "behind" and stride_of(elements) > 1:
        constants["all"] = np.array([0, -1], dtype=np.int64)
        constants["some"] = np.arange(0, elements, stride_of(elements))
        nodes.append(helper.make_node("Reshape", [source, "all"], ["behind_all"]))
        nodes.append(helper.make_node("Gather", ["behind_all", "some"], ["behind_some"], axis=1))
        source, elements, shape = "behind_some", len(constants["some"]), (1, OUTPUTS)
    if len(shape) != 2 or elements > WIDEST:
        target = [0, 1, -1] if elements > WIDEST else [0, -1]
        constants[f"{prefix}_shape"] = np.array(target, dtype=np.int64)
        nodes.append(helper.make_node("Reshape", [source, f"{prefix}_shape"], [f"{prefix}_list"]))
        source = f"{prefix}_list"
    if elements > WIDEST:
        constants[f"{prefix}_weights"] = np.ones((1, 1, 1), dtype=kind_of_numbers)
        kind = "Conv"
    else:
        constants[f"{prefix}_weights"] = np.eye(elements, dtype=kind_of_numbers)
        kind = "Gemm"
    nodes.append(helper.make_node(kind, [source, f"{prefix}_weights"], [f"{prefix}_same"]))
    return nodes, constants, f"{prefix}_same"


def plain(value):
    """Floats and the usual integers as numbers of numpy, others as they are."""
    if isinstance(value, TensorProto):
        is_float = value.data_type in (TensorProto.FLOAT, TensorProto.DOUBLE)
        return numpy_helper.to_array(value) if is_float else value
    return value if value is None or isinstance(value, list) else np.asarray(value)


def tensors(node, constants):
    """The constants of a node, by position, as those of a file."""
    made = []
    for at, value in constants.items():
        while len(node.input) <= at:
            node.input.append("")
        name = node.input[at] = node.input[at] or f"constant_{at}"
        if isinstance(value, TensorProto):
            value.name = name
            made.append(value)
        else:
            made.append(numpy_helper.from_array(value, name))
    return made


def as_it_is(case, constants):
    """The model of a test whose data are no numbers of numpy: nothing but the constants is told."""
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    graph = model.graph
    del graph.input[1:]
    graph.initializer.extend(tensors(graph.node[0], constants))
    return model, None, None


def model_of(case):
    """The model of a test, its inputs by name and what it expects."""
    node = onnx.NodeProto()
    node.CopyFrom(case.model.graph.node[0])
    inputs, outputs = case.data_sets[0]
    present = [at for at, name in enumerate(node.input) if name]
    values = dict(zip(present, inputs))
    data = values.pop(0) if 0 in values else None
    expected = outputs[0]
    constants = {at: plain(value) for at, value in values.items()}
    data, expected = plain(data), plain(expected)
    if not isinstance(data, np.ndarray):
        return as_it_is(case, constants)
    is_batched = data.ndim > 1 and (node.op_type in BATCHED or node.domain == ML)
    if node.op_type == "Concat":
        is_batched = node.attribute[0].i not in (0, -data.ndim)
    is_float = data.dtype in FLOATS
    if not is_batched:
        put_batch(node, constants, data.ndim)
        data = data[np.newaxis]
        expected = expected[np.newaxis] if isinstance(expected, np.ndarray) else expected
    others = {}
    if node.op_type == "Concat":
        others = {node.input[at]: value for at, value in constants.items()}
        constants = {}
    initializers = tensors(node, constants)
    source, result = node.input[0], node.output[0]
    nodes = [node]
    if is_float and (node.op_type in ENDS or node.op_type in PARTS):
        made, more, node.input[0] = layer(source, data.shape, "before", data.dtype)
        if data.ndim != 2 or np.prod(data.shape[1:]) > WIDEST:
            more["before_dims"] = np.array([0, *data.shape[1:]], dtype=np.int64)
            made.append(helper.make_node("Reshape", [node.input[0], "before_dims"], ["before_all"]))
            node.input[0] = "before_all"
        nodes = [*made, node]
        initializers += [numpy_helper.from_array(value, name) for name, value in more.items()]
    elif is_float and node.op_type not in LAYERS and getattr(expected, "dtype", None) in FLOATS:
        made, more, result = layer(result, expected.shape, "behind", expected.dtype)
        expected = np.stack([row.ravel()[:: stride_of(row.size)] for row in expected])
        nodes += made
        initializers += [numpy_helper.from_array(value, name) for name, value in more.items()]
    element = helper.np_dtype_to_tensor_dtype(data.dtype)
    feeds = {source: data, **others}
    graph_inputs = [helper.make_tensor_value_info(name, element, value.shape) for name, value in feeds.items()]
    graph_outputs = [
        helper.make_tensor_value_info(value.name if at else result, value.type.tensor_type.elem_type, None)
        for at, value in enumerate(case.model.graph.output)
        if at == 0 or node.op_type not in ("LayerNormalization", "Split")
    ]
    graph = helper.make_graph(nodes, case.name, graph_inputs, graph_outputs, initializers)
    opsets = {"": 18, **{opset.domain: opset.version for opset in case.model.opset_import}}
    imports = [helper.make_operatorsetid(domain, version) for domain, version in opsets.items()]
    model = helper.make_model(graph, opset_imports=imports, ir_version=case.model.ir_version, producer_name="onnx")
    return model, feeds, expected


def answers(model, feeds):
    """What onnxruntime gives, or the reference where that cannot."""
    try:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        return session.run(None, feeds)[0]
    except Exception:  # noqa: BLE001
        return ReferenceEvaluator(model).run(None, feeds)[0]


def is_same(model, feeds, expected, finite):
    """Whether a model gives what its test expects for samples of finite numbers."""
    got = np.asarray(answers(model, feeds))
    if got.size != expected.size:
        return False
    got, expected = (part.reshape(len(finite), -1)[finite] for part in (got, expected))
    if got.dtype.kind in "fiub" and expected.dtype.kind in "fiub":
        return np.allclose(got.astype(np.float64), expected.astype(np.float64), rtol=1e-3, atol=1e-6, equal_nan=True)
    return bool((got == expected).all())


def rows(values):
    """Numbers of a batch, those of a sample in a line, in as few digits as tell them apart."""
    if values.dtype == np.float32:
        return [[float(str(value)) for value in row] for row in values]
    return [[float(value) for value in row] for row in values]


def numbers(name, model, feeds, expected):
    """Samples and what is expected of each, where they are such; fails where the model gives something else."""
    parts = [part.reshape(len(part), -1) for part in feeds.values() if part.size]
    data = np.concatenate(parts, axis=1) if parts else np.zeros((0, 0))
    are_samples = expected.size > 0 and len(data) == len(expected)
    # Samples of no number, or of infinite ones, cannot be given.
    finite = np.isfinite(data).all(axis=1) if are_samples else np.full(max(1, len(expected)), True)
    if name not in UNKNOWN and not is_same(model, feeds, expected, finite):
        raise SystemExit(f"{name} is not what the test says")
    if not are_samples or expected.dtype.kind not in "fiub" or data.size + expected.size > LARGEST:
        return {}
    return {"data": rows(data[finite]), "expected": rows(expected.reshape(len(data), -1)[finite])}


def main():
    """Take every test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cases = collect_testcases()
    entries = []
    for old in HERE.glob("*.onnx"):
        old.unlink()
    for case in sorted(cases, key=lambda case: case.name):
        graph = case.model.graph
        if len(graph.node) != 1 or "_expanded" in case.name:
            continue
        node = graph.node[0]
        if node.domain == ML:
            if node.op_type not in OF_ML:
                continue
        elif node.domain or node.op_type not in BATCHED + SINGLE:
            continue
        name = case.name.removeprefix("test_")
        operator = f"{node.domain}.{node.op_type}" if node.domain else node.op_type
        entry = {"name": name, "operator": operator}
        model, feeds, expected = model_of(case)
        if node.op_type in ENDS:
            entry["end"] = ENDS[node.op_type]
        is_known = feeds is not None and isinstance(expected, np.ndarray)
        if is_known and all(data.dtype in FLOATS for data in feeds.values()):
            entry |= numbers(name, model, feeds, expected)
        onnx.save(model, HERE / f"{name}.onnx")
        entries.append(entry)
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries)
    (HERE / "cases.json").write_text(f"[\n{lines}\n]\n")
    print(len(entries), "tests")


if __name__ == "__main__":
    main()
