#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One inference under EZKL, for scripts/bench-prover.sh: `prepare FOLDER MODE ONNX SAMPLES` makes circuit, keys
and witness, `prove FOLDER` is what is timed. The reference string is one for development.

Input and weights are private and committed to in the mode `committed`; in the mode `private` nothing says which
model was run, which costs EZKL least.
"""

import asyncio
import inspect
import json
import sys
from pathlib import Path

import ezkl

MODES = {"committed": ("polycommit", "polycommit"), "private": ("private", "private")}


def done(result):
    """What a call returns, whether or not this version of EZKL makes it at once."""

    async def wait():
        return await result

    return asyncio.run(wait()) if inspect.isawaitable(result) else result


def prepare(folder, mode, onnx, samples):
    """Write everything but the proof."""
    path = lambda name: str(folder / name)
    *features, _label = Path(samples).read_text().splitlines()[0].split(",")
    values = [float(feature) for feature in features]
    (folder / "input.json").write_text(json.dumps({"input_data": [values]}))
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


if __name__ == "__main__":
    command, folder, *more = sys.argv[1:]
    {"prepare": prepare, "prove": prove}[command](Path(folder), *more)
