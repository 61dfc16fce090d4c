"""Runs made by hand: a mock that keeps the contract, an old recording, a live service that drifted and is hostile."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from attrs import evolve

from contract_tests.suite.support.loaded_spec import CONTRACT, DESCRIPTION
from contract_tests.suite.verifier.drift_catalogue.body_mutations import JSON, Bodies
from contract_tests.verifier.drift_detector import DriftDetector, DriftReport
from contract_tests.verifier.exchange.exchange import HttpExchange
from contract_tests.verifier.live.limits import CountedCall
from contract_tests.verifier.live.run_summary import RunSummary
from contract_tests.verifier.report.run_model import (
    WHOLE,
    FailedTest,
    QuestionResult,
    SuiteQuestion,
    SuiteResults,
    TargetRun,
    VerificationRun,
)
from scripts.description_file import load

DAY: Final = date(2026, 11, 22)
BODIES: Final = Bodies(DESCRIPTION)
PERSONA: Final = {"id": "p-1", "name": "Ella", "is_public": True}
UNAUTHORIZED: Final = {"error": {"message": "no such key", "type": "comet_api_error"}}
HOSTILE: Final = (
    "</script><script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"
    "' | `x` [a](https://example.com) {0} & <b>, 100 %: ]]>\r\n::error::x\x1b[31m\u202e\x00\ufffe"
)
"""Markup, Markdown, workflow commands, escape sequences and characters that XML does not have."""

QUESTIONS: Final = (
    SuiteQuestion("test_description", "description", "Is the description sound?", per_operation=False),
    SuiteQuestion(
        "test_client_sends", "sends", "Does the client send only what the contract allows?", per_operation=True
    ),
    SuiteQuestion(
        "test_client_reads", "reads", "Does the client read everything the contract allows?", per_operation=True
    ),
)
DRIFTED_FILE: Final = "contract_tests/suite/test_client_reads.py"
DRIFTED_TEST: Final = f"{DRIFTED_FILE}::test_reads[createPersona]"


def exchange(operation: str, status: int, body: Any, day: str, **headers: str) -> HttpExchange:
    """Return an exchange with a JSON body and a date."""
    made = BODIES.exchange(CONTRACT.operations[operation], status, body, {**JSON, **headers})
    return evolve(made, id=f"{operation}.{status}.{day}", date=day)


def _from_service(answer: HttpExchange) -> HttpExchange:
    return evolve(answer, origin="recorded", target="api.cometapi.com")


def report(exchanges: Iterable[HttpExchange]) -> DriftReport:
    """Return the detector's report on exchanges."""
    return DriftDetector(CONTRACT).observe_all(exchanges).report(day=DAY)


@cache
def drifted() -> VerificationRun:
    """Return a run: live has a field of a wrong type, a field with a hostile name, and an undescribed status."""
    mock = [exchange("createPersona", 200, PERSONA, "undated"), exchange("createPersona", 401, UNAUTHORIZED, "undated")]
    recorded = [exchange("createPersona", 200, PERSONA, "2024-12-03")]
    live = [
        exchange("createPersona", 200, {**PERSONA, "is_public": HOSTILE, HOSTILE: HOSTILE}, "2026-11-20T10:00:00Z"),
        exchange("createPersona", 502, UNAUTHORIZED, "2026-11-20T10:00:01Z"),
        exchange("getWav", 200, {"wav_file_url": "https://example.com/a.wav"}, "2026-11-20T10:00:02Z"),
    ]
    summary = RunSummary(
        date="2026-11-20T10:00:00Z",
        base_url="https://api.cometapi.com",
        calls=[
            CountedCall(
                1, "2026-11-20T10:00:00Z", "paid", "createPersona", "the persona", Decimal("0.02"), "200", answered=True
            )
        ],
        max_calls=3,
        max_cost=Decimal("0.50"),
        ended="the plan was sent to its end",
        complete=True,
        folder=Path("build/live/run"),
    )
    return VerificationRun(
        description=load(),
        date=DAY,
        targets=(
            TargetRun("mock", report(mock)),
            TargetRun("recorded", report(recorded)),
            TargetRun("live", report([_from_service(each) for each in live]), summary=summary),
        ),
        suite=suite(
            FailedTest(DRIFTED_TEST, "test_client_reads", ("createPersona",), f"E  {HOSTILE}", DRIFTED_FILE, 7)
        ),
    )


@cache
def clean() -> VerificationRun:
    """Return a run in which everything that was asked holds; live was not asked."""
    mock = [exchange("createPersona", 200, PERSONA, "undated")]
    unasked = TargetRun("live", hint="make verify TARGET=live")
    return VerificationRun(
        description=load(), date=DAY, targets=(TargetRun("mock", report(mock)), unasked), suite=suite()
    )


def suite(*failures: FailedTest) -> SuiteResults:
    """Return a suite in which every question was asked of every operation."""
    cells = {
        (each, question.name): QuestionResult(3, 0, 30) for each in CONTRACT.operations for question in QUESTIONS[1:]
    }
    cells[WHOLE, QUESTIONS[0].name] = QuestionResult(5, 0, 50)
    for failure in failures:
        for operation in failure.operations:
            cells[operation, failure.question] = QuestionResult(3, 1, 30)
    return SuiteResults(QUESTIONS, cells, failures)
