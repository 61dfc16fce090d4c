"""Credits: what a call costs, and the balance of each key. A credit is a thousandth of a US dollar.

Prices are those of the description. For a call without one, the figure is made up by the ratios of a sister gateway.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any, NamedTuple

import attrs
from cometapi_suno_mock.contract import OperationContract
from cometapi_suno_mock.media import is_object
from cometapi_suno_mock.refusal_rules import NO_BALANCE, RefusedError

_PER_DOLLAR = 1000
_MADE_UP = {"createPersona": 1, "getTiming": 1, "submitConcat": 25}
_STEMS = {"two": ("singleStems", 1), "twelve": ("fullStems", 5)}
"""Name and price of a separation, in songs (sources `gptbest` and `deerapi`)."""

CHARGE, REFUND = 2, 6
"""Kinds of rows of the usage log, by the gateway software."""
QUOTA_UNITS = 500
"""Quota units of a credit: the gateway software counts 500,000 of them to a US dollar."""


def get_price(operation: OperationContract, body: Any, overrides: Mapping[str, int]) -> int:
    """Return the credits for a call: 0 when it is free, or when it may be and no price is on record."""
    if operation.billing == "free":
        return 0
    members: Mapping[str, Any] = body if is_object(body) else {}
    stems, songs = _STEMS.get(str(members.get("stem_task")), ("", 1))
    name = stems if stems and operation.id == "submitMusic" else operation.id
    if name in overrides:
        return overrides[name]
    for price in operation.prices:
        if price.constants.items() <= members.items():
            return round(price.amount * _PER_DOLLAR) * songs
    return _MADE_UP.get(name, 1 if operation.billing == "paid" else 0)


class LogRow(NamedTuple):
    """A row of the usage log: when, its kind, and for which operation how many credits."""

    created_at: int
    kind: int
    operation: str
    cost: int
    request_id: str = ""


@attrs.define
class CreditAccount:
    """The credits of one key. At any time `granted == balance + reserved + spent`."""

    key: str
    granted: int
    balance: int = attrs.field(default=attrs.Factory(lambda self: self.granted, takes_self=True))
    reserved: int = 0
    spent: int = 0
    log: deque[LogRow] = attrs.field(factory=lambda: deque[LogRow](maxlen=1_000))
    """The usage log, oldest first."""

    def log_charge(self, now: int, operation: str, cost: int, request_id: str) -> None:
        """Add a row to the usage log, unless the call was free."""
        if cost:
            self.log.append(LogRow(now, CHARGE, operation, cost, request_id))

    def require(self, cost: int) -> None:
        """Check that the balance is enough.

        Raises:
            RefusedError: The balance is too low.
        """
        if cost > self.balance:
            raise RefusedError(NO_BALANCE)

    def reserve(self, cost: int) -> None:
        """Reserve credits for a task that was submitted."""
        self.require(cost)
        self.balance -= cost
        self.reserved += cost

    def charge(self, cost: int) -> None:
        """Spend credits on work that is done at once."""
        self.require(cost)
        self.balance -= cost
        self.spent += cost

    def settle(self, cost: int) -> None:
        """Spend reserved credits, because the task succeeded."""
        self.reserved -= cost
        self.spent += cost

    def refund(self, cost: int) -> None:
        """Return reserved credits to the balance, because the task failed."""
        self.reserved -= cost
        self.balance += cost

    def grant(self, amount: int) -> None:
        """Add credits."""
        self.granted += amount
        self.balance += amount

    def view(self) -> dict[str, int]:
        """Return the figures, without the key."""
        return {"granted": self.granted, "balance": self.balance, "reserved": self.reserved, "spent": self.spent}
