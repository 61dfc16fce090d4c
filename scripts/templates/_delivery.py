"""Delivery: what is known about one request on its way, from the events that httpcore reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from logging import DEBUG, Logger, getLogger
from typing import TYPE_CHECKING, Any

from ._network_stream import has_arrived, is_silence, plan_probes

if TYPE_CHECKING:
    from ._body_decoder import BodyDecoder
    from ._http_library import httpx

_CONNECTS = frozenset(
    {"connection.connect_tcp.started", "connection.connect_unix_socket.started", "socks.connect_tcp.started"}
)
_CONNECTED = ("connect_tcp.complete", "connect_unix_socket.complete", "start_tls.complete")
_SENDS_HTTP1 = "http11.send_request_headers.started"
_SENDS_HTTP2 = "http2.send_request_headers.started"
_MAY_QUOTE_KEY = ("receive_response_headers.complete", ".failed")
# Raised by the connection pool before it has a connection for the request; it reports no event then.
_POOL_ERRORS = frozenset({"PoolTimeout", "UnsupportedProtocol"})
_LIBRARIES = ("httpcore", "httpcore2")
_SENT_BYTES = "the server sent bytes before the request"
_CLOSED = "the server closed the connection before the request"


class ReusedConnectionError(Exception):
    """The request would go out on a connection that carried another one; nothing was sent, the connection is closed."""


class EarlyEndError(ConnectionError):
    """A new connection brought bytes, or its end, before the request was sent: they cannot be its response."""


class Delivery:
    """What is known about one attempt to send a request.

    Args:
        charged: The call may be charged.
        needs_new_connection: Refuse a connection that carried another request before.
        hide: Removes the key from bytes, in which a response may quote it.

    Attributes:
        charged: See above.
        needs_new_connection: See above.
        connecting: A connection was begun to be made for this request.
        sent: The request was begun to be sent.
        reused: The request was sent on a connection that carried another one before.
        refused: A connection was refused because it carried another request, and nothing was sent since.
        unrequested: Bytes followed the response that belong to no request.
        connection: The HTTP/1.1 connection of the response, if it may carry another request; else `None`.
        stream: The network stream of the new connection; `None` if none was made.
        received: The response whose headers arrived, and the decoder of its body; `None` before.
        before_send: Called when the request is about to be sent over a new HTTP/1.1 connection.
    """

    __slots__ = (
        "_hide",
        "_is_new",
        "before_send",
        "charged",
        "connecting",
        "connection",
        "needs_new_connection",
        "received",
        "refused",
        "reused",
        "sent",
        "stream",
        "unrequested",
    )

    def __init__(self, *, charged: bool, needs_new_connection: bool, hide: Callable[[bytes], bytes]) -> None:
        self.charged: bool = charged
        self.needs_new_connection: bool = needs_new_connection
        self.connecting: bool = False
        self.sent: bool = False
        self.reused: bool = False
        self.refused: bool = False
        self.unrequested: bool = False
        self.connection: Any = None
        self.stream: Any = None
        self.received: tuple[httpx.Response, BodyDecoder] | None = None
        self.before_send: Callable[[], None] | None = None
        self._is_new: bool = False
        self._hide = hide

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Note an event of httpcore, which calls this as the request's `trace` extension, and then logs `info`.

        Raises:
            ReusedConnectionError: The connection is a used one, and the request needs a new one.
            EarlyEndError: Something arrived on the connection before the request was sent.
        """
        if event == _SENDS_HTTP1:
            for timeout in self._plan_probes(info):
                try:
                    early = self.stream.read(1, timeout)
                except Exception as error:
                    if not is_silence(error):
                        raise EarlyEndError(_CLOSED) from error
                else:
                    raise EarlyEndError(_SENT_BYTES if early else _CLOSED)
        self._note(event, info)

    async def trace_async(self, event: str, info: dict[str, Any]) -> None:
        """Note an event of httpcore's async pool, like `trace`."""
        if event == _SENDS_HTTP1:
            for timeout in self._plan_probes(info):
                try:
                    early = await self.stream.read(1, timeout)
                except Exception as error:
                    if not is_silence(error):
                        raise EarlyEndError(_CLOSED) from error
                else:
                    raise EarlyEndError(_SENT_BYTES if early else _CLOSED)
        self._note(event, info)

    def _plan_probes(self, info: dict[str, Any]) -> Iterator[float]:
        """Yield the timeouts of the reads that look for bytes before a call is sent that may be charged.

        Raises:
            EarlyEndError: Bytes are there, but no read has returned them.
        """
        stream = self.stream
        if not (self.charged and self._is_new and stream is not None and info["request"].method != b"CONNECT"):
            return
        yield from plan_probes(stream)
        if has_arrived(stream):
            raise EarlyEndError(_SENT_BYTES)

    def _note(self, event: str, info: dict[str, Any]) -> None:
        if event == _SENDS_HTTP1:
            # A proxy is asked for a tunnel with a request of the pool itself.
            if info["request"].method != b"CONNECT":
                if not self._is_new:
                    if self.needs_new_connection:
                        self.refused = True
                        raise ReusedConnectionError
                    self.reused = True
                elif self.before_send is not None:
                    self.before_send()
                self.sent, self._is_new, self.refused = True, False, False
                if not _is_logged(event):
                    # Nothing that follows matters then: httpcore would report it in eight more calls.
                    info["request"].extensions.pop("trace", None)
        elif event in _CONNECTS:
            self.connecting = self._is_new = True
        elif event.endswith(_CONNECTED):
            self.stream = info["return_value"]
        elif event == _SENDS_HTTP2:  # responses carry the number of their request: used connections do no harm
            self.sent, self.refused = True, False
        elif event.endswith(_MAY_QUOTE_KEY):
            self._redact(event, info)

    def _redact(self, event: str, info: dict[str, Any]) -> None:
        """Remove the key from what httpcore is about to log: a header that the server sent back."""
        if _is_logged(event):
            for name, value in info.items():
                shown = repr(value).encode("utf-8", "backslashreplace")
                if (hidden := self._hide(shown)) != shown:
                    info[name] = hidden.decode("utf-8", "replace")

    def forget_response(self) -> None:
        """Drop what arrived: crash reporters show the variables of frames, and a response may quote the key."""
        self.received = self.stream = self.before_send = None

    def was_never_sent(self, error: BaseException, *, owned: bool) -> bool:
        """Check whether it is certain, after `error`, that the server has not seen the request.

        httpcore has begun to make a connection and nothing more, or its pool had none to give. About other transports
        nothing is known, and an injected one (not `owned`) may have used another after httpcore had failed.
        """
        if self.sent:
            return False
        cause = type(error.__cause__)
        is_of_httpcore = cause.__module__.partition(".")[0] in _LIBRARIES
        if self.connecting:
            return owned or is_of_httpcore or isinstance(error, EarlyEndError)
        return is_of_httpcore and cause.__name__ in _POOL_ERRORS


def _is_logged(event: str) -> bool:
    """Check whether httpcore logs an event. Its name begins with that of the logger."""
    return any(logger.isEnabledFor(DEBUG) for logger in _find_loggers(event.partition(".")[0]))


@cache
def _find_loggers(name: str) -> list[Logger]:
    return [getLogger(f"{library}.{name}") for library in _LIBRARIES]
