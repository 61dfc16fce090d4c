"""Can drift detection fail? Each drift of the catalogue is found at its place; clean exchanges have no finding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache
from itertools import pairwise

import pytest
from attrs import evolve
from cometapi_suno_mock import Contract
from cometapi_suno_mock.account_handlers import ACCOUNT_HANDLERS
from cometapi_suno_mock.handlers import HANDLERS

from contract_tests.suite.support.loaded_spec import CONTRACT, DESCRIPTION
from contract_tests.suite.verifier.drift_catalogue.body_mutations import Case
from contract_tests.suite.verifier.drift_catalogue.clean_exchanges import clean
from contract_tests.suite.verifier.drift_catalogue.drifted_exchanges import drifted
from contract_tests.verifier.drift.baseline import Baseline, BaselineEntry, today
from contract_tests.verifier.drift.comparer import Comparer
from contract_tests.verifier.drift.findings import Deviation, DriftKind
from contract_tests.verifier.drift_detector import DriftDetector
from contract_tests.verifier.exchange.exchange import HttpExchange

Checked = Callable[[int], None]

COMPARER = Comparer(CONTRACT)


OPERATIONS = [*HANDLERS, *ACCOUNT_HANDLERS]


@cache
def _drifted() -> Mapping[str, list[Case]]:
    return _by_operation(drifted(DESCRIPTION))


@cache
def _clean() -> Mapping[str, list[Case]]:
    return _by_operation(clean(DESCRIPTION))


def _by_operation(cases: list[Case]) -> Mapping[str, list[Case]]:
    found: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        found[str(case.exchange.operation)].append(case)
    return found


def _found(case: Case, exchange: HttpExchange | None = None) -> list[Deviation]:
    contract = CONTRACT if case.description is None else Contract(case.description)
    comparer = COMPARER if contract is CONTRACT else Comparer(contract)
    matched = contract.match(case.exchange.request.method, case.exchange.request.path)
    assert matched is not None
    return comparer.compare(matched[0], exchange or case.exchange)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_drift_is_found_at_its_place(operation: str, checked: Checked) -> None:
    cases = _drifted()[operation]
    assert len(cases) >= 30
    wrong: list[str] = []
    for case in cases:
        found = [(each.kind, each.spec_pointer, each.instance_pointer) for each in _found(case)]
        if case.expected is None or found != [tuple(case.expected)]:
            wrong.append(f"{case}: expected {case.expected}, found {found}")
    assert wrong == []
    checked(len(cases))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_clean_exchange_has_no_finding(operation: str, checked: Checked) -> None:
    cases = _clean()[operation]
    assert len(cases) >= 30
    assert [f"{case}: {_found(case)}" for case in cases if _found(case)] == []
    checked(len(cases))


def test_catalogue_covers_every_kind() -> None:
    """A field is never seen in many exchanges, and in none; the others are tested with the detector."""
    assert sum(map(len, _drifted().values())) >= 1000
    kinds = {case.expected.kind for cases in _drifted().values() for case in cases if case.expected is not None}
    assert kinds == set(DriftKind) - {DriftKind.NEVER_SEEN, DriftKind.EMPTY_RESULT, DriftKind.REPEATED_NAME}


@pytest.mark.parametrize(
    "kind",
    [
        DriftKind.UNDOCUMENTED_FIELD,
        DriftKind.MISSING_REQUIRED,
        DriftKind.WRONG_TYPE,
        DriftKind.UNEXPECTED_NULL,
        DriftKind.NEW_ENUM_VALUE,
    ],
)
def test_kind_is_found_at_several_depths(kind: DriftKind) -> None:
    """At the top, in an envelope, in a list, in a clip of a persona and in one of a task."""
    places = {
        case.expected.instance_pointer.count("/")
        for cases in _drifted().values()
        for case in cases
        if case.expected is not None and case.expected.kind is kind
    }
    assert len(places) >= 3


@pytest.mark.parametrize("operation", OPERATIONS)
def test_tolerated_drift_has_no_finding(operation: str, checked: Checked) -> None:
    """New fields in the baseline give no finding; without the baseline they do."""
    fields = [case for case in _drifted()[operation] if case.name.startswith("new field")]
    found = DriftDetector(CONTRACT).observe_all(case.exchange for case in fields)
    entries = [BaselineEntry(each.id, "a new field", "known", today(), "mock") for each in found.findings()]
    report = (
        DriftDetector(CONTRACT, baseline=Baseline.of(entries)).observe_all(case.exchange for case in fields).report()
    )
    assert report.findings == ()
    assert {finding.id for finding, _ in report.tolerated} == {entry.finding for entry in entries} != set()
    checked(len(fields))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_two_drifts_in_one_exchange(operation: str, checked: Checked) -> None:
    """One in the body, the other in a header."""
    headers = [case for case in _drifted()[operation] if case.name.startswith("header x-new")]
    bodies = [case for case in _drifted()[operation] if case.name.split(":")[0] in ("null", "other type", "new field")]
    added = headers[0].exchange.response.headers
    for case, _ in pairwise(bodies):
        if case.exchange.response.status != 200:
            continue
        response = evolve(case.exchange.response, headers=added)
        found = {each.kind for each in _found(case, evolve(case.exchange, response=response))}
        assert case.expected is not None
        assert found == {case.expected.kind, DriftKind.UNDOCUMENTED_HEADER}
        checked(1)
