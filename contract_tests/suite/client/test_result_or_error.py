"""A 2xx body that fits the result is the result; one that fits only an error is an error; else a decode error."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attrs import define
from cometapi_suno import (
    Answer,
    Billing,
    Effect,
    EnvelopeError,
    Headers,
    Lyrics,
    Operation,
    Response,
    ResponseDecodeError,
    WavLink,
)
from cometapi_suno._model import Model, configure_model, restore
from cometapi_suno._unset import ABSENT
from cometapi_suno.operations import clips, lyrics, music, personas, tasks, uploads


@define(slots=False, kw_only=True, eq=False, repr=False)
class Coded(Model):
    """A result whose optional fields have names that errors use too."""

    code: str | None = ABSENT
    x: str | None = ABSENT


def _adopt_coded(data: dict[str, Any]) -> Coded:
    return restore(Coded, data)


configure_model(Coded, _adopt_coded)


def _operation(**options: Any) -> Operation[Any]:
    return Operation("codes.get", "GET", "/codes", Billing.FREE, Effect.READS, **options)


BARE = _operation(decode=_adopt_coded)


def _parse(operation: Operation[Any], body: Any, status: int = 200) -> Any:
    return Answer(operation, Response(status, Headers([]), json.dumps(body).encode())).parse()


@pytest.mark.parametrize("body", [{"code": "abc", "x": "1"}, {"code": "abc"}, {"x": "1", "message": "hello"}, {}])
def test_body_that_fits_result_is_result(body: dict[str, Any]) -> None:
    assert _parse(BARE, body).to_dict() == body


def test_required_field_wins_over_error_members() -> None:
    body = {"id": "p", "error": {"message": "thumbnail failed"}, "code": "partial", "message": "no picture"}
    assert _parse(personas.CREATE, body).to_dict() == body


ERRORS = [
    {"error": "clip not found"},
    {"error": {"message": "clip not found"}},
    {"detail": "clip not found"},
    {"message": "clip not found"},
    {"msg": "clip not found"},
    {"code": "no_clip", "message": "clip not found"},
    {"code": 400, "message": "clip not found"},
]


@pytest.mark.parametrize("asked", [clips.WAV, clips.MP4, personas.CREATE, tasks.GET, tasks.LIST])
@pytest.mark.parametrize("body", ERRORS, ids=json.dumps)
def test_body_that_fits_only_error_is_error(asked: Operation[Any], body: dict[str, Any]) -> None:
    with pytest.raises(EnvelopeError) as raised:
        _parse(asked, body)
    assert raised.value.message == "clip not found"
    assert raised.value.body == body


def test_list_of_details_is_error() -> None:
    """FastAPI's validation error."""
    with pytest.raises(EnvelopeError):
        _parse(clips.WAV, {"detail": [{"loc": ["path"], "msg": "no"}]})


@pytest.mark.parametrize(
    "body",
    [
        {"error": None, "wav_file_url": ""},
        {"wav_file_url": "", "message": "later"},
        {"wav_file_url": "https://x.example/1.wav", "code": "abc"},
        {"wav_file_url": "https://x.example/1.wav", "data": None},
    ],
)
def test_bare_result_with_extra_members_is_result(body: dict[str, Any]) -> None:
    result = _parse(clips.WAV, body)
    assert isinstance(result, WavLink)
    assert result.to_dict() == body


@pytest.mark.parametrize(
    ("asked", "body"),
    [
        (personas.CREATE, {"code": "success", "data": {"id": "p"}}),
        (personas.CREATE, {"name": "Ada"}),
        (clips.WAV, {"code": "success", "data": {"error": "clip not found"}}),
        (tasks.GET, {"code": "success", "message": "submitted"}),
    ],
)
def test_body_that_fits_neither_keeps_everything(asked: Operation[Any], body: dict[str, Any]) -> None:
    with pytest.raises(ResponseDecodeError) as raised:
        _parse(asked, body)
    assert raised.value.body == body
    assert json.loads(raised.value.response.content) == body


@pytest.mark.parametrize("values", [(1,), (0,), ("success",), (200, "ok")])
def test_success_values_are_those_of_operation(values: tuple[object, ...]) -> None:
    operation = _operation(decode=_adopt_coded, unwrap="data", needs=(("code", "success", values),))
    for code in (0, 1, 200, True, False, "0", "1", "ok", "success", None):
        body = {"code": code, "message": "text", "data": {"x": "1"}}
        if any(type(code) is type(value) and code == value for value in values):
            assert _parse(operation, body).x == "1"
        else:
            with pytest.raises(EnvelopeError):
                _parse(operation, body)


@pytest.mark.parametrize(
    "submit", [music.SUBMIT, music.CONCAT, lyrics.SUBMIT, uploads.SUBMIT], ids=lambda each: each.name
)
def test_empty_task_id_is_no_result(submit: Operation[Any]) -> None:
    """Nothing can be looked up with it; what the paid call brought is kept, and the error says where to look."""
    assert _parse(submit, {"code": "success", "data": "t"}) == "t"
    with pytest.raises(ResponseDecodeError, match="a task id that is not empty at /data, got ''") as raised:
        _parse(submit, {"code": "success", "data": ""})
    assert raised.value.response.json() == {"code": "success", "data": ""}
    assert "look there before you call again" in str(raised.value)


def test_success_message_is_not_an_error() -> None:
    """A sister gateway's documentation shows a message on success."""
    task = {"task_id": "a", "status": "SUCCESS"}
    assert _parse(tasks.GET, {"code": "success", "message": "submitted", "data": task}).task_id == "a"


@pytest.mark.parametrize("data", [{"clips": [{"id": "c"}]}, {"error": "no"}])
def test_object_of_no_described_type_stays_as_it_is(data: dict[str, Any]) -> None:
    task = _parse(tasks.GET, {"code": "success", "data": {"task_id": "a", "status": "SUCCESS", "data": data}})
    assert task.data == data
    assert task.to_dict()["data"] == data


@pytest.mark.parametrize("data", [{"text": "la"}, {"id": "l", "new": 1}, {}])
def test_lyrics_of_task_are_lyrics(data: dict[str, Any]) -> None:
    task = _parse(tasks.GET, {"code": "success", "data": {"task_id": "a", "status": "SUCCESS", "data": data}})
    assert isinstance(task.data, Lyrics)
    assert task.data.to_dict() == data
