"""Do the cells follow from what the targets, the suite and the sources say?"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from attrs import evolve

from contract_tests.suite.verifier.example_runs import DRIFTED_TEST, clean, drifted
from contract_tests.verifier.drift.findings import DriftKind
from contract_tests.verifier.report.badges import Badge, Tone
from contract_tests.verifier.report.finding_rows import group_findings
from contract_tests.verifier.report.matrix import MatrixRow, list_columns, make_matrix
from contract_tests.verifier.report.run_model import TargetRun, Verdict, VerificationRun
from scripts.text_and_files import format_path


def row(run: VerificationRun, operation: str, status: int) -> MatrixRow:
    group = next(each for each in make_matrix(run) if each.operation == operation)
    return group.whole if not status else next(each for each in group.rows if each.status == status)


def cell(run: VerificationRun, operation: str, status: int, column: str) -> Badge:
    return row(run, operation, status).cells[column]


def test_columns() -> None:
    assert list_columns(drifted()) == ["Documented", "Evidence", "Described", "Mock", "Recorded", "Live", "Client"]


def test_rows_are_described_or_seen_statuses() -> None:
    described = {200, 400, 401, 403, 413, 429, 500, 503, 504, 524}
    found = {each.operation: {row.status for row in each.rows} for each in make_matrix(drifted())}
    assert found["createPersona"] == described | {502}
    assert found["submitMusic"] == described
    assert len(found) == 15


@pytest.mark.parametrize(("status", "phrase"), [(401, "Unauthorized"), (502, "Bad Gateway"), (524, "Origin Timeout")])
def test_status_phrase(status: int, phrase: str) -> None:
    assert row(drifted(), "createPersona", status).phrase == phrase


@pytest.mark.parametrize(
    ("status", "column", "tone", "word"),
    [
        (200, "Documented", Tone.WARN, "contested"),  # mountsea says 201
        (200, "Described", Tone.GOOD, "described"),
        (200, "Evidence", Tone.GOOD, "today"),  # its sources were read on 2026-11-22
        (502, "Evidence", Tone.GREY, "no source"),
        (200, "Mock", Tone.GOOD, "holds"),
        (200, "Recorded", Tone.WARN, "stale"),  # of 2024-12-03
        (200, "Live", Tone.BAD, "drift"),  # is_public is a text
        (200, "Client", Tone.BAD, "silently wrong"),
        (401, "Mock", Tone.GOOD, "holds"),
        (401, "Recorded", Tone.GREY, "not exercised"),
        (401, "Live", Tone.GREY, "not exercised"),
        (401, "Client", Tone.WARN, "in doubt"),  # a test of the operation failed
        (502, "Documented", Tone.GREY, "no source"),
        (502, "Described", Tone.BAD, "not described"),
        (502, "Mock", Tone.GREY, "not exercised"),
        (502, "Live", Tone.BAD, "drift"),
        (0, "Described", Tone.BAD, "1 missing"),
        (0, "Mock", Tone.PART, "2 of 10"),
        (0, "Live", Tone.BAD, "drift"),
    ],
)
def test_cell(status: int, column: str, tone: Tone, word: str) -> None:
    found = cell(drifted(), "createPersona", status, column)
    assert (found.tone, found.word) == (tone, word)
    assert found.sign


def test_unexercised_cells_are_grey() -> None:
    for group in make_matrix(drifted()):
        for each in (each for each in group.rows if group.operation not in ("createPersona", "getWav")):
            assert {each.cells[name].tone for name in ("Mock", "Recorded", "Live")} == {Tone.GREY}


def test_target_that_was_not_run_is_grey() -> None:
    cells = [each.cells["Live"] for group in make_matrix(clean()) for each in (group.whole, *group.rows)]
    assert {(each.tone, each.word) for each in cells} == {(Tone.GREY, "not run")}


def test_client_cell_of_an_operation_that_holds() -> None:
    assert cell(clean(), "createPersona", 401, "Client").word == "reads it"
    assert cell(evolve(clean(), suite=None), "createPersona", 401, "Client").word == "not asked"


def test_cell_names_its_findings() -> None:
    found = {each.id for _, each in drifted().findings()}
    assert set(cell(drifted(), "createPersona", 0, "Live").findings) == found
    assert len(found) == 3


def test_findings_by_place() -> None:
    lines = drifted().description.path.read_text("utf-8").splitlines()
    found = {entry.finding.kind: (place, entry) for place in group_findings(drifted()) for entry in place.rows}
    place, entry = found[DriftKind.WRONG_TYPE]
    assert (place.kind, place.title) == ("schema", "Persona")
    hit = next(each for each in entry.excerpt if each.actual)
    assert hit.number == entry.line
    assert hit.text == lines[entry.line - 1]
    assert hit.text.strip().startswith("is_public:")
    assert "\x1b" not in hit.actual
    place, entry = found[DriftKind.UNDOCUMENTED_STATUS]
    assert (place.kind, place.title) == ("operation", "POST /suno/persona/create")
    assert "'502':" in entry.proposal
    assert entry.finding.id in entry.baseline_entry


def test_verdict() -> None:
    assert drifted().headline == "The contract does not hold: 1 failed test; live drifted in 2 places."
    assert clean().headline == (
        "The contract holds: 950 checks of the suite and 1 exchange of mock on 15 operations."  # 15 x 2 x 30 + 50
    )
    unasked = evolve(clean(), targets=(TargetRun("live"),), suite=None)
    assert unasked.headline == ("Incomplete: no question was asked. Nothing that was seen breaks the contract.")
    assert unasked.verdict is Verdict.INCOMPLETE


def test_unasked_question_fails_the_run() -> None:
    suite = clean().suite
    assert suite is not None
    cells = {key: each for key, each in suite.results.items() if key != ("getWav", "test_client_reads")}
    run = evolve(clean(), suite=evolve(suite, results=cells))
    assert run.verdict is Verdict.INCOMPLETE
    assert run.headline == "Incomplete: not asked: clips.wav: reads. Nothing that was seen breaks the contract."


def test_next_commands() -> None:
    assert [step.command for step in drifted().next_commands()] == [
        f"{format_path(Path(sys.executable))} -m pytest '{DRIFTED_TEST}'",
        "make apply-overlay FILE=build/report/overlay.yaml",
    ]
    assert [step.command for step in clean().next_commands()] == ["make verify TARGET=live TIER=free"]
