# SPDX-License-Identifier: Apache-2.0
"""What the scripts that train perceptrons of one hidden layer share."""

import warnings
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

OPSET = 17
# The file format that came with opset 17.
IR_VERSION = 8
CALIBRATION_SAMPLES = 256


def train(inputs, labels, hidden, weight_decay, epochs, learning_rate, batch, seed):
    """Fit a perceptron for a fixed number of epochs; one thread, so that sums keep their order."""
    classifier = MLPClassifier(
        hidden_layer_sizes=(hidden,),
        activation="relu",
        solver="adam",
        alpha=weight_decay,
        learning_rate_init=learning_rate,
        batch_size=batch,
        max_iter=epochs,
        tol=0.0,
        n_iter_no_change=epochs,
        random_state=seed,
    )
    with threadpool_limits(limits=1), warnings.catch_warnings():
        # The number of epochs is fixed on purpose.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return classifier.fit(inputs, labels)


def to_onnx(classifier, name, divisor):
    """The graph `logits = Gemm(Relu(Gemm(pixels)))` over pixels that are not divided by `divisor` yet.

    The division moves into the first weights.
    """
    first, second = (weights.astype(np.float32) for weights in classifier.coefs_)
    first /= np.float32(divisor)
    first_bias, second_bias = (bias.astype(np.float32) for bias in classifier.intercepts_)

    def gemm(source, weights, bias, target):
        return helper.make_node("Gemm", [source, weights, bias], [target], name=target)

    graph = helper.make_graph(
        name=name,
        nodes=[
            gemm("pixels", "weights_1", "biases_1", "hidden"),
            helper.make_node("Relu", ["hidden"], ["activations"], name="activations"),
            gemm("activations", "weights_2", "biases_2", "logits"),
        ],
        inputs=[helper.make_tensor_value_info("pixels", TensorProto.FLOAT, [1, first.shape[0]])],
        outputs=[helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, second.shape[1]])],
        initializer=[
            numpy_helper.from_array(first, "weights_1"),
            numpy_helper.from_array(first_bias, "biases_1"),
            numpy_helper.from_array(second, "weights_2"),
            numpy_helper.from_array(second_bias, "biases_2"),
        ],
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="candor",
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def logits(model, images):
    """Evaluate the written graph in float32."""
    first, first_bias, second, second_bias = (numpy_helper.to_array(tensor) for tensor in model.graph.initializer)
    hidden = np.maximum(images.astype(np.float32) @ first + first_bias, 0)
    return hidden @ second + second_bias


def write_csv(path: Path, images, labels):
    """One row a sample: the pixels, then the label."""
    rows = np.column_stack([images, labels]).astype(np.int64)
    np.savetxt(path, rows, fmt="%d", delimiter=",")


def print_accuracy(model, name, images, labels):
    """How many samples the written graph gets right."""
    right = int((logits(model, images).argmax(axis=1) == labels).sum())
    print(f"{name} accuracy: {right}/{len(labels)} = {right / len(labels):.4f}")
