"""Response parsing: from a response to a result or an error. No IO."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar, cast

from . import errors
from ._json_parser import parse_json
from ._model import make_model_error
from ._operation import Operation, Reads
from ._response import Response
from ._status_errors import find_error_class
from ._unset import UNSET

T = TypeVar("T")

_REQUEST_ID = re.compile(r"\(request id: ([^)\s]+)\)")
_EXTRACTORS: dict[Reads, Callable[[Response], Any]] = {
    Reads.TEXT: lambda response: response.text,
    Reads.BYTES: lambda response: response.content,
    Reads.NOTHING: lambda _: None,
}
_TITLE = re.compile(r"<title[^>]*>([^<]{1,200})", re.IGNORECASE)


class Answer(NamedTuple, Generic[T]):
    """A 2xx response that is not parsed yet.

    Attributes:
        operation: The operation that was called.
        response: Status, headers and body as received.
    """

    operation: Operation[T]
    response: Response

    def parse(self) -> T:
        """Parse the body and return the result of the call.

        Raises:
            EnvelopeError: The body says that the call failed.
            ResponseDecodeError: The body does not match the model.
        """
        operation, response = self.operation, self.response
        if operation.reads is not Reads.JSON:
            return operation.decode(_EXTRACTORS[operation.reads](response))
        try:
            body = parse_json(response.content)
        except ValueError:
            raise _make_decode_error(operation.name, response, "", "JSON", _describe_body(response)) from None
        # A body that matches a result with a required field is that result, even if it looks like an error too.
        if not operation.certain and _is_error_body(body):
            raise make_response_error(operation.name, response)
        try:
            if operation.unwrap is None:
                return operation.decode(body)
            return _unwrap(operation, operation.unwrap, body)
        except errors.ModelError as error:
            if _is_error_body(response.json()):
                raise make_response_error(operation.name, response) from None
            raise _make_decode_error(operation.name, response, error.pointer, error.expected, error.got) from None


def _unwrap(operation: Operation[T], member: str, body: Any) -> T:
    envelope = expect_type("object", (dict,), body)
    if "code" not in envelope and operation.decode_bare is not None:
        return operation.decode_bare(envelope)
    for name, expected in operation.needs:
        if name not in envelope:
            raise make_model_error(expected, UNSET, name)
    try:
        return operation.decode(envelope.get(member, UNSET))
    except errors.ModelError as error:
        raise error.under(member) from None


def make_response_error(operation: str, response: Response) -> errors.ResponseError:
    """Return the error for a response, by its status and the code in either of the two error bodies."""
    body = _parse_body(response)
    code, message = extract_error(body)
    if not message:
        message = f"the response is {_describe_body(response)}{_suggest_fix(response)}"
    return find_error_class(response.status_code, code)(
        response=response,
        operation=operation,
        message=message,
        code=code,
        request_id=_find_request_id(response, message),
        body=body,
    )


def _is_error_body(body: object) -> bool:
    """Check whether a 2xx body is one of the two error bodies: `{error: {...}}`, or an envelope with another code."""
    if not isinstance(body, dict):
        return False
    fields = cast("dict[str, Any]", body)
    if isinstance(fields.get("error"), dict):
        return True
    return "code" in fields and fields["code"] != "success"


def extract_response_error(response: Response) -> tuple[str | int | None, str | None]:
    """Return code and message of an error response; see `extract_error`."""
    return extract_error(_parse_body(response))


def extract_error(body: object) -> tuple[str | int | None, str | None]:
    """Return code and message from either of the two error bodies; `None` for one that is missing."""
    if not isinstance(body, dict):
        return None, None
    fields = cast("dict[str, Any]", body)
    inner = fields.get("error")
    if isinstance(inner, dict):
        fields = cast("dict[str, Any]", inner)
    code, message = fields.get("code"), fields.get("message")
    return code if isinstance(code, str | int) else None, message if isinstance(message, str) else None


def _find_request_id(response: Response, message: str) -> str | None:
    found = _REQUEST_ID.search(message)
    return response.headers.get("x-oneapi-request-id") or (found[1] if found else None)


def _make_decode_error(
    operation: str, response: Response, pointer: str, expected: str, got: str
) -> errors.ResponseDecodeError:
    return errors.ResponseDecodeError(
        response=response,
        operation=operation,
        pointer=pointer,
        expected=expected,
        got=f"{got}{_suggest_fix(response)}",
        request_id=_find_request_id(response, ""),
        body=_parse_body(response),
    )


def _parse_body(response: Response) -> Any:
    """Return the parsed body; if it is not JSON, its text; if it is empty, `None`."""
    try:
        return response.json()
    except ValueError:
        return response.text or None


def _describe_body(response: Response) -> str:
    """Describe an unexpected body in a few words."""
    if not response.content:
        return "an empty body"
    if _is_html(response):
        title = _TITLE.search(response.text)
        return f"an HTML page titled {title[1].strip()!r}" if title else "an HTML page"
    if isinstance(body := _parse_body(response), dict):
        return f"a JSON object with {', '.join(map(str, cast('dict[str, Any]', body)))}" if body else "an empty object"
    return f"{len(response.content)} bytes of {response.headers.get('content-type', 'unknown type')}"


def _is_html(response: Response) -> bool:
    return "html" in response.headers.get("content-type", "") or response.content[:64].lstrip().startswith(b"<")


def _suggest_fix(response: Response) -> str:
    """Return a hint at the cause where it is known, else ""."""
    if response.status_code // 100 == 2 and _is_html(response):
        return " (the gateway sends a page for an unknown path: check the base URL)"
    if response.status_code // 100 == 3:
        return f" (redirects are not followed; Location: {response.headers.get('location')!r})"
    return ""


def expect_type(expected: str, kinds: tuple[type, ...], value: Any) -> Any:
    """Return `value` if its type is one of `kinds`.

    Raises:
        ModelError: It is of another type.
    """
    if type(value) not in kinds:
        raise make_model_error(expected, value)
    return value
