"""Does the table say what was asked and what was not, by sign and word, with colour or without?"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from contract_tests.suite.support.loaded_spec import CONTRACT, DESCRIPTION
from contract_tests.suite.verifier.drift_catalogue.body_mutations import Bodies, changed
from contract_tests.verifier.drift_detector import DriftDetector, DriftReport
from contract_tests.verifier.exchange.exchange import HttpExchange
from contract_tests.verifier.exchange.targets import RecordedTarget
from contract_tests.verifier.report import terminal
from contract_tests.verifier.report.run_model import (
    WHOLE,
    QuestionResult,
    SuiteQuestion,
    SuiteResults,
    TargetRun,
    VerificationRun,
)
from scripts import openapi_document as source

BODIES = Bodies(DESCRIPTION)
PERSONA = next(body for each, _, _, name, body in BODIES.answers if (each.id, name) == ("createPersona", "newer"))
DESCRIBED = source.load()
GREEN, GREY, RED, BLUE = "\033[32m", "\033[90m", "\033[31;1m", "\033[34m"
ASKED = SuiteQuestion("test_a", "asks", "Is it asked?", per_operation=True)


def _report(*bodies: Any) -> DriftReport:
    """Return the report on answers of createPersona."""
    operation = CONTRACT.operations["createPersona"]
    exchanges: list[HttpExchange] = [
        BODIES.exchange(operation, 200, body, {"content-type": "application/json"}) for body in bodies
    ]
    return DriftDetector(CONTRACT).observe_all(exchanges).report("recorded")


def _lines(*targets: TargetRun, suite: SuiteResults | None = None, coloured: bool = False) -> dict[str, str]:
    """Return the lines of the table by their first word."""
    run = VerificationRun(description=DESCRIBED, date=date(2026, 11, 22), targets=targets, suite=suite)
    lines = terminal.render(run, coloured=coloured).splitlines()
    return {line.partition(" ")[0]: line for line in lines if line}


def test_not_run_is_grey() -> None:
    lines = _lines(TargetRun("recorded", DriftDetector(CONTRACT).report("recorded")), TargetRun("live"), coloured=True)
    assert lines["(the"].count(GREY) == 2
    assert "not run" in lines["(the"]
    assert GREEN not in "".join(lines.values())


@pytest.mark.parametrize(
    ("body", "sign", "colour"),
    [
        (PERSONA, "✔ 1", GREEN),
        (changed(PERSONA, ("new",), 1), "✱ 1 of 1", BLUE),
        (changed(PERSONA, ("id",), ...), "✘ 1 of 1", RED),
    ],
)
def test_signs_of_a_target(body: Any, sign: str, colour: str) -> None:
    """Kept, more than described, and drifted; an operation without exchanges has a dot."""
    target = TargetRun("recorded", _report(body))
    assert _lines(target)["personas.create"].split(maxsplit=1)[1] == sign
    assert _lines(target)["clips.wav"].split(maxsplit=1)[1] == "·"
    assert f"{colour}{sign}" in _lines(target, coloured=True)["personas.create"]


def test_signs_of_a_question() -> None:
    cells = {("createPersona", "test_a"): QuestionResult(2, 0, 7), ("getWav", "test_a"): QuestionResult(2, 1, 2)}
    lines = _lines(suite=SuiteResults((ASKED,), cells))
    assert [lines[name].split(maxsplit=1)[1] for name in ("personas.create", "clips.wav", "clips.mp4")] == [
        "✔ 7",
        "✘ 1 of 2",
        "·",
    ]


def test_columns_are_aligned() -> None:
    """Colours take no room."""
    report = DriftDetector(CONTRACT).observe_all(RecordedTarget().exchanges()).report("recorded")
    suite = SuiteResults((ASKED,), {(WHOLE, "test_a"): QuestionResult(1, 0, 1_000_000)})
    plain = _lines(TargetRun("recorded", report), TargetRun("live"), suite=suite)
    painted = _lines(TargetRun("recorded", report), TargetRun("live"), suite=suite, coloured=True)
    columns = [plain["operation"].index(title) for title in ("asks", "recorded", "live")]
    for name in ("personas.create", "clips.wav", "(the"):
        assert re.sub("\033\\[[0-9;]*m", "", painted[name]).rstrip() == plain[name]
        assert all(plain[name][column] in "✔✘✱·" and plain[name][column - 1] == " " for column in columns)
