"""Has the service drifted? Compares the answers of the mock and the recordings with the description."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from cometapi_suno import SunoClient, SunoError
from cometapi_suno_mock import DEMO_KEY
from cometapi_suno_mock.pointers import look_up

from contract_tests.suite.support.expected_results import (
    expected_error_class,
    expected_value,
    read_code_and_message,
    to_plain_json,
)
from contract_tests.suite.support.loaded_spec import CALLS, CONTRACT, DESCRIPTION
from contract_tests.suite.support.schema_walk import same_json
from contract_tests.verifier.drift import baseline
from contract_tests.verifier.drift.findings import DriftKind
from contract_tests.verifier.drift_detector import DriftDetector, DriftReport
from contract_tests.verifier.exchange.exchange import HttpExchange
from contract_tests.verifier.exchange.sanitize import Sanitizer
from contract_tests.verifier.exchange.targets import MockTarget, RecordedTarget

Checked = Callable[[int], None]

RECORDED = {exchange.id: exchange for exchange in RecordedTarget().exchanges()}
OPERATIONS = sorted({str(exchange.operation) for exchange in RECORDED.values()})
EXAMPLES = Path(__file__).resolve().parents[2] / "openapi" / "examples"


def _report(exchanges: list[HttpExchange]) -> DriftReport:
    return DriftDetector(CONTRACT, baseline=baseline.read_baseline()).observe_all(exchanges).report()


@pytest.fixture(scope="module")
def mocked() -> DriftReport:
    return _report(list(MockTarget().exchanges()))


@pytest.fixture(scope="module")
def recorded() -> DriftReport:
    return _report(list(RECORDED.values()))


def _findings_of(report: DriftReport, operation: str) -> list[str]:
    """Return the findings at an operation; a field that the examples of the mock lack is none."""
    found = (each for each in report.findings if each.kind is not DriftKind.NEVER_SEEN)
    return [str(each) for each in found if any(seen.operation == operation for seen in each.sightings)]


def test_mock_answers_as_described(operation: str, mocked: DriftReport, checked: Checked) -> None:
    """With every status that the description has for the operation."""
    assert not _findings_of(mocked, operation)
    statuses = CONTRACT.operations[operation].statuses
    assert [status for status in statuses if not mocked.coverage.answered(operation, status)] == []
    checked(sum(mocked.coverage.answered(operation, status) for status in statuses))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_recordings_are_described_or_baselined(operation: str, recorded: DriftReport, checked: Checked) -> None:
    assert not _findings_of(recorded, operation)
    checked(sum(exchange.operation == operation for exchange in RECORDED.values()))


def test_baseline_has_no_stale_entry(recorded: DriftReport) -> None:
    assert not recorded.idle
    assert not recorded.expired


@pytest.mark.parametrize(
    "operation,recording",  # noqa: PT006 - the shared conftest looks for the name in a text
    [(str(exchange.operation), name) for name, exchange in RECORDED.items()],
    ids=list(RECORDED),
)
def test_client_reads_recordings(operation: str, recording: str) -> None:
    exchange, described = RECORDED[recording], CONTRACT.operations[operation]
    sent, came = exchange.request.body, exchange.response
    matched = CONTRACT.match(exchange.request.method, exchange.request.path)
    assert matched is not None
    call = CALLS.examples(operation)[0].with_path(matched[1])
    if sent is not None:
        made = CALLS.make(operation, recording, matched[1], sent.value)
        assert made is not None
        call = made
    assert came.body is not None
    content = came.body.content
    transport = httpx.MockTransport(lambda _: httpx.Response(came.status, headers=came.headers, content=content))
    with SunoClient(api_key=DEMO_KEY, http_client=transport, retries=0) as client:
        if came.status // 100 == 2:
            assert same_json(to_plain_json(call.invoke(client)), expected_value(described, came.body.value))
        else:
            with pytest.raises(SunoError) as raised:
                call.invoke(client)
            error = raised.value.__cause__ or raised.value
            assert type(error) is expected_error_class(came.status, read_code_and_message(came.body.value)[0])


@pytest.mark.parametrize("recording", RECORDED)
def test_recording_has_source_and_keeps_its_shape(recording: str) -> None:
    """The committed recordings are from public pages. Sanitized, they have the same findings."""
    exchange = RECORDED[recording]
    sanitized = Sanitizer().sanitize(exchange)
    assert [each.id for each in _report([sanitized]).findings] == [each.id for each in _report([exchange]).findings]
    assert exchange.target in look_up(DESCRIPTION, "/x-sources")
    assert recording.rpartition(".")[2] == exchange.origin


@pytest.mark.parametrize("file", sorted(path.name for path in EXAMPLES.glob("*.json") if ".request" not in path.name))
def test_documented_answers_are_recorded(file: str) -> None:
    name, _, origin = file.removesuffix(".json").rpartition(".")
    assert origin == "synthesised" or f"{name}.{origin}" in RECORDED
