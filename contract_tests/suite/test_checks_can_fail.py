"""Can the checks fail? Each faulty description, message and server must be caught by the named check.

The other test files use the same checks and expect no finding; here each check must find something.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import pytest
from cometapi_suno import SunoError
from cometapi_suno.operations import tasks
from cometapi_suno_mock import DEMO_KEY, FINISHED_TASK, Contract, DescriptionError, Gateway, Settings
from cometapi_suno_mock.httpx_transport import GatewayTransport
from cometapi_suno_mock.pointers import join_pointer

from contract_tests.suite.pytest_results_plugin import QUESTIONS
from contract_tests.suite.support import bad_servers as bad
from contract_tests.suite.support.bad_descriptions import FAULTS, with_all_faults, with_broken_reference
from contract_tests.suite.support.bad_messages import PERSONA, REQUESTS, RESPONSE, RESPONSES
from contract_tests.suite.support.bad_servers import BadGateway, Twist, bodies, replies
from contract_tests.suite.support.checking_transport import CheckingTransport
from contract_tests.suite.support.gateway_callers import find_missing_statuses, open_caller, open_status_callers
from contract_tests.suite.support.loaded_spec import CONTRACT, DESCRIPTION
from contract_tests.suite.support.schema_walk import ABSENT, with_changes
from contract_tests.suite.support.schemathesis_runner import OUR_VALIDATOR, VALID_REFUSED, run_schemathesis
from contract_tests.suite.support.stateful_walk import run_random_walks
from contract_tests.suite.support.undescribed_members import find_undescribed
from contract_tests.suite.support.workflow import connect, run_workflow
from contract_tests.verifier.exchange.links import find_dead_ends, read_links, walk
from contract_tests.verifier.report.run_model import (
    WHOLE,
    QuestionResult,
    SuiteQuestion,
    SuiteResults,
    Verdict,
    VerificationRun,
)
from scripts import description_file
from scripts.generate import generate
from scripts.lint import lint

LINKS = read_links(CONTRACT)
LYRICS = next(operation.id for operation in CONTRACT.operations.values() if operation.sdk == "lyrics.submit")


@pytest.fixture(scope="module")
def findings() -> set[tuple[str, str]]:
    """Rule and pointer of each lint finding for the description with every fault."""
    return {(finding.rule, finding.pointer) for finding in lint(with_all_faults(description_file.load()))}


@pytest.mark.parametrize("rule", FAULTS)
def test_lint_rule_catches_fault(rule: str, findings: set[tuple[str, str]]) -> None:
    assert (rule, join_pointer("", *FAULTS[rule].where)) in findings


def test_broken_reference_is_refused(tmp_path: Path) -> None:
    """Lint, the mock and the generator refuse it, and the generator writes nothing."""
    honest = description_file.load()
    broken = description_file.Description(honest.path, with_broken_reference(honest.data), honest.lines)
    assert {finding.rule for finding in lint(broken)} == {"ref-broken"}
    with pytest.raises(DescriptionError, match="Nowhere"):
        Contract(with_broken_reference(DESCRIPTION))
    path = _copy(tmp_path)
    path.write_text(path.read_text("utf-8").replace("/responses/PersonaBadRequest", "/responses/Nowhere"), "utf-8")
    with pytest.raises(description_file.DescriptionFileError, match="Nowhere"):
        generate(path, tmp_path / "generated")


def test_missing_example_is_refused(tmp_path: Path) -> None:
    path = _copy(tmp_path)
    (path.parent / "examples" / "create-persona.request.documented.json").unlink()
    with pytest.raises(description_file.DescriptionFileError, match=r"create-persona\.request\.documented\.json"):
        description_file.load(path).bundled()


def test_undescribed_example_field_is_found() -> None:
    schema = PERSONA.answers[200].content["application/json"].schema
    assert schema is not None
    value = with_changes(RESPONSE, (("clip", "metadata", "mood"), "blue"))
    assert not schema.check(value), "a response may have unknown fields"
    assert find_undescribed(schema, value) == ["/clip/metadata/mood"]


@pytest.mark.parametrize("case", RESPONSES)
def test_bad_response_is_caught(case: str) -> None:
    message = RESPONSES[case]
    found = PERSONA.check_response(status=message.status, content_type=message.media, body=message.body)
    assert {violation.kind for violation in found} == {message.kind}


@pytest.mark.parametrize("case", REQUESTS)
def test_bad_request_is_caught(case: str) -> None:
    message = REQUESTS[case]
    found = PERSONA.check_request(path_params={}, query={}, headers={}, content_type=message.media, body=message.body)
    assert {violation.kind for violation in found} == {message.kind}


STATUS, MEDIA, SCHEMA = "status_code_conformance", "content_type_conformance", "response_schema_conformance"
ACCEPTS, REJECTS = "positive_data_acceptance", "negative_data_rejection"

SERVERS: Mapping[str, tuple[str, Twist]] = {
    "renames a property": (SCHEMA, bodies(bad.renamed("id", "persona_id"))),
    "leaves out what is required": (SCHEMA, bodies(bad.without("id"))),
    "leaves it out further down": (SCHEMA, bodies(bad.with_member("clip", {"title": "demo"}))),
    "answers a number for a text": (SCHEMA, bodies(bad.with_member("id", 7))),
    "answers null for a text": (SCHEMA, bodies(bad.with_member("id", None))),
    "wraps the answer": (SCHEMA, bodies(lambda value: {"code": "success", "message": "", "data": value})),
    "answers a list": (SCHEMA, bodies(lambda value: [value])),
    "answers half a body": (SCHEMA, replies(lambda reply: reply._replace(body=reply.body[:50]))),
    "answers nothing": (SCHEMA, replies(lambda reply: reply._replace(body=b""))),
    "answers 299": (STATUS, replies(bad.status(299))),
    "answers 418": (STATUS, replies(bad.status(418))),
    "answers 404 for a clip": (STATUS, replies(bad.error("fail_to_fetch_task", 404))),
    "calls JSON text": (MEDIA, replies(bad.media("text/plain"))),
    "does not say what it sends": (MEDIA, replies(bad.media(None))),
    "answers a page": (MEDIA, replies(bad.page)),
    "answers 500": ("not_a_server_error", replies(bad.error("do_request_failed", 500))),
    "answers 403 without balance": (ACCEPTS, replies(bad.error("quota_not_enough", 403))),
    "finds every request wrong": (VALID_REFUSED, replies(bad.error("invalid_request", 400))),
    "takes any key, or none": ("ignored_auth", bad.opens_for_any_key),
    "takes any key": ("ignored_auth", bad.opens_for_any_text),
    "breaks down": ("error", bad.breaks_down),
}
REFUSING: Mapping[str, tuple[str, Twist]] = {
    "accepts invalid requests": (REJECTS, bad.takes_anything),
    "refuses with another shape": (SCHEMA, bodies(lambda value: {"detail": value["message"]}, status=400)),
    "refuses with a page": (MEDIA, replies(bad.page, status=400)),
    "refuses with 422": (STATUS, replies(bad.status(422), status=400)),
}


def _seen_by(check: str) -> set[str]:
    """Return the checks that must fail; the validator of the mock finds wrong answers too."""
    return {check, OUR_VALIDATOR} if check in (STATUS, MEDIA, SCHEMA) else {check}


@pytest.mark.parametrize("case", SERVERS)
def test_bad_server_is_caught(case: str) -> None:
    check, twist = SERVERS[case]
    found = run_schemathesis(DESCRIPTION, CONTRACT, PERSONA.id, BadGateway(twist), phases=("examples",))
    assert _seen_by(check) <= found.failed


@pytest.mark.parametrize("case", REFUSING)
def test_bad_refusal_is_caught(case: str) -> None:
    """Coverage-phase requests break one schema rule each."""
    check, twist = REFUSING[case]
    found = run_schemathesis(DESCRIPTION, CONTRACT, LYRICS, BadGateway(twist), phases=("coverage",))
    assert _seen_by(check) <= found.failed


def test_missing_required_header_is_caught() -> None:
    """The request id is not required by the description, so the test makes it required."""
    stricter = with_changes(DESCRIPTION, (("components", "headers", "RequestId", "required"), True))
    gateway = BadGateway(bad.drops_the_request_id)
    found = run_schemathesis(stricter, CONTRACT, PERSONA.id, gateway, phases=("examples",))
    assert "response_headers_conformance" in found.failed


@pytest.mark.parametrize(
    ("twist", "dead_end"),
    [
        (replies(bad.error("task_not_exist", 400), to="tasks.get"), "submitMusic.task"),
        (bodies(bad.with_member("data", "unknown-id"), to="music.submit"), "submitMusic.task"),
        (bodies(bad.with_member("id", "unknown-id"), to="personas.create"), "createPersona.songWithPersona"),
        (replies(bad.error("fail_to_fetch_task", 400), to="clips.wav"), "fetchTask.wav"),
    ],
    ids=["forgets tasks", "invents task ids", "invents persona ids", "has no wav"],
)
def test_dead_link_is_found(twist: Twist, dead_end: str) -> None:
    with open_caller(BadGateway(twist, settings=Settings(polls=0)), CONTRACT) as caller:
        assert dead_end in find_dead_ends(LINKS, walk(caller, LINKS))


def test_bad_answer_along_links_is_found() -> None:
    twist = bodies(bad.with_member("data", [{"status": "SUCCESS"}]), to="tasks.list")
    with open_caller(BadGateway(twist, settings=Settings(polls=0)), CONTRACT) as caller:
        assert [exchange for _, exchange in walk(caller, LINKS) if exchange.violations]


@pytest.mark.parametrize(
    ("check", "twist"),
    [
        ("not_a_server_error", replies(bad.error("do_request_failed", 500), to="personas.create")),
        (SCHEMA, bodies(bad.without("data"), to="tasks.get")),
    ],
)
def test_random_walk_finds_failing_server(check: str, twist: Twist) -> None:
    found = run_random_walks(DESCRIPTION, BadGateway(twist, settings=Settings(polls=0)), walks=5, steps=6)
    assert check in {failure.check for failure in found.failures}


@pytest.mark.parametrize(
    ("twist", "status"),
    [(bad.knows_no_faults, 524), (bad.opens_for_any_key, 401), (bad.takes_anything, 400)],
    ids=["is never cut off", "takes any key", "takes anything"],
)
def test_missing_status_is_found(twist: Twist, status: int) -> None:
    assert status in _find_missing(twist)


def test_undescribed_status_is_found() -> None:
    silent = with_changes(DESCRIPTION, (("paths", PERSONA.path, "post", "responses", "403"), ABSENT))
    contract = Contract(silent)
    with open_status_callers(contract) as callers:
        assert set(find_missing_statuses(callers, contract.operations[PERSONA.id])) == {403}


def test_status_with_wrong_body_is_found() -> None:
    twist = replies(bad.error("invalid_request", 503), status=503)
    shapeless = bodies(lambda value: {"detail": "later"}, status=503)
    assert not _find_missing(twist)
    assert _find_missing(shapeless) == {503}


def _find_missing(twist: Twist) -> set[int]:
    with open_status_callers(CONTRACT, BadGateway(twist)) as callers:
        return set(find_missing_statuses(callers, PERSONA))


def _task(**members: Any) -> Twist:
    """Return a twist that changes the answer of `tasks.get`."""
    return bodies(lambda value: {**value, "data": {**value["data"], **members}}, to="tasks.get")


def _clips(**members: Any) -> Twist:
    """Return a twist that changes the clips of each finished task."""

    def change(value: Any) -> Any:
        task: dict[str, Any] = value["data"]
        clips: list[dict[str, Any]] = task["data"] or []
        return {**value, "data": {**task, "data": [clip | members for clip in clips]}}

    return bodies(change, to="tasks.get")


def _persona(**members: Any) -> Twist:
    """Return a twist that changes the persona."""
    return bodies(lambda value: {**value, **members}, to="personas.create")


WORKFLOWS: Mapping[str, Twist] = {
    "the persona is of another clip": _persona(root_clip_id="another"),
    "the persona shows another clip": _persona(clip={"id": "another"}),
    "its clips lack the clip": _persona(persona_clips=[]),
    "it is called otherwise": _persona(name="Untitled"),
    "it is not public": _persona(is_public=False),
    "status IN_PROGRESS": _task(status="IN_PROGRESS", data=None),
    "failed": _task(status="FAILURE", data=None),
    "which was asked for": _task(task_id="another"),
    "the task has no clips": _task(data=[]),
    "a clip of a finished task is not complete": _clips(status="streaming"),
    "the song has another title": _clips(title="Untitled"),
    "another persona sings": _clips(metadata={"persona_id": "another"}),
    "two calls gave one task": bodies(bad.with_member("data", FINISHED_TASK), to="music.submit"),
}


@pytest.mark.anyio
@pytest.mark.parametrize("difference", WORKFLOWS)
async def test_workflow_rejects_wrong_answer(difference: str) -> None:
    gateway = BadGateway(WORKFLOWS[difference])
    client = connect(api_key=DEMO_KEY, base_url="http://127.0.0.1", http_client=GatewayTransport(gateway))
    # The client itself refuses an answer about another task, and a task that fails or does not end.
    with pytest.raises((AssertionError, SunoError), match=difference):
        await run_workflow(client)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "change", [{"done": {"SUCESS"}}, {"failed": {"FAILURE", "SUCCESS"}}, {"done": {"IN_PROGRESS"}}]
)
async def test_workflow_sees_wrong_final_status(change: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if `x-sdk.poll` named it, and lint were not asked."""
    monkeypatch.setattr(tasks, "POLL", attrs.evolve(tasks.POLL, **change))
    client = connect(api_key=DEMO_KEY, base_url="http://127.0.0.1", http_client=GatewayTransport(Gateway()))
    with pytest.raises((AssertionError, SunoError)):
        await run_workflow(client)


