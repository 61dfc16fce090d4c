"""Response parsing: from a response to a result or an error. No IO."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar, cast

from . import errors
from ._body_codes import ERROR_MEANINGS, SUCCESS_VALUES
from ._error_meanings import find_error_class
from ._json_parser import JSONLimitError, parse_json
from ._model import REQUEST_ID_HEADER, Model, is_whole_float, make_model_error
from ._operation import Billing, Operation, Reads
from ._response import Response
from ._unset import UNSET

T = TypeVar("T")

_REQUEST_ID = re.compile(r"\(request id: ([^)\s]+)\)")
_EXTRACTORS: dict[Reads, Callable[[Response], Any]] = {
    Reads.TEXT: lambda response: response.text,
    Reads.BYTES: lambda response: response.content,
    Reads.NOTHING: lambda _: None,
}
# Where gateways put the text of an error; `detail` is FastAPI's.
_MESSAGE_NAMES = ("message", "msg", "detail")
_TYPE_NAMES = ("type", "error_code")
_KNOWN_CODES = frozenset(code for row in ERROR_MEANINGS for code in row.codes)
DESCRIBED = "the response is "
"""How the message of an error starts whose body has none."""
_MAX_NESTING = 4
_LONGEST_START = 20_000  # what is searched of a body that is not JSON
_LONGEST_BODY = 1 << 18  # what is kept of it as text
_LONGEST_MESSAGE = 1 << 16
LONGEST_ERROR = 2048
"""Size of a 2xx body up to which it is parsed to see whether it is an error, before it is parsed as a result."""
_LONGEST_LIST = 500
_LONGEST_QUOTE = 200
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,200})", re.IGNORECASE)


class Answer(NamedTuple, Generic[T]):
    """A 2xx response that is not parsed yet.

    Attributes:
        operation: The operation that was called.
        response: Status, headers and body as received.
    """

    operation: Operation[T]
    response: Response

    @property
    def request_id(self) -> str | None:
        """The gateway's id of the request, if the response has one."""
        return self.response.headers.get(REQUEST_ID_HEADER)

    def parse(self) -> T:
        """Parse the body and return the result of the call.

        Raises:
            EnvelopeError: The body says that the call failed.
            ResponseDecodeError: The body does not match the model.
        """
        operation, response = self
        del self  # it leads to the unredacted response, and crash reporters show the variables of an error's frames
        if operation.reads is not Reads.JSON:
            return operation.decode(_EXTRACTORS[operation.reads](response))
        mismatch: errors.ModelError | None = None
        reason = ""
        # What was parsed is not kept while the error is made, which parses the redacted body.
        try:
            result = _parse_result(operation, response)
        except errors.ModelError as problem:
            mismatch = problem.with_traceback(None)
        except JSONLimitError as problem:
            reason = f" ({problem})"
        except ValueError:
            pass
        else:
            if isinstance(result, Model):
                result._headers = response.headers  # pyright: ignore[reportPrivateUsage]
            return result
        pointer = response.redact_text(mismatch.pointer) if mismatch else ""
        response = response.redact()
        if mismatch:
            error = _make_mismatch_error(operation, response, pointer, mismatch)
        else:
            error = _make_decode_error(operation, response, "", "JSON", _describe_body(response) + reason)
        # Raised here, it has no context: that would lead to the unredacted body.
        raise error


def _parse_result(operation: Operation[T], response: Response) -> T:
    body = response.json()
    if operation.certain:
        return operation.decode(body)
    if operation.unwrap is None:
        return _decode_unless_failed(operation, operation.decode, body)
    envelope = expect_type("object", (dict,), body)
    if operation.decode_bare is None:
        return _unwrap(operation, operation.unwrap, envelope)
    if not any(name in envelope for name, _, _ in operation.needs):
        return _decode_unless_failed(operation, operation.decode_bare, envelope)
    try:
        return _unwrap(operation, operation.unwrap, envelope)
    except errors.ModelError as error:
        # A bare result may have a member of the envelope's name.
        try:
            return _decode_unless_failed(operation, operation.decode_bare, envelope)
        except errors.ModelError:
            raise error from None


