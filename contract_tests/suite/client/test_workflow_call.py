"""From a music request to a persona in one call: against the mock, and with each of its steps failing."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, cast

import httpx
import pytest
from cometapi_suno import (
    AsyncSunoClient,
    BadRequestError,
    Clip,
    ConfigurationError,
    InvalidRequestError,
    MusicModel,
    OutcomeUnknownError,
    QuotaError,
    SongFromDescription,
    SongFromLyrics,
    SunoError,
    Task,
    TaskError,
    TaskFailedError,
    TaskTimeoutError,
)
from cometapi_suno_mock import DEMO_KEY, Gateway
from cometapi_suno_mock.httpx_transport import GatewayTransport

from contract_tests.suite.client.virtual_time_client import Act, Stage, in_turn
from contract_tests.suite.support.expected_results import json_reply
from contract_tests.suite.support.fake_transport import Reply

SONG = SongFromDescription(gpt_description_prompt="a song about rivers")
ABOUT: Mapping[str, Any] = {"name": "Persona Title", "description": "Persona Description", "is_public": True}
SUBMIT, FETCH, CREATE = "/suno/submit/music", "/suno/fetch/made", "/suno/persona/create"
NO_QUOTA = json_reply(403, {"error": {"code": "quota_not_enough", "message": "no"}})


def _clip(clip_id: str, status: str = "complete") -> dict[str, Any]:
    return {"id": clip_id, "status": status}


CLIPS_MADE = [_clip("first"), _clip("second")]


def _task(status: str = "SUCCESS", data: Any = CLIPS_MADE) -> Reply:
    task = {"task_id": "made", "action": "MUSIC", "status": status, "fail_reason": "no idea", "data": data}
    return json_reply(200, {"code": "success", "message": "", "data": task})


PASSES: Mapping[str, Act] = {
    SUBMIT: json_reply(200, {"code": "success", "message": "", "data": "made"}),
    FETCH: _task(),
    CREATE: json_reply(200, {"id": "persona"}),
}


def _stage(face: str, steps: Mapping[str, Act] = {}) -> Stage:
    """A client whose steps pass, but for these."""
    acts = {**PASSES, **steps}
    return Stage(face, lambda request: acts[request.url.path])


def _create(stage: Stage, **options: Any) -> Any:
    return stage.run(stage.client.personas.create_from_song(SONG, **{**ABOUT, **options}))


def _error(stage: Stage, **options: Any) -> SunoError:
    with pytest.raises(SunoError) as raised:
        _create(stage, **options)
    return raised.value


def _paths(stage: Stage) -> list[str]:
    return [request.url.path for request in stage.line.requests]


def test_a_persona_is_made_from_a_new_song_of_the_mock(face: str, gateway: Gateway) -> None:
    transport = GatewayTransport(gateway)
    stage = Stage(face, in_turn(), http_client=transport, api_key=DEMO_KEY, base_url="http://127.0.0.1")
    seen: list[str] = []

    def note(task: Task) -> None:
        seen.append(str(task.status))

    song = SongFromDescription(gpt_description_prompt="a song about rivers", mv="chirp-auk")
    made = stage.run(stage.client.personas.create_from_song(song, **ABOUT, on_progress=note))
    assert isinstance(made.task, Task)
    assert (made.task.status, seen[-1]) == ("SUCCESS", "SUCCESS")
    assert isinstance(made.clip, Clip)
    assert isinstance(made.task.data, list)
    assert made.clip.id in [clip.id for clip in made.task.data]
    assert made.clip.status == "complete"
    assert (made.persona.root_clip_id, made.persona.name) == (made.clip.id, "Persona Title")


def test_each_step_is_given_what_the_step_before_made(face: str) -> None:
    stage = _stage(face)
    made = _create(stage, headers={"X-Trace": "1"})
    assert (made.task.task_id, made.clip.id, made.persona.id) == ("made", "first", "persona")
    assert _paths(stage) == [SUBMIT, FETCH, CREATE]
    submitted, _, created = stage.line.requests
    assert json.loads(submitted.content) == {"gpt_description_prompt": "a song about rivers", "mv": "chirp-auk"}
    assert json.loads(created.content) == {"root_clip_id": "first", "clips": ["first"], **ABOUT}
    assert [each.headers.get("X-Trace") for each in (submitted, created)] == ["1", "1"]


USABLE: Mapping[str, tuple[list[Any], str]] = {
    "the first of two": ([_clip("a"), _clip("b")], "a"),
    "the first that is complete": ([_clip("a", "streaming"), _clip("x", "error"), _clip("b")], "b"),
}


@pytest.mark.parametrize("case", USABLE)
def test_unless_told_otherwise_it_takes(case: str, face: str) -> None:
    clips, taken = USABLE[case]
    assert _create(_stage(face, {FETCH: _task(data=clips)})).clip.id == taken


UNUSABLE: Mapping[str, list[Any]] = {
    "an error and a stream": [_clip("c1", "error"), _clip("c2", "streaming")],
    "an unknown status": [_clip("a", "no such status")],
    "no status": [{"id": "a"}],
    "null as status": [{"id": "a", "status": None}],
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_incomplete_clip_is_not_paid_for(case: str, face: str) -> None:
    """A task may have succeeded although none of its clips is complete."""
    stage = _stage(face, {FETCH: _task(data=UNUSABLE[case])})
    error = _error(stage)
    assert type(error) is TaskError
    assert set(error.reached) == {"task_id", "task"}
    assert "status is" in str(error)
    assert _paths(stage) == [SUBMIT, FETCH]


def test_caller_cannot_pick_an_incomplete_clip(face: str) -> None:
    seen: list[str] = []

    def pick(clips: Sequence[Clip]) -> Clip:
        seen.extend(clip.id for clip in clips)
        return Clip.from_dict(_clip("other", "streaming"))

    stage = _stage(face, {FETCH: _task(data=[_clip("a", "error"), _clip("b"), _clip("c")])})
    error = _error(stage, pick=pick)
    assert seen == ["b", "c"]
    assert type(error) is TaskError
    assert "'streaming'" in str(error)
    assert set(error.reached) == {"task_id", "task"}
    assert _paths(stage) == [SUBMIT, FETCH]


def test_only_a_clip_can_be_picked(face: str) -> None:
    stage = _stage(face)
    error = _error(stage, pick=len)
    assert str(error).endswith("pick returned int, not Clip. The task is in .task.")
    assert set(error.reached) == {"task_id", "task"}


REQUESTS: Mapping[str, tuple[Any, Any]] = {
    "left out": (SongFromLyrics(prompt="la"), "chirp-auk"),
    "null": (SongFromLyrics(prompt="la", mv=cast("Any", None)), "chirp-auk"),
    "the required one": (SongFromLyrics(prompt="la", mv=MusicModel.CHIRP_AUK), "chirp-auk"),
    "a JSON object": ({"prompt": "la"}, "chirp-auk"),
}


@pytest.mark.parametrize("case", REQUESTS)
def test_model_that_a_persona_requires_is_filled_in(case: str, face: str) -> None:
    """Step 1 of CometAPI's page on personas: `mv` must be `chirp-auk`."""
    song, sent = REQUESTS[case]
    before = deepcopy(song)
    stage = _stage(face)
    stage.run(stage.client.personas.create_from_song(song, **ABOUT))
    assert json.loads(stage.line.requests[0].content) == {"prompt": "la", "mv": sent}
    assert song == before


