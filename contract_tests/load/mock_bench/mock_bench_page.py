"""The page `docs/mock.md`: what was measured of the mock, and its budgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from statistics import median
from typing import Final

from attrs import define, field

from contract_tests.load.mock_bench.load_generator import LoadResult
from scripts.bench.budgets import UNITS, MeasuredRow, MeasuredTable, RowBudget, format_budgets
from scripts.bench.measuring import describe_machine

MOCK, PRISM, FIXED = "the mock", "Prism", "a fixed answer"
CONNECTIONS: Final = 16
_HEAD: Final = """\
# The speed of the mock

Measured by `make bench-mock` on {date}: {rounds} rounds, in each of which every row was under load for {seconds:g} s,
in turn. The load is the documented request of `createPersona` over loopback on {connections} kept connections, from a
separate process on the same machine. A figure is the median of the rounds, with the lowest and the highest; the first
answer is that of a new process, from its start to the first 200.

{machine}. `{fixed}` is the mock's own server without the mock: a mock on this server cannot be faster.
"""


@define
class ServerFigures:
    """What was measured of one server.

    Attributes:
        name: The name of its row.
        first_answers: Seconds from its start to the first 200, for each start.
        memory: Bytes after the load.
        loads: The result of the load in each round.
    """

    name: str
    first_answers: list[float] = field(factory=list[float])
    memory: float = float("nan")
    loads: list[LoadResult] = field(factory=list[LoadResult])


def make_tables(servers: Sequence[ServerFigures]) -> list[MeasuredTable]:
    """Return a table for each figure, with the budgets of the mock."""

    def make_table(
        title: str, unit: str, values_of: Callable[[ServerFigures], Sequence[float]], *budgets: RowBudget
    ) -> MeasuredTable:
        rows = [MeasuredRow(server.name, list(values_of(server))) for server in servers]
        return MeasuredTable(title=title, unit=unit, rows=rows, budgets=budgets)

    def list_rates(server: ServerFigures) -> list[float]:
        return [load.answers / load.seconds for load in server.loads]

    alone = [load.p99 for server in servers if server.name == FIXED for load in server.loads]
    reason = f"the server without the mock had a p99 of {median(alone) * 1e3:.1f} ms in this run." if alone else ""
    return [
        make_table("first answer", "ms", lambda server: server.first_answers, RowBudget(MOCK, 500)),
        make_table("memory", "MB", lambda server: [server.memory], RowBudget(MOCK, 60)),
        make_table("answers", "per second", list_rates, RowBudget(MOCK, 3, PRISM, at_least=True)),
        make_table("median", "ms", lambda server: [load.median for load in server.loads]),
        make_table("p99", "ms", lambda server: [load.p99 for load in server.loads], RowBudget(MOCK, 3, reason=reason)),
    ]


def format_page(servers: Sequence[ServerFigures], seconds: float, left_out: str | None) -> str:
    """Render the whole page in Markdown."""
    head = _HEAD.format(
        date=f"{date.today():%d %B %Y}",  # noqa: DTZ011 (the date where it was measured)
        rounds=len(servers[0].loads),
        seconds=seconds,
        connections=CONNECTIONS,
        machine=describe_machine(),
        fixed=FIXED,
    )
    tables = make_tables(servers)
    lines = [head, *([f"Prism is left out: {left_out}\n"] if left_out else [])]
    lines += [f"| | {' | '.join(f'{table.title}, {table.unit}' for table in tables)} |", f"|---|{'--:|' * len(tables)}"]
    for server in servers:
        cells = (_format_spread(table.rows_by_name[server.name], table.unit) for table in tables)
        lines.append(f"| {server.name} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", format_budgets(tables)])


def _format_spread(row: MeasuredRow, unit: str) -> str:
    """Return the median of a row with its lowest and highest value, or its only value."""
    values = [value * UNITS[unit] for value in row.values]
    middle = f"{median(values):,.{_digits(values)}f}"
    low, high = (f"{value:,.{_digits(values)}f}" for value in (min(values), max(values)))
    return middle if len(values) == 1 else f"{middle} ({low} to {high})"


def _digits(values: Sequence[float]) -> int:
    return 1 if max(values) < 100 else 0
