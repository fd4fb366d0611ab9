#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prove one inference of each model under each scheme, and under EZKL and snarkjs, each step a process of its own,
and write a table, a chart and all figures. Called by scripts/bench-prover.sh.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy
import onnx
import onnxruntime
from onnx import numpy_helper
from report import write
from samples import labelled

ROOT = Path(__file__).resolve().parent.parent.parent
EZKL = Path(__file__).with_name("ezkl_steps.py")
SNARKJS = ["node", str(ROOT / "tests/node_modules/snarkjs/build/cli.cjs")]
TIME = shutil.which("time")
# The sample of its test file, counted from 1, of which each model's proof is.
SAMPLE = 1
# The models that are measured.
NARROW = "784-56-10"
MODELS = ("digits", NARROW, "784-128-10", "LeNet-5", "trees")
# How many samples EZKL is asked for its accuracy: it takes up to a second for each.
EZKL_SAMPLES = 50
# Repetitions of plain inference, of which the median counts.
INFERENCES = 300
# How long one step may take, in seconds.
PATIENCE = 1800


@dataclass
class Model:
    """A model and the data that it is measured with."""

    name: str
    onnx: Path
    folder: Path
    #: Whether its circuit exists without a challenge.
    plain: bool = True
    #: Why EZKL is not asked.
    no_ezkl: str | None = None
    #: Whether what it answers means anything.
    trained: bool = True

    @property
    def test(self):
        return self.folder / "test.csv"

    @property
    def calibration(self):
        return self.folder / "calibration.csv"


@dataclass
class Row:
    """What one prover takes for one model. Seconds, bytes, and shares of one."""

    model: str
    prover: str
    accuracy: float | None = None
    #: Of the circuit; for EZKL the assigned cells of its table.
    constraints: int | None = None
    setup: float | None = None
    prove: float | None = None
    prove_cpu: float | None = None
    #: The highest peak of memory while proving.
    peak: int | None = None
    verify: float | None = None
    proving_key: int | None = None
    verifying_key: int | None = None
    proof: int | None = None
    #: Why there is nothing.
    refused: str | None = None


class Failed(Exception):
    """A step that did not end well, with the last that it said."""


@dataclass
class Usage:
    """What a process took: seconds on the wall and of processors, and bytes at its peak."""

    wall: float
    cpu: float
    peak: int


def run(command):
    """Run a process to its end.

    Raises Failed where it fails or takes too long.
    """
    log, times = WORK / "log", WORK / "times"
    # Of a process that Python forks the peak would be Python's own at least. `timeout` ends what it starts, too.
    whole = ["timeout", PATIENCE, TIME, "-o", times, "-f", "%U %S %M", *command]
    began = time.perf_counter()
    with log.open("w") as file:
        done = subprocess.run(
            [str(part) for part in whole], cwd=WORK, stdout=file, stderr=subprocess.STDOUT, check=False
        )
    wall = time.perf_counter() - began
    if done.returncode != 0:
        said = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
        raise Failed(f"{Path(str(command[0])).name}: {' / '.join(said[-3:]) or done.returncode}")
    user, system, peak = times.read_text().split()
    return Usage(wall, float(user) + float(system), int(peak) * 1024)


