"""Does a report say what was found, how bad it is, and what the client makes of it?"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from contract_tests.suite.support.loaded_spec import CONTRACT, DESCRIPTION
from contract_tests.suite.verifier.drift_catalogue.body_mutations import PAGE, Bodies, changed
from contract_tests.verifier.drift import (
    Baseline,
    BaselineError,
    Body,
    Effect,
    Exchange,
    Finding,
    Judge,
    Kind,
    Report,
    Severity,
    Tolerated,
)
from contract_tests.verifier.drift import baseline as baselines

DAY = date(2026, 11, 22)
BODIES = Bodies(DESCRIPTION)
TASK = next(body for each, _, _, name, body in BODIES.answers if (each.id, name) == ("fetchTask", "music"))
PERSONA = next(body for each, _, _, name, body in BODIES.answers if (each.id, name) == ("createPersona", "newer"))
TIMING = next(body for each, _, _, name, body in BODIES.answers if (each.id, name) == ("getTiming", "words"))
CLIP = ("data", "data", 0)


def _exchange(operation: str, body: Any, status: int = 200, **headers: str) -> Exchange:
    return BODIES.exchange(
        CONTRACT.operations[operation], status, body, headers or {"content-type": "application/json"}
    )


def _finding(exchange: Exchange, kind: Kind) -> Finding:
    found = [each for each in Judge(CONTRACT).observe_all([exchange]).findings() if each.kind is kind]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("kind", "called", "body", "effect"),
    [
        (Kind.UNDOCUMENTED_FIELD, "fetchTask", changed(TASK, (*CLIP, "new"), 1), Effect.PRESERVED),
        (Kind.UNDOCUMENTED_FIELD, "fetchTask", changed(TASK, ("new",), 1), Effect.NONE),
        (Kind.NEW_ENUM_VALUE, "fetchTask", changed(TASK, ("data", "status"), "HOLD"), Effect.PRESERVED),
        (Kind.MISSING_REQUIRED, "fetchTask", changed(TASK, ("data", "status"), ...), Effect.CRASH),
        (Kind.UNEXPECTED_NULL, "fetchTask", changed(TASK, (*CLIP, "id"), None), Effect.CRASH),
        (Kind.UNEXPECTED_NULL, "fetchTask", changed(TASK, (*CLIP, "title"), None), Effect.PRESERVED),
        (Kind.WRONG_TYPE, "fetchTask", changed(TASK, (*CLIP, "title"), 7), Effect.SILENTLY_WRONG),
        (Kind.WRONG_TYPE, "createPersona", changed(PERSONA, ("upvote_count",), "7"), Effect.SILENTLY_WRONG),
        (Kind.WRONG_TYPE, "getTiming", changed(TIMING, ("waveform_data", 0), "x"), Effect.SILENTLY_WRONG),
        (Kind.WRONG_TYPE, "submitLyrics", {"code": "success", "message": "", "data": 7}, Effect.CRASH),
        (Kind.OTHER_ENVELOPE, "fetchTask", TASK["data"], Effect.CRASH),
        (Kind.OTHER_ENVELOPE, "fetchTask", changed(TASK, ("code",), 1), Effect.CRASH),
        (Kind.OTHER_ENVELOPE, "getMp4", {"mp4_file_url": "https://example.com/a.mp4"}, Effect.SILENTLY_WRONG),
        (Kind.OTHER_ENVELOPE, "fetchTask", {"error": {"message": "no"}}, Effect.PRESERVED),
        (Kind.OTHER_ENVELOPE, "fetchTask", Body("text", PAGE), Effect.CRASH),
        (Kind.UNREADABLE_BODY, "fetchTask", Body("text", "{"), Effect.CRASH),
        (Kind.EMPTY_BODY, "fetchTask", ..., Effect.CRASH),
    ],
)
def test_the_effect_is_what_the_client_does(kind: Kind, called: str, body: Any, effect: Effect) -> None:
    """A value that fits the model's type is preserved; one that does not, and is returned, is silently wrong."""
    assert _finding(_exchange(called, body), kind).effect is effect


@pytest.mark.parametrize("extra", [1, None, {"message": "no", "type": "x"}])
def test_a_field_beside_an_error_is_a_field_and_no_other_envelope(extra: Any) -> None:
    body = {"error": {"message": "no", "type": "x"}, "extra": extra}
    found = Judge(CONTRACT).observe_all([_exchange("createPersona", body, 401)]).findings()
    assert [(each.kind, each.instance_pointer) for each in found] == [(Kind.UNDOCUMENTED_FIELD, "/extra")]


@pytest.mark.parametrize(
    ("status", "body", "kind", "effect"),
    [
        (201, PERSONA, Kind.UNDOCUMENTED_STATUS, Effect.NONE),
        (418, {"error": {"message": "no"}}, Kind.UNDOCUMENTED_STATUS, Effect.PRESERVED),
        (400, {"error": {"message": "no", "new": 1}}, Kind.UNDOCUMENTED_FIELD, Effect.PRESERVED),
        (500, {"error": {"message": 7}}, Kind.WRONG_TYPE, Effect.PRESERVED),
        (503, ..., Kind.EMPTY_BODY, Effect.NONE),
    ],
)
def test_the_effect_of_an_error_is_on_the_error(status: int, body: Any, kind: Kind, effect: Effect) -> None:
    assert _finding(_exchange("createPersona", body, status), kind).effect is effect


