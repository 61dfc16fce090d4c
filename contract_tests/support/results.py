"""What a call must give: the promised part of a body as a value, and the documented error of a status."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cometapi_suno import errors
from cometapi_suno_mock import OperationContract
from cometapi_suno_mock.contract import Content
from cometapi_suno_mock.media import is_array
from cometapi_suno_mock.pointers import look

from contract_tests.support.described import DESCRIPTION
from contract_tests.support.wire import JSON, Reply

REQUEST_ID_HEADER = "X-Oneapi-Request-Id"

# The tree in the docstring of `cometapi_suno.errors`.
_BY_STATUS: Mapping[int, type[errors.ResponseError]] = {
    400: errors.BadRequestError,
    401: errors.AuthenticationError,
    403: errors.PermissionDeniedError,
    404: errors.NotFoundError,
    413: errors.PayloadTooLargeError,
    429: errors.RateLimitError,
    503: errors.ServiceUnavailableError,
}
_BY_CODE: Mapping[tuple[int, object], type[errors.ResponseError]] = {
    (400, "task_not_exist"): errors.TaskNotFoundError,
    (403, "quota_not_enough"): errors.QuotaError,
    (403, "insufficient_user_quota"): errors.QuotaError,
}
_BY_CLASS: Mapping[int, type[errors.ResponseError]] = {
    2: errors.EnvelopeError,
    3: errors.RedirectError,
    5: errors.ServerError,
}


def kind_of(status: int, code: object = None) -> type[errors.ResponseError]:
    """The documented class of an answer that is an error."""
    other = _BY_STATUS.get(status) or _BY_CLASS.get(status // 100, errors.ResponseError)
    return _BY_CODE.get((status, code), other)


def told(body: Any) -> tuple[Any, Any]:
    """Code and message of an error body, whichever of the two it is."""
    fields: Any = body.get("error", body)
    return fields.get("code"), fields.get("message")


def successes(operation: OperationContract) -> Iterator[tuple[int, Content]]:
    """Each described success with a JSON body."""
    for status, answer in operation.answers.items():
        if status // 100 == 2:
            yield from ((status, content) for content in answer.content.values() if content.carries_json)


def examples(operation: OperationContract) -> Iterator[tuple[int, Any]]:
    """Status and body of each example of a success."""
    for status, content in successes(operation):
        yield from ((status, value) for value in content.examples.values())


def member_of(operation: OperationContract) -> str | None:
    """The member of the envelope that the user gets; `None` when the body itself is the result."""
    unwrap: str | None = look(DESCRIPTION, operation.pointer)["x-sdk"].get("unwrap")
    return unwrap


def promised(operation: OperationContract, body: Any) -> Any:
    """What the user gets of a body, as plain JSON. A list that is null reads as an empty one."""
    member = member_of(operation)
    if member is None or member not in body:
        return body
    for _, content in successes(operation):
        if body[member] is None and content.schema is not None and not content.schema.check({**body, member: []}):
            return []
    return body[member]


def is_model(value: object) -> bool:
    """Whether a value is an object that the client made of a JSON object."""
    return hasattr(value, "to_dict")


def models_of(result: Any) -> list[Any]:
    """The models among a result and its items."""
    return [each for each in (result if is_array(result) else [result]) if is_model(each)]


def at(value: Any, steps: Sequence[str | int]) -> Any:
    """What stands at a place of a result, or of a JSON value."""
    for step in steps:
        value = (vars(value) if is_model(value) else value)[step]
    return value


def plain(result: Any) -> Any:
    """The result of a call as plain JSON."""
    if is_array(result):
        return [plain(each) for each in result]
    return result.to_dict() if is_model(result) else result


def json_reply(status: int, body: Any, **headers: str) -> Reply:
    """An answer with a JSON body."""
    return Reply(status, json.dumps(body).encode(), {"Content-Type": JSON, **headers})
