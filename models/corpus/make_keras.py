#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Train ordinary models of Keras on data that scikit-learn ships, and export each as Keras does, through tf2onnx.

As `make.py` does, whose samples they share, it writes their files, and in `corpus.json` what they are.
"""

import os
import tempfile
from pathlib import Path

# Before TensorFlow looks for devices and says so.
os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1", KERAS_BACKEND="tensorflow")

import keras
import numpy as np
import onnx
from common import DATA, SEED, save, write
from keras import layers

EPOCHS = 60


def standardised(data):
    """Features with mean zero and deviation one. tf2onnx takes what a `Normalization` has adapted to for inputs."""
    deviation = data.x.std(axis=0)
    return layers.Rescaling((1 / deviation).tolist(), (-data.x.mean(axis=0) / deviation).tolist())


def dense(data):
    """A perceptron behind standardised features, with a Softmax at its end."""
    return [standardised(data), layers.Dense(16, "relu"), layers.Dense(3, "softmax")]


def regressor(data):
    """The same for a number, with tanh."""
    bias = keras.initializers.Constant(float(data.y.mean()))
    return [standardised(data), layers.Dense(12, "tanh"), layers.Dense(1, bias_initializer=bias)]


def convolutions(_):
    """A convolutional network; Keras has channels last."""
    return [
        layers.Reshape((8, 8, 1)),
        layers.Rescaling(1 / 16),
        layers.Conv2D(6, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(12, 3, use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Flatten(),
        layers.Dense(10, "softmax"),
    ]


def separable(_):
    """A convolution channel by channel, an activation that is a table, and means over the image."""
    return [
        layers.Reshape((8, 8, 1)),
        layers.Rescaling(1 / 16),
        layers.Conv2D(8, 3, strides=2, padding="same", activation="swish"),
        layers.DepthwiseConv2D(3, padding="same"),
        layers.Conv2D(16, 1, activation="relu6"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(10),
    ]


# name, data, what makes the layers
MODELS = [
    ("keras-dense", "iris", dense),
    ("keras-regressor", "diabetes", regressor),
    ("keras-conv", "digits", convolutions),
    ("keras-conv-separable", "digits", separable),
]


def trained(data, made):
    """A network behind an input of features."""
    model = keras.Sequential([keras.Input(data.x.shape[1:], name="X"), *made])
    if data.y.dtype.kind == "f":
        loss = "mse"
    else:
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=made[-1].activation.__name__ != "softmax")
    model.compile(keras.optimizers.Adam(0.01), loss)
    model.fit(data.x, data.y, batch_size=32, epochs=EPOCHS, verbose=0)
    return model


def exported(model):
    """An ONNX file as Keras writes it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        model.export(path, format="onnx", verbose=False)
        return onnx.load(path)


def main():
    """Train, export and write everything."""
    corpus = []
    for name, data, layers_of in MODELS:
        keras.utils.set_random_seed(SEED)
        model = trained(DATA[data], layers_of(DATA[data]))
        values = DATA[data].y.dtype.kind == "f"
        ends_with_softmax = not values and np.allclose(model.predict(DATA[data].x, verbose=0).sum(axis=1), 1)
        scores = "values" if values else "softmax" if ends_with_softmax else "raw"
        corpus.append(save(name, data, exported(model), scores))
    write(corpus)


if __name__ == "__main__":
    main()
