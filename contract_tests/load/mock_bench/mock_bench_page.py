"""The page `docs/mock.md`: what was measured of the mock, and which of its limits that keeps."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Sequence
from datetime import date
from statistics import median

from attrs import frozen

from contract_tests.load.mock_bench.load_generator import Came

MOCK, PRISM, FIXED = "the mock", "Prism", "a fixed answer"
CONNECTIONS = 16

_HEAD = """\
# The speed of the mock

As `make bench-mock` measured it on {date}: {rounds} rounds, in each of which every row was under load for
{seconds:g} s, in turn. The load is the documented request of `createPersona` over loopback on {connections} kept
connections, from a process of its own on the same machine. A figure is the median of the rounds, with the lowest and
the highest; the first answer is that of a new process, from its start to the first 200.

{machine}. `{fixed}` is the mock's own server with nothing behind it: no mock on it can be faster.
"""


@frozen
class Row:
    """One server.

    Attributes:
        name: Who it is.
        first: Seconds from its start to the first 200, for each start.
        memory: Megabytes after the load.
        came: What came of the load in each round.
    """

    name: str
    first: Sequence[float]
    memory: float
    came: Sequence[Came]

    @property
    def rates(self) -> list[float]:
        """Answers with 200 per second, by round."""
        return [each.answers / each.seconds for each in self.came]


@frozen
class Limit:
    """What the mock holds itself to."""

    what: str
    at: str
    measured: str
    kept: bool


def limits(rows: Sequence[Row]) -> list[Limit]:
    """Each limit and whether it is kept; what needs a row that is not there is left out."""
    named = {row.name: row for row in rows}
    mock = named[MOCK]
    first, p99 = median(mock.first), median(each.p99 for each in mock.came)
    found = [
        Limit("start to first answer", "under 500 ms", f"{first * 1e3:.0f} ms", first < 0.5),
        Limit("memory", "under 60 MB", f"{mock.memory:.0f} MB", mock.memory < 60),
    ]
    if PRISM in named:
        times = median(own / other for own, other in zip(mock.rates, named[PRISM].rates, strict=True))
        found.append(Limit("answers per second", "at least 3 x Prism", f"{times:.1f} x", times >= 3))
    found.append(Limit("p99", "under 3 ms", f"{p99:.1f} ms", p99 < 3))
    return found


def page(rows: Sequence[Row], seconds: float, left_out: str | None) -> str:
    """The whole page in Markdown."""
    head = _HEAD.format(
        date=f"{date.today():%d %B %Y}",  # noqa: DTZ011 (the day where it was measured)
        rounds=len(rows[0].came),
        seconds=seconds,
        connections=CONNECTIONS,
        machine=f"{platform.python_implementation()} {platform.python_version()} on {platform.system()},"
        f" {platform.machine()}, {os.cpu_count()} cores",
        fixed=FIXED,
    )
    told = [head, *([f"Prism is left out: {left_out}\n"] if left_out else [])]
    told += [
        "| | first answer, ms | memory, MB | answers per second | median, ms | p99, ms |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    told += map(_row, rows)
    told += ["", "| limit | | measured | |", "|---|---|--:|---|"]
    for limit in limits(rows):
        told.append(f"| {limit.what} | {limit.at} | {limit.measured} | {'met' if limit.kept else '**missed**'} |")
    fixed = next((row for row in rows if row.name == FIXED), None)
    if fixed is not None and not limits(rows)[-1].kept:
        own = median(each.p99 for each in fixed.came)
        told += ["", f"On this machine, in this run, the server alone had a p99 of {own:.1f} ms."]
    return "\n".join(told) + "\n"


def _row(row: Row) -> str:
    first = "" if not row.first else f"{median(row.first) * 1e3:.0f}"
    rates = _spread(row.rates, "{:,.0f}".format)
    medians, p99s = (_spread([pick(each) for each in row.came], "{:.1f}".format) for pick in (_median, _p99))
    return f"| {row.name} | {first} | {row.memory:.0f} | {rates} | {medians} | {p99s} |"


def _spread(values: Sequence[float], show: Callable[[float], str]) -> str:
    return f"{show(median(values))} ({show(min(values))} to {show(max(values))})"


def _median(came: Came) -> float:
    return came.median


def _p99(came: Came) -> float:
    return came.p99
