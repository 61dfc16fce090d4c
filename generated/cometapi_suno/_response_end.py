"""Response end: bytes that follow a response on its connection complete it, or belong to no request."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic
from typing import TYPE_CHECKING, Any

from ._network_stream import StepTimeout, has_arrived, has_buffered_bytes, is_silence, plan_probes
from ._response_parsing import LONGEST_ERROR, is_error_body

if TYPE_CHECKING:
    from ._body_decoder import BodyDecoder
    from ._delivery import Delivery
    from ._http_library import httpx

END_TIMEOUT = 0.5
"""Seconds to wait for the end of a connection after an error response, on which the server was asked to close it."""
_MARGIN = 0.01  # seconds before the deadline of the call, at which asyncio would cancel the wait
_READ_SIZE = 1 << 16
_NO_CONTENT = 204  # what follows it is its body nevertheless, if it is JSON


class _ResponseEnd:
    """What follows a response on its connection.

    Attributes:
        is_cut: The body is shorter than it should be: what follows completes it.
        is_awaited: Something may follow that is not here yet.
        stream: The network stream of the connection.
    """

    __slots__ = ("_body", "_connection", "_delivery", "_failed", "_unread", "is_awaited", "is_cut", "stream")

    def __init__(self, connection: Any, response: httpx.Response, body: BodyDecoder, delivery: Delivery) -> None:
        charged = delivery.charged
        self._connection = connection
        self._body = body
        self._delivery = delivery
        self.stream: Any = connection._network_stream
        self._unread = unread = has_unread_bytes(connection)
        self.is_cut = cut = (unread or charged) and (body.is_cut() or response.status_code == _NO_CONTENT)
        if cut:
            body.feed_quietly(bytes(connection._h11_state.trailing_data[0]))
        # The server was asked to close a new connection of a call that may be charged, so that the end shows that
        # nothing follows an error; on a kept one, as those of injected clients are, silence has to do.
        self._failed = failed = _is_error(response, body)
        self.is_awaited = body.is_cut() if cut else failed and charged and not delivery.reused and not unread

    def plan_reads(self, deadline: StepTimeout | None) -> Iterator[float]:
        """Yield the timeouts of the reads for what follows, until it is here or the server is silent."""
        until = monotonic() + END_TIMEOUT
        until = until if deadline is None else min(until, deadline.end - _MARGIN)
        while self.is_awaited and (left := until - monotonic()) > 0:
            yield left
        probes = plan_probes(self.stream)  # a busy machine may have had no time to read what is there
        while self.is_awaited and (left := next(probes, 0.0)):
            yield left

    def take(self, data: bytes) -> None:
        """Take what follows; b"" is the end of the connection."""
        self._unread = self._unread or data != b""
        if data and self.is_cut:
            self._body.feed(data)
        self.is_awaited = bool(data) and self.is_cut and self._body.is_cut()

    def note(self) -> None:
        """Close a connection that may bring more, and note whether bytes followed that belong to no request."""
        if self.is_awaited and has_arrived(self.stream):
            self._unread = True  # no read has returned it
        self._delivery.unrequested = self._unread and not (self.is_cut and self._body.is_json())
        if self._unread or self.is_cut or self._failed:
            retire(self._connection)
        else:
            self._delivery.connection = self._connection


def check_connection(
    response: httpx.Response, body: BodyDecoder, delivery: Delivery, deadline: StepTimeout | None
) -> None:
    """Look for bytes after a response, and close a connection that may bring more.

    They complete a body whose length was too small; else they belong to no request.
    """
    connection = find_http11(response)
    if connection is None:
        return
    end = _ResponseEnd(connection, response, body, delivery)
    for timeout in end.plan_reads(deadline):
        try:
            end.take(end.stream.read(_READ_SIZE, timeout=timeout))
        except Exception as error:  # noqa: BLE001 (a reset, or a body that cannot be read, is the end too)
            if not is_silence(error):
                end.take(b"")
    end.note()


async def check_async_connection(
    response: httpx.Response, body: BodyDecoder, delivery: Delivery, deadline: StepTimeout | None
) -> None:
    """Look for bytes after a response, and close a connection that may bring more.

    They complete a body whose length was too small; else they belong to no request.
    """
    connection = find_http11(response)
    if connection is None:
        return
    end = _ResponseEnd(connection, response, body, delivery)
    for timeout in end.plan_reads(deadline):
        try:
            end.take(await end.stream.read(_READ_SIZE, timeout=timeout))
        except Exception as error:  # noqa: BLE001 (a reset, or a body that cannot be read, is the end too)
            if not is_silence(error):
                end.take(b"")
    end.note()


def find_unclean_connection(response: httpx.Response, delivery: Delivery) -> Any:
    """Return the connection of a response that a hook has read whole, if bytes followed it; `None` if it is clean.

    The connection may carry another request by now: then the bytes are those of another response.
    """
    connection = find_http11(response)
    if connection is None or not (connection.is_idle() or connection.is_closed()) or not has_unread_bytes(connection):
        return None
    delivery.unrequested = True
    return connection


def _is_error(response: httpx.Response, body: BodyDecoder) -> bool:
    """Check whether a response is an error, which may be followed by the true response."""
    return response.status_code >= 300 or (body.length <= LONGEST_ERROR and is_error_body(body.peek()))


def find_http11(response: Any) -> Any:
    """Return httpcore's HTTP/1.1 connection of a response, through the streams around it; None if it has none."""
    stream = response.stream
    for _ in range(6):
        connection = getattr(stream, "_connection", None)
        if connection is not None:
            return connection if hasattr(connection, "_h11_state") else None
        stream = getattr(stream, "_httpcore_stream", None) or getattr(stream, "_stream", None)
    return None


def find_refused_bytes(response: Any) -> bytes:
    """Return the bytes after which h11 has refused the body of a response; b"" if it has not."""
    connection = find_http11(response)
    if connection is None or getattr(connection._h11_state.their_state, "__name__", "") != "ERROR":
        return b""
    return bytes(connection._h11_state.trailing_data[0])


def has_unread_bytes(connection: Any) -> bool:
    """Check whether bytes that belong to no request have arrived after a whole response, or may have.

    httpcore looks only at the socket, before it uses the connection again. Bytes that it, anyio or the TLS layer has
    read already would become the response to the next request.
    """
    try:
        return bool(connection._h11_state.trailing_data[0]) or has_buffered_bytes(connection._network_stream)
    except AttributeError:
        return True


def retire(connection: Any) -> None:
    """Let httpcore close a connection at the end of its response, and use it for nothing else."""
    connection._h11_state.send_failed()
