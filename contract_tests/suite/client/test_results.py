"""What users do with results: typed fields, the address of a file, repr, JSON, request id, pydantic, completion."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Mapping
from io import StringIO
from typing import Any

import pytest
from cometapi_suno import Clip, FileLink, Lyrics, Persona, PersonaFromSong, SunoClient, Task, WavFile, WavLink
from cometapi_suno_mock import FINISHED_CLIP, FINISHED_TASK, Gateway
from pydantic import BaseModel, TypeAdapter, ValidationError
from rich.console import Console

from contract_tests.suite.client.virtual_time_client import Stage
from contract_tests.suite.support.expected_results import json_reply

TASK: Mapping[str, Any] = {"task_id": "a", "status": "SUCCESS"}
CLIPS: list[Any] = [{"id": "one", "status": "complete", "title": "T"}, {"id": "two"}]
SCREEN = 24 * 80


def make_task(**fields: Any) -> Task:
    return Task.from_dict({**TASK, **copy.deepcopy(fields)})


@pytest.mark.parametrize(
    ("data", "ids", "text"),
    [
        (CLIPS, ["one", "two"], None),
        ([*CLIPS, 7, None], ["one", "two"], None),
        ({"id": "l", "text": "la"}, [], "la"),
        ({"other": 1}, [], None),
        (None, [], None),
        ("text", [], None),
    ],
)
def test_clips_and_lyrics_of_a_task(data: Any, ids: list[str], text: str | None) -> None:
    task = make_task(data=data)
    assert [clip.id for clip in task.clips] == ids
    assert all(isinstance(clip, Clip) for clip in task.clips)
    assert (task.lyrics.text if task.lyrics else None) == text
    assert isinstance(task.lyrics, Lyrics | None)


PROGRESS: list[tuple[Any, float | None]] = [
    *(("0%", 0), ("100%", 100), ("37%", 37), ("37.5%", 37.5), (" 5 % ", 5), ("45", 45), (45, 45), (0.5, 0.5)),
    *((text, None) for text in (None, "", "%", "half", "-1%", "101%", "1e1%", "nan%", "1_0%", "\u0665%", "5%%")),
    *((True, None), (-1, None), (101, None), ([], None), ({}, None), ("9" * 999, None)),
]


@pytest.mark.parametrize(("text", "number"), PROGRESS)
def test_progress_as_a_number(text: Any, number: float | None) -> None:
    task = make_task(progress=text)
    assert task.progress_percent == number
    assert type(task.progress_percent) in (float, type(None))
    assert task.to_dict()["progress"] == text


def test_task_without_progress() -> None:
    assert make_task().progress_percent is None


def test_derived_field_hides_no_data() -> None:
    """A server may add a field of the same name: it stays in `unknown` and `to_dict`."""
    task = make_task(clips=["x"], progress_percent=3)
    assert task.clips == []
    assert task.progress_percent is None
    assert task.unknown == {"clips": ["x"], "progress_percent": 3}
    assert task.to_dict() == {**TASK, "clips": ["x"], "progress_percent": 3}


ENVELOPE = {"code": "success", "message": ""}
URL = "https://cdn.example/a"
LINKS: Mapping[str, tuple[str, Any, str | None, Any]] = {
    "wav: a text": ("wav", {**ENVELOPE, "data": URL}, URL, str),
    "wav: an object": ("wav", {**ENVELOPE, "data": {"wav_file_url": URL}}, URL, WavFile),
    "wav: bare": ("wav", {"wav_file_url": URL}, URL, WavLink),
    "wav: no text yet": ("wav", {**ENVELOPE, "data": ""}, None, str),
    "wav: no address yet": ("wav", {**ENVELOPE, "data": {"wav_file_url": ""}}, None, WavFile),
    "wav: null": ("wav", {**ENVELOPE, "data": {"wav_file_url": None}}, None, WavFile),
    "wav: nothing": ("wav", {**ENVELOPE, "data": {}}, None, WavFile),
    "mp4: an object": ("mp4", {**ENVELOPE, "data": {"mp4_file_url": URL}}, URL, object),
    "mp4: bare": ("mp4", {"mp4": URL}, URL, object),
    "mp4: no address yet": ("mp4", {"mp4": ""}, None, object),
}


@pytest.mark.parametrize("case", LINKS)
def test_address_of_a_file_has_one_shape(case: str, face: str) -> None:
    method, body, url, kind = LINKS[case]
    stage = Stage(face, lambda _: json_reply(200, body, **{"X-Oneapi-Request-Id": "r1"}))
    link: FileLink[Any] = stage.run(getattr(stage.client.clips, method)("c"))
    assert link.__class__ is FileLink
    assert link.url == url
    assert isinstance(link.raw, kind)
    assert json.loads(link.to_json()) == body.get("data", body)
    assert link.request_id == (None if kind is str else "r1")
    answer = stage.run(getattr(stage.client.clips.with_raw_response, method)("c"))
    assert answer.parse() == link.raw
    assert answer.request_id == "r1"
    assert pickle.loads(pickle.dumps(link)) == link


def test_request_id_of_a_result(face: str) -> None:
    body = {**ENVELOPE, "data": dict(TASK)}
    stage = Stage(face, lambda _: json_reply(200, body, **{"x-oneapi-request-id": "r1"}))
    task = stage.run(stage.client.tasks.get("a"))
    assert task.request_id == "r1"
    assert task.to_dict() == TASK
    assert task == make_task()
    assert make_task().request_id is None
    without = Stage(face, lambda _: json_reply(200, body))
    assert without.run(without.client.tasks.get("a")).request_id is None


def test_clips_of_a_persona_default_to_the_root_clip(face: str) -> None:
    stage = Stage(face, lambda _: json_reply(200, {"id": "p"}))
    about: dict[str, Any] = {"root_clip_id": "c", "name": "n", "description": "d", "is_public": True}
    stage.run(stage.client.personas.create(**about))
    stage.run(stage.client.personas.create(**about, clips=["x"]))
    sent = [json.loads(request.content)["clips"] for request in stage.line.requests]
    assert sent == [["c"], ["x"]]


HUGE: Mapping[str, Any] = {
    "id": "i" * 5000,
    "name": "n" * 100_000,
    "description": "\x1b[2J" * 1000,
    "clip": {"id": "c", "metadata": {"prompt": "p" * 5000}, **{f"new_{number}": "x" * 99 for number in range(500)}},
    "persona_clips": [{"clip": {"id": "c", "title": "t" * 999}}] * 1000,
    **{f"field_{number}": {"deep": [[["x"] * 99] * 99]} for number in range(30)},
}


def test_repr_fits_a_screen_and_shows_what_matters() -> None:
    task = make_task(data=CLIPS, progress="100%", fail_reason="", start_time=0, queue_position=4)
    text = repr(task)
    assert text.startswith("Task(task_id='a', status='SUCCESS'")
    assert all(each in text for each in ("progress='100%'", "Clip(id='one'", "queue_position=4", "start_time=0"))
    assert "fail_reason" not in text
    assert "\n" not in text


def test_repr_of_anything_is_short_and_names_unknown_fields() -> None:
    text = repr(Persona.from_dict(dict(HUGE)))
    assert len(text) <= SCREEN
    assert text.startswith("Persona(id='iii")
    assert "field_0" in text
    assert "more" in text
    assert "\x1b" not in text


def test_repr_of_nested_models_ends() -> None:
    clip: dict[str, Any] = {"id": "c"}
    for _ in range(200):
        clip = {"id": "c", "persona": {"id": "p", "clip": clip}}
    assert len(repr(Persona.from_dict({"id": "p", "clip": clip}))) <= SCREEN


def _print(value: object) -> str:
    written = StringIO()
    Console(file=written, width=80).print(value)
    return written.getvalue()


def test_rich_prints_results() -> None:
    text = _print(make_task(data=CLIPS, progress="100%"))
    assert text.startswith("Task(")
    assert "Clip(id='one'" in text
    assert len(_print(Persona.from_dict(dict(HUGE))).splitlines()) <= 40
    assert "url='u'" in _print(FileLink(url="u", raw=WavLink(wav_file_url="u")))


def test_workflow_result_is_shown_in_one_screen_and_written_as_json() -> None:
    made = PersonaFromSong(
        persona=Persona.from_dict(dict(HUGE)), clip=Clip.from_dict({"id": "c"}), task=make_task(data=CLIPS)
    )
    assert len(repr(made)) <= SCREEN
    assert repr(made).startswith("PersonaFromSong(persona=Persona(")
    assert json.loads(made.to_json()) == {"persona": HUGE, "clip": {"id": "c"}, "task": {**TASK, "data": CLIPS}}


@pytest.mark.parametrize("text", ["\u4f60\u597d", "\ud800", "\n"], ids=ascii)
def test_json_of_a_result_is_what_came(text: str) -> None:
    body = {**TASK, "unknown": text, "data": CLIPS}
    written = Task.from_dict(copy.deepcopy(body)).to_json(indent=2)
    assert json.loads(written) == body
    assert written.encode()
    assert ("\u4f60" in written) == (text == "\u4f60\u597d")


def test_completion_offers_no_internals() -> None:
    offered = {name for name in dir(make_task(new_field=1)) if not name.startswith("__")}
    assert offered == {
        *("task_id", "status", "notify_hook", "action", "fail_reason", "submit_time", "start_time", "finish_time"),
        *("progress", "data", "clips", "lyrics", "progress_percent", "new_field"),
        *("from_dict", "to_dict", "to_json", "unknown", "request_id"),
    }


def test_completion_of_a_client_offers_what_users_call() -> None:
    client = SunoClient(api_key="k", base_url="http://a.localhost")
    assert [name for name in dir(client) if name.startswith("_") and not name.startswith("__")] == []
    assert {"personas", "tasks", "with_options", "close"} <= set(dir(client))
    assert [name for name in dir(client.tasks) if not name.startswith("__")] == [
        *("get", "iter_events", "list", "wait", "wait_all", "with_raw_response"),
    ]


class Page(BaseModel):
    task: Task
    made: FileLink[str] | None = None


def test_results_are_types_of_pydantic() -> None:
    task = make_task(data=CLIPS, new=1)
    page = Page(task=task, made=FileLink(url="u", raw="u"))
    assert page.task is task
    assert json.loads(page.model_dump_json()) == {"task": {**TASK, "data": CLIPS, "new": 1}, "made": "u"}
    read = TypeAdapter(Task).validate_json(task.to_json())
    assert read == task
    assert isinstance(read.clips[0], Clip)
    assert Page.model_json_schema(mode="serialization")["properties"]["task"]["type"] == "object"
    with pytest.raises(ValidationError, match="task_id"):
        TypeAdapter(Task).validate_python({"status": "SUCCESS"})


def test_result_of_the_mock_has_a_request_id(suno_client: SunoClient) -> None:
    task = suno_client.tasks.get(FINISHED_TASK)
    assert task.request_id
    assert task.clips[0].id == FINISHED_CLIP


@pytest.fixture
def suno_mock() -> Gateway:
    return Gateway()
