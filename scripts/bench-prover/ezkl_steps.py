#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One inference under EZKL, for measure.py: `prepare FOLDER MODE ONNX SAMPLES` makes circuit, keys
and witness, `prove FOLDER` and `verify FOLDER` are what is timed, and `accuracy FOLDER SAMPLES COUNT` has the circuit
answer so many samples. The reference string is one for development.

Input and weights are private and committed to in the mode `committed`; in the mode `private` nothing says which
model was run, which costs EZKL least.
"""

import asyncio
import inspect
import json
import sys
from pathlib import Path

import ezkl
from samples import labelled

MODES = {"committed": ("polycommit", "polycommit"), "private": ("private", "private")}


def done(result):
    """What a call returns, whether or not this version of EZKL makes it at once."""

    async def wait():
        return await result

    return asyncio.run(wait()) if inspect.isawaitable(result) else result


def write_input(folder, features):
    """Write one sample as EZKL reads it."""
    (folder / "input.json").write_text(json.dumps({"input_data": [list(features)]}))


def prepare(folder, mode, onnx, samples):
    """Write everything but the proof."""
    path = lambda name: str(folder / name)
    write_input(folder, labelled(samples)[0][0])
    args = ezkl.PyRunArgs()
    args.input_visibility, args.param_visibility = MODES[mode]
    args.output_visibility = "public"
    args.variables = [("batch_size", 1)]
    done(ezkl.gen_settings(onnx, path("settings.json"), py_run_args=args))
    done(ezkl.calibrate_settings(path("input.json"), onnx, path("settings.json"), "resources"))
    done(ezkl.compile_circuit(onnx, path("circuit"), path("settings.json")))
    logrows = json.loads((folder / "settings.json").read_text())["run_args"]["logrows"]
    ezkl.gen_srs(path("srs"), logrows)
    done(ezkl.gen_witness(path("input.json"), path("circuit"), path("witness.json"), srs_path=path("srs")))
    done(ezkl.setup(path("circuit"), path("vk.key"), path("pk.key"), path("srs")))


def prove(folder):
    """Make the witness and the proof."""
    path = lambda name: str(folder / name)
    done(ezkl.gen_witness(path("input.json"), path("circuit"), path("witness.json"), srs_path=path("srs")))
    done(ezkl.prove(path("witness.json"), path("circuit"), path("pk.key"), path("proof.json"), srs_path=path("srs")))


def verify(folder):
    """Check the proof."""
    path = lambda name: str(folder / name)
    if not done(ezkl.verify(path("proof.json"), path("settings.json"), path("vk.key"), srs_path=path("srs"))):
        raise SystemExit("the proof does not verify")


def accuracy(folder, samples, count):
    """Write in how many of so many samples the largest output of the circuit is the label's."""
    path = lambda name: str(folder / name)
    right = 0
    inputs, labels = (part[: int(count)] for part in labelled(samples))
    for features, label in zip(inputs, labels):
        write_input(folder, features)
        done(ezkl.gen_witness(path("input.json"), path("circuit"), path("witness.json"), srs_path=path("srs")))
        outputs = json.loads((folder / "witness.json").read_text())["pretty_elements"]["rescaled_outputs"][0]
        logits = [float(output) for output in outputs]
        right += logits.index(max(logits)) == label
    (folder / "accuracy.json").write_text(json.dumps(right / len(labels)))
    write_input(folder, inputs[0])


if __name__ == "__main__":
    command, folder, *more = sys.argv[1:]
    commands = {"prepare": prepare, "prove": prove, "verify": verify, "accuracy": accuracy}
    commands[command](Path(folder), *more)
