"""Observe exchanges, compare, and say what was found: the whole of drift detection behind one class."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from attrs import evolve, frozen
from cometapi_suno_mock import Contract, OperationContract
from cometapi_suno_mock.pointers import split

from contract_tests.verifier.coverage.coverage import Coverage
from contract_tests.verifier.drift.baseline import Baseline, Tolerated, today
from contract_tests.verifier.drift.client_impact import Outcome, Probe
from contract_tests.verifier.drift.comparer import Comparer
from contract_tests.verifier.drift.findings import Difference, Effect, Evidence, Finding, Kind, Severity, Sighting
from contract_tests.verifier.exchange.exchange import Exchange
from contract_tests.verifier.proposals.proposals import propose

NEVER_SEEN_AFTER = 20
"""A field is never seen when the object that should have it came in so many exchanges without it."""
_AS_DESCRIBED: Outcome = (Effect.NONE, "the client sends what is described")


@frozen
class Report:
    """What one target was found to do.

    Attributes:
        target: `mock`, `recorded` or `live`.
        date: The day of the report.
        exchanges: How many were judged.
        strangers: Those among them whose path is not described.
        findings: What is other than described and not tolerated, the worst first.
        tolerated: What is other than described and tolerated, with the entry of the baseline.
        expired: Entries of the baseline whose day is over and whose findings are among `findings` again.
        idle: Entries of the baseline that nothing was found for.
        coverage: What was exercised.
    """

    target: str
    date: date
    exchanges: int
    strangers: int
    findings: tuple[Finding, ...]
    tolerated: tuple[tuple[Finding, Tolerated], ...]
    expired: tuple[Tolerated, ...]
    idle: tuple[Tolerated, ...]
    coverage: Coverage

    @property
    def holds(self) -> bool:
        """Whether nothing was found that is worse than a note."""
        return all(finding.severity is Severity.NOTE for finding in self.findings)

    @property
    def line(self) -> str:
        """The verdict in a sentence."""
        judged = f"{self.exchanges} exchange{'' if self.exchanges == 1 else 's'} of {self.target}"
        if not self.exchanges:
            return f"Nothing is known of {self.target}: no exchange was judged."
        counts = [(severity, sum(each.severity is severity for each in self.findings)) for severity in Severity]
        told = ", ".join(f"{count} {severity}{'' if count == 1 else 's'}" for severity, count in counts if count)
        known = f" {len(self.tolerated)} known and tolerated." if self.tolerated else ""
        if not self.findings:
            return f"As described: {judged}.{known}"
        return f"{'Drifted' if not self.holds else 'As described, with more'}: {judged}: {told}.{known}"

    def at(self, operation: str, status: int) -> tuple[Finding, ...]:
        """The findings that were seen at an operation and a status."""
        return tuple(
            finding
            for finding in self.findings
            if any((each.operation, each.status) == (operation, status) for each in finding.sightings)
        )


class Judge:
    """Judges exchanges as they come, and reports at any time.

    Args:
        contract: The description and its validator.
        baseline: What is known and tolerated.
        never_seen_after: A field is never seen when its object came in so many exchanges without it.
    """

    def __init__(
        self,
        contract: Contract,
        *,
        baseline: Baseline | None = None,
        never_seen_after: int = NEVER_SEEN_AFTER,
    ) -> None:
        self.comparer = _comparer(contract)
        self.coverage = Coverage(contract)
        self._probe = Probe(contract)
        self._baseline = baseline or Baseline.of()
        self._never_seen_after = never_seen_after
        self._differences: dict[str, Difference] = {}
        self._sightings: dict[str, dict[tuple[str, int], Sighting]] = {}
        self._strangers = 0

    @property
    def contract(self) -> Contract:
        """The validator of the description."""
        return self.comparer.contract

    def observe(self, exchange: Exchange) -> Sequence[Difference]:
        """Judge one exchange; return what it has other than described."""
        self.coverage.observe(exchange)
        operation = self.comparer.operation_of(exchange)
        if operation is None:
            self._strangers += 1
            return ()
        differences = list({each.id: each for each in reversed(self.comparer.compare(operation, exchange))}.values())
        differences.reverse()
        if differences:
            self._enter(operation, exchange, differences)
        return differences

    def observe_all(self, exchanges: Iterable[Exchange]) -> Judge:
        """Judge exchanges; return this judge."""
        for exchange in exchanges:
            self.observe(exchange)
        return self

    def findings(self) -> list[Finding]:
        """Everything that was found, tolerated or not, the worst first, each with its proposal."""
        found = [
            Finding(difference, tuple(self._sightings[name].values())) for name, difference in self._differences.items()
        ]
        found += self._never_seen()
        found.sort(key=lambda each: (each.severity.rank, each.effect.rank, each.spec_pointer, each.id))
        proposed = propose(self.comparer.description, found)
        return [evolve(each, proposal=proposed.get(each.id, ())) for each in found]

    def report(self, target: str, *, day: date | None = None) -> Report:
        """What was found so far.

        Args:
            target: Whose exchanges were judged.
            day: The day by which entries of the baseline expire; by default this one.
        """
        day = day or today()
        found = self.findings()
        ids = {finding.id for finding in found}
        entries = self._baseline.entries
        return Report(
            target=target,
            date=day,
            exchanges=self.coverage.exchanges,
            strangers=self._strangers,
            findings=tuple(each for each in found if not self._baseline.tolerates(each.id, day)),
            tolerated=tuple((each, entries[each.id]) for each in found if self._baseline.tolerates(each.id, day)),
            expired=tuple(each for each in entries.values() if each.finding in ids and day > each.expires),
            idle=tuple(each for each in entries.values() if each.finding not in ids),
            coverage=self.coverage,
        )

    def _enter(self, operation: OperationContract, exchange: Exchange, differences: Sequence[Difference]) -> None:
        place = (operation.id, exchange.response.status)
        outcomes: Sequence[Outcome] = ()
        if any(place not in self._sightings.get(each.id, ()) for each in differences):
            outcomes = self._probe.effects(operation, exchange.response, differences)
        for index, difference in enumerate(differences):
            self._differences.setdefault(difference.id, difference)
            seen = self._sightings.setdefault(difference.id, {})
            if place in seen:
                seen[place] = evolve(seen[place], count=seen[place].count + 1)
                continue
            effect, note = outcomes[index] if difference.side == "response" else _AS_DESCRIBED
            evidence = Evidence(exchange.id, exchange.date, exchange.origin, exchange.target)
            where, actual = difference.instance_pointer, difference.actual
            seen[place] = Sighting(*place, where, actual, evidence, effect, note)

    def _never_seen(self) -> list[Finding]:
        found: list[Finding] = []
        for unseen in self.coverage.unseen(self._never_seen_after):
            name = split(unseen.pointer)[-1]
            told = f"the field {name}, where there is something to say"
            difference = Difference(Kind.NEVER_SEEN, unseen.pointer, "", name, told, None, unseen.pointer)
            evidence = Evidence(f"{unseen.objects} exchanges", "", "", "")
            note = "reads as None"
            place = (unseen.context.operation, unseen.context.status)
            sighting = Sighting(*place, "", f"absent from {unseen.objects} answers", evidence, Effect.NONE, note)
            found.append(Finding(difference, (evolve(sighting, count=unseen.objects),)))
        return found


@lru_cache(maxsize=4)
def _comparer(contract: Contract) -> Comparer:
    """What is made of a description to compare with it is made once."""
    return Comparer(contract)
