"""Does a report show each finding with its severity and its effect on the client?"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from contract_tests.suite.support.loaded_spec import CONTRACT, DESCRIPTION
from contract_tests.suite.verifier.drift_catalogue.body_mutations import PAGE, Bodies, changed
from contract_tests.verifier.drift import baseline as baselines
from contract_tests.verifier.drift.baseline import Baseline, BaselineEntry
from contract_tests.verifier.drift.findings import ClientEffect, DriftFinding, DriftKind, DriftSeverity
from contract_tests.verifier.drift_detector import DriftDetector, DriftReport
from contract_tests.verifier.exchange import VerifierInputError
from contract_tests.verifier.exchange.exchange import ExchangeBody, HttpExchange, parse_body

DAY = date(2026, 11, 22)
BODIES = Bodies(DESCRIPTION)
TASK = next(body for each, _, _, name, body in BODIES.answers if (each.id, name) == ("fetchTask", "music"))
PERSONA = next(body for each, _, _, name, body in BODIES.answers if (each.id, name) == ("createPersona", "newer"))
TIMING = next(body for each, _, _, name, body in BODIES.answers if (each.id, name) == ("getTiming", "words"))
CLIP = ("data", "data", 0)


def _exchange(operation: str, body: Any, status: int = 200, **headers: str) -> HttpExchange:
    return BODIES.exchange(
        CONTRACT.operations[operation], status, body, headers or {"content-type": "application/json"}
    )


def _finding(exchange: HttpExchange, kind: DriftKind) -> DriftFinding:
    found = [each for each in DriftDetector(CONTRACT).observe_all([exchange]).findings() if each.kind is kind]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("kind", "called", "body", "effect"),
    [
        (DriftKind.UNDOCUMENTED_FIELD, "fetchTask", changed(TASK, (*CLIP, "new"), 1), ClientEffect.PRESERVED),
        (DriftKind.UNDOCUMENTED_FIELD, "fetchTask", changed(TASK, ("new",), 1), ClientEffect.NONE),
        (DriftKind.NEW_ENUM_VALUE, "fetchTask", changed(TASK, (*CLIP, "status"), "HOLD"), ClientEffect.PRESERVED),
        (DriftKind.NEW_ENUM_VALUE, "fetchTask", changed(TASK, ("data", "status"), "HOLD"), ClientEffect.SILENTLY_WRONG),
        (DriftKind.MISSING_REQUIRED, "fetchTask", changed(TASK, ("data", "status"), ...), ClientEffect.CRASH),
        (DriftKind.UNEXPECTED_NULL, "fetchTask", changed(TASK, (*CLIP, "id"), None), ClientEffect.CRASH),
        (DriftKind.UNEXPECTED_NULL, "fetchTask", changed(TASK, (*CLIP, "title"), None), ClientEffect.PRESERVED),
        (DriftKind.WRONG_TYPE, "fetchTask", changed(TASK, (*CLIP, "title"), 7), ClientEffect.SILENTLY_WRONG),
        (DriftKind.WRONG_TYPE, "createPersona", changed(PERSONA, ("upvote_count",), "7"), ClientEffect.SILENTLY_WRONG),
        (DriftKind.WRONG_TYPE, "getTiming", changed(TIMING, ("waveform_data", 0), "x"), ClientEffect.SILENTLY_WRONG),
        (DriftKind.WRONG_TYPE, "submitLyrics", {"code": "success", "message": "", "data": 7}, ClientEffect.CRASH),
        (DriftKind.OTHER_ENVELOPE, "fetchTask", TASK["data"], ClientEffect.CRASH),
        (DriftKind.OTHER_ENVELOPE, "fetchTask", changed(TASK, ("code",), 1), ClientEffect.CRASH),
        (
            DriftKind.OTHER_ENVELOPE,
            "getMp4",
            {"mp4_file_url": "https://example.com/a.mp4"},
            ClientEffect.CRASH,
        ),
        (DriftKind.OTHER_ENVELOPE, "fetchTask", {"error": {"message": "no"}}, ClientEffect.PRESERVED),
        (DriftKind.OTHER_ENVELOPE, "fetchTask", ExchangeBody("text", PAGE), ClientEffect.CRASH),
        (DriftKind.UNREADABLE_BODY, "fetchTask", ExchangeBody("text", "{"), ClientEffect.CRASH),
        (DriftKind.EMPTY_BODY, "fetchTask", ..., ClientEffect.CRASH),
    ],
)
def test_effect_on_success(kind: DriftKind, called: str, body: Any, effect: ClientEffect) -> None:
    """A value of the annotated type is preserved; one of another type that is returned is silently wrong."""
    assert _finding(_exchange(called, body), kind).effect is effect


@pytest.mark.parametrize("extra", [1, None, {"message": "no", "type": "x"}])
def test_extra_field_of_error_is_a_field(extra: Any) -> None:
    body = {"error": {"message": "no", "type": "x"}, "extra": extra}
    found = DriftDetector(CONTRACT).observe_all([_exchange("createPersona", body, 401)]).findings()
    assert [(each.kind, each.instance_pointer) for each in found] == [(DriftKind.UNDOCUMENTED_FIELD, "/extra")]


@pytest.mark.parametrize(
    ("status", "body", "kind", "effect"),
    [
        (201, PERSONA, DriftKind.UNDOCUMENTED_STATUS, ClientEffect.NONE),
        (418, {"error": {"message": "no"}}, DriftKind.UNDOCUMENTED_STATUS, ClientEffect.PRESERVED),
        (400, {"error": {"message": "no", "new": 1}}, DriftKind.UNDOCUMENTED_FIELD, ClientEffect.PRESERVED),
        (500, {"error": {"message": 7}}, DriftKind.WRONG_TYPE, ClientEffect.PRESERVED),
        (503, ..., DriftKind.EMPTY_BODY, ClientEffect.NONE),
    ],
)
def test_effect_on_error(status: int, body: Any, kind: DriftKind, effect: ClientEffect) -> None:
    assert _finding(_exchange("createPersona", body, status), kind).effect is effect


def test_effects_are_independent() -> None:
    """The first makes the call fail; the others are examined as if it were repaired."""
    body = changed(TASK, ("data", "status"), ...)
    for steps, value in (((*CLIP, "title"), 7), ((*CLIP, "new"), 1)):
        body = changed(body, steps, value)
    found = {
        each.kind: each.effect
        for each in DriftDetector(CONTRACT).observe_all([_exchange("fetchTask", body)]).findings()
    }
    assert found == {
        DriftKind.MISSING_REQUIRED: ClientEffect.CRASH,
        DriftKind.WRONG_TYPE: ClientEffect.SILENTLY_WRONG,
        DriftKind.UNDOCUMENTED_FIELD: ClientEffect.PRESERVED,
    }


def test_effect_raises_severity() -> None:
    note = _finding(_exchange("fetchTask", changed(TASK, (*CLIP, "new"), 1)), DriftKind.UNDOCUMENTED_FIELD)
    assert (note.kind.severity, note.severity) == (DriftSeverity.NOTE, DriftSeverity.NOTE)
    worse = evolve(note, sightings=(evolve(note.sightings[0], effect=ClientEffect.CRASH),))
    assert worse.severity is DriftSeverity.ERROR


def test_finding_id_is_stable() -> None:
    """The same new field of a clip, in a persona and in tasks, has the same id; also in another run."""
    clip = {**TASK["data"]["data"][0], "new": 1}
    exchanges = [
        _exchange("fetchTask", changed(TASK, CLIP, clip)),
        _exchange("createPersona", changed(PERSONA, ("clip",), clip)),
        _exchange("fetchTask", changed(TASK, ("data", "data"), [clip, clip])),
    ]
    (found,) = DriftDetector(CONTRACT).observe_all(exchanges).findings()
    assert [(each.operation, each.count) for each in found.sightings] == [("fetchTask", 2), ("createPersona", 1)]
    assert found.count == 3
    assert found.instance_pointer == "/data/data/0/new"
    (again,) = DriftDetector(CONTRACT).observe_all(reversed(exchanges)).findings()
    assert again.id == found.id
    assert (found.kind, found.effect, found.evidence.id) == (
        DriftKind.UNDOCUMENTED_FIELD,
        ClientEffect.PRESERVED,
        "case",
    )


def test_never_seen_field_is_a_note() -> None:
    few, many = (
        DriftDetector(CONTRACT, never_seen_after=20).observe_all([_exchange("getTiming", {"aligned_words": []})] * n)
        for n in (19, 20)
    )
    assert few.findings() == []
    found = many.findings()
    assert {each.subject for each in found} == {"waveform_data", "hoot_cer", "is_streamed"}
    assert {(each.kind, each.severity) for each in found} == {(DriftKind.NEVER_SEEN, DriftSeverity.NOTE)}
    assert many.report().holds


def _report(entries: list[BaselineEntry], day: date = DAY) -> DriftReport:
    judge = DriftDetector(CONTRACT, baseline=Baseline.of(entries))
    return judge.observe_all([_exchange("fetchTask", changed(TASK, ("data", "status"), "HOLD"))]).report(day=day)


def test_baseline_entry_expires() -> None:
    (finding,) = _report([]).findings
    entry = BaselineEntry(finding.id, "HOLD", "known", DAY, "mock")
    tolerated, expired = _report([entry]), _report([entry], DAY + timedelta(days=1))
    assert (tolerated.findings, tolerated.holds, len(tolerated.tolerated)) == ((), True, 1)
    assert (len(expired.findings), expired.holds, expired.expired) == (1, False, (entry,))
    assert _report([evolve(entry, finding="0" * 10)]).idle == (evolve(entry, finding="0" * 10),)


def test_drift_is_tolerated_only_where_it_was_seen() -> None:
    """What a page shows wrongly is still drift when the service answers so."""
    on_page = evolve(_exchange("fetchTask", changed(TASK, ("data", "status"), "HOLD")), target="seed")
    (finding,) = DriftDetector(CONTRACT).observe_all([on_page]).findings()
    baseline = Baseline.of([BaselineEntry(finding.id, "HOLD", "known", DAY, "seed")])
    for exchanges, tolerated in (([on_page], 1), ([evolve(on_page, target="api.cometapi.com")], 0)):
        report = DriftDetector(CONTRACT, baseline=baseline).observe_all(exchanges).report(day=DAY)
        assert (len(report.tolerated), len(report.findings)) == (tolerated, 1 - tolerated)
    both = DriftDetector(CONTRACT, baseline=baseline).observe_all([on_page, evolve(on_page, target="other")])
    assert len(both.report(day=DAY).findings) == 1


@pytest.mark.parametrize(
    ("dated", "expired"),
    [("undated", False), ("2024-12", False), ("2026-11-22T10:00:00Z", False), ("2026-11-23T00:00:00Z", True)],
)
def test_entry_expires_by_the_day_of_the_answer(dated: str, *, expired: bool) -> None:
    """Not by the calendar: the answer of a page is the same one next year."""
    exchange = evolve(_exchange("fetchTask", changed(TASK, ("data", "status"), "HOLD")), date=dated)
    (finding,) = DriftDetector(CONTRACT).observe_all([exchange]).findings()
    baseline = Baseline.of([BaselineEntry(finding.id, "HOLD", "known", DAY, exchange.target)])
    report = DriftDetector(CONTRACT, baseline=baseline).observe_all([exchange]).report()
    assert bool(report.expired) is expired
    assert bool(report.findings) is expired


def test_findings_of_a_place() -> None:
    assert len(_report([]).at("fetchTask", 200)) == 1
    assert _report([]).at("createPersona", 200) == ()


@pytest.mark.parametrize(
    ("called", "body", "place"),
    [
        ("getMp4", {"code": "success", "data": {}}, "/data"),
        ("getWav", {"code": "success", "data": {}}, "/data"),
        ("getWav", {"code": "success", "data": ""}, "/data"),
        ("fetchTask", changed(TASK, ("data", "data"), []), "/data/data"),
        ("fetchTask", changed(TASK, ("data", "data"), None), "/data/data"),
        ("fetchTask", changed(TASK, ("data", "data"), {}), "/data/data"),
        ("fetchTasks", {"code": "success", "data": [TASK["data"] | {"data": []}]}, "/data/0/data"),
    ],
)
def test_empty_result_is_an_error(called: str, body: Any, place: str) -> None:
    """The description allows it, and the client returns it; the caller gets nothing."""
    finding = _finding(_exchange(called, body), DriftKind.EMPTY_RESULT)
    assert (finding.instance_pointer, finding.severity) == (place, DriftSeverity.ERROR)
    assert (finding.effect, finding.proposal) == (ClientEffect.SILENTLY_WRONG, ())


@pytest.mark.parametrize(
    ("called", "body", "note"),
    [
        ("fetchTask", changed(TASK, ("data", "data"), TASK["data"]["data"][0]), "its fields are those of Clip"),
        ("fetchTask", changed(TASK, (*CLIP, "metadata"), {"mood": 1, "key": "C"}), "an empty ClipMetadata"),
        ("getMp4", {"code": "success", "data": {"url": "https://example.com"}}, "an empty Mp4File"),
        ("fetchTask", changed(TASK, ("data", "data"), {"clips": []}), "Task.data is not "),
    ],
)
def test_other_object_is_not_a_note(called: str, body: Any, note: str) -> None:
    """Only new fields are found, but the object is not the described one: no overlay may make it fit."""
    report = DriftDetector(CONTRACT).observe_all([_exchange(called, body)]).report()
    assert {each.kind for each in report.findings} == {DriftKind.UNDOCUMENTED_FIELD}
    assert not report.holds
    for finding in report.findings:
        assert (finding.effect, finding.proposal) == (ClientEffect.SILENTLY_WRONG, ())
        assert note in finding.worst.effect_note
        assert finding.undecided.startswith("another object came")


def test_worst_place_of_a_drift_counts() -> None:
    """The first of two such objects is read unchanged; the other one holds nothing that the client knows."""
    known, empty = {"tags": "pop", "key": "C"}, {"key": "C"}
    clips = [TASK["data"]["data"][0] | {"metadata": each} for each in (known, empty)]
    one = _exchange("fetchTask", changed(TASK, ("data", "data"), clips))
    several = [_exchange("fetchTask", changed(TASK, ("data", "data"), [clip])) for clip in clips]
    for exchanges in ([one], several):
        (finding,) = DriftDetector(CONTRACT).observe_all(exchanges).findings()
        assert (finding.effect, finding.count) == (ClientEffect.SILENTLY_WRONG, len(exchanges))


def test_harmless_drift_of_a_failing_call_is_not_a_crash() -> None:
    body = {"code": "ok", "message": 4, "data": changed(TASK["data"], ("task_id",), 5), "extra": 1}
    found = DriftDetector(CONTRACT).observe_all([_exchange("fetchTask", body)]).findings()
    assert {each.instance_pointer: each.effect for each in found} == {
        "/code": ClientEffect.CRASH,
        "/data/task_id": ClientEffect.CRASH,
        "/message": ClientEffect.NONE,
        "/extra": ClientEffect.NONE,
    }


def test_repeated_name_is_found() -> None:
    """Readers differ in which value they take."""
    content = b'{"code": "success", "data": {"task_id": "a", "status": "QUEUED", "status": "SUCCESS"}, "data": {'
    content += b'"task_id": "b", "task_id": "c", "status": "QUEUED"}}'
    (finding, other) = DriftDetector(CONTRACT).observe_all([_exchange("fetchTask", parse_body(content))]).findings()
    assert {finding.instance_pointer, other.instance_pointer} == {"/data", "/data/task_id"}
    assert {finding.kind, other.kind} == {DriftKind.REPEATED_NAME}


def test_undescribed_path_is_not_a_finding() -> None:
    exchange = _exchange("fetchTask", TASK)
    exchange = evolve(exchange, request=evolve(exchange.request, path="/suno/feed/x"))
    report = DriftDetector(CONTRACT).observe_all([exchange]).report()
    assert report.findings == ()
    assert dict(report.unmatched) == {"GET /suno/feed/x": 1}
    assert (report.exchanges, dict(report.coverage.undescribed)) == (0, {"GET /suno/feed/x": 1})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tolerated: [", "not YAML"),
        ("- a", "/: "),
        ("tolerated:\n  - {finding: 1}", "/tolerated/0: "),
        (
            "tolerated:\n  - {finding: 0123456789, about: a field, reason: known, expires: never, target: mock}",
            "/tolerated/0/expires: ",
        ),
        (
            "tolerated:\n  - {finding: 0123456789, about: a field, reason: known, expires: 2026-02-30, target: mock}",
            "/tolerated/0/expires: ",
        ),
        (
            "tolerated:\n"
            + "  - {finding: 0123456789, about: a field, reason: known, expires: 2026-02-20, target: mock}\n" * 2,
            "twice",
        ),
    ],
)
def test_bad_baseline_is_one_line(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "baseline.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(VerifierInputError) as refused:
        baselines.read_baseline(path)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["tolerated:", "tolerated: []"])
def test_baseline_may_be_empty(text: str, tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(text, "utf-8")
    assert baselines.read_baseline(tmp_path / "b.yaml") == Baseline.of()
