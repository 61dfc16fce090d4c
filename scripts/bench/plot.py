"""The plot: `docs/benchmarks.svg`, one panel for each question that a user asks first."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from scripts.bench.tables import OURS, SPEED, Table

_PANELS = ("Call in memory, 4 KB", "Call over loopback, 37 KB", "Decode, 37 KB", "Import")
_OURS, _OTHERS = "#1f6feb", "#9aa4b2"


def draw(tables: Sequence[Table], path: Path) -> None:
    """Write the plot as SVG, the same bytes for the same figures."""
    matplotlib: Any = import_module("matplotlib")
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "bench", "svg.fonttype": "none", "font.size": 9})
    pyplot: Any = import_module("matplotlib.pyplot")
    named = {table.title: table for table in tables}
    figure, axes = pyplot.subplots(2, 2, figsize=(11, 6.2), layout="constrained")
    for axis, title in zip(axes.flat, _PANELS, strict=True):
        _panel(axis, named[title])
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def _panel(axis: Any, table: Table) -> None:
    floor = table.rows[table.floor]
    rows = [(case.name, case.times(floor)) for case in reversed(table.cases)]
    colors = [_OURS if name in (OURS, SPEED) else _OTHERS for name, _ in rows]
    bars = axis.barh([name for name, _ in rows], [times for _, times in rows], color=colors)
    axis.axvline(1, color="black", linewidth=0.8)
    paper = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    axis.bar_label(bars, labels=[f"{times:.2f}" for _, times in rows], padding=3, bbox=paper)
    axis.set_xscale("log")
    axis.xaxis.set_major_formatter("{x:g}")
    axis.xaxis.set_minor_formatter("")
    axis.margins(x=0.18)
    axis.set_title(f"{table.title} (times {table.floor})", loc="left")
    axis.spines[["top", "right"]].set_visible(False)
