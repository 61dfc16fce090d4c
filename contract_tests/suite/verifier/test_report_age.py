"""The report shows how old evidence is, and when an answer is younger than it. The calendar alone breaks nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from attrs import evolve

from contract_tests.suite.verifier.example_runs import DAY, PERSONA, clean, exchange, report
from contract_tests.suite.verifier.test_verify_targets import verify
from contract_tests.verifier.drift import baseline
from contract_tests.verifier.report import github_annotations, html, junit, markdown, sarif, terminal
from contract_tests.verifier.report.badges import Tone, badge_age
from contract_tests.verifier.report.finding_rows import list_findings
from contract_tests.verifier.report.run_model import TargetRun, Verdict, VerificationRun
from scripts.description_file import load

NOTE = "the newest source of what it contradicts was read on 2026-11-26"
IN_2030 = date(2030, 1, 1)


def run(day: str, origin: Any = "recorded") -> VerificationRun:
    answer = exchange("createPersona", 200, {**PERSONA, "is_public": "yes"}, day)
    target = TargetRun("live", report([evolve(answer, origin=origin, target="api.cometapi.com")]))
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


def test_younger_answer_is_in_every_form() -> None:
    made = run("2026-11-27T10:00:00Z")
    (failure,) = ET.fromstring(junit.render(made)).iter("failure")
    assert NOTE in str(failure.text)
    (result,) = json.loads(sarif.render(made))["runs"][0]["results"]
    assert NOTE in result["message"]["text"]
    for text in (markdown.render(made), html.render(made), github_annotations.render(made)):
        assert NOTE in text
    assert NOTE in terminal.render(made, coloured=False)


@pytest.mark.parametrize(
    ("day", "word", "tone"),
    [
        ("2026-11-22", "today", Tone.GOOD),
        ("2026-11-30", "today", Tone.GOOD),  # read by somebody whose clock is ahead
        ("2026-11-21", "1 day", Tone.GOOD),
        ("2026-08-22", "3 months", Tone.GOOD),
        ("2026-05-22", "6 months", Tone.WARN),
        ("2024-11-22", "2 years", Tone.WARN),
        ("", "no source", Tone.GREY),
    ],
)
def test_age_of_evidence(day: str, word: str, tone: Tone) -> None:
    badge = badge_age(day, date(2026, 11, 22))
    assert (badge.word, badge.tone) == (word, tone)


def test_age_of_evidence_is_in_every_form() -> None:
    """`getWav` rests on a source that was read on 2026-09-22, and on nothing newer."""
    made = evolve(clean(), date=date(2028, 12, 1))
    lines = [*terminal.render(made, coloured=False).splitlines(), *markdown.render(made).splitlines()]
    assert len([line for line in lines if "clips.wav" in line and "◷ 2 years" in line]) == 2
    assert 'title="read 2026-09-22"' in html.render(made)
    assert json.loads(sarif.render(made))["runs"][0]["properties"]["newestEvidence"]["getWav"] == "2026-09-22"


def test_no_verdict_changes_by_the_calendar_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """All evidence is old and every entry of the baseline is past its day; nothing new was seen."""
    assert max(entry.expires for entry in baseline.read_baseline().entries.values()) < IN_2030
    monkeypatch.setattr(baseline, "today", lambda: IN_2030)
    monkeypatch.chdir(tmp_path)
    assert verify() == Verdict.HOLDS.value
    shown = Path("build/report/report.md").read_text("utf-8")
    assert "2030-01-01" in shown
    assert "◷ 3 years" in shown
