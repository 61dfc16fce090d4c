"""The drift detector: observes exchanges, and reports findings with their effects, proposals and coverage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import lru_cache
from typing import Final

import attrs
from attrs import evolve, frozen
from cometapi_suno_mock import Contract, OperationContract

from contract_tests.verifier.coverage import SpecCoverage
from contract_tests.verifier.drift.baseline import Baseline, BaselineEntry, today
from contract_tests.verifier.drift.client_effects import ClientProbe, EffectNote
from contract_tests.verifier.drift.comparer import Comparer
from contract_tests.verifier.drift.findings import (
    ClientEffect,
    Deviation,
    DriftEvidence,
    DriftFinding,
    DriftKind,
    DriftSeverity,
    Sighting,
)
from contract_tests.verifier.exchange.exchange import HttpExchange
from contract_tests.verifier.proposals.proposals import propose
from contract_tests.verifier.proposals.settlements import ContestedFacts, Settlement
from scripts.openapi_document import split_pointer
from scripts.text_and_files import format_count

NEVER_SEEN_AFTER: Final = 20
"""A field was never seen when its object came this often without it."""
_REQUEST_EFFECT: Final[EffectNote] = (ClientEffect.NONE, "the client sends what is described")


@frozen
class DriftReport:
    """The findings about one target.

    Attributes:
        target: `mock`, `recorded` or `live`.
        date: The day of the report.
        exchanges: Number of exchanges.
        findings: Findings that are not tolerated, the worst first.
        tolerated: Tolerated findings, with their entries in the baseline.
        expired: Expired entries of the baseline whose findings are among `findings` again.
        idle: Entries of the baseline without a finding.
        coverage: What the exchanges exercised.
        settled: The contested facts of which all answers of the service confirm one side.
    """

    target: str
    date: date
    exchanges: int
    findings: tuple[DriftFinding, ...]
    tolerated: tuple[tuple[DriftFinding, BaselineEntry], ...]
    expired: tuple[BaselineEntry, ...]
    idle: tuple[BaselineEntry, ...]
    coverage: SpecCoverage
    settled: tuple[Settlement, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether all findings are notes."""
        return all(finding.severity is DriftSeverity.NOTE for finding in self.findings)

    @property
    def line(self) -> str:
        """The verdict in a sentence."""
        if not self.exchanges:
            return f"Nothing is known of {self.target}: no exchange was judged."
        judged = f"{format_count(self.exchanges, 'exchange')} of {self.target}"
        known = f" {len(self.tolerated)} known and tolerated." if self.tolerated else ""
        if not self.findings:
            return f"As described: {judged}.{known}"
        counts = [(severity, sum(each.severity is severity for each in self.findings)) for severity in DriftSeverity]
        listed = ", ".join(format_count(count, severity) for severity, count in counts if count)
        return f"{'Drifted' if not self.holds else 'As described, with more'}: {judged}: {listed}.{known}"

    def at(self, operation: str, status: int) -> tuple[DriftFinding, ...]:
        """Return the findings that were seen at an operation and a status."""
        place = (operation, status)
        return tuple(
            finding
            for finding in self.findings
            if any((each.operation, each.status) == place for each in finding.sightings)
        )


