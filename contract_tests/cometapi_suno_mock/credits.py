"""What a call costs, and each key's balance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
from cometapi_suno_mock.media import is_object
from cometapi_suno_mock.refusal_rules import NO_BALANCE, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cometapi_suno_mock.contract import OperationContract


_PRICES = {
    "createPersona": 1,
    "submitUpload": 1,
    "getTiming": 1,
    "submitLyrics": 2,
    "submitConcat": 25,
    "submitMusic": 50,
    "singleStems": 50,
    "fullStems": 250,
}


def price(operation: OperationContract, body: Any, overrides: Mapping[str, int]) -> int:
    """Credits for a call: nothing for what is free, nor where no source speaks of a price."""
    if operation.billing == "free":
        return 0
    name = operation.id
    if name == "submitMusic" and is_object(body):
        name = {"two": "singleStems", "twelve": "fullStems"}.get(str(body.get("stem_task")), name)
    return overrides.get(name, _PRICES.get(name, 1 if operation.billing == "paid" else 0))


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
