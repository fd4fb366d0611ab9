#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Train small transformer encoders on sequences of letters that this script makes.

A sample is twelve letters of 24, as integers. Its class is the remainder by three of the last letter of the alphabet
that is among them, which places have to be compared for: a mean over the letters does not tell it.

Beside this script it writes

    encoder.onnx      one head, in products and a softmax, by the exporter of TorchScript, opset 17
    heads.onnx        two heads by scaled_dot_product_attention, by the exporter of torch.export, opset 18
    calibration.csv   training samples from which the compiler chooses its scales
    test.csv          the first held-out samples

A row of the CSV files is one sample, twelve letters as numbers 0 to 23, then its class; there is no header. The same
versions (requirements.txt) on the same machine give the same bytes again.
"""

import argparse
import io
import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from networks import deterministic, print_accuracy, write_csv  # noqa: E402

SEED = 7
TRAINING_SAMPLES = 6000
HELD_OUT_SAMPLES = 2000
CALIBRATION_SAMPLES = 200
TEST_SAMPLES = 400
LETTERS, CLASSES, PLACES = 24, 3, 12
WIDTH, HIDDEN = 16, 32
EPOCHS = 40
BATCH = 64
LEARNING_RATE = 0.003
WEIGHT_DECAY = 0.01


class Encoder(nn.Module):
    """An embedding with positions, a block of attention and of layers at each place, the mean, and a layer."""

    def __init__(self, heads):
        super().__init__()
        self.heads = heads
        self.letters = nn.Embedding(LETTERS, WIDTH)
        self.position = nn.Parameter(torch.randn(PLACES, WIDTH) * 0.1)
        self.query = nn.Linear(WIDTH, WIDTH)
        self.key = nn.Linear(WIDTH, WIDTH)
        self.value = nn.Linear(WIDTH, WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm = nn.LayerNorm(WIDTH)
        self.up = nn.Linear(WIDTH, HIDDEN)
        self.down = nn.Linear(HIDDEN, WIDTH)
        self.last_norm = nn.LayerNorm(WIDTH)
        self.last = nn.Linear(WIDTH, CLASSES)

    def split(self, rows):
        """Rows of all heads as rows of each."""
        return rows.reshape(-1, PLACES, self.heads, WIDTH // self.heads).transpose(1, 2)

    def attention(self, rows):
        """What each place takes from all others."""
        query, key, value = self.query(rows), self.key(rows), self.value(rows)
        if self.heads == 1:
            scores = query @ key.transpose(-2, -1) / WIDTH**0.5
            return scores.softmax(dim=-1) @ value
        mixed = functional.scaled_dot_product_attention(self.split(query), self.split(key), self.split(value))
        return mixed.transpose(1, 2).reshape(-1, PLACES, WIDTH)

    def forward(self, letters):
        """The logits of samples."""
        rows = self.letters(letters) + self.position
        rows = self.norm(rows + self.out(self.attention(rows)))
        rows = self.last_norm(rows + self.down(functional.relu(self.up(rows))))
        return self.last(rows.mean(dim=1))


def samples(count, generator):
    """Letters of alphabets of three to all letters, and the remainder of the last one that is there."""
    letters = generator.integers(0, LETTERS, (count, PLACES))
    limits = generator.integers(3, LETTERS + 1, (count, 1))
    letters = letters * limits // LETTERS
    return torch.from_numpy(letters), torch.from_numpy(letters.max(axis=1) % CLASSES)


def train(model, letters, classes):
    """Fit for a fixed number of epochs; one thread, so that sums keep their order."""
    generator = torch.Generator().manual_seed(SEED)
    optimiser = torch.optim.AdamW(model.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    steps = EPOCHS * (len(letters) // BATCH)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(EPOCHS):
        order = torch.randperm(len(letters), generator=generator)
        for at in range(len(letters) // BATCH):
            batch = order[at * BATCH : (at + 1) * BATCH]
            loss = functional.cross_entropy(model(letters[batch]), classes[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()


def export(model, path, example):
    """Write the graph as one of PyTorch's exporters does."""
    names = {"input_names": ["letters"], "output_names": ["logits"]}
    if model.heads == 1:
        file = io.BytesIO()
        torch.onnx.export(model, (example,), file, opset_version=17, dynamo=False, **names)
        exported = onnx.load_from_string(file.getvalue())
    else:
        exported = torch.onnx.export(model, (example,), opset_version=18, dynamo=True, **names).model_proto
    onnx.checker.check_model(exported, full_check=True)
    # What only says where in the script a node comes from.
    for node in exported.graph.node:
        del node.metadata_props[:]
    del exported.graph.value_info[:]
    onnx.save(exported, path)
    print(path.name, [node.op_type for node in exported.graph.node])


def main():
    """Make the samples, train both models, evaluate and write all files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder that the files go to")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)

    generator = np.random.default_rng(SEED)
    letters, classes = samples(TRAINING_SAMPLES, generator)
    test_letters, test_classes = samples(HELD_OUT_SAMPLES, generator)
    for name, heads in (("encoder", 1), ("heads", 2)):
        deterministic(SEED)
        model = Encoder(heads)
        train(model, letters, classes)
        model.eval()
        export(model, out / f"{name}.onnx", test_letters[:1])
        print_accuracy(model, f"{name}: training", letters, classes)
        print_accuracy(model, f"{name}: held-out", test_letters, test_classes)
    write_csv(out / "calibration.csv", letters[:CALIBRATION_SAMPLES], classes[:CALIBRATION_SAMPLES])
    write_csv(out / "test.csv", test_letters[:TEST_SAMPLES], test_classes[:TEST_SAMPLES])


if __name__ == "__main__":
    main()
