"""One HTTP request with its response, as plain values. `exchange.schema.json` describes the form on disk."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

from attrs import field, frozen
from cometapi_suno_mock.media import NotJsonError, parse_media_type, read_json, write_json
from jsonschema_rs import Draft202012Validator

from scripts.openapi_document import is_array, join_pointer

UNDATED: Final = "undated"
Origin: TypeAlias = Literal["documented", "recorded", "mock"]
Side: TypeAlias = Literal["request", "response"]

TRANSPORT_HEADERS: Final = frozenset({
    "accept-ranges", "age", "allow", "alt-svc", "cache-control", "cf-cache-status", "cf-ray", "connection",
    "content-disposition", "content-encoding", "content-language", "content-length", "content-security-policy",
    "content-type", "cross-origin-opener-policy", "cross-origin-resource-policy", "date", "etag", "expires",
    "keep-alive", "last-modified", "link", "location", "nel", "permissions-policy", "pragma", "referrer-policy",
    "report-to", "reporting-endpoints", "server", "server-timing", "set-cookie", "strict-transport-security", "trailer",
    "transfer-encoding", "upgrade", "vary", "via", "x-cache", "x-content-type-options", "x-frame-options",
    "x-powered-by", "x-xss-protection",
})  # fmt: skip
"""Response headers of servers and proxies, which a description need not name."""

_VERSION: Final = 1
_SCHEMA: Final = Path(__file__).with_name("exchange.schema.json")


class ExchangeError(ValueError):
    """A JSON value is not an exchange. The message is `pointer: reason`."""


@frozen(eq=False)
class ExchangeBody:
    """A body that is not empty.

    Attributes:
        kind: `json`, `text` or `base64`: how the body is written down.
        value: The JSON value, the text, or the bytes.
        repeated: Pointers of the names that came more than once in an object; of their values, the last one is kept.
    """

    kind: Literal["json", "text", "base64"]
    value: Any
    repeated: tuple[str, ...] = ()

    @property
    def content(self) -> bytes:
        """The body as bytes. JSON is written compactly, so its bytes may differ from those received."""
        if self.kind == "json":
            return write_json(self.value)
        return self.value if self.kind == "base64" else str(self.value).encode()

    def to_json(self) -> dict[str, Any]:
        """Return the form on disk."""
        written = base64.b64encode(self.value).decode() if self.kind == "base64" else self.value
        return {self.kind: written, **({"repeated": list(self.repeated)} if self.repeated else {})}

    def __eq__(self, other: object) -> bool:
        """Compare kind, value and repeated names; the order of members does not count, and 1, 1.0 and true differ."""
        return isinstance(other, ExchangeBody) and self._canonical() == other._canonical()

    def _canonical(self) -> str:
        return json.dumps(self.to_json(), sort_keys=True)

    __hash__ = None  # type: ignore[assignment]


@frozen
class ExchangeRequest:
    """A request.

    Attributes:
        method: HTTP method.
        path: Percent-encoded, without the query.
        query: Decoded names and values.
        headers: Names in lower case.
        body: `None` when empty.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(factory=lambda: MappingProxyType({}))
    body: ExchangeBody | None = None


@frozen
class ExchangeResponse:
    """A response.

    Attributes:
        status: HTTP status.
        headers: Names in lower case.
        body: `None` when empty, and when it was not saved.
        body_is_known: Whether the body was saved, or there was none.
        headers_are_known: Whether the headers were saved.
    """

    status: int
    headers: Mapping[str, str] = field(factory=lambda: MappingProxyType({}))
    body: ExchangeBody | None = None
    body_is_known: bool = True
    headers_are_known: bool = True

    @property
    def media(self) -> str:
        """The media type without parameters; empty without a content type."""
        return parse_media_type(self.headers.get("content-type", ""))


