"""Does the table say what was asked and what was not, by sign and word, with colour or without?"""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from attrs import evolve

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
from scripts import description_file

BODIES = Bodies(DESCRIPTION)
PERSONA = next(body for each, _, _, name, body in BODIES.answers if (each.id, name) == ("createPersona", "newer"))
DESCRIBED = description_file.load()
GREEN, GREY, RED, BLUE = "\033[32m", "\033[90m", "\033[31;1m", "\033[34m"
ASKED = SuiteQuestion("test_a", "asks", "Is it asked?", per_operation=True)


def _report(*bodies: Any) -> DriftReport:
    """Return the report on answers of createPersona."""
    operation = CONTRACT.operations["createPersona"]
    exchanges: list[HttpExchange] = [
        BODIES.exchange(operation, 200, body, {"content-type": "application/json"}) for body in bodies
    ]
    return DriftDetector(CONTRACT).observe_all(exchanges).report()


def _cells(line: str) -> str:
    """Return a row without the operation and the age of its evidence."""
    return re.split("  +", line, maxsplit=2)[2]


def _lines(*targets: TargetRun, suite: SuiteResults | None = None, coloured: bool = False) -> dict[str, str]:
    """Return the lines of the table by their first word."""
    run = VerificationRun(description=DESCRIBED, date=date(2026, 11, 22), targets=targets, suite=suite)
    lines = terminal.render(run, coloured=coloured).splitlines()
    return {line.partition(" ")[0]: line for line in lines if line}


def test_not_run_is_grey() -> None:
    lines = _lines(TargetRun("recorded", DriftDetector(CONTRACT).report()), TargetRun("live"), coloured=True)
    assert lines["(the"].count(GREY) == 3  # no source, not judged, not run
    assert "not run" in lines["(the"]
    assert not any(GREEN in line.split(GREY, 1)[-1] for line in lines.values())


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
    assert _cells(_lines(target)["personas.create"]) == sign
    assert _cells(_lines(target)["clips.wav"]) == "·"
    assert f"{colour}{sign}" in _lines(target, coloured=True)["personas.create"]


def test_signs_of_a_question() -> None:
    cells = {("createPersona", "test_a"): QuestionResult(2, 0, 7), ("getWav", "test_a"): QuestionResult(2, 1, 2)}
    lines = _lines(suite=SuiteResults((ASKED,), cells))
    assert [_cells(lines[name]) for name in ("personas.create", "clips.wav", "clips.mp4")] == [
        "✔ 7",
        "✘ 1 of 2",
        "·",
    ]


def test_columns_are_aligned() -> None:
    """Colours take no room."""
    report = DriftDetector(CONTRACT).observe_all(RecordedTarget().exchanges()).report()
    suite = SuiteResults((ASKED,), {(WHOLE, "test_a"): QuestionResult(1, 0, 1_000_000)})
    plain = _lines(TargetRun("recorded", report), TargetRun("live"), suite=suite)
    painted = _lines(TargetRun("recorded", report), TargetRun("live"), suite=suite, coloured=True)
    columns = [plain["operation"].index(title) for title in ("asks", "recorded", "live")]
    for name in ("personas.create", "clips.wav", "(the"):
        assert re.sub("\033\\[[0-9;]*m", "", painted[name]).rstrip() == plain[name]
        assert all(plain[name][column] in "✔✘✱·" and plain[name][column - 1] == " " for column in columns)


def _questions(*titles: str) -> SuiteResults:
    """Return a suite in which each question has ten checks of createPersona."""
    asked = [SuiteQuestion(title, title, "Is it asked?", per_operation=True) for title in titles]
    return SuiteResults(
        tuple(asked),
        {("createPersona", each.name): QuestionResult(1, 0, 10 + number) for number, each in enumerate(asked)},
    )


@pytest.mark.parametrize("width", [60, 80, 120, 1000])
@pytest.mark.parametrize("longest", ["create", "create_from_the_song_that_somebody_else_has_uploaded_before"])
def test_table_fits_the_terminal(width: int, longest: str) -> None:
    """Every cell is in one of the parts, each below its title, whatever the width and the names."""
    data = deepcopy(DESCRIBED.data)
    data["paths"]["/suno/persona/create"]["post"]["x-sdk"]["method"] = longest
    titles = [f"question {number}" for number in range(9)]
    run = VerificationRun(
        description=evolve(DESCRIBED, data=data),
        date=date(2026, 11, 22),
        targets=(TargetRun("live"),),
        suite=_questions(*titles),
    )
    table = terminal.render(run, coloured=False, width=width).partition("\nThe contract")[0].partition("\nInc")[0]
    parts = [part.splitlines() for part in table.strip().split("\n\n")]
    assert max(len(line) for part in parts for line in part) <= width
    assert (len(parts) == 1) is (width == 1000)
    found: dict[str, str] = {}
    for head, _, *rows in parts:
        columns = re.split("  +", head)[1:]
        wrapped = rows[1 : next(index for index, row in enumerate(rows) if row.startswith("lyrics.submit"))]
        assert "".join([rows[0][: head.index(columns[0])].strip(), *wrapped]) == f"personas.{longest}"
        found |= {title: rows[0][head.index(title) :].split("  ")[0] for title in columns}
    assert found == {
        "evidence": "✔ today", "live": "·", **{title: f"✔ {10 + number}" for number, title in enumerate(titles)}
    }  # fmt: skip