@pytest.mark.anyio
async def test_checking_transport_is_stricter_than_client() -> None:
    """The client keeps an optional field of a wrong type; the contract reports it."""
    judge = CheckingTransport(CONTRACT, GatewayTransport(BadGateway(_persona(is_loved="many"))))
    await run_workflow(connect(api_key=DEMO_KEY, base_url="http://127.0.0.1", http_client=judge))
    assert [violation for violation in judge.violations if "/is_loved" in violation] == judge.violations != []


def test_verdict_fails_on_failure_or_gap() -> None:
    """An empty result does not hold either."""
    described, operation = description_file.load(), next(iter(CONTRACT.operations))
    questions = tuple(SuiteQuestion(**question) for question in QUESTIONS)
    good, bad_result = QuestionResult(tests=1, failed=0, checks=1), QuestionResult(tests=1, failed=1, checks=1)
    asked = {(each, question.name): good for question in questions for each in (*CONTRACT.operations, WHOLE)}

    def holds(results: Mapping[tuple[str, str], QuestionResult]) -> bool:
        suite = SuiteResults(questions, results)
        return (
            VerificationRun(description=described, date=date(2026, 1, 1), targets=(), suite=suite).verdict
            is Verdict.HOLDS
        )

    assert holds(asked)
    for place in asked:
        assert not holds({**asked, place: bad_result})
    for question in questions:
        less = {place: result for place, result in asked.items() if place != (operation, question.name)}
        assert holds(less) is not question.per_operation
    assert not holds({})


def _copy(folder: Path) -> Path:
    """Copy the description and its examples for editing."""
    shutil.copytree(description_file.DEFAULT.parent, folder / "openapi")
    return folder / "openapi" / description_file.DEFAULT.name
