"""The page: `docs/benchmarks.md`."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from datetime import date
from importlib.metadata import version

from scripts.bench.measuring import Case
from scripts.bench.tables import OURS, SPEED, Table

_PACKAGES = ("httpx", "orjson", "openapi-python-client", "openapi-generator-cli", "openai", "cometapi")
_SCALE = {"us": (1e6, "µs"), "ms": (1e3, "ms"), "KiB": (1 / 1024, "KiB")}
_HEAD = """\
# Benchmarks

What this client costs beside others that do the same work, as `make bench` measured it on {date}: {rounds} rounds, in
each of which every row of every table was measured once, in turn (fresh processes in every ninth round). A figure is
the median of the rounds' CPU time, not of the clock on the wall; "ratio" is the median of the ratios to the first row
within a round. Another machine has other figures; the ratios differ less.

{machine}; {packages}. `{speed}` is `{ours}` with orjson installed.

The official SDKs know nothing of Suno: their rows post to its path, with models on the SDK's own base. `openai SDK`
leaves optional what the description leaves optional; in `openai SDK, required lists` every list is required, as are 166
of the 274 lists of models in the types of openai 2.54.0. The SDK reads a required list item by item.

![How many times the first row each costs](benchmarks.svg)
"""


def page(tables: Sequence[Table], rounds: int, left_out: str | None) -> str:
    """The whole page in Markdown."""
    head = _HEAD.format(
        date=f"{date.today():%d %B %Y}",  # noqa: DTZ011 (the day where it was measured)
        rounds=rounds,
        machine=_machine(),
        packages=", ".join(f"{name} {version(name)}" for name in _PACKAGES),
        ours=OURS,
        speed=SPEED,
    )
    parts = [head, *([f"{left_out}.\n"] if left_out else []), summary(tables)]
    return "\n".join([*parts, *("\n".join(_table(table)) for table in tables)])


def summary(tables: Sequence[Table]) -> str:
    """The table of what is promised, and whether it was kept."""
    reasons: dict[str, None] = {}
    lines = ["## What is promised\n", "| table | row | at most | measured | |", "|---|---|---:|---:|---|"]
    for table in tables:
        scale, unit = _SCALE[table.unit]
        for promise in table.promises:
            measured = promise.measured(table.rows, scale)
            if measured is not None:
                limit = f"{promise.limit:.3g} {f'x {promise.beside}' if promise.beside else unit}"
                missed = measured > promise.limit
                verdict = "**missed**" if missed else "met"
                lines.append(f"| {table.title} | {promise.row} | {limit} | {measured:.3g} | {verdict} |")
                if missed and promise.why:
                    reasons[f"\n{table.title}: {promise.why}"] = None
    return "\n".join([*lines, *reasons, ""])


def _machine() -> str:
    """The machine in general words."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{python} on {platform.system()}, {platform.machine()}, {os.cpu_count()} cores"


def _table(table: Table) -> Iterator[str]:
    scale, unit = _SCALE[table.unit]
    floor = table.rows[table.floor]
    yield f"## {table.title}\n"
    yield f"{table.about}\n"
    yield f"| | {unit} | ratio |"
    yield "|---|---:|---:|"
    for case in table.cases:
        name = f"**{case.name}**" if case.name in (OURS, SPEED) else case.name
        yield f"| {name} | {_figure(case.typical * scale)} | {_ratio(case, floor)} |"
    yield ""


def _ratio(case: Case, floor: Case) -> str:
    times = case.times(floor)
    return f"{times:.2f}" if times >= 0.1 else f"{times:.4f}"


def _figure(value: float) -> str:
    """Three digits that mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
