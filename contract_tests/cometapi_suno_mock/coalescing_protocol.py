"""The protocol of the server, with the head and the body of an answer in one write."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

from uvicorn.protocols.http import auto

if TYPE_CHECKING:
    Base = asyncio.Protocol
else:
    Base = auto.AutoHTTPProtocol


class JoinedTransport:
    """A transport that writes at the end of a turn of the loop what came in it: each write is a system call.

    Args:
        transport: The one that it stands before.
    """

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._parts: list[bytes] = []
        self.is_closing = transport.is_closing

    def write(self, data: bytes) -> None:
        """Keep a part, to be written with those that follow at once."""
        if not self._parts:
            self._loop.call_soon(self.flush)
        self._parts.append(data)

    def close(self) -> None:
        """Write what was kept, and close."""
        self.flush()
        self._transport.close()

    def flush(self) -> None:
        """Write what was kept, unless the connection was lost meanwhile: uvloop refuses then."""
        if self._parts and not self._transport.is_closing():
            self._transport.write(b"".join(self._parts))
        self._parts.clear()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class JoiningProtocol(Base):
    """uvicorn's protocol on such a transport."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._joined = JoinedTransport(transport)
        super().connection_made(cast("asyncio.Transport", self._joined))

    def eof_received(self) -> bool | None:
        """A client that has said all may still read: its answer goes before the loop closes the connection."""
        self._joined.flush()
        return super().eof_received()
