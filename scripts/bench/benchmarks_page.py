"""The page `docs/benchmarks.md` and the plot `docs/benchmarks.svg`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from scripts.bench.budgets import MeasuredTable, format_budgets, format_table
from scripts.bench.measuring import describe_machine
from scripts.bench.tables import OURS, SPEED

_PACKAGES = ("httpx", "orjson", "openapi-python-client", "openapi-generator-cli", "openai", "cometapi")
_HEAD = """\
# Benchmarks

What this client costs compared with others that do the same work, measured by `make bench` on {date}. In each of
{rounds} rounds every row of every table was measured once, in turn (fresh processes in every ninth round). A figure is
the median of the rounds' CPU time, not of the wall clock; "ratio" is the median of the ratios to the first row within a
round. Another machine has other figures; the ratios differ less.

{machine}; {packages}. `{speed}` is `{ours}` with orjson installed.

The official SDKs have no methods for Suno: their rows post to its path, with models on the SDK's base class.
`openai SDK` leaves optional what the description leaves optional; in `openai SDK, required lists` every list is
required, as are 166 of the 274 lists of models in the types of openai 2.54.0. The SDK reads a required list item by
item.

![Cost of each client as a multiple of the first row](benchmarks.svg)

## Budgets
"""
_PANELS = ("Call in memory, 4 KB", "Call over loopback, 37 KB", "Decode, 37 KB", "Import")
_OUR_COLOR, _OTHER_COLOR = "#1f6feb", "#9aa4b2"


def format_page(tables: Sequence[MeasuredTable], rounds: int, left_out: str | None) -> str:
    """Render the whole page in Markdown."""
    head = _HEAD.format(
        date=f"{date.today():%d %B %Y}",  # noqa: DTZ011 (the date where it was measured)
        rounds=rounds,
        machine=describe_machine(),
        packages=", ".join(f"{name} {version(name)}" for name in _PACKAGES),
        ours=OURS,
        speed=SPEED,
    )
    parts = [head, *([f"{left_out}.\n"] if left_out else []), format_budgets(tables)]
    for table in tables:
        parts += [f"## {table.title}\n", f"{table.about}\n", format_table(table, bold=(OURS, SPEED))]
    return "\n".join(parts)


def draw_plot(tables: Sequence[MeasuredTable], path: Path) -> None:
    """Write the plot as SVG, the same bytes for the same figures. One panel for each question that users ask first."""
    matplotlib: Any = import_module("matplotlib")
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "bench", "svg.fonttype": "none", "font.size": 9})
    pyplot: Any = import_module("matplotlib.pyplot")
    by_title = {table.title: table for table in tables}
    figure, axes = pyplot.subplots(2, 2, figsize=(11, 6.2), layout="constrained")
    for axis, title in zip(axes.flat, _PANELS, strict=True):
        _draw_panel(axis, by_title[title])
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def _draw_panel(axis: Any, table: MeasuredTable) -> None:
    baseline = table.rows[0]
    ratios = [(row.name, row.ratio_to(baseline)) for row in reversed(table.rows)]
    colors = [_OUR_COLOR if name in (OURS, SPEED) else _OTHER_COLOR for name, _ in ratios]
    bars = axis.barh([name for name, _ in ratios], [ratio for _, ratio in ratios], color=colors)
    axis.axvline(1, color="black", linewidth=0.8)
    background = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    axis.bar_label(bars, labels=[f"{ratio:.2f}" for _, ratio in ratios], padding=3, bbox=background)
    axis.set_xscale("log")
    axis.xaxis.set_major_formatter("{x:g}")
    axis.xaxis.set_minor_formatter("")
    axis.margins(x=0.18)
    axis.set_title(f"{table.title} (times {baseline.name})", loc="left")
    axis.spines[["top", "right"]].set_visible(False)