def _unwrap(operation: Operation[T], member: str, envelope: dict[str, Any]) -> T:
    """Return the result in an envelope that says success."""
    for name, expected, values in operation.needs:
        value = envelope.get(name, UNSET)
        if value is UNSET or (values and not _is_one_of(value, values)):
            raise make_model_error(expected, value, name)
    try:
        result = _decode_unless_failed(operation, operation.decode, envelope.get(member, UNSET))
    except errors.ModelError as error:
        raise error.under(member) from None
    if operation.task and result == "":
        raise errors.ModelError(expected="a task id that is not empty", got="''", path=(member,))
    return result


def _decode_unless_failed(operation: Operation[T], decode: Callable[[Any], T], value: Any) -> T:
    """Decode a value, unless it looks like an error and has no field of the result.

    Raises:
        ModelError: It does not match the model.
    """
    looks_failed = says_failure(value, _success_values(operation))
    result = decode(value)
    if looks_failed and isinstance(result, Model) and (names := type(result).wire_names).isdisjoint(vars(result)):
        raise make_model_error(f"an object with {' or '.join(sorted(names))}", value)
    if looks_failed and isinstance(result, dict) and result is not value:  # a map of models
        members = cast("dict[str, Any]", result).values()
        if not all(isinstance(each, Model) for each in members):
            raise make_model_error("an object with models", value)
    return result  # pyright: ignore[reportUnknownVariableType]


def _success_values(operation: Operation[Any]) -> Mapping[str, tuple[object, ...]]:
    return {name: values for name, _, values in operation.needs if values} or SUCCESS_VALUES


def _is_one_of(value: object, values: tuple[object, ...]) -> bool:
    """Check whether a JSON value is one of `values`; 1.0 is 1, `true` is not."""
    return any(value == each and (type(value) is bool) == (type(each) is bool) for each in values)


def says_failure(body: object, success: Mapping[str, tuple[object, ...]]) -> bool:
    """Check whether a body looks like an error: it has an `error`, a code other than those of success, or a message."""
    if not isinstance(body, dict):
        return False
    fields = cast("dict[str, Any]", body)
    if fields.get("error") not in (None, False, ""):
        return True
    for name, values in success.items():
        if name in fields:
            return not _is_one_of(fields[name], values)
    return "code" in fields or any(fields.get(name) for name in _MESSAGE_NAMES)


def is_error_body(content: bytes) -> bool:
    """Check whether the body of a 2xx response looks like an error, by the values of success of all operations."""
    try:
        return says_failure(parse_json(content), SUCCESS_VALUES)
    except ValueError:
        return False


def make_response_error(operation: str, response: Response) -> errors.ResponseError:
    """Return the error for a response, by its status and the code in either of the two error bodies."""
    response = response.redact()
    body = _parse_body(response)
    code, message = extract_error(body)
    if not message:
        message = f"{DESCRIBED}{_describe_body(response, body)}{_suggest_fix(response)}"
    if response.interrupted_by:
        message += f" (the body broke off: {response.interrupted_by})"
    return find_error_class(response.status_code, code, message)(
        response=response,
        operation=operation,
        message=message,
        code=code,
        request_id=_find_request_id(response, message),
        body=body,
    )


def extract_response_error(response: Response) -> tuple[str | int | None, str | None]:
    """Return code and message of an error response; see `extract_error`."""
    return extract_error(_parse_body(response))


def extract_error(body: object) -> tuple[str | int | None, str | None]:
    """Return the true code and message of an error body; `None` for one that is missing.

    They are in the body or in its `error`, or in an object or JSON text in place of the message, where gateways put the
    answer of the gateway behind them. A code of the description counts before others, also where gateways put the type
    of an error, or in place of the message of an error whose code is a number.
    """
    code: str | int | None = None
    message: str | None = None
    for _ in range(_MAX_NESTING):
        if isinstance(body, str) and not body.lstrip().startswith("<"):
            body = _parse_nested(body[:_LONGEST_START])
        if isinstance(body, list) and body:
            body = body[0]  # pyright: ignore[reportUnknownVariableType]
        if not isinstance(body, dict):
            break
        fields = cast("dict[str, Any]", body)
        inner = fields.get("error")
        texts = [fields.get(name) for name in (*_MESSAGE_NAMES, "error", "errors")]
        if isinstance(inner, dict):
            outer, fields = fields, cast("dict[str, Any]", inner)
            texts = [*(fields.get(name) for name in _MESSAGE_NAMES), *texts]
            found = fields.get("code") or outer.get("code", fields.get("code"))
        else:
            found = fields.get("code")
        known = next((each for each in (found, *map(fields.get, _TYPE_NAMES)) if _is_known(each)), None)
        if known or (isinstance(found, str | int) and not _is_known(code) and not (code and found == "")):
            code = known or found
        text = next((each[:_LONGEST_MESSAGE] for each in texts if isinstance(each, str)), None)
        message = text or message
        body = _parse_nested(text) if text else _find_object(texts, fields)
    if _is_known(message) and (not code or str(code).isdigit()):
        code = message
    return code, message


