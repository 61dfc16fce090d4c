"""The page: `docs/benchmarks.md`."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence
from importlib.metadata import version

from scripts.bench.measuring import Case
from scripts.bench.tables import OURS, SPEED, Table

_PACKAGES = ("httpx", "orjson", "openapi-python-client", "openapi-generator-cli", "openai", "cometapi")
_SCALE = {"us": (1e6, "µs"), "ms": (1e3, "ms"), "KiB": (1 / 1024, "KiB")}
_HEAD = """\
# Benchmarks

What this client costs beside others that do the same work, as `make bench` measured it: {rounds} rounds, in each of
which every row of every table was measured once, in turn. A figure is the median of the rounds' CPU time (not of the
clock on the wall); "ratio" is the median of the ratios to the table's floor within a round, which is the first row. The
machine changes the figures; the ratios less so.

Python {python}; {packages}. `{speed}` is `{ours}` with orjson installed. "promised" is what this
project holds itself to.

![How many times the floor each costs](benchmarks.svg)
"""


def page(tables: Sequence[Table], rounds: int, left_out: str | None) -> str:
    """The whole page in Markdown."""
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    head = _HEAD.format(rounds=rounds, python=platform.python_version(), packages=packages, ours=OURS, speed=SPEED)
    parts = [head, *([f"{left_out}.\n"] if left_out else []), *("\n".join(_table(table)) for table in tables)]
    return "\n".join(parts)


def broken_promises(tables: Sequence[Table]) -> list[str]:
    """One line for each row of ours that costs more than was promised."""
    return [
        f"{table.title}: {case.name} {case.times(floor):.2f}, promised {table.promises[case.name]:.2f}"
        for table in tables
        for floor in (floor_of(table),)
        for case in table.cases
        if case.times(floor) > table.promises.get(case.name, float("inf"))
    ]


def floor_of(table: Table) -> Case:
    """The row that the others are compared with."""
    return next(case for case in table.cases if case.name == table.floor)


def _table(table: Table) -> Iterator[str]:
    scale, unit = _SCALE[table.unit]
    floor = floor_of(table)
    promised = bool(table.promises)
    yield f"## {table.title}\n"
    yield f"{table.about}\n"
    yield f"| | {unit} | ratio |{' promised |' if promised else ''}"
    yield f"|---|---:|---:|{'---:|' if promised else ''}"
    for case in table.cases:
        name = f"**{case.name}**" if case.name in (OURS, SPEED) else case.name
        limit = f"≤ {table.promises[case.name]:.2f}" if case.name in table.promises else ""
        figures = f"{_figure(case.typical * scale)} | {case.times(floor):.2f}"
        yield f"| {name} | {figures} |{f' {limit} |' if promised else ''}"
    yield ""


def _figure(value: float) -> str:
    """Three digits that mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
