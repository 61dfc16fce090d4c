"""Delivery: what is known about one request on its way, from the events that httpcore reports. Pure: no IO."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._body_decoder import BodyDecoder
    from ._http_library import httpx

_CONNECTS = frozenset(
    {"connection.connect_tcp.started", "connection.connect_unix_socket.started", "socks.connect_tcp.started"}
)
_CONNECTED = ("connect_tcp.complete", "start_tls.complete")
_SENDS_HTTP1 = "http11.send_request_headers.started"
_SENDS_HTTP2 = "http2.send_request_headers.started"
# Raised by the connection pool before it has a connection for the request; it reports no event then.
_POOL_ERRORS = frozenset({"PoolTimeout", "UnsupportedProtocol"})


class ReusedConnectionError(Exception):
    """The request would go out on a connection that carried another one; nothing was sent, the connection is closed."""


class Delivery:
    """What is known about one attempt to send a request.

    Args:
        charged: The call may be charged.
        needs_new_connection: Refuse a connection that carried another request before.

    Attributes:
        charged: See above.
        needs_new_connection: See above.
        connecting: A connection was begun to be made for this request.
        sent: The request was begun to be sent.
        reused: The request was sent on a connection that carried another one before.
        refused: A connection was refused because it carried another request, and nothing was sent since.
        unrequested: Bytes followed the response that belong to no request.
        stream: The network stream of the new connection; `None` if none was made.
        received: The response whose headers arrived, and the decoder of its body; `None` before.
        before_send: Called when the request is about to be sent over a new HTTP/1.1 connection.
    """

    __slots__ = (
        "_is_new",
        "before_send",
        "charged",
        "connecting",
        "needs_new_connection",
        "received",
        "refused",
        "reused",
        "sent",
        "stream",
        "unrequested",
    )

    def __init__(self, *, charged: bool, needs_new_connection: bool) -> None:
        self.charged: bool = charged
        self.needs_new_connection: bool = needs_new_connection
        self.connecting: bool = False
        self.sent: bool = False
        self.reused: bool = False
        self.refused: bool = False
        self.unrequested: bool = False
        self.stream: Any = None
        self.received: tuple[httpx.Response, BodyDecoder] | None = None
        self.before_send: Callable[[], None] | None = None
        self._is_new: bool = False

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Note an event of httpcore, which calls this as the request's `trace` extension.

        Raises:
            ReusedConnectionError: The connection is a used one, and the request needs a new one.
        """
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
                # Nothing that follows matters here: httpcore would report it in eight more calls.
                info["request"].extensions.pop("trace", None)
        elif event in _CONNECTS:
            self.connecting = self._is_new = True
        elif event.endswith(_CONNECTED):
            self.stream = info["return_value"]
        elif event == _SENDS_HTTP2:  # responses carry the number of their request: used connections do no harm
            self.sent, self.refused = True, False

    def forget_response(self) -> None:
        """Drop what arrived: crash reporters show the variables of frames, and a response may quote the key."""
        self.received = self.stream = self.before_send = None

    async def trace_async(self, event: str, info: Mapping[str, Any]) -> None:
        """Note an event of httpcore's async pool, like `trace`."""
        self.trace(event, info)

    def was_never_sent(self, error: BaseException) -> bool:
        """Check whether it is certain, after `error`, that the server has not seen the request.

        httpcore has begun to make a connection and nothing more, or its pool had none to give. About other transports
        nothing is known.
        """
        if self.sent:
            return False
        cause = type(error.__cause__)
        return self.connecting or (
            cause.__name__ in _POOL_ERRORS and cause.__module__.partition(".")[0] in ("httpcore", "httpcore2")
        )
