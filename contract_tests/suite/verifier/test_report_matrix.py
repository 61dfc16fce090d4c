"""Do the cells follow from what the targets, the suite and the sources say?"""

from __future__ import annotations

import pytest
from attrs import evolve

from contract_tests.suite.verifier.example_runs import DRIFTED_TEST, clean, drifted
from contract_tests.verifier.drift.findings import Kind
from contract_tests.verifier.report.badges import Badge, Tone
from contract_tests.verifier.report.finding_rows import group_findings
from contract_tests.verifier.report.matrix import MatrixRow, list_columns, make_matrix
from contract_tests.verifier.report.run_model import TargetRun, VerificationRun


def row(run: VerificationRun, operation: str, status: int) -> MatrixRow:
    group = next(each for each in make_matrix(run) if each.operation == operation)
    return group.whole if not status else next(each for each in group.rows if each.status == status)


def cell(run: VerificationRun, operation: str, status: int, column: str) -> Badge:
    return row(run, operation, status).cells[column]


def test_there_is_a_column_for_each_who_says_something() -> None:
    assert list_columns(drifted()) == ["Documented", "Described", "Mock", "Recorded", "Live", "Client"]


def test_there_is_a_row_for_each_status_that_is_described_or_was_seen() -> None:
    described = {200, 400, 401, 403, 413, 429, 500, 503, 504, 524}
    found = {each.operation: {row.status for row in each.rows} for each in make_matrix(drifted())}
    assert found["createPersona"] == described | {502}
    assert found["submitMusic"] == described
    assert len(found) == 10


@pytest.mark.parametrize(("status", "phrase"), [(401, "Unauthorized"), (502, "Bad Gateway"), (524, "Origin Timeout")])
def test_a_status_is_called_as_the_standard_does_or_the_description(status: int, phrase: str) -> None:
    assert row(drifted(), "createPersona", status).phrase == phrase


@pytest.mark.parametrize(
    ("status", "column", "tone", "word"),
    [
        (200, "Documented", Tone.WARN, "contested"),  # mountsea says 201
        (200, "Described", Tone.GOOD, "described"),
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
def test_a_cell_says_what_came_of_it(status: int, column: str, tone: Tone, word: str) -> None:
    found = cell(drifted(), "createPersona", status, column)
    assert (found.tone, found.word) == (tone, word)
    assert found.sign


def test_what_was_not_exercised_is_grey_and_never_green() -> None:
    for group in make_matrix(drifted()):
        for each in (each for each in group.rows if group.operation not in ("createPersona", "getWav")):
            assert {each.cells[name].tone for name in ("Mock", "Recorded", "Live")} == {Tone.GREY}


def test_a_target_that_was_not_run_is_grey_everywhere() -> None:
    cells = [each.cells["Live"] for group in make_matrix(clean()) for each in (group.whole, *group.rows)]
    assert {(each.tone, each.word) for each in cells} == {(Tone.GREY, "not run")}


def test_the_client_of_an_operation_that_holds_reads_it() -> None:
    assert cell(clean(), "createPersona", 401, "Client").word == "reads it"
    assert cell(evolve(clean(), suite=None), "createPersona", 401, "Client").word == "not asked"


def test_a_cell_leads_to_its_findings() -> None:
    found = {each.id for _, each in drifted().findings()}
    assert set(cell(drifted(), "createPersona", 0, "Live").findings) == found
    assert len(found) == 3


def test_findings_stand_at_their_line_with_what_came() -> None:
    lines = drifted().description.path.read_text("utf-8").splitlines()
    found = {entry.finding.kind: (place, entry) for place in group_findings(drifted()) for entry in place.rows}
    place, entry = found[Kind.WRONG_TYPE]
    assert (place.kind, place.title) == ("schema", "Persona")
    hit = next(each for each in entry.excerpt if each.actual)
    assert hit.number == entry.line
    assert hit.text == lines[entry.line - 1]
    assert hit.text.strip().startswith("is_public:")
    assert "\x1b" not in hit.actual
    place, entry = found[Kind.UNDOCUMENTED_STATUS]
    assert (place.kind, place.title) == ("operation", "POST /suno/persona/create")
    assert "'502':" in entry.proposal
    assert entry.finding.id in entry.baseline_entry


def test_the_verdict_says_what_speaks_against_the_contract() -> None:
    assert drifted().verdict == "The contract does not hold: 1 failed test; live drifted in 2 places."
    assert clean().verdict == (
        "The contract holds: 650 checks of the suite and 1 exchange of mock on 10 operations."  # 10 x 2 x 30 + 50
    )
    nobody = evolve(clean(), targets=(TargetRun("live"),), suite=None)
    assert nobody.verdict == "Nothing is known: no question was asked."
    assert not nobody.holds


def test_a_run_holds_only_when_everything_was_asked() -> None:
    suite = clean().suite
    assert suite is not None
    cells = {key: each for key, each in suite.results.items() if key != ("getWav", "test_client_reads")}
    run = evolve(clean(), suite=evolve(suite, results=cells))
    assert not run.holds
    assert run.verdict == "The contract does not hold: not asked: clips.wav: reads."


def test_the_next_commands_are_those_that_help() -> None:
    assert [step.command for step in drifted().next_commands()] == [
        f"python -m pytest '{DRIFTED_TEST}'",
        "make apply-overlay FILE=build/report/overlay.yaml",
    ]
    assert [step.command for step in clean().next_commands()] == ["make verify TARGET=live TIER=free"]
