"""Expected results: the documented value of a body, and the documented error of a status."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from cometapi_suno import FileLink, OutcomeUnknownError, ResponseError, SunoError, errors
from cometapi_suno_mock import OperationContract
from cometapi_suno_mock.compiled_schemas import CompiledSchema
from cometapi_suno_mock.media import is_array, is_object
from cometapi_suno_mock.operation_contract import MediaTypeContract
from cometapi_suno_mock.pointers import look_up

from contract_tests.suite.support.fake_transport import JSON, Reply
from contract_tests.suite.support.loaded_spec import DESCRIPTION, ERROR_CODES
from contract_tests.suite.support.schema_walk import SCHEMAS, property_names
from contract_tests.verifier.exchange.example_calls import squash_name

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
_BY_MEANING: Mapping[str, type[errors.ResponseError]] = {
    "quota": errors.QuotaError,
    "saturated": errors.RateLimitError,
    "unknown-task": errors.TaskNotFoundError,
}
_BY_CLASS: Mapping[int, type[errors.ResponseError]] = {
    2: errors.EnvelopeError,
    3: errors.RedirectError,
    5: errors.ServerError,
}


def expected_error_class(status: int, code: object = None, message: str | None = None) -> type[errors.ResponseError]:
    """Return the documented error class of a status, code and message."""
    other = _BY_STATUS.get(status) or _BY_CLASS.get(status // 100, errors.ResponseError)
    return _BY_MEANING.get(described_meaning(status, code, message or "") or "", other)


def described_meaning(status: int, code: object, message: str) -> str | None:
    """Return what `x-error-codes` says that an error means."""
    for row in ERROR_CODES:
        fits = code in row.get("codes", ()) or any(text in message for text in row.get("texts", ()))
        if fits and status in row.get("statuses", [status]):
            return str(row["means"])
    return None


def read_code_and_message(body: Any) -> tuple[Any, Any]:
    """Return code and message of an error body in either shape; `None` for what is missing."""
    inner: Any = body.get("error") if is_object(body) else None
    fields: Any = inner if is_object(inner) else body if is_object(body) else {}
    code = fields.get("code")
    texts = [fields.get("message"), inner]
    return code if isinstance(code, str | int) else None, next((text for text in texts if isinstance(text, str)), None)


UNCLEAR = (303, 408, 409, 425, 499)
"""Statuses below 500 after which a call that may be charged may have been done."""


def leaves_outcome_open(operation: OperationContract, status: int, body: Any) -> bool:
    """Return whether an answer leaves the outcome of a call that may be charged unknown.

    Every 5xx does, except one whose code or message means that no work was done. Of the others, 408 and 425 ask to send
    the call again, 303 points to what was done, 409 may mean that it was done before, and with 499 a proxy notes that
    its caller, which may be another proxy, did not wait.
    """
    code, message = read_code_and_message(body)
    refused = described_meaning(status, code, message or "") is not None
    return (status >= 500 or status in UNCLEAR) and not refused and not is_free_read(operation)


def contract_allows(operation: OperationContract, reply: object) -> bool:
    """Return whether the contract allows an answer."""
    if not isinstance(reply, Reply):
        return False
    media = reply.headers.get("Content-Type")
    return not operation.check_response(status=reply.status, content_type=media, body=reply.content)


def is_free_read(operation: OperationContract) -> bool:
    """Return whether the operation is free and only reads."""
    return operation.billing == "free" and operation.effect == "reads"


def response_error(error: SunoError) -> ResponseError:
    """Return the `ResponseError`: the error itself, or the cause of an `OutcomeUnknownError`."""
    if isinstance(error, OutcomeUnknownError):
        cause = error.__cause__
        assert isinstance(cause, ResponseError)
        assert error.response is cause.response
        return cause
    assert isinstance(error, ResponseError)
    return error


def success_contents(operation: OperationContract) -> Iterator[tuple[int, MediaTypeContract]]:
    """Yield each described 2xx response with a JSON body."""
    for status, answer in operation.answers.items():
        if status // 100 == 2:
            yield from ((status, content) for content in answer.content.values() if content.carries_json)


def success_examples(operation: OperationContract) -> Iterator[tuple[int, Any]]:
    """Yield status and body of each 2xx example."""
    for status, content in success_contents(operation):
        yield from ((status, value) for value in content.examples.values())


def unwrapped_member(operation: OperationContract) -> str | None:
    """Return the envelope member that is the result; `None` when the body itself is."""
    unwrap: str | None = look_up(DESCRIPTION, operation.pointer)["x-sdk"].get("unwrap")
    return unwrap


def expected_value(operation: OperationContract, body: Any) -> Any:
    """Return the result of a body as plain JSON. A list that is null reads as an empty list."""
    member = unwrapped_member(operation)
    for envelope in (each for each in success_alternatives(operation) if member in each.source.get("properties", {})):
        if member is not None and body.keys() >= set(envelope.source.get("required", ())):
            return [] if body[member] is None and not envelope.check({**body, member: []}) else body[member]
    return body


def success_alternatives(operation: OperationContract) -> Iterator[CompiledSchema]:
    """Yield the schemas that a 2xx body may have."""
    for schema in (content.schema for _, content in success_contents(operation)):
        if schema is not None:
            parts = [key for key in ("oneOf", "anyOf") if key in schema.source]
            yield from (
                SCHEMAS.at(f"{schema.pointer}/{key}/{index}")
                for key in parts
                for index in range(len(schema.source[key]))
            )
            yield schema


def expected_result(operation: OperationContract, content: bytes) -> Any:
    """Return the result of the bytes of a body as plain JSON; text and bytes are returned as they came."""
    [described] = operation.answers[operation.success].content.values()
    if described.carries_json:
        return expected_value(operation, json.loads(content))
    return content.decode() if described.media.startswith("text/") else content


def is_result(operation: OperationContract, content: bytes) -> bool:
    """Return whether a 2xx body is the result, even if it looks like an error.

    It is not JSON, or it is allowed but for the type of optional fields, and has a field that is described, or none is.
    """
    [described] = operation.answers[operation.success].content.values()
    if not described.carries_json or described.schema is None:
        return True
    wrong = operation.check_response(status=operation.success, content_type=described.media, body=content)
    names = property_names(described.schema)
    if not wrong or any(each.kind != "schema" for each in wrong):
        return not wrong and (not names or has_any(json.loads(content), names))
    required = {name for each in success_alternatives(operation) for name in each.source.get("required", ())}
    tolerated = {f"/{name}" for name in names - required}
    body = json.loads(content)
    if not names:  # a map keeps values of another type, unless it says that the call failed
        failed = is_object(body) and ("code" in body or any(body.get(each) for each in ("error", "message", "msg")))
        return is_object(body) and "object" in described.schema.source["type"] and not failed
    return has_any(body, names) and tolerated.issuperset(each.instance for each in wrong)


def has_any(body: Any, names: set[str]) -> bool:
    """Return whether a body is an object with one of some members."""
    return is_object(body) and not names.isdisjoint(body)


def sound_reply(operation: OperationContract) -> Reply:
    """Return the first example of the success as an answer."""
    content = next(iter(operation.answers[operation.success].content.values()))
    shown = next(iter(content.examples.values()))
    text = json.dumps(shown) if content.carries_json else shown
    return Reply(operation.success, text.encode(), {"Content-Type": content.media})


def is_model(value: object) -> bool:
    """Return whether a value is a model of the client."""
    return hasattr(value, "to_dict")


def find_models(result: Any) -> list[Any]:
    """Return the models among a result and its items."""
    found: Any = result
    if isinstance(result, FileLink):
        found = found.raw
    return [each for each in (found if is_array(found) else [found]) if is_model(each)]


def value_at(value: Any, steps: Sequence[str | int]) -> Any:
    """Return the value at a path of a result or of a JSON value."""
    if not steps:
        return value
    members = cast("Any", vars(value)) if is_model(value) else value
    return value_at(members[steps[0]], steps[1:])


def to_plain_json(result: Any) -> Any:
    """Return the result of a call as plain JSON."""
    if is_array(result):
        return [to_plain_json(each) for each in result]
    if is_object(result):
        return {name: to_plain_json(each) for name, each in result.items()}
    return result.to_dict() if is_model(result) else result


def json_reply(status: int, body: Any, **headers: str) -> Reply:
    """Return an answer with a JSON body."""
    return Reply(status, json.dumps(body).encode(), {"Content-Type": JSON, **headers})


def read_attribute(model: Any, name: str) -> Any:
    """Return a member of a model by its JSON name. The Python name may have other case and punctuation."""
    known = {squash_name(each): each for each in dir(model)}
    return getattr(model, known[squash_name(name)])


def expected_error_body(reply: Reply) -> Any:
    """Return the body as errors show it: JSON, else text, `None` when empty."""
    try:
        return json.loads(reply.content)
    except ValueError:
        return reply.content.decode("utf-8", "replace") or None