def candor(*arguments):
    """Run the command line, and return what it says as JSON."""
    command = [OPTIONS.candor, *arguments, "--json", "--quiet"]
    done = subprocess.run(
        [str(part) for part in command], cwd=WORK, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    answer = json.loads(done.stdout or "{}")
    if done.returncode != 0:
        raise Failed(answer.get("error", {}).get("message") or done.stderr.strip())
    return answer


def timed(row, prove, verify):
    """Fill in what proving and verifying take: once unmeasured, then the medians."""
    run(prove)
    usages = [run(prove) for _ in range(OPTIONS.runs)]
    row.prove = statistics.median(usage.wall for usage in usages)
    row.prove_cpu = statistics.median(usage.cpu for usage in usages)
    row.peak = max(usage.peak for usage in usages)
    row.verify = statistics.median(run(verify).wall for _ in range(OPTIONS.runs))


def tried(row, measure):
    """Measure a row; where that fails the row says why."""
    print(f"    {row.model}, {row.prover}", flush=True)
    try:
        measure(row)
    except (Failed, subprocess.TimeoutExpired) as error:
        row.refused = str(error)
        print(f"      {row.refused}", flush=True)
    return row


def measure_candor(model, scheme):
    def measure(row):
        folder = WORK / f"{model.name}-{scheme}"
        compiled = candor(
            "compile", model.onnx, "--calibration", model.calibration, "--test", model.test, "--out", folder
        )
        made = candor("setup", folder, "--development", "--scheme", scheme)
        row.accuracy = compiled["integer_accuracy"] if model.trained else None
        row.constraints = made["constraints"]
        row.setup = made["setup_seconds"]
        proof = folder / "proof"
        timed(
            row,
            [OPTIONS.candor, "prove", folder, "--input", model.test, "--sample", SAMPLE, "--out", proof],
            [OPTIONS.candor, "verify", "--vk", folder, "--proof", proof, "--public", proof],
        )
        row.proving_key = (folder / "proving.key").stat().st_size
        row.verifying_key = (folder / "verifying.key").stat().st_size
        row.proof = (proof / "proof.bin").stat().st_size

    return measure


def measure_snarkjs(model):
    """Its prover is given the witness, which ours has computed, and the circuit under the scheme `hashed`."""

    def measure(row):
        folder, name = WORK / f"{model.name}-hashed", model.name
        exported = candor("circuit", "export", folder, "--r1cs", f"{name}.r1cs")
        row.constraints = exported["constraints"]
        candor("ceremony", "powers", "--power", exported["powers"], "own.ptau")
        run([*SNARKJS, "powersoftau", "prepare", "phase2", "own.ptau", "final.ptau"])
        began = time.perf_counter()
        run([*SNARKJS, "groth16", "setup", f"{name}.r1cs", "final.ptau", "0.zkey"])
        run([*SNARKJS, "zkey", "contribute", "0.zkey", f"{name}.zkey", "--name=bench", "-e=text"])
        row.setup = time.perf_counter() - began
        run([*SNARKJS, "zkey", "export", "verificationkey", f"{name}.zkey", "vk.json"])
        candor("circuit", "solve", folder, "--input", model.test, "--sample", SAMPLE, "--wtns", f"{name}.wtns")
        timed(
            row,
            [*SNARKJS, "groth16", "prove", f"{name}.zkey", f"{name}.wtns", "proof.json", "public.json"],
            [*SNARKJS, "groth16", "verify", "vk.json", "public.json", "proof.json"],
        )
        # That it is the same circuit: our verifier takes its proof.
        candor("verify", "--vk", "vk.json", "--proof", "proof.json", "--public", "public.json")
        row.proving_key = (WORK / f"{name}.zkey").stat().st_size
        row.verifying_key = (WORK / "vk.json").stat().st_size
        row.proof = (WORK / "proof.json").stat().st_size

    return measure


def measure_ezkl(model, mode):
    """With weights and input committed to, or private, in which case nothing says which model was run."""

    def measure(row):
        folder = WORK / f"{model.name}-ezkl-{mode}"
        folder.mkdir()
        script = [sys.executable, EZKL]
        began = time.perf_counter()
        run([*script, "prepare", folder, mode, model.onnx, model.test])
        row.setup = time.perf_counter() - began
        settings = json.loads((folder / "settings.json").read_text())
        row.constraints = settings["total_assignments"]
        if model.trained and mode == "private":
            run([*script, "accuracy", folder, model.test, str(EZKL_SAMPLES)])
            row.accuracy = json.loads((folder / "accuracy.json").read_text())
        timed(row, [*script, "prove", folder], [*script, "verify", folder])
        row.proving_key = (folder / "pk.key").stat().st_size
        row.verifying_key = (folder / "vk.key").stat().st_size
        # What is sent: the file spells each byte as two digits, and more than once.
        row.proof = len(json.loads((folder / "proof.json").read_text())["hex_proof"]) // 2 - 1

    return measure


def measure_plain(model):
    """onnxruntime on one thread, without any proof: what the overhead is over."""

    def measure(row):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(str(model.onnx), options)
        feed = session.get_inputs()[0].name
        samples, labels = labelled(model.test)
        samples = samples.astype(numpy.float32)[:, numpy.newaxis]
        if model.trained:
            answers = [session.run(None, {feed: sample})[0].ravel() for sample in samples]
            # The logits of each class, or the class.
            classes = [answer.argmax() if len(answer) > 1 else answer[0] for answer in answers]
            row.accuracy = float((classes == labels).mean())
        times = []
        for _ in range(INFERENCES):
            began = time.perf_counter()
            session.run(None, {feed: samples[SAMPLE - 1]})
            times.append(time.perf_counter() - began)
        row.prove = statistics.median(times)

    return measure


def narrow(path, hidden=56):
    """A perceptron with the first 56 of the 128 hidden neurons. It reads digits badly and costs as much as one that
    was trained."""
    model = onnx.load(ROOT / "models/mnist/mnist.onnx")
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        for axis in (axis for axis, size in enumerate(values.shape) if size == 128):
            values = values.take(range(hidden), axis)
        tensor.CopyFrom(numpy_helper.from_array(values.copy(), tensor.name))
    onnx.save(model, path)


def models():
    """All that can be measured, by name."""
    folders = ROOT / "models"
    mnist, trees = folders / "mnist", folders / "trees"
    every = [
        Model("digits", folders / "digits/digits.onnx", folders / "digits"),
        Model(NARROW, WORK / f"{NARROW}.onnx", mnist, trained=False),
        Model("784-128-10", mnist / "mnist.onnx", mnist),
        Model("LeNet-5", folders / "lenet5/lenet5.onnx", folders / "lenet5", plain=False),
        Model("trees", trees / "trees.onnx", trees, plain=False, no_ezkl="reads no TreeEnsemble"),
    ]
    return {model.name: model for model in every}


def rows_of(model):
    """What is measured of a model, row by row."""
    yield tried(Row(model.name, "onnxruntime"), measure_plain(model))
    for scheme in ["hashed", "committed"] if model.plain else []:
        yield tried(Row(model.name, f"Candor, {scheme}"), measure_candor(model, scheme))
    yield tried(Row(model.name, "Candor, staged"), measure_candor(model, "staged"))
    if not OPTIONS.peers:
        return
    if model.name == "digits" and OPTIONS.snarkjs:
        yield tried(Row(model.name, "snarkjs"), measure_snarkjs(model))
    for mode in ["committed", "private"]:
        row = Row(model.name, f"EZKL, {mode}", refused=model.no_ezkl)
        yield row if row.refused else tried(row, measure_ezkl(model, mode))


def load():
    """How many processes wanted a processor in the last minute."""
    return round(os.getloadavg()[0], 2)


def main():
    WORK.mkdir(parents=True)
    narrow(WORK / f"{NARROW}.onnx")
    before = load()
    known = models()
    rows = [row for name in OPTIONS.models for row in rows_of(known[name])]
    machine = {"cores": os.cpu_count(), "load_before": before, "load_after": load(), "runs": OPTIONS.runs}
    write(OPTIONS.out, machine, [asdict(row) for row in rows])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candor", type=Path, required=True, help="the command line that is measured")
    parser.add_argument("--work", type=Path, required=True, help="folder for keys and proofs, which must not exist")
    parser.add_argument("--out", type=Path, help="folder to write proving.json, proving.svg and the table to")
    parser.add_argument("--runs", type=int, default=3, help="repetitions, of which the medians count")
    parser.add_argument("--models", nargs="+", choices=MODELS, default=MODELS, help="the models to measure")
    parser.add_argument("--snarkjs", action="store_true", help="digits with it, too: its phase 2 takes ten minutes")
    parser.add_argument("--no-peers", dest="peers", action="store_false", help="measure Candor alone")
    OPTIONS = parser.parse_args()
    WORK = OPTIONS.work
    if TIME is None:
        sys.exit("GNU time is missing: apt-get install time")
    # That a key has passed is kept here: every run that is timed finds it.
    os.environ["XDG_STATE_HOME"] = str(WORK / "state")
    main()
