"""The server's HTTP protocol on a transport that coalesces writes: head and body of a response in one system call."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

from uvicorn.protocols.http import auto

if TYPE_CHECKING:
    Base = asyncio.Protocol
else:
    Base = auto.AutoHTTPProtocol


class CoalescingTransport:
    """A transport that collects what is written in one iteration of the event loop and writes it at once.

    Args:
        transport: The transport that it wraps.
    """

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._parts: list[bytes] = []
        self.is_closing = transport.is_closing

    def write(self, data: bytes) -> None:
        """Collect data, to be written together with what follows in this iteration."""
        if not self._parts:
            self._loop.call_soon(self.flush)
        self._parts.append(data)

    def close(self) -> None:
        """Write what was collected, then close."""
        self.flush()
        self._transport.close()

    def flush(self) -> None:
        """Write what was collected, unless the connection was lost: uvloop raises an error then."""
        if self._parts and not self._transport.is_closing():
            self._transport.write(b"".join(self._parts))
        self._parts.clear()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class CoalescingProtocol(Base):
    """uvicorn's protocol on a coalescing transport. A connection without a whole request head for a while is closed."""

    idle_timeout = 30.0
    """Seconds."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._coalescing = CoalescingTransport(transport)
        super().connection_made(cast("asyncio.Transport", self._coalescing))
        self._watched: Any = None
        self._watch = asyncio.get_running_loop().call_later(self.idle_timeout, self._close_if_idle)

    def connection_lost(self, exc: Exception | None) -> None:
        self._watch.cancel()
        super().connection_lost(exc)

    def _close_if_idle(self) -> None:
        """Close the connection when no request has begun since the last check, and none is being answered."""
        cycle: Any = getattr(self, "cycle", None)
        if cycle is self._watched and (cycle is None or cycle.response_complete):
            self._coalescing.close()
            return
        self._watched = cycle
        self._watch = asyncio.get_running_loop().call_later(self.idle_timeout, self._close_if_idle)

    def eof_received(self) -> bool | None:
        """Write the response before the event loop closes the connection: a client may stop sending and still read."""
        self._coalescing.flush()
        return super().eof_received()
