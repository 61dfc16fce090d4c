"""What was seen so far, added up over users, processes and machines."""

from __future__ import annotations

from collections import Counter
from typing import Any

from attrs import define, field

from contract_tests.load.soak.answer_checks import Verdict

_MOST_KINDS = 1_000

Place = tuple[str, str, str]
"""Operation, kind and place of findings that are counted together."""


@define
class Tally:
    """Counts of answers and of what was wrong with them.

    Attributes:
        answers: Answers by `operationId`.
        affected: Those of them with something wrong.
        findings: How often each thing was found.
        first: The first message of each.
        charged: Credits that the calls cost.
    """

    answers: Counter[str] = field(factory=Counter[str])
    affected: Counter[str] = field(factory=Counter[str])
    findings: Counter[Place] = field(factory=Counter[Place])
    first: dict[Place, str] = field(factory=dict[Place, str])
    charged: int = 0

    def add(self, operation: str, verdict: Verdict) -> None:
        """Count one answer."""
        self.answers[operation] += 1
        self.charged += verdict.charged
        if verdict.findings:
            self.affected[operation] += 1
        for found in verdict.findings:
            self._count((found.operation, found.kind, found.where), 1, found.message)

    def take(self) -> dict[str, Any]:
        """Everything as plain values, for another process; begins anew."""
        taken = {
            "answers": dict(self.answers),
            "affected": dict(self.affected),
            "findings": [[*place, count, self.first[place]] for place, count in self.findings.items()],
            "charged": self.charged,
        }
        for counts in (self.answers, self.affected, self.findings, self.first):
            counts.clear()
        self.charged = 0
        return taken

    def merge(self, taken: dict[str, Any]) -> None:
        """Add what another process has taken."""
        self.answers.update(taken["answers"])
        self.affected.update(taken["affected"])
        self.charged += taken["charged"]
        for operation, kind, where, count, message in taken["findings"]:
            self._count((operation, kind, where), count, message)

    def _count(self, place: Place, count: int, message: str) -> None:
        if place not in self.findings and len(self.findings) >= _MOST_KINDS:
            place = ("", "more kinds of findings than are kept apart", "")
        self.findings[place] += count
        self.first.setdefault(place, message)
