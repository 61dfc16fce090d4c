"""What a call must give: the promised part of a body as a value, and the documented error of a status."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from cometapi_suno import OutcomeUnknownError, ResponseError, SunoError, errors
from cometapi_suno_mock import OperationContract
from cometapi_suno_mock.contract import Content
from cometapi_suno_mock.media import is_array, is_object
from cometapi_suno_mock.pointers import look
from cometapi_suno_mock.schemas import Schema

from contract_tests.suite.support.fake_transport import JSON, Reply
from contract_tests.suite.support.loaded_spec import DESCRIPTION
from contract_tests.suite.support.schema_walk import SCHEMAS

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
    """Code and message of an error body, whichever of the two it is; `None` for what it does not say."""
    inner: Any = body.get("error", body) if is_object(body) else {}
    fields: Any = inner if is_object(inner) else body
    code, message = fields.get("code"), fields.get("message")
    return code if isinstance(code, str | int) else None, message if isinstance(message, str) else None


def stays_open(operation: OperationContract, status: int, body: Any) -> bool:
    """Whether an answer leaves open if a call that may be charged was done.

    A 5xx does, but for two that are refusals: a 500 that is a bad request, and a 503 for want of a channel.
    """
    code, message = told(body)
    refused = (status, code) == (500, "invalid_request") or (
        status == 503 and (code == "model_not_found" or "no available channel" in (message or ""))
    )
    return status >= 500 and not refused and not only_reads(operation)


def allows(operation: OperationContract, reply: object) -> bool:
    """Whether the contract allows an answer."""
    if not isinstance(reply, Reply):
        return False
    media = reply.headers.get("Content-Type")
    return not operation.check_response(status=reply.status, content_type=media, body=reply.content)


def only_reads(operation: OperationContract) -> bool:
    """Whether a second call neither costs nor changes anything."""
    return operation.billing == "free" and operation.effect == "reads"


def response_error(error: SunoError) -> ResponseError:
    """What tells of the answer: the error itself, or the cause of one that says that the outcome is unknown."""
    if isinstance(error, OutcomeUnknownError):
        cause = error.__cause__
        assert isinstance(cause, ResponseError)
        assert error.response is cause.response
        return cause
    assert isinstance(error, ResponseError)
    return error


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
    for envelope in (each for each in alternatives(operation) if member in each.source.get("properties", {})):
        if member is not None and body.keys() >= set(envelope.source.get("required", ())):
            return [] if body[member] is None and not envelope.check({**body, member: []}) else body[member]
    return body


def alternatives(operation: OperationContract) -> Iterator[Schema]:
    """The bodies that a success may have."""
    for schema in (content.schema for _, content in successes(operation)):
        if schema is not None:
            parts = [key for key in ("oneOf", "anyOf") if key in schema.source]
            yield from (
                SCHEMAS.at(f"{schema.pointer}/{key}/{index}")
                for key in parts
                for index in range(len(schema.source[key]))
            )
            yield schema


def is_model(value: object) -> bool:
    """Whether a value is an object that the client made of a JSON object."""
    return hasattr(value, "to_dict")


def models_of(result: Any) -> list[Any]:
    """The models among a result and its items."""
    return [each for each in (result if is_array(result) else [result]) if is_model(each)]


def at(value: Any, steps: Sequence[str | int]) -> Any:
    """What stands at a place of a result, or of a JSON value."""
    if not steps:
        return value
    members = cast("Any", vars(value)) if is_model(value) else value
    return at(members[steps[0]], steps[1:])


def plain(result: Any) -> Any:
    """The result of a call as plain JSON."""
    if is_array(result):
        return [plain(each) for each in result]
    return result.to_dict() if is_model(result) else result


def json_reply(status: int, body: Any, **headers: str) -> Reply:
    """An answer with a JSON body."""
    return Reply(status, json.dumps(body).encode(), {"Content-Type": JSON, **headers})


def attribute(model: Any, name: str) -> Any:
    """A member of a model by its name in JSON; where Python cannot have that name, an underscore follows it."""
    return getattr(model, name) if hasattr(model, name) else getattr(model, f"{name}_")


def body_of(reply: Reply) -> Any:
    """What an error tells as the body of an answer: JSON, or text, or `None` when it is empty."""
    try:
        return json.loads(reply.content)
    except ValueError:
        return reply.content.decode("utf-8", "replace") or None
