"""Credits: what a call costs, and the balance of each key.

CometAPI publishes no prices; the ratios are those of a sister gateway.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs
from cometapi_suno_mock.media import is_object
from cometapi_suno_mock.refusal_rules import NO_BALANCE, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cometapi_suno_mock.contract import OperationContract

CHARGE, REFUND = 2, 6
"""Kinds of rows of the usage log, by the gateway software."""
QUOTA_UNITS = 1_440
"""Quota units of a credit: a song of 50 credits costs the 0.144 US dollars of a third party's copy of the guide."""

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


def get_price(operation: OperationContract, body: Any, overrides: Mapping[str, int]) -> int:
    """Return the credits for a call: 0 when it is free, or when no source names a price."""
    if operation.billing == "free":
        return 0
    name = operation.id
    if name == "submitMusic" and is_object(body):
        name = {"two": "singleStems", "twelve": "fullStems"}.get(str(body.get("stem_task")), name)
    return overrides.get(name, _PRICES.get(name, 1 if operation.billing == "paid" else 0))


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