@pytest.mark.filterwarnings("ignore::cometapi_suno.RetiredValueWarning")
@pytest.mark.parametrize("mv", ["chirp-v4", MusicModel.CHIRP_CROW, "", 4], ids=repr)
def test_another_model_is_refused_before_anything_is_paid(mv: Any, face: str) -> None:
    song = SongFromLyrics(prompt="la", mv=mv)
    stage = _stage(face)
    with pytest.raises(InvalidRequestError, match=r"mv is .*'chirp-auk'.*check_request=False"):
        stage.run(stage.client.personas.create_from_song(song, **ABOUT))
    assert stage.line.requests == []
    stage.run(stage.client.personas.create_from_song(song, **ABOUT, check_request=False))
    assert json.loads(stage.line.requests[0].content)["mv"] == mv


def test_unchecked_request_is_sent_as_it_is(face: str) -> None:
    stage = _stage(face)
    _create(stage, check_request=False)
    assert json.loads(stage.line.requests[0].content) == {"gpt_description_prompt": "a song about rivers"}


def test_the_caller_may_choose_the_clip(face: str) -> None:
    def last(clips: Sequence[Clip]) -> Clip:
        return clips[-1]

    stage = _stage(face)
    assert _create(stage, pick=last).clip.id == "second"
    assert json.loads(stage.line.requests[-1].content)["root_clip_id"] == "second"