@frozen
class HttpExchange:
    """One request with its response, and their source.

    Attributes:
        id: Name by which findings refer to the exchange.
        origin: `documented`, `recorded` or `mock`.
        target: The server that answered, or the page that shows the exchange.
        date: As exact as is known.
        operation: The operationId; `None` for an undescribed path.
        request: The request.
        response: The response.
        note: A remark for readers.
        pseudonyms: Names and codes that a sanitizer wrote in place of others, here and in other exchanges.
    """

    id: str
    origin: Origin
    target: str
    date: str
    operation: str | None
    request: ExchangeRequest
    response: ExchangeResponse
    note: str = ""
    pseudonyms: Set[str] = field(default=frozenset[str](), eq=False, repr=False)

    @classmethod
    def parse(cls, value: Any) -> HttpExchange:
        """Read the form on disk.

        Raises:
            ExchangeError: The value does not have that form.
        """
        problem = find_problem(_validator(), value)
        if problem:
            raise ExchangeError(problem)
        request, response = value["request"], value["response"]
        return cls(
            id=value["id"],
            origin=value["origin"],
            target=value["target"],
            date=value["date"],
            operation=value["operation"],
            request=ExchangeRequest(
                method=request["method"],
                path=request["path"],
                query=tuple((name, text) for name, text in request.get("query", ())),
                headers=request.get("headers", {}),
                body=_read_body(request.get("body")),
            ),
            response=ExchangeResponse(
                status=response["status"],
                headers=response.get("headers", {}),
                body=_read_body(response.get("body")),
                body_is_known=response.get("bodyIsKnown", True),
                headers_are_known=response.get("headersAreKnown", True),
            ),
            note=value.get("note", ""),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the form on disk, without empty members."""
        request: dict[str, Any] = {"method": self.request.method, "path": self.request.path}
        response: dict[str, Any] = {"status": self.response.status}
        if not self.response.body_is_known:
            response["bodyIsKnown"] = False
        if not self.response.headers_are_known:
            response["headersAreKnown"] = False
        if self.request.query:
            request["query"] = [list(pair) for pair in self.request.query]
        for written, side in ((request, self.request), (response, self.response)):
            if side.headers:
                written["headers"] = dict(side.headers)
            if side.body is not None:
                written["body"] = side.body.to_json()
        return {
            "exchange": _VERSION,
            "id": self.id,
            "origin": self.origin,
            "target": self.target,
            "date": self.date,
            "operation": self.operation,
            **({"note": self.note} if self.note else {}),
            "request": request,
            "response": response,
        }


def parse_body(content: bytes) -> ExchangeBody | None:
    """Read bytes as JSON, else as UTF-8 text, else keep the bytes; `None` when empty."""
    if not content:
        return None
    try:
        return ExchangeBody("json", read_json(content), tuple(_find_repeated(content)))
    except NotJsonError:
        pass
    try:
        return ExchangeBody("text", content.decode("utf-8"))
    except UnicodeDecodeError:
        return ExchangeBody("base64", content)


def join_headers(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return headers by their names in lower case; the values of a repeated one are joined."""
    found: dict[str, str] = {}
    for name, value in pairs:
        key = name.lower()
        found[key] = f"{found[key]}, {value}" if key in found else value
    return found


def find_problem(validator: Draft202012Validator, value: Any) -> str:
    """Return where and how a value breaks a schema, in one short line; empty if it does not."""
    for error in validator.iter_errors(value):
        message = " ".join(error.message.split())
        message = message if len(message) <= 160 else f"{message[:80]} ... {message[-70:]}"
        return f"{join_pointer('', *error.instance_path) or '/'}: {message}"
    return ""


def now() -> str:
    """Return the current second in the form of an exchange's date."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def _validator() -> Draft202012Validator:
    # A message must not show what was recorded.
    return Draft202012Validator(json.loads(_SCHEMA.read_text("utf-8")), mask="the value")


def _read_body(written: Mapping[str, Any] | None) -> ExchangeBody | None:
    if written is None:
        return None
    if "base64" in written:
        return ExchangeBody("base64", base64.b64decode(written["base64"]))
    if "json" in written:
        return ExchangeBody("json", written["json"], tuple(written.get("repeated", ())))
    return ExchangeBody("text", written["text"])


class _Pairs(list[tuple[str, Any]]):
    """An object of JSON as its pairs of name and value: a name may be there more than once."""


def _find_repeated(content: bytes) -> Iterator[str]:
    """Yield the pointers of the names that come more than once in an object of a JSON text."""
    try:
        waiting: list[tuple[str, Any]] = [("", json.loads(content, object_pairs_hook=_Pairs))]
    except RecursionError:  # nested one level less than what cannot be read at all
        return
    while waiting:
        pointer, value = waiting.pop()
        members: Iterable[tuple[str | int, Any]] = enumerate(value) if is_array(value) else ()
        if isinstance(value, _Pairs):
            counts = Counter(name for name, _ in value)
            yield from (join_pointer(pointer, name) for name, count in counts.items() if count > 1)
            members = dict(value).items()
        waiting += [(join_pointer(pointer, step), member) for step, member in members]
