"""The picture beside the tables: words found against processor time, one point a system and level."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from bench.outcomes import Sample
from bench.summary import LEVELS, groups, of_system, summarise

_SIGNS: Final = dict(zip(LEVELS, "os^", strict=True))
"""Marker of each level."""

_LABELLED: Final = "125"
"""First digits of the numbers that stand at the time axis."""


def plot(found: Sequence[Sample], systems: Sequence[str], picture: Path) -> None:
    """Draw word recall over CPU seconds a page; SVG or PNG by the name of the picture."""
    mpl.rcParams["svg.hashsalt"] = "sohoa"  # the same numbers give the same bytes
    figure = Figure(figsize=(8, 4.8), layout="constrained")
    axes = figure.subplots()
    for place, system in enumerate(systems):
        for level, members in groups(found, lambda sample: sample.outcome.file.level).items():
            point = summarise(of_system(members, system))
            axes.scatter(
                [point.cpu_s], [100 * point.recall], s=60, color=f"C{place}", marker=_SIGNS.get(level, "D"),
                label=f"{system}, {level}",
            )  # fmt: skip
    axes.set_xscale("log")
    for axis in (axes.xaxis.set_major_formatter, axes.xaxis.set_minor_formatter):
        axis(FuncFormatter(lambda number, _: f"{number:g}" if f"{number:e}"[0] in _LABELLED else ""))
    axes.set_xlabel("CPU seconds a page (less is better)")
    axes.set_ylabel("words found, % (more is better)")
    axes.grid(visible=True, which="both", alpha=0.3)
    figure.legend(loc="outside right upper")
    figure.savefig(picture, metadata={"Date": None} if picture.suffix == ".svg" else None)
