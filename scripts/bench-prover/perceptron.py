# SPDX-License-Identifier: Apache-2.0
"""A perceptron that Candor has compiled, as a circuit in circom with its inputs: the same integers, which
docs/circuit.md defines.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy
from samples import labelled

TEMPLATES = Path(__file__).with_name("perceptron.circom")
# The largest byte, and the largest weight as `docs/circuit.md` bounds sums with it.
BYTE, WEIGHT = 255, 128
# Of BN254's scalars, of which negative numbers are the opposites.
ORDER = 21888242871839275222246405745257275088548364400416034343698204186575808495617


@dataclass
class Dense:
    """Weights by input and output, and biases."""

    weights: numpy.ndarray
    biases: numpy.ndarray

    def __call__(self, values):
        return values @ self.weights + self.biases


@dataclass
class Perceptron:
    """Two layers with a rounding ReLU between them, and the samples to run them on."""

    hidden: Dense
    last: Dense
    shift: int
    samples: numpy.ndarray
    labels: numpy.ndarray

    @property
    def bits(self):
        """Bits that every sum of the hidden layer, raised until it is positive, fits in: docs/circuit.md, `width`."""
        inputs = len(self.hidden.weights)
        return (2 * BYTE * WEIGHT * inputs + 2 ** (self.shift - 1)).bit_length() + 1

    def logits(self, samples):
        """What the integer model answers."""
        rounded = (self.hidden(samples) + 2 ** (self.shift - 1)) >> self.shift
        return self.last(rounded.clip(0, BYTE))

    def accuracy(self):
        """In what share of the samples the largest logit is the label's."""
        return float((self.logits(self.samples).argmax(axis=1) == self.labels).mean())

    def circuit(self):
        """The source in circom."""
        inputs, hidden = self.hidden.weights.shape
        shape = (inputs, hidden, len(self.last.biases), self.bits, self.shift)
        return f"{TEMPLATES.read_text()}\ncomponent main = Perceptron{shape};\n"

    def inputs(self, sample):
        """The circuit's inputs, all of them private, for the sample of a number that counts from 0."""
        return json.dumps(
            {
                "in": self.samples[sample].tolist(),
                "weights0": self.hidden.weights.tolist(),
                "biases0": self.hidden.biases.tolist(),
                "weights1": self.last.weights.tolist(),
                "biases1": self.last.biases.tolist(),
            }
        )

    def public(self, sample):
        """The circuit's outputs, as snarkjs writes them."""
        return [str(int(logit) % ORDER) for logit in self.logits(self.samples[sample])]


def perceptron(folder, test):
    """What `candor compile` has written to a folder, with the samples of a test file.

    Raises ValueError where it is no perceptron with one hidden layer and one scale for all features.
    """
    model = json.loads((folder / "weights.json").read_text())["model"]
    nodes = model["architecture"]["nodes"]
    quantisation = json.loads((folder / "schema.json").read_text())["input"]
    if [node["operator"] for node in nodes] != ["dense", "relu", "dense"] or "per_tensor" not in quantisation:
        raise ValueError("no perceptron with one hidden layer and one scale for all features")
    layers = []
    for parameters in model["parameters"]:
        biases = numpy.array(parameters["biases"])
        layers.append(Dense(numpy.array(parameters["weights"]).reshape(-1, len(biases)), biases))
    samples, labels = labelled(test)
    feature = quantisation["per_tensor"]["feature"]
    steps = numpy.floor(samples / feature["scale"] + 0.5) + feature["zero_point"]
    (shift,) = nodes[0]["attributes"]["rounding"]
    return Perceptron(*layers, shift, steps.clip(0, BYTE).astype(int), labels)
