"""A song with a persona in one call: what is filled in, what is refused before it is paid for, what a failure keeps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from cometapi_suno import (
    Clip,
    ConfigurationError,
    InvalidRequestError,
    OutcomeUnknownError,
    Persona,
    PersonaFromSong,
    QuotaError,
    SongFromLyrics,
    SongsWithPersona,
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

WORDS: Mapping[str, Any] = {"prompt": "[Verse]", "tags": "pop", "title": "Again"}
SUBMIT, FETCH = "/suno/submit/music", "/suno/fetch/sung"
MADE = PersonaFromSong(
    persona=Persona.from_dict({"id": "ada", "root_clip_id": "other"}),
    clip=Clip.from_dict({"id": "root"}),
    task=Task.from_dict({"task_id": "made", "status": "SUCCESS"}),
)
# The values that the page of CometAPI on personas asks for, the clip being the one that the persona was made of.
SENT = {
    "task": "artist_consistency",
    "persona_id": "ada",
    "artist_clip_id": "root",
    "generation_type": "TEXT",
    "negative_tags": "",
    "mv": "chirp-auk",
    **WORDS,
}


def _task(status: str = "SUCCESS", data: Any = ({"id": "first"}, {"id": "second"})) -> Reply:
    task = {"task_id": "sung", "action": "MUSIC", "status": status, "fail_reason": "no idea", "data": data}
    return json_reply(200, {"code": "success", "message": "", "data": task})


PASSES: Mapping[str, Act] = {
    SUBMIT: json_reply(200, {"code": "success", "message": "", "data": "sung"}),
    FETCH: _task(),
}


def _stage(face: str, steps: Mapping[str, Act] = {}) -> Stage:
    """A client whose steps pass, but for these."""
    acts = {**PASSES, **steps}
    return Stage(face, lambda request: acts[request.url.path])


def _sing(stage: Stage, persona: Any = MADE, **arguments: Any) -> SongsWithPersona:
    result: SongsWithPersona = stage.run(stage.client.music.submit_with_persona(persona, **{**WORDS, **arguments}))
    return result


def _sent(stage: Stage) -> Any:
    return json.loads(stage.line.requests[0].content)


def _paths(stage: Stage) -> list[str]:
    return [request.url.path for request in stage.line.requests]


def test_whole_path_on_the_mock(face: str, gateway: Gateway) -> None:
    transport = GatewayTransport(gateway)
    stage = Stage(face, in_turn(), http_client=transport, api_key=DEMO_KEY, base_url="http://127.0.0.1")
    song = SongFromLyrics(prompt="la", title="Hello", tags="pop")
    made = stage.run(stage.client.personas.create_from_song(song, name="Ada", description="alto", is_public=False))
    seen: list[str] = []

    def note(task: Task) -> None:
        seen.append(str(task.status))

    sung = _sing(stage, made, on_progress=note)
    assert seen[-1] == "SUCCESS"
    assert [clip.title for clip in sung.clips] == ["Again", "Again"]
    assert [clip.metadata and clip.metadata.persona_id for clip in sung.clips] == [made.persona.id] * 2
    assert sung.clips == sung.task.data


PERSONAS: Mapping[str, tuple[Any, Mapping[str, Any], str]] = {
    "from a song": (MADE, {}, "root"),
    "created": (MADE.persona, {}, "other"),
    "an id and a clip": ("ada", {"artist_clip_id": "third"}, "third"),
    "from a song with another clip": (MADE, {"artist_clip_id": "third"}, "third"),
}


@pytest.mark.parametrize("case", PERSONAS)
def test_what_the_page_asks_for_is_filled_in(case: str, face: str) -> None:
    persona, arguments, clip = PERSONAS[case]
    stage = _stage(face)
    sung = _sing(stage, persona, headers={"X-Trace": "1"}, **arguments)
    assert _sent(stage) == {**SENT, "artist_clip_id": clip}
    assert ([each.id for each in sung.clips], sung.task.task_id) == (["first", "second"], "sung")
    assert stage.line.requests[0].headers["X-Trace"] == "1"
    assert _paths(stage) == [SUBMIT, FETCH]


@pytest.mark.parametrize("mv", ["chirp-v3-5-tau", "chirp-v4-tau", "chirp-auk"])
def test_models_of_the_page_are_sent(mv: str, face: str) -> None:
    stage = _stage(face)
    _sing(stage, mv=mv, vocal_gender="f", negative_tags="noise")
    assert _sent(stage) == {**SENT, "mv": mv, "vocal_gender": "f", "negative_tags": "noise"}


REFUSED: Mapping[str, tuple[Any, Mapping[str, Any], str]] = {
    "a newer model": (MADE, {"mv": "chirp-hawk"}, r"mv is 'chirp-hawk'.*chirp-auk.*check_request=False"),
    "no model": (MADE, {"mv": ""}, r"mv is ''"),
    "a number as model": (MADE, {"mv": 4}, r"mv is 4"),
    "an id without a clip": ("ada", {}, r"artist_clip_id is None.*artist_clip_id="),
    "a persona without a clip": (Persona.from_dict({"id": "ada"}), {}, r"artist_clip_id is None"),
    "a clip": (MADE.clip, {}, r"persona is Clip.*PersonaFromSong, Persona, str"),
    "nothing": (None, {}, r"persona is None"),
    "an empty id": ("", {"artist_clip_id": "c"}, r"persona_id is ''"),
    "an empty clip": ("ada", {"artist_clip_id": ""}, r"artist_clip_id is ''"),
    "a number as clip": ("ada", {"artist_clip_id": 3}, r"artist_clip_id is 3"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_wrong_input_is_refused_before_anything_is_paid(case: str, face: str) -> None:
    persona, arguments, message = REFUSED[case]
    stage = _stage(face)
    with pytest.raises(InvalidRequestError, match=message):
        _sing(stage, persona, **arguments)
    assert stage.line.requests == []


def test_caller_can_insist_on_a_model(face: str) -> None:
    stage = _stage(face)
    _sing(stage, mv="chirp-hawk", check_request=False)
    assert _sent(stage) == {**SENT, "mv": "chirp-hawk"}


@pytest.mark.parametrize("wait_timeout", [0, -1, "60", None], ids=repr)
def test_bad_deadline_is_refused_before_paying(wait_timeout: Any, face: str) -> None:
    stage = _stage(face)
    with pytest.raises(ConfigurationError):
        _sing(stage, wait_timeout=wait_timeout)
    assert stage.line.requests == []


NO_QUOTA = json_reply(403, {"error": {"code": "quota_not_enough", "message": "no"}})
STEPS: Mapping[str, tuple[Mapping[str, Act], type[SunoError], set[str]]] = {
    "no quota": ({SUBMIT: NO_QUOTA}, QuotaError, set()),
    "no answer": ({SUBMIT: httpx.ReadTimeout}, OutcomeUnknownError, set()),
    "a task that fails": ({FETCH: _task("FAILURE", None)}, TaskFailedError, {"task_id"}),
    "a task that goes on": ({FETCH: _task("IN_PROGRESS", None)}, TaskTimeoutError, {"task_id"}),
    "a task without clips": ({FETCH: _task(data=[])}, TaskError, {"task_id", "task"}),
    "a task with lyrics": ({FETCH: _task(data={"text": "la"})}, TaskError, {"task_id", "task"}),
}


@pytest.mark.parametrize("case", STEPS)
def test_what_was_reached_is_kept_and_resumed(case: str, face: str) -> None:
    steps, kind, reached = STEPS[case]
    stage = _stage(face, steps)
    with pytest.raises(SunoError) as raised:
        _sing(stage)
    assert type(raised.value) is kind
    assert set(raised.value.reached) == reached
    assert _paths(stage).count(SUBMIT) == 1
    if reached:
        again = _stage(face)
        assert len(_sing(again, resume=raised.value.reached["task_id"]).clips) == 2
        assert _paths(again) == [FETCH]


def test_result_in_place_of_task_id_is_kept(face: str) -> None:
    stage = _stage(face, {SUBMIT: json_reply(200, {"id": "batch", "clips": [{"id": "first", "status": "submitted"}]})})
    with pytest.raises(SunoError, match="nothing to wait for") as raised:
        _sing(stage)
    assert [clip.id for clip in raised.value.reached["submitted"].clips] == ["first"]
    assert _paths(stage) == [SUBMIT]
