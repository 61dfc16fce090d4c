"""A report says when an answer is younger than all evidence that it contradicts."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from contract_tests.suite.verifier.example_runs import DAY, PERSONA, exchange, report
from contract_tests.verifier.report.finding_rows import list_findings
from contract_tests.verifier.report.markdown import render
from contract_tests.verifier.report.run_model import TargetRun, VerificationRun
from scripts.openapi_document import load

NOTE = "the newest source of what it contradicts was read on 2026-11-26"


def run(day: str, origin: Any = "recorded") -> VerificationRun:
    answer = exchange("createPersona", 200, {**PERSONA, "is_public": "yes"}, day)
    target = TargetRun("live", report("live", [evolve(answer, origin=origin)]))
    return VerificationRun(description=load(), date=DAY, targets=(target,))


@pytest.mark.parametrize(
    ("day", "origin", "younger"),
    [
        ("2026-11-27T10:00:00Z", "recorded", True),
        ("2026-11-26T10:00:00Z", "recorded", False),
        ("2024-12", "recorded", False),
        ("undated", "documented", False),
        ("2026-11-27T10:00:00Z", "mock", False),
    ],
)
def test_younger_answer_says_so(day: str, origin: str, *, younger: bool) -> None:
    """The evidence of a persona was read on 2026-11-26 at the latest. The mock proves nothing of the service."""
    (row,) = list_findings(run(day, origin))
    assert row.age_note == (f"seen on {day[:10]}; {NOTE}" if younger else "")


def test_age_is_in_the_report() -> None:
    assert NOTE.replace("-", "") in render(run("2026-11-27T10:00:00Z")).replace("\\", "").replace("-", "")
