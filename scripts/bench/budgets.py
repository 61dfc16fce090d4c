"""Measured rows and their budgets: the one model of `make bench`, `make growth` and `make bench-mock`. Pure: no IO.

A row has one value for each round. A ratio is the median of the ratios within a round, so a slow round changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median
from typing import Final

from attrs import define, field, frozen

UNITS: Final = {"µs": 1e6, "ms": 1e3, "s": 1.0, "KiB": 1 / 1024, "MB": 1 / 1024**2, "per second": 1.0}
"""The units of tables: how many of them are one second, one byte, or one answer per second."""


@define(eq=False)
class MeasuredRow:
    """One row of a table: its name, and its value in each round in seconds, bytes or answers per second."""

    name: str
    values: list[float] = field(factory=list[float])

    @property
    def median(self) -> float:
        """Median of the rounds."""
        return median(self.values)

    def ratio_to(self, baseline: MeasuredRow) -> float:
        """Return the median of the ratios within a round."""
        return median(own / other for own, other in zip(self.values, baseline.values, strict=True))


@frozen
class RowBudget:
    """The limit of one row.

    Attributes:
        row: Name of the row.
        limit: The allowed value: a ratio, or an amount in the unit of the table.
        relative_to: Name of the row that `row` is divided by; "" when the limit is an amount.
        at_least: Whether `limit` is the lowest allowed value instead of the highest.
        reason: Why the limit can be missed, where that is known.
    """

    row: str
    limit: float
    relative_to: str = ""
    at_least: bool = False
    reason: str = ""

    def describe(self, unit: str) -> str:
        """Return the limit in words, such as "at most 0.5 x httpx"."""
        bound = "at least" if self.at_least else "at most"
        return f"{bound} {self.limit:.3g} {f'x {self.relative_to}' if self.relative_to else unit}"

    def accepts(self, measured: float) -> bool:
        """Return whether a measured value is within the limit."""
        return measured >= self.limit if self.at_least else measured <= self.limit


@frozen(kw_only=True)
class MeasuredTable:
    """One table: rows of one unit, and their budgets.

    Attributes:
        title: Its heading.
        about: What is measured, in a sentence.
        rows: What was measured, in the order of the page. The first row is the baseline of the ratios.
        unit: A key of `UNITS`.
        budgets: The limits of its rows. A budget whose rows were not measured is left out.
    """

    title: str
    rows: Sequence[MeasuredRow] = ()
    about: str = ""
    unit: str = "µs"
    budgets: Sequence[RowBudget] = ()

    @property
    def rows_by_name(self) -> Mapping[str, MeasuredRow]:
        """The rows by their names."""
        return {row.name: row for row in self.rows}


@frozen
class BudgetResult:
    """A budget, the table it belongs to, and what was measured: a ratio, or an amount in the unit of the table."""

    table: MeasuredTable
    budget: RowBudget
    measured: float

    @property
    def met(self) -> bool:
        """Whether the measured value is within the budget."""
        return self.budget.accepts(self.measured)


def check_budgets(tables: Iterable[MeasuredTable]) -> Iterator[BudgetResult]:
    """Compare every budget with what was measured."""
    for table in tables:
        rows = table.rows_by_name
        for budget in table.budgets:
            if budget.row in rows and budget.relative_to in {"", *rows}:
                row = rows[budget.row]
                relative = budget.relative_to
                amount = row.ratio_to(rows[relative]) if relative else row.median * UNITS[table.unit]
                yield BudgetResult(table, budget, amount)


def format_budgets(tables: Iterable[MeasuredTable]) -> str:
    """Render the Markdown table of the budgets, and the reasons of those that were missed."""
    lines = ["| table | row | budget | measured | |", "|---|---|---:|---:|---|"]
    reasons: dict[str, None] = {}
    for result in check_budgets(tables):
        budget, table = result.budget, result.table
        verdict = "met" if result.met else "**missed**"
        limit = budget.describe(table.unit)
        lines.append(f"| {table.title} | {budget.row} | {limit} | {result.measured:.3g} | {verdict} |")
        if budget.reason and not result.met:
            reasons[f"\n{table.title}: {budget.reason}"] = None
    return "\n".join([*lines, *reasons, ""])


def format_table(table: MeasuredTable, bold: Iterable[str] = ()) -> str:
    """Render the Markdown table of the medians and their ratios; the rows named in `bold` are in bold type."""
    lines = [f"| | {table.unit} | ratio |", "|---|---:|---:|"]
    for row in table.rows:
        name = f"**{row.name}**" if row.name in bold else row.name
        amount, ratio = row.median * UNITS[table.unit], row.ratio_to(table.rows[0])
        lines.append(f"| {name} | {_format_amount(amount)} | {ratio:.{2 if ratio >= 0.1 else 4}f} |")
    return "\n".join([*lines, ""])


def _format_amount(value: float) -> str:
    """Return three digits of a number."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