def test_one_drift_does_not_hide_what_the_client_makes_of_another() -> None:
    """The first makes the call fail; the others are looked at as if it were mended."""
    body = changed(TASK, ("data", "status"), ...)
    for steps, value in (((*CLIP, "title"), 7), ((*CLIP, "new"), 1)):
        body = changed(body, steps, value)
    found = {each.kind: each.effect for each in Judge(CONTRACT).observe_all([_exchange("fetchTask", body)]).findings()}
    assert found == {
        Kind.MISSING_REQUIRED: Effect.CRASH,
        Kind.WRONG_TYPE: Effect.SILENTLY_WRONG,
        Kind.UNDOCUMENTED_FIELD: Effect.PRESERVED,
    }


def test_a_kind_has_a_severity_and_the_client_may_make_it_worse() -> None:
    note = _finding(_exchange("fetchTask", changed(TASK, (*CLIP, "new"), 1)), Kind.UNDOCUMENTED_FIELD)
    assert (note.kind.severity, note.severity) == (Severity.NOTE, Severity.NOTE)
    worse = evolve(note, sightings=(evolve(note.first, effect=Effect.CRASH),))
    assert worse.severity is Severity.ERROR


def test_a_finding_has_one_id_wherever_it_is_seen() -> None:
    """The same new field of a clip, in a persona, in a task and in a list of tasks; and in another run."""
    clip = {**TASK["data"]["data"][0], "new": 1}
    exchanges = [
        _exchange("fetchTask", changed(TASK, CLIP, clip)),
        _exchange("createPersona", changed(PERSONA, ("clip",), clip)),
        _exchange("fetchTask", changed(TASK, ("data", "data"), [clip, clip])),
    ]
    (found,) = Judge(CONTRACT).observe_all(exchanges).findings()
    assert [(each.operation, each.count) for each in found.sightings] == [("fetchTask", 2), ("createPersona", 1)]
    assert found.count == 3
    assert found.instance_pointer == "/data/data/0/new"
    (again,) = Judge(CONTRACT).observe_all(reversed(exchanges)).findings()
    assert again.id == found.id
    assert (found.kind, found.effect, found.evidence.exchange) == (Kind.UNDOCUMENTED_FIELD, Effect.PRESERVED, "case")


def test_a_field_that_never_comes_is_a_note_after_many_answers() -> None:
    few, many = (
        Judge(CONTRACT, never_seen_after=20).observe_all([_exchange("getTiming", {"aligned_words": []})] * n)
        for n in (19, 20)
    )
    assert few.findings() == []
    found = many.findings()
    assert {each.subject for each in found} == {"waveform_data", "hoot_cer", "is_streamed"}
    assert {(each.kind, each.severity) for each in found} == {(Kind.NEVER_SEEN, Severity.NOTE)}
    assert many.report("x").holds


def _report(entries: list[Tolerated], day: date = DAY) -> Report:
    judge = Judge(CONTRACT, baseline=Baseline.of(entries))
    return judge.observe_all([_exchange("fetchTask", changed(TASK, ("data", "status"), "HOLD"))]).report("x", day=day)


def test_what_is_tolerated_is_a_finding_again_when_its_day_is_over() -> None:
    (finding,) = _report([]).findings
    entry = Tolerated(finding.id, "HOLD", "known", DAY)
    tolerated, expired = _report([entry]), _report([entry], DAY + timedelta(days=1))
    assert (tolerated.findings, tolerated.holds, len(tolerated.tolerated)) == ((), True, 1)
    assert (len(expired.findings), expired.holds, expired.expired) == (1, False, (entry,))
    assert _report([evolve(entry, finding="0" * 10)]).idle == (evolve(entry, finding="0" * 10),)


def test_a_report_says_it_in_a_sentence() -> None:
    assert _report([]).line == "Drifted: 1 exchange of x: 1 warning."
    assert Judge(CONTRACT).report("live").line == "Nothing is known of live: no exchange was judged."
    assert (
        Judge(CONTRACT).observe_all([_exchange("fetchTask", TASK)]).report("x").line == "As described: 1 exchange of x."
    )
    assert len(_report([]).at("fetchTask", 200)) == 1
    assert _report([]).at("createPersona", 200) == ()


def test_an_undescribed_path_is_a_stranger_and_no_finding() -> None:
    exchange = _exchange("fetchTask", TASK)
    exchange = evolve(exchange, request=evolve(exchange.request, path="/suno/feed/x"))
    report = Judge(CONTRACT).observe_all([exchange]).report("x")
    assert (report.findings, report.strangers) == ((), 1)
    assert dict(report.coverage.undescribed) == {"GET /suno/feed/x": 1}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tolerated: [", "not YAML"),
        ("- a", "/: "),
        ("tolerated:\n  - {finding: 1}", "/tolerated/0: "),
        (
            "tolerated:\n  - {finding: 0123456789, about: a field, reason: known, expires: never}",
            "/tolerated/0/expires: ",
        ),
        (
            "tolerated:\n  - {finding: 0123456789, about: a field, reason: known, expires: 2026-02-30}",
            "/tolerated/0/expires: ",
        ),
        (
            "tolerated:\n" + "  - {finding: 0123456789, about: a field, reason: known, expires: 2026-02-20}\n" * 2,
            "twice",
        ),
    ],
)
def test_a_baseline_that_cannot_be_used_is_one_line(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "baseline.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(BaselineError) as refused:
        baselines.read(path)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["tolerated:", "tolerated: []"])
def test_a_baseline_may_be_empty(text: str, tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(text, "utf-8")
    assert baselines.read(tmp_path / "b.yaml") == Baseline.of()
