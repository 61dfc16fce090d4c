"""Errors by their true code: whatever wraps it, an empty balance is a `QuotaError` and saturation is transient."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cometapi_suno import (
    BadRequestError,
    Headers,
    PermissionDeniedError,
    QuotaError,
    RateLimitError,
    Response,
    ResponseError,
    ServiceUnavailableError,
    TaskNotFoundError,
    errors,
)
from cometapi_suno._response_parsing import extract_error, make_response_error
from cometapi_suno._retry import Outcome, classify_response

from contract_tests.suite.client.virtual_time_client import Stage, in_turn
from contract_tests.suite.support.expected_results import json_reply
from contract_tests.suite.support.loaded_spec import ERROR_CODES

SATURATED = {"code": "upstream_load_saturated", "message": "当前分组上游负载已饱和", "data": None}
QUOTA = {"code": "insufficient_user_quota", "message": "user quota is not enough"}
ID = "(request id: 2026)"


def _wrap(inner: dict[str, Any]) -> dict[str, Any]:
    """Return bodies that carry an error: recorded ones, and combinations of them."""
    text = json.dumps(inner)
    return {
        "alone": inner,
        "text in a task error": {"code": "fail_to_fetch_task", "message": text},
        "text in a task error with data": {"code": "fail_to_fetch_task", "message": text, "data": None},
        "text after words": {"code": "fail_to_fetch_task", "message": f"upstream said: {text} {ID}"},
        "text in an error object": {"error": {"message": text, "type": "comet_api_error", "code": ""}},
        "an error object": {"error": inner},
        "an error object with another code outside": {"code": 403, "error": inner},
        "text of an error object": {"code": 500, "message": json.dumps({"error": inner})},
        "text in text": {"code": "fail_to_fetch_task", "message": json.dumps({"code": "x", "message": text})},
        "msg": {"code": "fail", "msg": text},
        "error as text": {"error": text},
        "an object as message": {"code": "fail_to_fetch_task", "message": inner},
        "an object as detail": {"detail": inner},
        "a list of errors": {"errors": [inner, {"code": "x"}]},
        "a number as code": {"code": 403, "message": inner["code"]},
        "a number as text as code": {"code": "403", "message": inner["code"]},
        "a list": [inner],
        "a type": {"error": {"type": inner["code"], "message": "no"}},
        "another name of the code": {"error_code": inner["code"], "message": "no"},
        "another code inside": {"code": inner["code"], "message": json.dumps({"code": "x", "message": "no"})},
        "text of text": {"code": "fail_to_fetch_task", "message": json.dumps(text)},
        "text after braces": {"code": "fail_to_fetch_task", "message": f"POST /{{id}} failed: {text}"},
        "text as the body": f"upstream said: {text}",
    }


def _error(status: int, body: Any) -> ResponseError:
    return make_response_error("personas.create", _response(status, body))


def _response(status: int, body: Any) -> Response:
    return Response(status, Headers([]), json.dumps(body).encode())


@pytest.mark.parametrize("wrapping", _wrap(QUOTA))
@pytest.mark.parametrize("status", [200, 400, 403, 429, 500, 503])
def test_empty_balance_is_quota_error(wrapping: str, status: int) -> None:
    body = _wrap(QUOTA)[wrapping]
    error = _error(status, body)
    assert type(error) is QuotaError
    assert error.code == "insufficient_user_quota"
    assert error.body == body
    assert classify_response(_response(status, body)) is Outcome.FINAL


@pytest.mark.parametrize("wrapping", _wrap(SATURATED))
@pytest.mark.parametrize("status", [200, 400, 403, 429, 500, 503])
def test_saturation_is_transient(wrapping: str, status: int) -> None:
    body = _wrap(SATURATED)[wrapping]
    error = _error(status, body)
    assert type(error) is RateLimitError
    assert error.code == "upstream_load_saturated"
    assert classify_response(_response(status, body)) is Outcome.REFUSED


def test_saturation_by_its_text() -> None:
    body = {"code": "fail_to_fetch_task", "message": "当前分组上游负载已饱和"}
    assert type(_error(403, body)) is RateLimitError
    assert classify_response(_response(403, body)) is Outcome.REFUSED


def test_saturated_paid_call_is_sent_again(face: str) -> None:
    """Nothing was done by the call that was refused."""
    body = _wrap(SATURATED)["text in a task error"]
    stage = Stage(face, in_turn(json_reply(403, body), json_reply(200, {"id": "p"})))
    made = stage.run(
        stage.client.personas.create(root_clip_id="c", name="n", description="", clips=["c"], is_public=False)
    )
    assert made.id == "p"


@pytest.mark.parametrize("wrapping", _wrap({"code": "task_not_exist", "message": "task_not_exist"}))
def test_unknown_task_by_its_code(wrapping: str) -> None:
    body = _wrap({"code": "task_not_exist", "message": "task_not_exist"})[wrapping]
    assert type(_error(400, body)) is TaskNotFoundError


@pytest.mark.parametrize(
    ("status", "body", "kind", "code", "message"),
    [
        (400, {"code": "invalid_request", "message": "no prompt"}, BadRequestError, "invalid_request", "no prompt"),
        (400, {"code": None, "message": "no"}, BadRequestError, None, "no"),
        (400, {"message": "no"}, BadRequestError, None, "no"),
        (400, {"code": "InvalidParameter", "message": "no"}, BadRequestError, "InvalidParameter", "no"),
        (400, {"code": 400, "message": "fail_to_fetch_task"}, BadRequestError, 400, "fail_to_fetch_task"),
        (401, {"error": {"code": "", "message": "invalid token"}}, errors.AuthenticationError, "", "invalid token"),
        (403, {"code": "x", "message": "{not json}"}, PermissionDeniedError, "x", "{not json}"),
        (503, {"code": "model_not_found", "msg": "no"}, ServiceUnavailableError, "model_not_found", "no"),
    ],
)
def test_error_in_any_shape(
    status: int, body: dict[str, Any], kind: type[ResponseError], code: object, message: str
) -> None:
    error = _error(status, body)
    assert type(error) is kind
    assert (error.code, error.message) == (code, message)


def test_short_text_is_quoted() -> None:
    """Proxies answer with a line of text: `error code: 524` is Cloudflare's."""
    error = make_response_error("tasks.get", Response(524, Headers([]), b"error code: 524"))
    assert error.message == "the response is the text 'error code: 524'"


def test_request_id_around_nested_message() -> None:
    assert _error(403, _wrap(QUOTA)["text after words"]).request_id == "2026"


def test_nesting_without_end_is_bounded() -> None:
    body: dict[str, Any] = {"code": "deepest", "message": "end"}
    for level in range(12):
        body = {"code": f"level {level}", "message": json.dumps(body)}
    assert extract_error(body)[0] == "level 8"


def test_every_described_code_has_its_meaning() -> None:
    """No row of the description is unknown to the client."""
    for row in ERROR_CODES:
        for code in row.get("codes", ()):
            for status in row.get("statuses", [400]):
                response = _response(status, {"code": code, "message": "no"})
                transient = row["means"] in ("saturated", "no-channel")
                assert classify_response(response) is (Outcome.REFUSED if transient else Outcome.FINAL)
