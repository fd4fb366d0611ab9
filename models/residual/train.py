#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Train a small residual network on coloured images of 32 x 32 pixels, made of the digits that scikit-learn ships.

Beside this script it writes

    residual.onnx     float32, as PyTorch's exporter writes it; the logits are the output
    calibration.csv   training samples from which the compiler chooses its scales
    test.csv          the first held-out samples

A row of the CSV files is one image, 3072 values from 0 to 255, red, green and blue one behind the other, each in row
order, then its label; there is no header. The same versions (requirements.txt) on the same machine give the same bytes
again.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from networks import deterministic, export, print_accuracy, write_csv  # noqa: E402

SEED = 20
HELD_OUT = 0.25
CALIBRATION_SAMPLES = 64
TEST_SAMPLES = 100
SIDE = 32
CLASSES = 10
LARGEST_PIXEL = 255
INK = 16
# Channels of the three stages.
WIDTHS = (12, 32, 80)
SHIFT = 3
NOISE = 12
# Ink and paper differ by at least so much in the mean of the channels.
CONTRAST = 70
EPOCHS = 30
BATCH = 32
LEARNING_RATE = 0.004
WEIGHT_DECAY = 0.01


class Block(nn.Module):
    """Two convolutions, and what goes around them."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.around = nn.Identity()
        if stride > 1 or inputs != outputs:
            self.around = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, image):
        """What the next block takes."""
        return functional.relu(self.layers(image) + self.around(image))


class Network(nn.Module):
    """A convolution, three blocks, of which two halve the image, the mean of each channel, and a layer."""

    def __init__(self):
        super().__init__()
        first, second, third = WIDTHS
        self.layers = nn.Sequential(
            nn.Conv2d(3, first, 3, padding=1, bias=False),
            nn.BatchNorm2d(first),
            nn.ReLU(),
            Block(first, first, 1),
            Block(first, second, 2),
            Block(second, third, 2),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(third, CLASSES),
        )

    def forward(self, pixels):
        """The logits of images whose values are 0 to 255."""
        return self.layers(pixels / LARGEST_PIXEL)


def coloured(ink, generator):
    """Images of a digit each, in one colour on paper of another, moved, under noise; whole numbers."""
    count = len(ink)
    images = functional.interpolate(torch.from_numpy(ink / INK), SIDE, mode="bilinear", align_corners=False)
    for at, (rows, columns) in enumerate(generator.integers(-SHIFT, SHIFT + 1, (count, 2)).tolist()):
        images[at] = torch.roll(images[at], (rows, columns), dims=(1, 2))
    colours = generator.uniform(0, LARGEST_PIXEL, (count, 2, 3))
    while True:
        dull = np.abs(colours.mean(axis=2) @ [1, -1]) < CONTRAST
        if not dull.any():
            break
        colours[dull] = generator.uniform(0, LARGEST_PIXEL, (int(dull.sum()), 2, 3))
    pen, paper = (torch.from_numpy(colours[:, part, :, None, None]) for part in range(2))
    noise = torch.from_numpy(generator.normal(scale=NOISE, size=(count, 3, SIDE, SIDE)))
    images = images * pen + (1 - images) * paper + noise
    return images.round().clamp(0, LARGEST_PIXEL).to(torch.float32)


def train(model, ink, labels, generator):
    """Fit for a fixed number of epochs, with new colours in each; one thread, so that sums keep their order."""
    order = torch.Generator().manual_seed(SEED)
    optimiser = torch.optim.AdamW(model.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    steps = EPOCHS * (len(ink) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, total_steps=steps)
    for epoch in range(EPOCHS):
        images, total = coloured(ink, generator), 0.0
        for batch in torch.randperm(len(ink), generator=order).split(BATCH):
            if len(batch) < BATCH:
                continue
            loss = functional.cross_entropy(model(images[batch]), labels[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}: {total / (len(ink) // BATCH):.4f}", flush=True)


def main():
    """Train, evaluate and write the three files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder that the files go to")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)

    deterministic(SEED)
    digits = load_digits()
    train_ink, test_ink, train_labels, test_labels = train_test_split(
        digits.images[:, None].astype(np.float64),
        digits.target,
        test_size=HELD_OUT,
        random_state=SEED,
        stratify=digits.target,
    )
    train_labels, test_labels = torch.from_numpy(train_labels), torch.from_numpy(test_labels)
    generator = np.random.default_rng(SEED)
    test_images = coloured(test_ink, generator)
    samples = coloured(train_ink[:CALIBRATION_SAMPLES], generator)
    model = Network()
    print(f"{sum(parameter.numel() for parameter in model.parameters())} parameters")
    train(model, train_ink, train_labels, generator)
    model.eval()

    export(model, test_images[:1], "pixels", out / "residual.onnx")
    write_csv(out / "calibration.csv", samples, train_labels[:CALIBRATION_SAMPLES])
    write_csv(out / "test.csv", test_images[:TEST_SAMPLES], test_labels[:TEST_SAMPLES])
    print_accuracy(model, "held-out", test_images, test_labels)


if __name__ == "__main__":
    main()
