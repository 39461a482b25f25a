"""The curve of a training: ``log.jsonl`` -> a picture of the error rates over the lines seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import ScalarFormatter

_LEAST: Final = 0.01
"""Per cent; the scale of the picture knows no zero."""


def plot(log: Path, picture: Path) -> None:
    """Draw error rates and learning rate of a log; SVG or PNG by the name of the picture."""
    entries = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    passes = [entry["passes"] / 1000 for entry in entries]
    mpl.rcParams["svg.hashsalt"] = "sohoa"  # the same log gives the same bytes
    figure = Figure(figsize=(8, 4.2), layout="constrained")
    left = figure.subplots()
    for name in (key for key in entries[-1] if key.startswith("cer_")):
        label = f"check lines, {name.removeprefix('cer_')} faces"
        left.plot(passes, [max(100 * entry.get(name, float("nan")), _LEAST) for entry in entries], label=label)
    left.set_xlabel("lines seen, thousand")
    left.set_ylabel("CER %, greedy, harsh drawn lines")
    left.set_yscale("log")
    left.yaxis.set_major_formatter(ScalarFormatter())
    left.yaxis.set_minor_formatter(ScalarFormatter())
    left.grid(visible=True, which="both", alpha=0.3)
    right = left.twinx()
    right.plot(passes, [entry["rate"] for entry in entries], color="gray", linestyle=":", label="learning rate")
    right.set_ylabel("learning rate")
    figure.legend(loc="outside upper center", ncols=3)
    figure.savefig(picture, metadata={"Date": None} if picture.suffix == ".svg" else None)
