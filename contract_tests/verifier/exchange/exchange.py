"""One request and its response as plain values. The form on disk is `exchange.schema.json`."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from attrs import field, frozen
from cometapi_suno_mock.media import NotJsonError, parse_media_type, read_json, write_json
from cometapi_suno_mock.pointers import pointer
from jsonschema_rs import Draft202012Validator

FORM = 1
SCHEMA = Path(__file__).with_name("exchange.schema.json")
UNDATED = "undated"

Origin: TypeAlias = Literal["documented", "recorded", "mock"]


class ExchangeError(ValueError):
    """A JSON value is no exchange. The message is `pointer: reason`."""


@frozen(eq=False)
class Body:
    """A body that was there.

    Attributes:
        kind: `json`, `text` or `base64`: how it is written down.
        value: The JSON value, the text, or the bytes.
    """

    kind: Literal["json", "text", "base64"]
    value: Any

    @classmethod
    def of(cls, content: bytes) -> Body | None:
        """The body that these bytes are; `None` when there are none."""
        if not content:
            return None
        try:
            return cls("json", read_json(content))
        except NotJsonError:
            pass
        try:
            return cls("text", content.decode("utf-8"))
        except UnicodeDecodeError:
            return cls("base64", content)

    @property
    def content(self) -> bytes:
        """Bytes that stand for it; those of JSON need not be the ones that came."""
        if self.kind == "json":
            return write_json(self.value)
        return self.value if self.kind == "base64" else str(self.value).encode()

    def plain(self) -> dict[str, Any]:
        """As it is written down."""
        return {self.kind: base64.b64encode(self.value).decode() if self.kind == "base64" else self.value}

    def __eq__(self, other: object) -> bool:
        """Whether they say the same: members may be in another order, and 1, 1.0 and true are three."""
        if not isinstance(other, Body) or self.kind != other.kind:
            return False
        return self._canonical() == other._canonical()

    def _canonical(self) -> str | bytes:
        return json.dumps(self.value, sort_keys=True) if self.kind == "json" else self.content

    __hash__ = None  # type: ignore[assignment]


@frozen
class Request:
    """What was asked.

    Attributes:
        method: HTTP method.
        path: Percent-encoded, without the query.
        query: Names and values, decoded.
        headers: Names in lower case.
        body: `None` when there was none.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(factory=lambda: MappingProxyType({}))
    body: Body | None = None


@frozen
class Response:
    """What came back.

    Attributes:
        status: HTTP status.
        headers: Names in lower case.
        body: `None` when there was none.
    """

    status: int
    headers: Mapping[str, str] = field(factory=lambda: MappingProxyType({}))
    body: Body | None = None

    @property
    def media(self) -> str:
        """The bare media type; empty when there is none."""
        return parse_media_type(self.headers.get("content-type", ""))


@frozen
class Exchange:
    """One request and its response, with where they come from.

    Attributes:
        id: Name by which a finding refers to it.
        origin: `documented`, `recorded` or `mock`.
        target: Who answered, or whose page shows it.
        date: When, as exactly as is known.
        operation: The operationId; `None` for a path that is not described.
        request: What was asked.
        response: What came back.
        note: What a reader should know of it.
    """

    id: str
    origin: Origin
    target: str
    date: str
    operation: str | None
    request: Request
    response: Response
    note: str = ""

    @classmethod
    def parse(cls, value: Any) -> Exchange:
        """Read the JSON form.

        Raises:
            ExchangeError: It is not that.
        """
        for error in _validator().iter_errors(value):
            raise ExchangeError(f"{pointer(error.instance_path) or '/'}: {_shortened(error.message)}")
        request, response = value["request"], value["response"]
        return cls(
            id=value["id"],
            origin=value["origin"],
            target=value["target"],
            date=value["date"],
            operation=value["operation"],
            note=value.get("note", ""),
            request=Request(
                method=request["method"],
                path=request["path"],
                query=tuple((name, text) for name, text in request.get("query", ())),
                headers=request.get("headers", {}),
                body=_read_body(request.get("body")),
            ),
            response=Response(
                status=response["status"],
                headers=response.get("headers", {}),
                body=_read_body(response.get("body")),
            ),
        )

    def plain(self) -> dict[str, Any]:
        """The JSON form; what is empty is left out."""
        request: dict[str, Any] = {"method": self.request.method, "path": self.request.path}
        response: dict[str, Any] = {"status": self.response.status}
        if self.request.query:
            request["query"] = [list(pair) for pair in self.request.query]
        for written, side in ((request, self.request), (response, self.response)):
            if side.headers:
                written["headers"] = dict(side.headers)
            if side.body is not None:
                written["body"] = side.body.plain()
        return {
            "exchange": FORM,
            "id": self.id,
            "origin": self.origin,
            "target": self.target,
            "date": self.date,
            "operation": self.operation,
            **({"note": self.note} if self.note else {}),
            "request": request,
            "response": response,
        }


def now() -> str:
    """This second, as an exchange dates itself."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))


def _read_body(written: Mapping[str, Any] | None) -> Body | None:
    if written is None:
        return None
    if "base64" in written:
        return Body("base64", base64.b64decode(written["base64"]))
    return Body("json", written["json"]) if "json" in written else Body("text", written["text"])


def _shortened(message: str) -> str:
    message = " ".join(message.split())
    return message if len(message) <= 160 else f"{message[:80]} ... {message[-70:]}"
