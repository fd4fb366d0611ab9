#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Train a 1-D convolutional network that tells the forms of noisy waves apart, on signals that this script makes.

Beside this script it writes

    signal.onnx       float32, as PyTorch's exporter writes it; the logits are the output
    calibration.csv   training samples from which the compiler chooses its scales
    test.csv          the first held-out samples

A row of the CSV files is one signal, 128 values in the order of time, then its label, 0 for a sine, 1 for a square
wave, 2 for a triangle and 3 for a saw tooth; there is no header. The same versions (requirements.txt) on the same
machine give the same bytes again.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from networks import deterministic, export, print_accuracy, write_csv  # noqa: E402

SEED = 20
TRAINING_SAMPLES = 6000
HELD_OUT_SAMPLES = 2000
CALIBRATION_SAMPLES = 128
TEST_SAMPLES = 400
LENGTH = 128
CLASSES = 4
# Of what a sample is made: periods in it, height, and the deviation of the noise relative to that.
PERIODS = (3.0, 9.0)
HEIGHTS = (0.5, 2.0)
NOISE = (0.1, 0.4)
DIGITS = 4
EPOCHS = 30
BATCH = 64
LEARNING_RATE = 0.003
WEIGHT_DECAY = 0.01


class Network(nn.Module):
    """8 filters of 7, 16 of 5 and 16 of 5, every second place each, the mean of each channel, and a layer."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(1, 8, 7, stride=2, padding=3),
            nn.ReLU(),
            nn.Conv1d(8, 16, 5, stride=2, padding=2),
            nn.ReLU(),
            nn.Conv1d(16, 16, 5, stride=2, padding=2),
            nn.ReLU(),
            nn.AdaptiveAvgPool1d(1),
            nn.Flatten(),
            nn.Linear(16, CLASSES),
        )

    def forward(self, signal):
        """The logits of signals."""
        return self.layers(signal)


def waves(count, generator):
    """Waves of each form in turn, of any frequency, phase and height, under noise; rounded as they are written."""
    labels = np.arange(count) % CLASSES
    turns = generator.uniform(*PERIODS, (count, 1)) * np.arange(LENGTH) / LENGTH
    turns = (turns + generator.uniform(0, 1, (count, 1))) % 1
    forms = [
        np.sin(2 * np.pi * turns),
        np.where(turns < 0.5, 1.0, -1.0),
        1 - 4 * np.abs(turns - 0.5),
        2 * turns - 1,
    ]
    # All forms have the same deviation, which is that of the sine.
    forms = [form / form.std() * np.sqrt(0.5) for form in forms]
    clean = np.choose(labels[:, None], forms)
    noise = generator.normal(size=clean.shape) * generator.uniform(*NOISE, (count, 1))
    signals = generator.uniform(*HEIGHTS, (count, 1)) * (clean + noise)
    signals = signals.round(DIGITS).astype(np.float32)
    return torch.from_numpy(signals[:, None]), torch.from_numpy(labels)


def train(model, signals, labels):
    """Fit for a fixed number of epochs; one thread, so that sums keep their order."""
    generator = torch.Generator().manual_seed(SEED)
    optimiser = torch.optim.AdamW(model.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    steps = EPOCHS * (len(signals) // BATCH)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(EPOCHS):
        order = torch.randperm(len(signals), generator=generator)
        for at in range(len(signals) // BATCH):
            batch = order[at * BATCH : (at + 1) * BATCH]
            loss = functional.cross_entropy(model(signals[batch]), labels[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()


def main():
    """Make the signals, train, evaluate and write the three files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder that the files go to")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)

    deterministic(SEED)
    generator = np.random.default_rng(SEED)
    train_signals, train_labels = waves(TRAINING_SAMPLES, generator)
    test_signals, test_labels = waves(HELD_OUT_SAMPLES, generator)
    model = Network()
    train(model, train_signals, train_labels)
    model.eval()

    export(model, test_signals[:1], "signal", out / "signal.onnx")
    write_csv(
        out / "calibration.csv",
        train_signals[:CALIBRATION_SAMPLES],
        train_labels[:CALIBRATION_SAMPLES],
        DIGITS,
    )
    write_csv(out / "test.csv", test_signals[:TEST_SAMPLES], test_labels[:TEST_SAMPLES], DIGITS)
    for name, signals, labels in (
        ("training", train_signals, train_labels),
        ("held-out", test_signals, test_labels),
    ):
        print_accuracy(model, name, signals, labels)


if __name__ == "__main__":
    main()
