"""What calls may cost: an upper bound where somebody gave one, nothing where nothing is charged, unknown elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TypeAlias

from attrs import field, frozen

Price: TypeAlias = Decimal | None
"""The most that one call costs; `None` when nobody knows. The unit is that of the account."""

NOTHING = Decimal(0)


@frozen
class Cost:
    """What several calls cost at most.

    Attributes:
        known: What those of known price cost.
        unknown: How many calls of unknown price there are.
    """

    known: Decimal = NOTHING
    unknown: int = 0

    @classmethod
    def of(cls, prices: Iterable[Price]) -> Cost:
        """The sum."""
        listed = list(prices)
        known = sum((price for price in listed if price is not None), NOTHING)
        return cls(known, sum(price is None for price in listed))

    def __str__(self) -> str:
        if not self.unknown:
            return plain(self.known)
        calls = f"price unknown of {self.unknown} call{'s' if self.unknown > 1 else ''}"
        return f"{calls}, {plain(self.known)} for the others" if self.known else calls


@frozen
class Prices:
    """The most that a call costs, by operationId, as the user knows it. The description names no prices."""

    given: Mapping[str, Decimal] = field(factory=dict[str, Decimal])

    def of(self, operation: str, charge: str) -> Price:
        """The price of one call with the real key.

        Args:
            operation: The operationId.
            charge: What the description's `x-billing` says.
        """
        return self.given.get(operation, NOTHING if charge == "free" else None)


def plain(amount: Decimal) -> str:
    """An amount without an exponent and without zeros at its end."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
