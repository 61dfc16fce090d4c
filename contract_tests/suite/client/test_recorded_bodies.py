"""Every body that the public record shows is read unchanged, or ends in the error that belongs to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from cometapi_suno import (
    AuthenticationError,
    BadRequestError,
    Clip,
    RateLimitError,
    ResponseDecodeError,
    ResponseError,
    SongFromLyrics,
    SunoClient,
    SunoError,
    TaskNotFoundError,
)

from scripts.description_file import DEFAULT

EXAMPLES = DEFAULT.parent / "examples"
CLIP = "2dd391cd-996b-4843-9738-1aed26f170e4"
TASK = "346c5d10-a4a1-4f49-a851-66a7dae6cfaf"
SATURATED = {
    "code": "fail_to_fetch_task",
    "message": '{"code":"upstream_load_saturated","message":"当前分组上游负载已饱和，请稍后再试","data":null}',  # noqa: RUF001
}

Call = Callable[[SunoClient], Any]


def submit(client: SunoClient) -> Any:
    return client.music.submit(SongFromLyrics(prompt="la"))


def create(client: SunoClient) -> Any:
    return client.personas.create(root_clip_id=CLIP, name="", description="", clips=[CLIP], is_public=False)


def read(name: str) -> Any:
    return json.loads(Path(EXAMPLES, f"{name}.json").read_text("utf-8"))


def answer(body: Any, status: int, call: Call) -> Any:
    """Return what a call returns or raises when the service answers with a body."""
    transport = httpx.MockTransport(lambda _: httpx.Response(status, json=body))
    with SunoClient(api_key="sk-test", http_client=transport, retries=0) as client:
        try:
            return call(client)
        except SunoError as error:
            return error


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("submit-music.200-persona-batch.recorded", submit),
        ("submit-music.200-both-tracks.recorded", submit),
        ("submit-music.200-null-batch.recorded", submit),
        ("create-persona.200-upstream.recorded", create),
    ],
)
def test_bare_body_is_read_unchanged(name: str, call: Call) -> None:
    body = read(name)
    result = answer(body, 200, call)
    assert result.to_dict() == body
    assert result.unknown == {}


def test_envelopes_are_read_unchanged() -> None:
    """A message that is not empty is not an error; a reaction and a history are models."""
    assert answer(read("submit-music.200-message.documented"), 200, submit) == "task_24tm0sXrWNJdascOTX86241Lu0bHni4D"
    body = read("fetch-task.200-reaction.recorded")
    task = answer(body, 200, lambda client: client.tasks.get(TASK))
    assert task.to_dict() == body["data"]
    (clip,) = task.data
    assert (clip.reaction.play_count, clip.metadata.history[0].continue_at) == (7, 46.83755102040816)


@pytest.mark.parametrize(
    ("body", "status", "error", "code"),
    [
        (read("clip-bad-request.400-task-not-exist.documented"), 400, TaskNotFoundError, "task_not_exist"),
        (SATURATED, 403, RateLimitError, "upstream_load_saturated"),
        (read("bad-request.400-without-data.documented"), 400, BadRequestError, "invalid_request"),
        (read("unauthorized.401-without-param.documented"), 401, AuthenticationError, ""),
        (read("bad-request.400-upstream-code.documented"), 400, BadRequestError, "InvalidParameter"),
        ({"code": 400, "message": "fail_to_fetch_task"}, 400, BadRequestError, "400"),
        ({"code": None, "message": "no"}, 400, BadRequestError, ""),
        ({"message": "no"}, 400, BadRequestError, ""),
        ({"code": "already_exists_for_clip", "message": "no"}, 400, BadRequestError, "already_exists_for_clip"),
    ],
)
def test_error_body_is_the_error_that_belongs_to_it(body: Any, status: int, error: type[SunoError], code: str) -> None:
    raised = answer(body, status, lambda client: client.clips.timing(CLIP))
    assert type(raised) is error
    assert isinstance(raised, ResponseError)
    assert str(raised.code or "") == code
    assert raised.body == body


def test_list_of_clips_is_no_task_and_each_is_a_clip() -> None:
    """A feed, which no operation has: the whole answer is kept, and its clips are those of the description."""
    clips = read("submit-music.200-both-tracks.recorded")["clips"]
    raised = answer(clips, 200, lambda client: client.tasks.get(TASK))
    assert type(raised) is ResponseDecodeError
    assert json.loads(raised.response.content) == clips
    assert [Clip.from_dict(each).to_dict() for each in clips] == clips
