"""Every refusal has the status and the body that a source describes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cometapi_suno_mock import (
    EXTENDED_CLIP,
    FINISHED_CLIP,
    FINISHED_TASK,
    FOREIGN_CLIP,
    PERSONA,
    UNFINISHED_CLIP,
    UPLOADED_CLIP,
    Gateway,
    Settings,
)
from cometapi_suno_mock.http_messages import HttpRequest
from cometapi_suno_mock.refusal_rules import ALL

from contract_tests.suite.mock.conftest import PERSONA_BODY, Caller

SONG = {
    "task": "artist_consistency",
    "persona_id": PERSONA,
    "artist_clip_id": FINISHED_CLIP,
    "prompt": "x",
    "generation_type": "TEXT",
    "tags": "",
    "negative_tags": "",
    "mv": "chirp-auk",
    "title": "t",
}
UNKNOWN_CLIP = "00000000-0000-4000-8000-0000000000ff"
EXTEND = {"task": "extend", "continue_clip_id": FINISHED_CLIP, "continue_at": 9, "prompt": "x", "mv": "chirp-auk"}


def test_rules_cite_described_sources(sources: set[str]) -> None:
    for rule in ALL:
        assert rule.sources, rule
        assert set(rule.sources) <= sources, rule


def test_rule_ids_are_unique() -> None:
    assert len({rule.id for rule in ALL}) == len(ALL)


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer sk-wrong", "Basic sk-mock", "sk-moc", "Bearer sk-mock x"]
)
def test_bad_key_is_401_with_request_id(gateway: Gateway, header: str) -> None:
    reply = gateway.respond(
        HttpRequest("POST", "/suno/persona/create", headers={"authorization": header} if header else {})
    )
    assert reply.status == 401
    expected = {
        "message": f"invalid token (request id: {reply.request_id})",
        "type": "comet_api_error",
        "param": "",
        "code": "",
    }
    assert json.loads(reply.body) == {"error": expected}
    assert reply.headers["x-oneapi-request-id"] == reply.request_id


@pytest.mark.parametrize("header", ["Bearer sk-mock", "sk-mock"])
def test_bearer_prefix_is_optional(caller: Caller, header: str) -> None:
    """Source gateway: an optional prefix is taken off."""
    assert caller.get(f"/suno/fetch/{FINISHED_TASK}", authorization=header)["code"] == "success"


@pytest.mark.parametrize("field", list(PERSONA_BODY))
def test_missing_field_is_400_and_named(caller: Caller, field: str) -> None:
    body = {name: value for name, value in PERSONA_BODY.items() if name != field}
    status, error = caller.refused("/suno/persona/create", body)
    assert (status, error["code"], error["data"]) == (400, "invalid_request", None)
    assert error["message"].startswith(f"{field}:")


@pytest.mark.parametrize(
    ("field", "value"),
    [("root_clip_id", 1), ("name", None), ("description", []), ("clips", "x"), ("clips", [1]), ("is_public", "yes")],
)
def test_wrong_type_is_400_and_named(caller: Caller, field: str, value: Any) -> None:
    status, error = caller.refused("/suno/persona/create", PERSONA_BODY | {field: value})
    assert (status, error["code"]) == (400, "invalid_request")
    assert error["message"].startswith(field)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"\\ud800"', b"\xff"])
def test_non_object_body_is_400(caller: Caller, body: bytes) -> None:
    reply = caller.send("POST", "/suno/persona/create", body)
    assert (reply.status, json.loads(reply.body)["code"]) == (400, "invalid_request")


def test_wrong_content_type_is_400(caller: Caller) -> None:
    reply = caller.send("POST", "/suno/persona/create", json.dumps(PERSONA_BODY).encode(), content_type="text/plain")
    assert (reply.status, json.loads(reply.body)["code"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("path", "body", "code", "message"),
    [
        ("persona/create", PERSONA_BODY | {"root_clip_id": UNKNOWN_CLIP}, "fail_to_fetch_task", "clip not found"),
        ("persona/create", PERSONA_BODY | {"clips": [UNKNOWN_CLIP]}, "fail_to_fetch_task", "clip not found"),
        ("persona/create", PERSONA_BODY | {"root_clip_id": FOREIGN_CLIP}, "fail_to_fetch_task", "record not found"),
        ("persona/create", PERSONA_BODY | {"root_clip_id": UNFINISHED_CLIP}, "invalid_request", "clip is not complete"),
        ("submit/lyrics", {}, "invalid_request", "prompt_empty"),
        ("submit/lyrics", {"prompt": ""}, "invalid_request", "prompt_empty"),
        ("submit/music", EXTEND, "invalid_request", "task id is empty"),
        ("submit/music", EXTEND | {"task_id": ""}, "invalid_request", "task id is empty"),
        ("submit/music", EXTEND | {"task_id": "x"}, "task_not_exist", "task_origin_not_exist"),
        (
            "submit/music",
            EXTEND | {"task_id": FINISHED_TASK, "continue_clip_id": "x"},
            "fail_to_fetch_task",
            "clip not found",
        ),
        ("submit/music", SONG | {"persona_id": "x"}, "fail_to_fetch_task", "record not found"),
        ("submit/music", SONG | {"artist_clip_id": "x"}, "fail_to_fetch_task", "clip not found"),
        ("submit/concat", {"clip_id": "x"}, "fail_to_fetch_task", "Job not exits"),
        ("submit/video", {}, "invalid_request", "invalid_action"),
    ],
)
def test_impossible_call_is_400(caller: Caller, path: str, body: Any, code: str, message: str) -> None:
    assert caller.refused(f"/suno/{path}", body) == (400, {"code": code, "message": message, "data": None})


def test_uploaded_root_clip_is_refused(caller: Caller) -> None:
    """Sources gptbest and yutoai: uploaded clips cannot be roots."""
    status, error = caller.refused("/suno/persona/create", PERSONA_BODY | {"root_clip_id": UPLOADED_CLIP})
    assert (status, error["code"]) == (400, "invalid_request")
    uploaded = caller.finished(caller.submit_upload())["data"][0]["id"]
    assert caller.refused("/suno/persona/create", PERSONA_BODY | {"root_clip_id": uploaded}) == (status, error)


def test_upload_extends_without_task(caller: Caller) -> None:
    """Source cometapi-guide: the sample of `upload_extend` sends no `task_id`."""
    body = EXTEND | {"task": "upload_extend", "continue_clip_id": UPLOADED_CLIP}
    assert caller.finished(caller.submit("music", body))["status"] == "SUCCESS"


def test_unfinished_clip_is_refused(caller: Caller) -> None:
    task_id = caller.submit("music", {"prompt": "x"})
    task = caller.gateway.state.tasks.get(task_id)
    assert task is not None
    error = {"code": "invalid_request", "message": "clip is not complete", "data": None}
    assert caller.refused(f"/suno/act/wav/{task.clips[0].id}") == (400, error)


@pytest.mark.parametrize("path", ["fetch/x", "fetch/a%2Fb", "fetch/%F0%9F%8E%B5"])
def test_unknown_task_is_400_not_404(caller: Caller, path: str) -> None:
    expected = {"code": "task_not_exist", "message": "task_not_exist", "data": None}
    assert caller.refused(f"/suno/{path}") == (400, expected)


def test_other_keys_data_is_unknown() -> None:
    gateway = Gateway(settings=Settings(keys=("sk-a", "sk-b"), polls=0))
    mine, theirs = Caller(gateway, "sk-a"), Caller(gateway, "sk-b")
    task_id = theirs.submit("music", {"prompt": "x"})
    clip = theirs.look(task_id)["data"][0]["id"]
    assert mine.refused(f"/suno/fetch/{task_id}")[1]["code"] == "task_not_exist"
    assert (
        mine.post("/suno/fetch", {"ids": [task_id, FINISHED_TASK], "action": "MUSIC"})["data"][0]["task_id"]
        == FINISHED_TASK
    )
    assert mine.refused(f"/suno/act/mp4/{clip}")[1]["message"] == "record not found"


def test_batch_skips_unknown_and_repeats(caller: Caller) -> None:
    tasks = caller.post("/suno/fetch", {"ids": ["x", FINISHED_TASK, FINISHED_TASK], "action": "LYRICS"})["data"]
    assert [task["task_id"] for task in tasks] == [FINISHED_TASK]


@pytest.mark.parametrize(("ids", "expected"), [([], []), (["x"], None)])
def test_empty_batch_is_list_unknown_is_null(caller: Caller, ids: list[str], expected: Any) -> None:
    assert caller.post("/suno/fetch", {"ids": ids, "action": "MUSIC"})["data"] == expected


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/suno/nope"), ("PUT", "/suno/fetch"), ("GET", "/suno/persona/create"), ("POST", "/suno/persona/create/"),
     ("GET", "/suno/fetch/"), ("OPTIONS", "/suno/fetch"), ("GET", "/v1/suno/fetch/x"), ("GET", "/suno/fetch/%00/..")],
)  # fmt: skip
def test_wrong_path_gets_page_with_200(caller: Caller, method: str, path: str) -> None:
    """Sources cometapi-errors and gateway."""
    reply = caller.send(method, path)
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert reply.body.startswith(b"<!doctype html>")


def test_oversized_body_is_413(gateway: Gateway) -> None:
    body = b" " * (gateway.settings.max_body + 1)
    reply = gateway.respond(
        HttpRequest("POST", "/suno/persona/create", headers={"authorization": "sk-mock"}, body=body)
    )
    assert reply.status == 413
    assert json.loads(reply.body)["error"]["type"] == "comet_api_error"


def test_seed_extension_can_be_joined(caller: Caller) -> None:
    assert caller.finished(caller.submit("concat", {"clip_id": EXTENDED_CLIP}))["status"] == "SUCCESS"