def _is_known(code: object) -> bool:
    return isinstance(code, str) and code in _KNOWN_CODES


def _parse_nested(text: str) -> Any:
    """Return the JSON within a message, which may be JSON text again, or the object after words; `None` without it."""
    end = text.rfind("}") + 1
    for part in (text, text[text.find("{") : end], text[text.find('{"') : end]):
        try:
            return parse_json(part.encode("utf-8", "replace"))
        except ValueError:
            pass
    return None


def _find_object(values: list[Any], fields: dict[str, Any]) -> Any:
    """Return the first object in place of a message, or the first of a list of them; `None` without one."""
    for value in values:
        first = value[0] if isinstance(value, list) and value else value  # pyright: ignore[reportUnknownVariableType]
        if isinstance(first, dict) and first is not fields:
            return first  # pyright: ignore[reportUnknownVariableType]
    return None


def _find_request_id(response: Response, message: str) -> str | None:
    found = _REQUEST_ID.search(message) or _REQUEST_ID.search(response.decode_start(_LONGEST_START))
    return response.headers.get(REQUEST_ID_HEADER) or (found[1] if found else None)


def _make_mismatch_error(
    operation: Operation[Any], response: Response, pointer: str, mismatch: errors.ModelError
) -> errors.ResponseError:
    """Make the error for a body that does not match the model: that of the body if it says so, else a decode error."""
    if says_failure(_parse_body(response), _success_values(operation)):
        return make_response_error(operation.name, response)
    return _make_decode_error(operation, response, pointer, mismatch.expected, mismatch.got)


def _make_decode_error(
    operation: Operation[Any], response: Response, pointer: str, expected: str, got: str
) -> errors.ResponseDecodeError:
    return errors.ResponseDecodeError(
        response=response,
        operation=operation.name,
        pointer=pointer,
        expected=expected,
        got=f"{got}{_suggest_fix(response)}",
        request_id=_find_request_id(response, ""),
        body=_parse_body(response),
        charged=operation.billing is not Billing.FREE,
    )


def _parse_body(response: Response) -> Any:
    """Return the parsed body, or the start of one that broke off or is too large.

    If it is not JSON, return its text, at most 256 KB of it; if it is empty, `None`.
    """
    is_cut = response.interrupted_by != ""
    try:
        return response.json()
    except JSONLimitError:
        is_cut = True
    except ValueError:
        pass
    return (response.parse_start() if is_cut else None) or response.decode_start(_LONGEST_BODY) or None


def _describe_body(response: Response, body: Any = UNSET) -> str:
    """Describe an unexpected body in a few words; `body` is what was parsed of it."""
    if not response.content:
        return "an empty body"
    if _is_html(response):
        title = _TITLE.search(response.decode_start(_LONGEST_START))
        return f"an HTML page titled {title[1].strip()!r}" if title else "an HTML page"
    body = _parse_body(response) if body is UNSET else body
    if isinstance(body, dict):
        names = ", ".join(cast("dict[str, Any]", body))
        return f"a JSON object with {names[:_LONGEST_LIST]}" if names else "an empty object"
    if isinstance(body, str) and len(body) <= _LONGEST_QUOTE and body.isprintable():
        return f"the text {body!r}"
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
    """Return `value` if its type is one of `kinds`; a number such as 1.0 is an integer.

    Raises:
        ModelError: It is of another type.
    """
    if type(value) in kinds:
        return value
    if int in kinds and is_whole_float(value):
        return int(value)
    raise make_model_error(expected, value)
