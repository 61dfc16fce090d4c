"""A request and a reply as plain values: what every face of the gateway speaks."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs
from cometapi_suno_mock.media import HTML, JSON, is_object, write_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cometapi_suno_mock.contract import Violation

REQUEST_ID = "x-oneapi-request-id"
"""The header that carries the correlation id."""

_REQUEST_ID = REQUEST_ID.encode()
_CONTENT_TYPES = {JSON: JSON.encode(), HTML: f"{HTML}; charset=utf-8".encode()}


class Request(NamedTuple):
    """What came in. `path` is percent-encoded and has no query; header names are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes = b""


class Delivery(NamedTuple):
    """How a reply is spoiled on its way; what each does is told by `Fault`."""

    delay: float = 0.0
    pause: float = 0.0
    cut: int | None = None
    reset: bool = False

    def pieces(self, body: bytes) -> list[bytes]:
        """The parts of the body that are sent, in order."""
        body = body if self.cut is None else body[: self.cut]
        size = max(1, -(-len(body) // 8)) if self.pause else max(1, len(body))
        return [body[start : start + size] for start in range(0, len(body), size)]


class Reply(NamedTuple):
    """What goes out. `value` is what `body` was made from; None stands for no body."""

    status: int
    request_id: str
    media: str | None = None
    value: Any = None
    body: bytes = b""
    more: Mapping[str, str] = MappingProxyType({})
    """Further headers."""
    delivery: Delivery | None = None
    """How it goes wrong on its way, if it does."""

    def later(self, seconds: float) -> Reply:
        """The same reply, after so many seconds more."""
        delivery = self.delivery or Delivery()
        return self._replace(delivery=delivery._replace(delay=delivery.delay + seconds))

    @property
    def complaint(self) -> str:
        """The message of either kind of error body; empty where there is none."""
        if not is_object(self.value):
            return ""
        told = self.value.get("error", self.value)
        message = told.get("message") if is_object(told) else None
        return message if isinstance(message, str) else ""

    @property
    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        """Every header of the reply, as it goes over the wire."""
        headers = [(_REQUEST_ID, self.request_id.encode())]
        if self.more:
            headers += [(name.encode(), value.encode("latin-1")) for name, value in self.more.items()]
        if self.status not in (204, 304):
            headers.append((b"content-length", b"%d" % len(self.body)))
        if self.media is not None:
            headers.append((b"content-type", _CONTENT_TYPES.get(self.media) or self.media.encode("latin-1")))
        return headers

    @property
    def headers(self) -> dict[str, str]:
        """Every header of the reply."""
        return {name.decode(): value.decode("latin-1") for name, value in self.raw_headers}


def json_reply(status: int, request_id: str, value: Any) -> Reply:
    """A reply whose body is JSON."""
    return Reply(status, request_id, JSON, value, write_json(value))


def text_reply(status: int, request_id: str, media: str, text: str) -> Reply:
    """A reply whose body is text."""
    return Reply(status, request_id, media, text, text.encode("utf-8"))


class Exchange(NamedTuple):
    """One request with its answer, as it is remembered."""

    number: int
    seconds: int
    """When, by the gateway's clock, in Unix seconds."""
    method: str
    path: str
    operation: str
    """The `operationId`, empty where there is none."""
    status: int
    request_id: str
    findings: tuple[Violation, ...]
    """What the contract says against the request."""
    fault: str
    """What went wrong on purpose; empty when nothing did."""
    complaint: str
    """What the answer says that is wrong; empty when it says nothing of the kind."""


@attrs.frozen
class OwnViolation:
    """An answer of the gateway itself that breaks the contract: a bug of the gateway."""

    operation: str
    status: int
    violation: Violation
