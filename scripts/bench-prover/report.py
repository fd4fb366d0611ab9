# SPDX-License-Identifier: Apache-2.0
"""What measure.py has measured, as figures, a table and a chart."""

import json
from pathlib import Path

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot
from matplotlib.ticker import NullFormatter

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


def write(folder, machine, rows):
    """Print the table; where a folder is given put all into it, the table between the marks of its README.md."""
    text = table(rows)
    told = f"{machine['cores']} cores, load {machine['load_before']} before and {machine['load_after']} after, " + (
        f"medians of {machine['runs']} runs."
    )
    print(f"\n{told}\n\n{text}")
    if folder is None:
        return
    folder = Path(folder)
    (folder / "proving.json").write_text(json.dumps({"machine": machine, "rows": rows}, indent="\t") + "\n")
    chart(rows, folder / "proving.svg")
    readme = folder / "README.md"
    before, rest = readme.read_text().split(BEGIN)
    _, after = rest.split(END)
    readme.write_text(f"{before}{BEGIN}\n\n{told}\n\n{text}\n\n{END}{after}")
