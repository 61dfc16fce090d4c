"""Arrived response: what was received of a response, also of one that broke off, and the error if it is not enough."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ._body_decoder import BodyDecoder
from ._config import redact_url
from ._network_stream import AsyncNetworkStream, SyncNetworkStream
from ._response import Headers, Response
from ._response_end import find_refused_bytes

if TYPE_CHECKING:
    from ._connections import ConnectionSettings
    from ._delivery import Delivery
    from ._http_library import HTTPLibrary, httpx
    from ._secret import Secret

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_CHUNK = re.compile(rb"\s*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")


class SendError(Exception):
    """No usable response was received.

    Attributes:
        cause: The exception of httpx, of the operating system, of the body decoder or of user code.
        never_delivered: Whether it is certain that the server has not seen the request.
        proxy: The proxy that could not be used, without its credentials; `None` without one.
        response: What arrived of a response; `None` if it is not even its headers.
    """

    def __init__(
        self,
        cause: Exception,
        *,
        never_delivered: bool,
        proxy: str | None = None,
        response: Response | None = None,
    ) -> None:
        super().__init__()
        self.cause = cause
        self.never_delivered = never_delivered
        self.proxy = proxy
        self.response = response

    def hide(self, key: Secret) -> None:
        """Remove the key from the cause and the response: both may quote a header that the server sent back."""
        if self.response is not None:
            self.response.hide(key)
            self.response = self.response.redact()
        cause = self.cause
        try:
            cause.args = tuple(key.hide_text(each) if isinstance(each, str) else each for each in cause.args)
            if notes := getattr(cause, "__notes__", None):
                cause.__notes__ = [key.hide_text(each) for each in notes]
            shown = f"{cause}\n{cause!r}"
            if key.hide_text(shown) != shown:  # it is in an attribute: an `OSError` shows those, not its arguments
                self.cause = Exception(key.hide_text(f"{type(cause).__name__}: {cause}"))
        except Exception:  # noqa: BLE001 (an exception of user code may be frozen, or cannot be shown)
            self.cause = _replace_cause(cause)


def receive_head(response: httpx.Response, delivery: Delivery, limit: int) -> BodyDecoder:
    """Note that the headers have arrived, and make the decoder of the body."""
    encoding = ""
    if not response.is_stream_consumed:  # else an injected client has read the body, in a hook say, and decompressed it
        # `response.headers.get` decodes every header, which takes longer than reading the body.
        encodings = [value for name, value in response.headers.raw if name.lower() == b"content-encoding"]
        encoding = b", ".join(encodings).decode("latin-1")
    body = BodyDecoder(encoding, limit)
    delivery.received = (response, body)
    stream = response.extensions.get("network_stream")
    if isinstance(stream, SyncNetworkStream | AsyncNetworkStream):
        stream.end_head()
    return body


def make_response(response: httpx.Response, content: bytes, connection: ConnectionSettings) -> Response:
    return Response(response.status_code, Headers(response.headers.raw), content, memory=3 * connection.max_response)


def _find_arrived(delivery: Delivery, connection: ConnectionSettings) -> Response | None:
    """Return what has arrived of a response; `None` if nothing has."""
    if delivery.received is None:
        stream: object = delivery.stream
        if isinstance(stream, SyncNetworkStream | AsyncNetworkStream):
            return _read_raw_response(bytes(stream.head), connection.max_response)
        return None
    response, body = delivery.received
    body.feed_quietly(_join_chunks(find_refused_bytes(response)))
    return make_response(response, body.take(), connection)


def _read_raw_response(raw: bytes, limit: int) -> Response | None:
    """Read a response from all bytes that arrived, provisional responses included; `None` if there are none.

    Without a status line, its status is 0 and its content is everything that arrived.
    """
    if not raw:
        return None
    status, headers, place = 0, list[tuple[bytes, bytes]](), 0
    while status < 200 and (found := _STATUS.search(raw, place)):
        blank = _BLANK_LINE.search(raw, found.end())
        end, place = blank.span() if blank else (len(raw), len(raw))
        lines = (line.partition(b":") for line in raw[found.start() : end].splitlines()[1:])
        status, headers = int(found[1]), [(name.strip(), value.strip()) for name, _, value in lines]
    body, fields = raw[place:], Headers(headers)
    decoder = BodyDecoder(fields.get("content-encoding", ""), limit)
    is_chunked = "chunked" in fields.get("transfer-encoding", "").lower()
    decoder.feed_quietly(_join_chunks(body) if is_chunked else body)
    return Response(status, fields, decoder.take(), memory=3 * limit)


def _join_chunks(raw: bytes) -> bytes:
    """Return the content of a chunked body; what is not a chunk is returned as it is."""
    content, place = bytearray(), 0
    while found := _CHUNK.match(raw, place):
        place = found.end() + int(found[1], 16)
        content += raw[found.end() : place]
        if place == found.end():  # the last chunk; trailers follow
            return bytes(content)
    return bytes(content + raw[place:].lstrip(b"\r\n"))


def accept_broken_response(
    library: HTTPLibrary, error: Exception, delivery: Delivery, connection: ConnectionSettings, *, owned: bool
) -> Response:
    """Return the response that broke off, if it is a whole result nevertheless, or an error whose status has arrived.

    Raises:
        SendError: It is neither.
    """
    arrived = _find_arrived(delivery, connection)
    # A proxy that refuses a tunnel answers before the request was sent.
    knows_status = delivery.received is not None or (delivery.sent and arrived is not None and arrived.content != b"")
    delivery.forget_response()
    if arrived is not None:
        if arrived.is_whole_result():
            return arrived
        arrived.interrupted_by = type(error).__name__
        if arrived.status_code >= 300 and knows_status:
            return arrived
    proxy = connection.proxy if owned else None
    raise _make_send_error(library, error, delivery, proxy, arrived, owned=owned) from error


def _make_send_error(
    library: HTTPLibrary,
    error: Exception,
    delivery: Delivery,
    proxy: str | None,
    response: Response | None,
    *,
    owned: bool,
) -> SendError:
    """Make the error, without the request and the frames of httpcore, which contain the key."""
    never_delivered = delivery.was_never_sent(error, owned=owned)
    try:
        error.__cause__ = error.__context__ = error.__traceback__ = None
    except Exception:  # noqa: BLE001 (a frozen dataclass)
        error = _replace_cause(error)
    if isinstance(error, library.RequestError):
        error.request = library.Request("GET", "https://removed.invalid")
    return SendError(
        error,
        never_delivered=never_delivered,
        proxy=redact_url(proxy) if proxy and never_delivered else None,
        response=response,
    )


def _replace_cause(cause: Exception) -> Exception:
    """Return an exception that names the class of one that cannot be cleaned."""
    return Exception(type(cause).__name__)
