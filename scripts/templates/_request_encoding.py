"""Request encoding: from arguments to path segments, query, headers and body. No IO."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from hashlib import sha256
from typing import Any, cast
from urllib.parse import quote, unquote, urlencode

from attrs import frozen

from ._json_serializer import serialize_json
from ._model import Model, RequestModel
from ._operation import Billing, Call, Content, Effect, Operation
from ._options import encode_headers
from ._unset import UNSET
from .errors import InvalidRequestError

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


@frozen
class File:
    """A file for a multipart body.

    Attributes:
        content: The bytes of the file.
        name: The file name to send.
        media: The media type.
    """

    content: bytes
    name: str = "file"
    media: str = "application/octet-stream"


def refuse_string(operation: str, name: str, value: object) -> None:
    """Refuse a string where a list is expected: a string is a `Sequence[str]` too, so type checkers accept it.

    Raises:
        InvalidRequestError: The value is a string.
    """
    if isinstance(value, str):
        raise InvalidRequestError(f"{operation}: {name} is the string {value!r}. It must be a list: [{value!r}].")


def check_object(operation: str, request: object) -> None:
    """Check a request body that is an object: a model of it, or a mapping with its members.

    Raises:
        InvalidRequestError: It is something else.
    """
    if not isinstance(request, Model | RequestModel | Mapping):
        raise InvalidRequestError(
            f"{operation}: the request is {request!r}. It must be a model of its fields, or a dict."
        )


def check_callable(
    operation: str, name: str, value: object, arguments: str = "one argument", *, optional: bool = False
) -> None:
    """Check a function that a call is given, before anything is sent.

    Raises:
        InvalidRequestError: It cannot be called.
    """
    if not callable(value) and not (optional and value is None):
        raise InvalidRequestError(f"{operation}: {name} is {value!r}. It must be a function of {arguments}.")


def encode_path_segment(operation: str, name: str, value: object) -> str:
    """Encode a path parameter as one path segment.

    Raises:
        InvalidRequestError: The segment is empty, `.` or `..`, so that the path would be that of another operation.
    """
    text = _format_value(operation, name, value)
    if text in ("", ".", ".."):
        raise InvalidRequestError(f"{operation}: {name} is {text!r}, which would call another path. Give an id.")
    return quote(text, safe="")


def encode_query(operation: str, arguments: Iterable[tuple[str, object]]) -> str:
    """Encode the query with its question mark, a list as repeated names; return "" if all arguments are `UNSET`."""
    pairs = [
        (name, _format_value(operation, name, each))
        for name, value in arguments
        if value is not UNSET and value is not None
        for each in _list_values(value)
    ]
    return f"?{urlencode(pairs, quote_via=quote)}" if pairs else ""


def encode_header_parameters(operation: str, arguments: Iterable[tuple[str, object]]) -> list[tuple[bytes, bytes]]:
    """Encode the header parameters of an operation, a list as one value with commas.

    Raises:
        InvalidRequestError: A value is not valid in a header.
    """
    headers = {
        name: ",".join(_format_value(operation, name, each) for each in _list_values(value))
        for name, value in arguments
        if value is not UNSET and value is not None
    }
    return encode_headers(operation, headers)


def encode_json_body(operation: str, value: Any, media: bytes = b"application/json") -> Content | None:
    """Encode a body as JSON, without members that are `UNSET`; `None` is null.

    Raises:
        InvalidRequestError: A value cannot be serialized.
    """
    if value is UNSET:
        return None
    if isinstance(value, dict):
        value = _drop_unset(cast("dict[str, Any]", value))
    try:
        return Content(serialize_json(value), media)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidRequestError(f"{operation}: the request cannot be serialized as JSON: {error}.") from None


def encode_form_body(operation: str, members: dict[str, Any]) -> Content:
    """Encode a body as an HTML form."""
    pairs = [
        (name, _format_value(operation, name, each))
        for name, value in _drop_unset(members).items()
        for each in _list_values(value)
    ]
    return Content(urlencode(pairs).encode("ascii"), b"application/x-www-form-urlencoded")


def encode_raw_body(operation: str, value: Any, media: bytes = b"application/octet-stream") -> Content | None:
    """Encode a body of bytes, or of text as UTF-8.

    Raises:
        InvalidRequestError: The body is neither bytes nor a string.
    """
    if value is UNSET:
        return None
    if isinstance(value, str):
        value = _format_value(operation, "the request", value).encode("utf-8")
    if not isinstance(value, bytes):
        raise InvalidRequestError(f"{operation}: the request must be bytes or a string, not {type(value).__name__}.")
    return Content(value, media)


def encode_multipart_body(operation: str, members: dict[str, Any]) -> Content:
    """Encode a body as multipart/form-data: files, text, and objects as JSON; each item of a list is a part.

    The boundary is a hash of the content, so that equal bodies have equal bytes and fingerprints.
    """
    parts: list[tuple[bytes, bytes]] = []
    for name, value in _drop_unset(members).items():
        for each in [value] if isinstance(value, bytes | File) else _list_values(value):
            file = File(each) if isinstance(each, bytes) else each
            head = f'Content-Disposition: form-data; name="{_escape_quoted(name)}"'
            if isinstance(file, File):
                encode_headers(operation, {"X-File-Type": file.media})
                head += f'; filename="{_escape_quoted(file.name)}"\r\nContent-Type: {file.media}'
                parts.append((head.encode("utf-8"), file.content))
            elif isinstance(each, Mapping | Model | RequestModel):
                content = encode_json_body(operation, each)
                head += "\r\nContent-Type: application/json"
                parts.append((head.encode("utf-8"), content.data if content else b""))
            else:
                parts.append((head.encode("utf-8"), _format_value(operation, name, each).encode("utf-8")))
    digest = sha256(b"".join(part for pair in parts for part in pair)).hexdigest()[:32].encode("ascii")
    lines = b"".join(b"--%b\r\n%b\r\n\r\n%b\r\n" % (digest, head, content) for head, content in parts)
    return Content(lines + b"--%b--\r\n" % digest, b"multipart/form-data; boundary=" + digest)


def build_undocumented_call(method: str, path: str, value: Any) -> Call[Any]:
    """Build a call of a path that is not in the description. It is treated as one that creates and may be charged.

    Raises:
        InvalidRequestError: The path could lead outside the base URL, or the call cannot be sent.
    """
    name = f"request {method}"
    if not isinstance(method, str) or method not in _METHODS:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidRequestError(f"request: method {method!r} is not supported. Use {', '.join(sorted(_METHODS))}.")
    if not isinstance(path, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidRequestError(f"{name}: path is {path!r}. It must be a string that begins with '/'.")
    # Some servers decode a segment before they resolve `..`.
    segments = unquote(path.partition("?")[0]).split("/")
    if not path.startswith("/") or path.startswith("//") or ".." in segments or "." in segments:
        raise InvalidRequestError(
            f"{name}: {path!r} is not a path below the base URL. Begin it with one '/' and leave out '.' and '..'."
        )
    if not all("!" <= character <= "~" for character in path) or "#" in path or "\\" in path:
        raise InvalidRequestError(
            f"{name}: {path!r} has a character that must be percent-encoded. Use urllib.parse.quote."
        )
    operation: Operation[Any] = Operation(
        name=name, method=method, path=path, billing=Billing.UNKNOWN, effect=Effect.CREATES, decode=_return_unchanged
    )
    return Call(operation=operation, path=path, content=None if value is None else encode_json_body(name, value))


def _return_unchanged(value: Any) -> Any:
    return value


def _drop_unset(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not UNSET}


def _list_values(value: object) -> list[object]:
    return list(cast("list[object]", value)) if isinstance(value, list | tuple) else [value]


def _format_value(operation: str, name: str, value: object) -> str:
    """Format a string, number or boolean as JSON does, but without quotes.

    Raises:
        InvalidRequestError: The value is something else, or not valid Unicode.
    """
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        text = str(value)
        if text.isascii() or _is_valid_unicode(text):
            return text
        raise InvalidRequestError(f"{operation}: {name} contains a lone surrogate, which is not a valid character.")
    raise InvalidRequestError(
        f"{operation}: {name} must be a string, a number or a boolean, not {type(value).__name__}."
    )


def _is_valid_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _escape_quoted(name: str) -> str:
    """Escape a name for the quotes of a multipart header, as browsers do."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
