# SPDX-License-Identifier: Apache-2.0
"""What measure.py has measured, as figures, a table and a chart."""

import json
from pathlib import Path

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot
from matplotlib.ticker import NullFormatter

# The models, in the order in which they stand.
NARROW = "784-56-10"
ORDER = ("digits", NARROW, "784-128-10", "LeNet-5", "trees")
# Between these lines of docs/bench/README.md the table stands.
BEGIN, END = "<!-- proving: begin -->", "<!-- proving: end -->"
HEAD = (
    "model",
    "prover",
    "accuracy",
    "constraints",
    "setup",
    "proving",
    "ratio",
    "processors",
    "peak",
    "verifying",
    "proving key",
    "proof",
)
# The row of a model to which the ratios of its others are.
BASE = "Candor, staged"
PLAIN = "onnxruntime"
COLOURS = {
    "Candor, staged": "#1b7837",
    "Candor, committed": "#7fbf7b",
    "Candor, hashed": "#d9f0d3",
    "snarkjs": "#b35806",
    "circom, snarkjs": "#f1a340",
    "EZKL, committed": "#542788",
    "EZKL, private": "#998ec3",
}
MILLISECOND, KILOBYTE, MEGABYTE = 1e-3, 1e3, 1e6


def seconds(value):
    """A time, in the unit in which it is read most easily."""
    if value is None:
        return ""
    if value < MILLISECOND:
        return f"{value * 1e6:.0f} µs"
    return f"{value / MILLISECOND:.0f} ms" if value < 0.1 else f"{value:.2f} s"


def size(value):
    """A number of bytes, in the unit in which it is read most easily."""
    if value is None:
        return ""
    if value >= MEGABYTE:
        return f"{value / MEGABYTE:,.1f} MB"
    return f"{value / KILOBYTE:.1f} kB" if value >= 10 * KILOBYTE else f"{value:,} B"


def number(value):
    """A count with its thousands apart."""
    return "" if value is None else f"{value:,}"


def share(value):
    """A share of one."""
    return "" if value is None else f"{100 * value:.1f} %"


def cells(row, base):
    """One line of the table."""
    if row["refused"]:
        why = " ".join(row["refused"].replace("|", "/").split())
        return [row["model"], row["prover"], f"not taken: {why}"] + [""] * (len(HEAD) - 3)
    ratio = "" if base is None or row["prove"] is None else f"{row['prove'] / base:.3g}"
    return [
        row["model"],
        row["prover"],
        share(row["accuracy"]),
        number(row["constraints"]),
        seconds(row["setup"]),
        seconds(row["prove"]),
        ratio,
        seconds(row["prove_cpu"]),
        size(row["peak"]),
        seconds(row["verify"]),
        size(row["proving_key"]),
        size(row["proof"]),
    ]


def table(rows):
    """All rows in Markdown; ratios are of times on the wall."""
    bases = {row["model"]: row["prove"] for row in rows if row["prover"] == BASE}
    lines = [HEAD, ["---"] * len(HEAD)] + [cells(row, bases.get(row["model"])) for row in rows]
    return "\n".join("| " + " | ".join(line).replace("  ", " ") + " |" for line in lines)


def chart(rows, path):
    """Proving time and peak of memory by model and prover, on logarithmic scales."""
    rows = [row for row in rows if not row["refused"] and row["prover"] != PLAIN]
    models = list(dict.fromkeys(row["model"] for row in rows))
    panels = (("proving, s", "prove", 1), ("peak of memory, MB", "peak", MEGABYTE))
    pyplot.rcParams.update({"svg.hashsalt": "candor", "font.size": 9, "svg.fonttype": "none"})
    figure, axes = pyplot.subplots(1, len(panels), figsize=(10, 0.3 * len(rows) + 1.2), sharey=True)
    for axis, (title, field, unit) in zip(axes, panels):
        place, ticks = 0.0, []
        for model in models:
            group = [row for row in rows if row["model"] == model]
            ticks.append((place + (len(group) - 1) / 2, model))
            for row in group:
                bar = axis.barh(place, row[field] / unit, height=0.85, color=COLOURS[row["prover"]])
                axis.bar_label(bar, fmt="%.3g", padding=2, fontsize=7)
                place += 1
            place += 0.8
        axis.set_yticks([at for at, _ in ticks], [model for _, model in ticks])
        axis.set_xscale("log")
        axis.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axis.xaxis.set_minor_formatter(NullFormatter())
        axis.margins(x=0.15)
        axis.set_title(title, fontsize=10)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].invert_yaxis()
    seen = {row["prover"] for row in rows}
    handles = [pyplot.Rectangle((0, 0), 1, 1, color=colour) for name, colour in COLOURS.items() if name in seen]
    names = [name for name in COLOURS if name in seen]
    figure.legend(handles, names, loc="lower center", ncols=len(names), frameon=False, fontsize=8)
    figure.tight_layout(rect=(0, 0.06, 1, 1))
    figure.savefig(path, metadata={"Date": None})


def told(machine, models):
    """How models were measured, in a sentence."""
    load = f"load {machine['load_before']} before and {machine['load_after']} after"
    runs = "one run" if machine["runs"] == 1 else f"medians of {machine['runs']} runs"
    return f"{', '.join(models)}: {machine['cores']} cores, {load}, {runs}."


def write(folder, machine, rows):
    """Print the table; where a folder is given put all into it, the table between the marks of its README.md. Models
    that were not measured now keep there what was measured of them before."""
    models = list(dict.fromkeys(row["model"] for row in rows))
    runs = [{"machine": machine, "rows": rows}]
    if folder is not None:
        figures = Path(folder) / "proving.json"
        for run in json.loads(figures.read_text()) if figures.exists() else []:
            kept = [row for row in run["rows"] if row["model"] not in models]
            if kept:
                runs.append({**run, "rows": kept})
    every = [row for run in runs for row in run["rows"]]
    every.sort(key=lambda row: ORDER.index(row["model"]))
    text = "\n\n".join(
        [told(run["machine"], dict.fromkeys(row["model"] for row in run["rows"])) for run in runs] + [table(every)]
    )
    print(f"\n{text}")
    if folder is None:
        return
    figures.write_text(json.dumps(runs, indent="\t") + "\n")
    chart(every, figures.with_name("proving.svg"))
    readme = figures.with_name("README.md")
    before, rest = readme.read_text().split(BEGIN)
    _, after = rest.split(END)
    readme.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")
