"""What may be sent, by tier. Membership follows from `x-billing` and `x-effect`; what they do not say is forbidden."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from secrets import token_urlsafe
from typing import Any, Final
from urllib.parse import quote

from attrs import field, frozen
from cometapi_suno_mock import OperationContract
from cometapi_suno_mock.pointers import look

SEGMENT: Final = re.compile(r"(?!\.+$)[A-Za-z0-9._~-]{1,200}")
"""A segment of a path that no server can read as another path."""


class Tier(StrEnum):
    """How far a run may go. Each is asked for by its name."""

    FREE = "free"
    """Calls that cannot be charged."""
    READ = "read"
    """Calls that change nothing, about ids that the user gives."""
    PAID = "paid"
    """The workflow: it creates, and is charged."""


class WithKey(StrEnum):
    """Whose key a call is sent with."""

    REAL = "real"
    BAD = "bad"


@frozen
class Terms:
    """What an operation costs and does, by the description.

    Attributes:
        charge: `free`, `paid`, or `unknown`, which is also what silence means.
        effect: `reads`, `creates`, or `unknown`, which is also what silence means.
    """

    charge: str
    effect: str

    @classmethod
    def of(cls, description: Mapping[str, Any], operation: OperationContract) -> Terms:
        """Read them. Unlike the mock's reader this one takes nothing for granted."""
        source: Mapping[str, Any] = look(description, operation.pointer)
        return cls(source.get("x-billing", {}).get("charge", "unknown"), source.get("x-effect", "unknown"))

    def permit(self, tier: Tier, key: WithKey) -> bool:
        """Whether a tier may hold such a call."""
        if tier is Tier.FREE:
            return key is WithKey.BAD or (self.charge == "free" and self.effect == "reads")
        return tier is Tier.PAID or self.effect == "reads"


@frozen
class Sending:
    """A request that is known beforehand.

    Attributes:
        path: Percent-encoded.
        body: The bytes; empty for none.
    """

    path: str
    body: bytes = b""


@frozen(eq=False)
class Step:
    """A line of the plan: one request, or several alike.

    Attributes:
        tier: Which tier it belongs to.
        operation: What is called.
        terms: What that costs and does.
        note: What it is for.
        key: Whose key goes along.
        uses: How often it may be sent at most.
        sending: The request; `None` when it takes what an earlier answer gave.
        must_fail: Whether a success means that something is badly wrong.
        ticket: What a caller shows to the proxy to have it sent.
    """

    tier: Tier
    operation: OperationContract
    terms: Terms
    note: str
    key: WithKey
    uses: int = 1
    sending: Sending | None = None
    must_fail: bool = False
    ticket: str = field(factory=lambda: token_urlsafe(18), init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not self.terms.permit(self.tier, self.key):
            raise ValueError(f"{self.operation.id} ({self.terms}) is nothing for the tier {self.tier}")

    @property
    def may_be_charged(self) -> bool:
        """Whether it may cost something."""
        return self.key is WithKey.REAL and self.terms.charge != "free"

    @property
    def path(self) -> str:
        """The path, or its template."""
        return self.sending.path if self.sending is not None else self.operation.path


def path_of(operation: OperationContract, parameters: Mapping[str, str]) -> str:
    """The path with its parameters filled in."""
    path = operation.path
    for name, value in parameters.items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    return path
