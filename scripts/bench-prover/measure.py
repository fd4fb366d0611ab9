#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prove one inference of each model under each scheme, and under EZKL, circom and snarkjs, each step a process of its
own, and write a table, a chart and all figures. Called by scripts/bench-prover.sh.
"""

import argparse
import json
import os
import re
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
from perceptron import perceptron
from report import NARROW, ORDER, write
from samples import labelled

ROOT = Path(__file__).resolve().parent.parent.parent
EZKL = Path(__file__).with_name("ezkl_steps.py")
PACKAGES = ROOT / "tests/node_modules"
SNARKJS = ["node", PACKAGES / "snarkjs/build/cli.cjs"]
# A build of circom for Wasm, which sees nothing above the folder where it runs.
CIRCOM = ["node", PACKAGES / "circom2/cli.js"]
# Bytes of the three points of a proof, which the files of snarkjs spell in decimal digits.
POINTS = 256
TIME = shutil.which("time")
# The sample of its test file, counted from 1, of which each model's proof is.
SAMPLE = 1
# Why LeNet-5 is left out in circom: 107,736 and 240,000 in its convolutions, 58,920 behind them.
TOO_MANY_PRODUCTS = "its 406,656 products, a constraint each, take a domain of 2^20 points with ranges and pools"
# How many samples EZKL is asked for its accuracy: it takes up to a second for each.
EZKL_SAMPLES = 50
# Repetitions of plain inference, of which the median counts.
INFERENCES = 300
# How long one step may take, in seconds.
PATIENCE = 1800
# How `timeout` says so.
TOOK_TOO_LONG = 124
# What colours the words of snarkjs and circom.
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


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
    #: Why no circuit in circom is made.
    no_circom: str | None = None
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
    if done.returncode == TOOK_TOO_LONG:
        raise Failed(f"a step took more than {PATIENCE} s")
    if done.returncode != 0:
        told = COLOUR.sub("", log.read_text(errors="replace"))
        said = [line.strip() for line in told.splitlines() if line.strip()]
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
    """Measure a row; where that fails, in whatever way, the row says why, and the others are measured."""
    print(f"    {row.model}, {row.prover}", flush=True)
    try:
        measure(row)
    except Exception as error:
        row.refused = str(error) if isinstance(error, Failed) else f"{type(error).__name__}: {error}"
        print(f"      {row.refused}", flush=True)
    return row


def measure_candor(model, scheme):
    def measure(row):
        folder = WORK / f"{model.name}-{scheme}"
        compiled = candor(
            "compile", model.onnx, "--calibration", model.calibration, "--test", model.test, "--out", folder
        )
        # As long as whoever makes keys waits: until they are written, read again and checked.
        began = time.perf_counter()
        made = candor("setup", folder, "--development", "--scheme", scheme)
        row.setup = time.perf_counter() - began
        row.accuracy = compiled["integer_accuracy"] if model.trained else None
        row.constraints = made["constraints"]
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


def measure_groth16(row, name, power, prove):
    """A circuit `NAME.r1cs` under snarkjs, with powers of tau for domains of `2^power` points. The setup, of one
    contributor, adds to what the row has of it."""
    powers, first, key = f"{name}.ptau", f"{name}.first.zkey", f"{name}.zkey"
    # They are prepared for the second phase.
    candor("ceremony", "powers", "--power", power, powers)
    began = time.perf_counter()
    run([*SNARKJS, "groth16", "setup", f"{name}.r1cs", powers, first])
    run([*SNARKJS, "zkey", "contribute", first, key, "--name=bench", "-e=text"])
    row.setup = (row.setup or 0) + time.perf_counter() - began
    run([*SNARKJS, "zkey", "export", "verificationkey", key, "vk.json"])
    timed(
        row,
        [*SNARKJS, "groth16", *prove, "proof.json", "public.json"],
        [*SNARKJS, "groth16", "verify", "vk.json", "public.json", "proof.json"],
    )
    row.proving_key = (WORK / key).stat().st_size
    row.verifying_key = (WORK / "vk.json").stat().st_size
    row.proof = POINTS
    for file in (powers, first, key):
        (WORK / file).unlink()


def measure_snarkjs(model):
    """Its prover is given the witness, which ours has computed, and the circuit under the scheme `hashed`."""

    def measure(row):
        folder, name = WORK / f"{model.name}-hashed", f"{model.name}-snarkjs"
        exported = candor("circuit", "export", folder, "--r1cs", f"{name}.r1cs")
        row.constraints = exported["constraints"]
        candor("circuit", "solve", folder, "--input", model.test, "--sample", SAMPLE, "--wtns", f"{name}.wtns")
        measure_groth16(row, name, exported["powers"], ["prove", f"{name}.zkey", f"{name}.wtns"])
        # That it is the same circuit: our verifier takes its proof.
        candor("verify", "--vk", "vk.json", "--proof", "proof.json", "--public", "public.json")

    return measure


def measure_circom(model):
    """The same integers in a circuit as it is written in circom, with input and weights private: nothing says which
    model was run."""

    def measure(row):
        name = f"{model.name}-circom"
        written = perceptron(WORK / f"{model.name}-staged", model.test)
        row.accuracy = written.accuracy() if model.trained else None
        (WORK / f"{name}.circom").write_text(written.circuit())
        (WORK / f"{name}.json").write_text(written.inputs(SAMPLE - 1))
        row.setup = run([*CIRCOM, f"{name}.circom", "--r1cs", "--wasm", "--O2", "-o", "."]).wall
        run([*SNARKJS, "r1cs", "info", f"{name}.r1cs"])
        told = re.findall(r"# of (Constraints|Outputs): (\d+)", (WORK / "log").read_text())
        counts = {of: int(count) for of, count in told}
        row.constraints = counts["Constraints"]
        # A point for each constraint and each public value, the constant one among them.
        power = sum(counts.values()).bit_length()
        measure_groth16(row, name, power, ["fullprove", f"{name}.json", f"{name}_js/{name}.wasm", f"{name}.zkey"])
        if json.loads((WORK / "public.json").read_text()) != written.public(SAMPLE - 1):
            raise Failed("the circuit answers otherwise than the integers")

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
        (feed,) = session.get_inputs()
        samples, labels = labelled(model.test)
        # One at a time: what the file leaves open is how many.
        shape = [size if isinstance(size, int) else 1 for size in feed.shape]
        samples = samples.astype(numpy.float32).reshape(-1, *shape)
        if model.trained:
            answers = [session.run(None, {feed.name: sample})[0].ravel() for sample in samples]
            # The logits of each class, or the class.
            classes = [answer.argmax() if len(answer) > 1 else answer[0] for answer in answers]
            row.accuracy = float((classes == labels).mean())
        times = []
        for _ in range(INFERENCES):
            began = time.perf_counter()
            session.run(None, {feed.name: samples[SAMPLE - 1]})
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
        Model("LeNet-5", folders / "lenet5/lenet5.onnx", folders / "lenet5", plain=False, no_circom=TOO_MANY_PRODUCTS),
        Model(
            "trees",
            trees / "trees.onnx",
            trees,
            plain=False,
            no_ezkl="reads no TreeEnsemble",
            no_circom="the circuit is one of perceptrons",
        ),
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
    row = Row(model.name, "circom, snarkjs", refused=model.no_circom)
    yield row if row.refused else tried(row, measure_circom(model))
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
    rows = []
    for name in OPTIONS.models:
        rows += rows_of(known[name])
        machine = {"cores": os.cpu_count(), "load_before": before, "load_after": load(), "runs": OPTIONS.runs}
        # Model by model, so that what was measured is not lost with the rest.
        write(OPTIONS.out, machine, [asdict(row) for row in rows])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candor", type=Path, required=True, help="the command line that is measured")
    parser.add_argument("--work", type=Path, required=True, help="folder for keys and proofs, which must not exist")
    parser.add_argument("--out", type=Path, help="folder to write proving.json, proving.svg and the table to")
    parser.add_argument("--runs", type=int, default=3, help="repetitions, of which the medians count")
    parser.add_argument(
        "--models", nargs="+", choices=ORDER, default=ORDER, help="the models to measure; the others keep their rows"
    )
    parser.add_argument("--snarkjs", action="store_true", help="digits' plain circuit with it, too: a minute more")
    parser.add_argument("--no-peers", dest="peers", action="store_false", help="measure Candor alone")
    OPTIONS = parser.parse_args()
    WORK = OPTIONS.work
    if TIME is None:
        sys.exit("GNU time is missing: apt-get install time")
    # That a key has passed is kept here: every run that is timed finds it.
    os.environ["XDG_STATE_HOME"] = str(WORK / "state")
    main()
