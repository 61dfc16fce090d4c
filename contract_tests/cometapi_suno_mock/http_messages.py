"""HTTP messages as plain values: the request and the reply that every part of the gateway uses, and their record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import attrs
from cometapi_suno_mock.compiled_schemas import Violation
from cometapi_suno_mock.media import HTML, JSON, is_object, write_json

REQUEST_ID = "x-oneapi-request-id"
"""The header that carries the correlation id."""

_REQUEST_ID = REQUEST_ID.encode()
_CONTENT_TYPES = {JSON: JSON.encode(), HTML: f"{HTML}; charset=utf-8".encode()}


class HttpRequest(NamedTuple):
    """A request. `path` is percent-encoded and has no query; header names are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = MappingProxyType({})
    body: bytes = b""
    base: str = "http://127.0.0.1"
    """The URL of the gateway as the caller wrote it, to which the addresses in replies point."""


class DeliveryFault(NamedTuple):
    """How the delivery of a reply goes wrong; `Fault` says what each field does."""

    delay: float = 0.0
    pause: float = 0.0
    cut: int | None = None
    reset: bool = False
    lie: int = 0
    """Bytes that are announced in addition to the true ones; below 0, bytes that are not sent."""

    def is_broken_off(self, body: bytes) -> bool:
        """Return whether fewer bytes are sent than are announced."""
        return self.lie > 0 or (self.cut is not None and self.cut < len(body) + self.lie)

    def split_body(self, body: bytes) -> list[bytes]:
        """Return the parts of the body that are sent, in order."""
        body = body[: len(body) + min(self.lie, 0)]
        body = body if self.cut is None else body[: self.cut]
        size = max(1, -(-len(body) // 8)) if self.pause else max(1, len(body))
        return [body[start : start + size] for start in range(0, len(body), size)]


class Reply(NamedTuple):
    """A response of the gateway. `value` is the value that `body` was made from; None means an empty body."""

    status: int
    request_id: str
    media: str | None = None
    value: Any = None
    body: bytes = b""
    more: Mapping[str, str] = MappingProxyType({})
    """Further headers."""
    delivery: DeliveryFault | None = None
    """How its delivery goes wrong, if it does."""
    refusal: str = ""
    """Which rule refused the request, and who says so; not sent, for no real gateway says it."""

    def delay_by(self, seconds: float) -> Reply:
        """Return the same reply with a longer delay."""
        delivery = self.delivery or DeliveryFault()
        return self._replace(delivery=delivery._replace(delay=delivery.delay + seconds))

    def refused_by(self, rule: str, sources: Iterable[str]) -> Reply:
        """Return the same reply as the refusal of a rule that these sources describe."""
        return self._replace(refusal=f"{rule} ({', '.join(dict.fromkeys(sources))})")

    @property
    def complaint(self) -> str:
        """The message of an error body of either kind; empty when it has none."""
        if not is_object(self.value):
            return ""
        error = self.value.get("error", self.value)
        message = error.get("message") if is_object(error) else None
        return message if isinstance(message, str) else ""

    @property
    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        """Every header of the reply, encoded."""
        headers = [(_REQUEST_ID, self.request_id.encode())]
        headers += [(name.encode(), value.encode("latin-1")) for name, value in self.more.items()]
        if self.status not in (204, 304):
            lie = 0 if self.delivery is None else self.delivery.lie
            headers.append((b"content-length", b"%d" % (len(self.body) + lie)))
        if self.media is not None:
            headers.append((b"content-type", _CONTENT_TYPES.get(self.media) or self.media.encode("latin-1")))
        return headers

    @property
    def headers(self) -> dict[str, str]:
        """Every header of the reply."""
        return {name.decode(): value.decode("latin-1") for name, value in self.raw_headers}


def wrap(data: Any) -> dict[str, Any]:
    """Wrap data in the success envelope."""
    return {"code": "success", "message": "", "data": data}


def json_reply(status: int, request_id: str, value: Any) -> Reply:
    """Make a reply with a JSON body."""
    return Reply(status, request_id, JSON, value, write_json(value))


def text_reply(status: int, request_id: str, media: str, text: str) -> Reply:
    """Make a reply with a text body."""
    return Reply(status, request_id, media, text, text.encode("utf-8"))


class ExchangeRecord(NamedTuple):
    """A request and its reply, as they are remembered."""

    number: int
    seconds: int
    """The time on the gateway's clock, in Unix seconds."""
    method: str
    path: str
    operation: str
    """The `operationId`; empty when no operation matches."""
    status: int
    request_id: str
    findings: tuple[Violation, ...]
    """How the request breaks the contract."""
    fault: str
    """The fault that was applied; empty without one."""
    complaint: str
    """The error message of the reply; empty without one."""
    refusal: str
    """The rule that refused the request and its sources; empty without one."""
    sent: bytes = b""
    """The start of the request's body."""
    answered: bytes = b""
    """The start of the reply's body."""


@attrs.frozen
class OwnViolation:
    """A reply of the gateway itself that breaks the contract: a bug of the gateway."""

    operation: str
    status: int
    violation: Violation
