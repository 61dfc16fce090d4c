"""What this client holds itself to: a row that may cost at most so much, alone or beside another row."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from scripts.bench.measuring import Case


@frozen
class Promise:
    """One row's limit.

    Attributes:
        row: The row that is bound.
        limit: What it may be at most.
        beside: The row that it is divided by; "" when `limit` is in the table's own unit.
        why: What stands in the way, where that is known.
    """

    row: str
    limit: float
    beside: str
    why: str = ""

    def measured(self, cases: Mapping[str, Case], scale: float) -> float | None:
        """What the run says: a ratio, or a figure in the table's unit; None when one of the rows is not there."""
        if self.row not in cases or (self.beside and self.beside not in cases):
            return None
        own = cases[self.row]
        return own.times(cases[self.beside]) if self.beside else own.typical * scale


def within(limits: Mapping[str, float], beside: str) -> list[Promise]:
    """A promise for each row of `limits`, all beside the same row."""
    return [Promise(row, limit, beside) for row, limit in limits.items()]