class DriftDetector:
    """Compares exchanges with a description as they come, and reports at any time.

    Args:
        contract: The description and its validator.
        baseline: The tolerated findings.
        never_seen_after: A field was never seen when its object came this often without it.
    """

    def __init__(
        self, contract: Contract, *, baseline: Baseline | None = None, never_seen_after: int = NEVER_SEEN_AFTER
    ) -> None:
        self._contract = contract
        self.coverage = SpecCoverage(contract)
        self._comparer, self._probe = _comparer_of(contract), ClientProbe(contract)
        self._baseline = baseline or Baseline.of()
        self._never_seen_after = never_seen_after
        self._deviations: dict[str, Deviation] = {}
        self._sightings: dict[str, dict[tuple[str, int], Sighting]] = {}
        self._newest_answer = date.min
        self._facts = ContestedFacts(contract.description)

    def observe(self, exchange: HttpExchange) -> Sequence[Deviation]:
        """Compare an exchange with the description; return its deviations."""
        matched = self._contract.match(exchange.request.method, exchange.request.path)
        self.coverage.observe(exchange, matched)
        with suppress(ValueError):  # a page is undated, and of some recordings only the month is known
            self._newest_answer = max(self._newest_answer, date.fromisoformat(exchange.date[:10]))
        if matched is None:
            return ()
        self._facts.observe(matched[0].id, exchange)
        deviations: dict[str, Deviation] = {}
        for each in self._comparer.compare(matched[0], exchange):
            deviations.setdefault(each.id, each)
        if deviations:
            self._record(matched[0], exchange, deviations)
        return list(deviations.values())

    def observe_all(self, exchanges: Iterable[HttpExchange]) -> DriftDetector:
        """Observe exchanges; return this detector."""
        for exchange in exchanges:
            self.observe(exchange)
        return self

    def findings(self) -> list[DriftFinding]:
        """Return all findings, tolerated ones too, the worst first, each with its proposal."""
        found = [
            _to_finding(deviation, *self._sightings[name].values()) for name, deviation in self._deviations.items()
        ]
        found += self._find_never_seen()
        found.sort(key=lambda each: (each.severity.rank, each.effect.rank, each.spec_pointer, each.id))
        proposed = propose(self._contract.description, found)
        return [evolve(each, proposal=proposed.get(each.id, ())) for each in found]

    def report(self, target: str, *, day: date | None = None) -> DriftReport:
        """Return a report of all findings so far.

        Args:
            target: The observed target.
            day: The day by which entries of the baseline expire; by default that of the newest answer. So no entry
                expires by the calendar alone: answers without a date, as of a page, never make it expire.
        """
        found_on, day = day or today(), day or self._newest_answer
        found = self.findings()
        ids = {finding.id for finding in found}
        entries = self._baseline.entries
        return DriftReport(
            target=target,
            date=found_on,
            exchanges=self.coverage.exchanges,
            findings=tuple(each for each in found if not self._baseline.tolerates(each.id, day)),
            tolerated=tuple((each, entries[each.id]) for each in found if self._baseline.tolerates(each.id, day)),
            expired=tuple(each for each in entries.values() if each.finding in ids and day > each.expires),
            idle=tuple(each for each in entries.values() if each.finding not in ids),
            coverage=self.coverage,
            settled=tuple(self._facts.settle()),
        )

    def _record(
        self, operation: OperationContract, exchange: HttpExchange, deviations: Mapping[str, Deviation]
    ) -> None:
        place = (operation.id, exchange.response.status)
        effects: Sequence[EffectNote] = ()
        if any(place not in self._sightings.get(name, ()) for name in deviations):
            effects = self._probe.find_effects(operation, exchange.response, list(deviations.values()))
        for index, (name, deviation) in enumerate(deviations.items()):
            self._deviations.setdefault(name, deviation)
            seen = self._sightings.setdefault(name, {})
            if place in seen:
                seen[place] = evolve(seen[place], count=seen[place].count + 1)
                continue
            effect, note = effects[index] if deviation.side == "response" else _REQUEST_EFFECT
            evidence = DriftEvidence(exchange.id, exchange.date, exchange.origin, exchange.target)
            seen[place] = Sighting(*place, deviation.instance_pointer, deviation.actual, evidence, effect, note)

    def _find_never_seen(self) -> Iterable[DriftFinding]:
        for unseen in self.coverage.find_unseen(self._never_seen_after):
            name = split_pointer(unseen.pointer)[-1]
            actual = f"absent from {unseen.objects} answers"
            expected = f"the field {name}, when there is a value"
            deviation = Deviation(DriftKind.NEVER_SEEN, unseen.pointer, "", name, expected, actual, unseen.pointer)
            evidence = DriftEvidence(f"{unseen.objects} exchanges", "", "", "")
            place = (unseen.context.operation, unseen.context.status)
            sighting = Sighting(*place, "", actual, evidence, ClientEffect.NONE, "reads as None", unseen.objects)
            yield _to_finding(deviation, sighting)


def _to_finding(deviation: Deviation, *sightings: Sighting) -> DriftFinding:
    return DriftFinding(**attrs.asdict(deviation, recurse=False), sightings=sightings)


@lru_cache(maxsize=4)
def _comparer_of(contract: Contract) -> Comparer:
    """Return the comparer of a description, with its caches, to all detectors."""
    return Comparer(contract)