Step = tuple[Mapping[str, Act], type[SunoError], set[str]]
STEPS: Mapping[str, Step] = {
    "no quota for the song": ({SUBMIT: NO_QUOTA}, QuotaError, set()),
    "no answer to the song": ({SUBMIT: httpx.ReadTimeout}, OutcomeUnknownError, set()),
    "a task that fails": ({FETCH: _task("FAILURE", None)}, TaskFailedError, {"task_id"}),
    "a task that goes on": ({FETCH: _task("IN_PROGRESS", None)}, TaskTimeoutError, {"task_id"}),
    "an unknown task": ({FETCH: json_reply(400, {"code": "x", "message": ""})}, BadRequestError, {"task_id"}),
    "a task without clips": ({FETCH: _task(data=None)}, TaskError, {"task_id", "task"}),
    "a task with no clip in its list": ({FETCH: _task(data=[])}, TaskError, {"task_id", "task"}),
    "a task with lyrics": ({FETCH: _task(data={"text": "la"})}, TaskError, {"task_id", "task"}),
    "no quota for the persona": ({CREATE: NO_QUOTA}, QuotaError, {"task_id", "task", "clip"}),
    "no answer to the persona": ({CREATE: httpx.ReadError}, OutcomeUnknownError, {"task_id", "task", "clip"}),
}


@pytest.mark.parametrize("case", STEPS)
def test_what_was_reached_before_a_step_fails_is_not_lost(case: str, face: str) -> None:
    steps, kind, reached = STEPS[case]
    error = _error(_stage(face, steps))
    assert type(error) is kind
    assert set(error.reached) == reached
    if "task_id" in reached:
        assert error.reached["task_id"] == "made"
    if "task" in reached:
        assert error.reached["task"].status == "SUCCESS"
    if "clip" in reached:
        assert error.reached["clip"].id == "first"


def test_one_goes_on_from_what_was_reached(face: str) -> None:
    stage = _stage(face)
    error = _error(_stage(face, {CREATE: NO_QUOTA}))
    clip = error.reached["clip"]
    persona = stage.run(stage.client.personas.create(root_clip_id=clip.id, clips=[clip.id], **ABOUT))
    assert persona.id == "persona"
    assert _paths(stage) == [CREATE]


def test_result_in_place_of_task_id_is_kept(face: str) -> None:
    """After some requests gateways answer with the clips themselves: nothing has to be waited for."""
    stage = _stage(face, {SUBMIT: json_reply(200, {"id": "batch", "clips": [_clip("first", "submitted")]})})
    error = _error(stage)
    assert "nothing to wait for" in str(error)
    assert [clip.id for clip in error.reached["submitted"].clips] == ["first"]
    assert _paths(stage) == [SUBMIT]


def test_song_that_was_paid_for_is_not_submitted_again(face: str) -> None:
    task_id = _error(_stage(face, {CREATE: NO_QUOTA})).reached["task_id"]
    stage = _stage(face)
    assert _create(stage, resume=task_id).persona.id == "persona"
    assert _paths(stage) == [FETCH, CREATE]


@pytest.mark.parametrize("resume", ["", " "], ids=repr)
def test_empty_task_id_submits_nothing(resume: str, face: str) -> None:
    stage = _stage(face, {"/suno/fetch/%20": json_reply(400, {"code": "task_not_exist", "message": ""})})
    _error(stage, resume=resume, wait_grace=0)
    assert SUBMIT not in _paths(stage)


def _stumble(_: object) -> Any:
    raise ZeroDivisionError


@pytest.mark.parametrize(("given", "reached"), [("on_progress", {"task_id"}), ("pick", {"task_id", "task"})])
def test_what_the_callers_own_code_raises_tells_what_was_reached(given: str, reached: set[str], face: str) -> None:
    with pytest.raises(ZeroDivisionError) as raised:
        _create(_stage(face), **{given: _stumble})
    assert set(vars(raised.value)["reached"]) == reached
    assert any("task_id='made'" in note for note in raised.value.__notes__)


def test_a_cancelled_call_tells_what_was_reached() -> None:
    stage = _stage("async", {FETCH: _task("IN_PROGRESS", None)})
    client = stage.client
    assert isinstance(client, AsyncSunoClient)

    async def story() -> None:
        call = asyncio.create_task(client.personas.create_from_song(SONG, **ABOUT))
        await asyncio.sleep(5)
        call.cancel()
        with pytest.raises(asyncio.CancelledError) as cancelled:
            await call
        assert vars(cancelled.value)["reached"] == {"task_id": "made"}

    stage.drive(story())


@pytest.mark.parametrize("wait_timeout", [0, -1, math.nan, "60", None], ids=repr)
def test_bad_deadline_is_refused_before_paying(wait_timeout: Any, face: str) -> None:
    stage = _stage(face)
    assert type(_error(stage, wait_timeout=wait_timeout)) is ConfigurationError
    assert stage.line.requests == []


def test_the_deadline_is_the_waits_alone(face: str) -> None:
    stage = _stage(face, {FETCH: _task("QUEUED", None)})
    assert isinstance(_error(stage, wait_timeout=9), TaskTimeoutError)
    assert stage.time.now == pytest.approx(9)
