"""Arrived response: what was received of a response, also of one that broke off, and the error if it is not enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ._body_decoder import BodyDecoder
from ._broken_response import feed_quietly, join_chunks, read_raw_response
from ._config import redact_url
from ._network_stream import AsyncNetworkStream, SyncNetworkStream
from ._response import Headers, Response
from ._response_end import find_refused_bytes

if TYPE_CHECKING:
    from ._connections import ConnectionSettings
    from ._delivery import Delivery
    from ._http_library import HTTPLibrary, httpx
    from ._secret import Secret


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


def make_body_decoder(response: httpx.Response, headers: Sequence[tuple[bytes, bytes]], limit: int) -> BodyDecoder:
    """Make the decoder of a body. A body that an injected client has read already, in a hook say, is decompressed."""
    if response.is_stream_consumed:
        return BodyDecoder("", limit)
    # `response.headers.get` decodes every header, which takes longer than reading the body.
    encodings = [value for name, value in headers if name.lower() == b"content-encoding"]
    return BodyDecoder(b", ".join(encodings).decode("latin-1"), limit)


def note_head(response: httpx.Response, body: BodyDecoder, delivery: Delivery) -> None:
    """Note that the headers have arrived."""
    delivery.received = (response, body)
    stream = response.extensions.get("network_stream")
    if isinstance(stream, SyncNetworkStream | AsyncNetworkStream):
        stream.end_head()


def make_response(response: httpx.Response, content: bytes, connection: ConnectionSettings) -> Response:
    return Response(response.status_code, Headers(response.headers.raw), content, memory=3 * connection.max_response)


def _find_arrived(delivery: Delivery, connection: ConnectionSettings) -> Response | None:
    """Return what has arrived of a response; `None` if nothing has."""
    if delivery.received is None:
        stream: object = delivery.stream
        if isinstance(stream, SyncNetworkStream | AsyncNetworkStream):
            return read_raw_response(bytes(stream.head), connection.max_response)
        return None
    response, body = delivery.received
    feed_quietly(body, join_chunks(find_refused_bytes(response)))
    return make_response(response, body.take(), connection)


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
    if isinstance(error, library.request_error):
        error.request = library.request("GET", "https://removed.invalid")
    return SendError(
        error,
        never_delivered=never_delivered,
        proxy=redact_url(proxy) if proxy and never_delivered else None,
        response=response,
    )


def _replace_cause(cause: Exception) -> Exception:
    """Return an exception that names the class of one that cannot be cleaned."""
    return Exception(type(cause).__name__)
