"""The drift detector: joins `drift/`, `proposals/` and the coverage into one report on observed exchanges."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import lru_cache
from time import perf_counter
from typing import Final

import attrs
from attrs import evolve, frozen
from cometapi_suno_mock import Contract, OperationContract

from contract_tests.verifier.coverage import SpecCoverage
from contract_tests.verifier.drift.baseline import Baseline, BaselineEntry
from contract_tests.verifier.drift.client_effects import ClientProbe, EffectNote
from contract_tests.verifier.drift.comparer import Comparer
from contract_tests.verifier.drift.findings import (
    ClientEffect,
    Deviation,
    DriftFinding,
    DriftKind,
    DriftSeverity,
    Sighting,
)
from contract_tests.verifier.exchange.exchange import HttpExchange
from contract_tests.verifier.proposals.proposals import propose
from contract_tests.verifier.proposals.settlements import ContestedFacts, Settlement
from contract_tests.verifier.spec_index import index_contract
from scripts.openapi_document import split_pointer

NEVER_SEEN_AFTER: Final = 20
"""A field was never seen when its object came this often without it."""
_REQUEST_EFFECT: Final[EffectNote] = (ClientEffect.NONE, "the client sends what is described")


@frozen
class DriftReport:
    """The findings about one target.

    Attributes:
        exchanges: Number of exchanges that were compared with an operation.
        unmatched: Exchanges that no operation describes, by method and path. They prove nothing.
        findings: Findings that are not tolerated, the worst first.
        tolerated: Tolerated findings, with their entries in the baseline.
        expired: Expired entries of the baseline whose findings are among `findings` again.
        idle: Entries of the baseline without a finding.
        coverage: What the exchanges exercised.
        deviating: How many exchanges of an operation had the same set of findings, by their ids.
        seconds: How long the exchanges of an operation and a status were judged.
        settled: The contested facts of which all answers of the service confirm one side.
    """

    exchanges: int
    unmatched: Counter[str]
    findings: tuple[DriftFinding, ...]
    tolerated: tuple[tuple[DriftFinding, BaselineEntry], ...]
    expired: tuple[BaselineEntry, ...]
    idle: tuple[BaselineEntry, ...]
    coverage: SpecCoverage
    deviating: Mapping[tuple[str, frozenset[str]], int]
    seconds: Mapping[tuple[str, int], float]
    settled: tuple[Settlement, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether all findings are notes."""
        return all(finding.severity is DriftSeverity.NOTE for finding in self.findings)

    def count_deviating(self, severities: Collection[DriftSeverity], operation: str | None = None) -> int:
        """Return how many exchanges, of one operation or of all, had a finding of these severities."""
        ids = {each.id for each in self.findings if each.severity in severities}
        counted = self.deviating.items()
        return sum(count for (name, found), count in counted if operation in (None, name) and not ids.isdisjoint(found))

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
        self._comparer, self._probe = _make_comparer(contract), _make_probe(contract)
        self._baseline = baseline or Baseline.of()
        self._never_seen_after = never_seen_after
        self._deviations: dict[str, Deviation] = {}
        self._sightings: dict[str, dict[tuple[str, int], Sighting]] = {}
        self._seen_on: dict[str, dict[str, None]] = {}
        self._targets: dict[str, None] = {}
        self._unmatched = Counter[str]()
        self._deviating = Counter[tuple[str, frozenset[str]]]()
        self._seconds = defaultdict[tuple[str, int], float](float)
        self._newest_at: dict[tuple[str, int], HttpExchange] = {}
        self._newest_answer = date.min
        self._facts = ContestedFacts(contract)

    def observe(self, exchange: HttpExchange) -> Sequence[Deviation]:
        """Compare an exchange with the description; return its deviations."""
        started = perf_counter()
        matched = self._contract.match(exchange.request.method, exchange.request.path)
        self.coverage.observe(exchange, matched)
        self._targets[exchange.target] = None
        with suppress(ValueError):  # a page is undated, and of some recordings only the month is known
            self._newest_answer = max(self._newest_answer, date.fromisoformat(exchange.date[:10]))
        if matched is None:
            self._unmatched[f"{exchange.request.method} {exchange.request.path}"] += 1
            return ()
        place = (matched[0].id, exchange.response.status)
        self._newest_at[place] = exchange
        self._facts.observe(matched[0].id, exchange)
        deviations = self._comparer.compare(matched[0], exchange)
        if deviations:
            self._record(matched[0], exchange, deviations)
        self._seconds[place] += perf_counter() - started
        return deviations

    def observe_all(self, exchanges: Iterable[HttpExchange]) -> DriftDetector:
        """Observe exchanges; return this detector."""
        for exchange in exchanges:
            self.observe(exchange)
        return self

    def findings(self) -> list[DriftFinding]:
        """Return all findings, tolerated ones too, the worst first, each with its proposal."""
        found = [
            _to_finding(deviation, self._seen_on[name], *self._sightings[name].values())
            for name, deviation in self._deviations.items()
        ]
        found = propose(index_contract(self._contract), [*found, *self._find_never_seen()])
        return sorted(found, key=lambda each: (each.severity.rank, each.effect.rank, each.spec_pointer, each.id))

    def report(self, *, day: date | None = None) -> DriftReport:
        """Return a report of all findings so far.

        Args:
            day: The day by which entries of the baseline expire; by default that of the newest answer. So no entry
                expires by the calendar alone: answers without a date, as of a page, never make it expire.
        """
        day = day or self._newest_answer
        found = self.findings()
        tolerated = [(each, self._baseline.find_entry(each, day)) for each in found]
        seen = {(each.id, name) for each in found for name in each.seen_on}
        entries = self._baseline.entries
        return DriftReport(
            exchanges=self.coverage.exchanges - self._unmatched.total(),
            unmatched=self._unmatched,
            findings=tuple(finding for finding, entry in tolerated if entry is None),
            tolerated=tuple((finding, entry) for finding, entry in tolerated if entry is not None),
            expired=tuple(entry for key, entry in entries.items() if key in seen and day > entry.expires),
            idle=tuple(entry for key, entry in entries.items() if key not in seen and entry.target in self._targets),
            coverage=self.coverage,
            deviating=self._deviating,
            seconds=self._seconds,
            settled=tuple(self._facts.settle()),
        )

    def _record(self, operation: OperationContract, exchange: HttpExchange, deviations: Sequence[Deviation]) -> None:
        place = (operation.id, exchange.response.status)
        self._deviating[operation.id, frozenset(each.id for each in deviations)] += 1
        effects = self._probe.find_effects(operation, exchange.response, deviations)
        counted: set[str] = set()
        for deviation, found in zip(deviations, effects, strict=True):
            name = deviation.id
            effect, note = _REQUEST_EFFECT if deviation.side == "request" else found
            self._deviations.setdefault(name, deviation)
            self._seen_on.setdefault(name, {})[exchange.target] = None
            seen = self._sightings.setdefault(name, {})
            known = seen.get(place)
            sighting = Sighting(*place, deviation.instance_pointer, deviation.actual, exchange, effect, note, 0)
            if known is not None and known.effect.rank <= effect.rank:
                sighting = known
            count = 0 if known is None else known.count
            seen[place] = evolve(sighting, count=count + (name not in counted))
            counted.add(name)

    def _find_never_seen(self) -> Iterable[DriftFinding]:
        for unseen in self.coverage.find_unseen(self._never_seen_after):
            name = split_pointer(unseen.pointer)[-1]
            actual = f"absent from {unseen.objects} answers"
            expected = f"the field {name}, when there is a value"
            deviation = Deviation(DriftKind.NEVER_SEEN, unseen.pointer, "", name, expected, actual, unseen.pointer)
            place = (unseen.context.operation, unseen.context.status)
            newest = self._newest_at[place]
            sighting = Sighting(*place, "", actual, newest, ClientEffect.NONE, "reads as None", unseen.objects)
            yield _to_finding(deviation, self._targets, sighting)


def _to_finding(deviation: Deviation, seen_on: Iterable[str], *sightings: Sighting) -> DriftFinding:
    members = attrs.asdict(deviation, recurse=False)
    return DriftFinding(**members, sightings=sightings, seen_on=tuple(seen_on))


# The detectors of a description share what has caches.
_make_comparer = lru_cache(maxsize=4)(Comparer)
_make_probe = lru_cache(maxsize=4)(ClientProbe)
