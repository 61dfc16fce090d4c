"""Credits per key: reserved at submit, settled at success, refunded at failure."""

from __future__ import annotations

import attrs
from cometapi_suno_mock.rules import NO_BALANCE, RefusedError


@attrs.define
class Account:
    """One key's money. At any time `granted == balance + reserved + spent`."""

    key: str
    granted: int
    balance: int = attrs.field(default=attrs.Factory(lambda self: self.granted, takes_self=True))
    reserved: int = 0
    spent: int = 0

    def require(self, cost: int) -> None:
        """Refuse what cannot be paid.

        Raises:
            RefusedError: The balance is too low.
        """
        if cost > self.balance:
            raise RefusedError(NO_BALANCE)

    def reserve(self, cost: int) -> None:
        """Set credits aside for work that has begun."""
        self.require(cost)
        self.balance -= cost
        self.reserved += cost

    def charge(self, cost: int) -> None:
        """Take credits for work that is done at once."""
        self.require(cost)
        self.balance -= cost
        self.spent += cost

    def settle(self, cost: int) -> None:
        """The work is done."""
        self.reserved -= cost
        self.spent += cost

    def refund(self, cost: int) -> None:
        """The work came to nothing."""
        self.reserved -= cost
        self.balance += cost

    def grant(self, amount: int) -> None:
        """Add credits."""
        self.granted += amount
        self.balance += amount

    def view(self) -> dict[str, int]:
        """The figures, without the key."""
        return {
            "granted": self.granted,
            "balance": self.balance,
            "reserved": self.reserved,
            "spent": self.spent,
        }
