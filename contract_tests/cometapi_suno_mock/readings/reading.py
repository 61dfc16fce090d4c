"""One reading of a contested fact, and the set of those that a gateway follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import attrs

if TYPE_CHECKING:
    from cometapi_suno_mock.messages import Reply
    from cometapi_suno_mock.rules import Rule

Rewrite: TypeAlias = Callable[[Any], Any]
"""Makes the value of a 200 answer another one, without touching the one it gets."""


@attrs.frozen(eq=False)
class Reading:
    """What some sources say against what the gateway does by default."""

    id: str
    sources: tuple[str, ...]
    """Ids of the description's `x-sources`."""
    says: str
    rules: tuple[Rule, ...] = ()
    """Rules in place of those with the same id."""
    rewrites: Mapping[str, Rewrite] = attrs.field(factory=dict[str, Rewrite])
    """By `operationId`."""
    dresses: Mapping[str, Callable[[Reply], Reply]] = attrs.field(factory=dict[str, Any])
    """By `operationId`: what makes a reply one that the description does not have."""


class Readings(frozenset[str]):
    """The ids of the readings that a gateway follows, and what they do."""

    _chosen: tuple[Reading, ...]
    _rules: Mapping[str, Rule]

    def __new__(cls, chosen: tuple[Reading, ...] = ()) -> Self:
        """The set of some readings."""
        self = super().__new__(cls, (reading.id for reading in chosen))
        self._chosen = chosen
        self._rules = {rule.id: rule for reading in reversed(chosen) for rule in reading.rules}
        return self

    def rule(self, rule: Rule) -> Rule:
        """The rule as it is read here."""
        return self._rules.get(rule.id, rule)

    def rewrite(self, operation: str, value: Any) -> Any:
        """The value of a 200 answer as it is read here."""
        for reading in self._chosen:
            if operation in reading.rewrites:
                value = reading.rewrites[operation](value)
        return value

    def dress(self, operation: str, reply: Reply) -> Reply:
        """The reply as it is read here, once it has been judged by the description."""
        for reading in self._chosen:
            if operation in reading.dresses:
                reply = reading.dresses[operation](reply)
        return reply
