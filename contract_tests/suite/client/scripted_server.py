"""A server on 127.0.0.1 that answers each request with the bytes of a script, and notes on which connection it came."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress

from attrs import define, field, frozen

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


@frozen
class Received:
    """One request.

    Attributes:
        connection: Number of its connection, from 0.
        target: Path and query.
        body: The body.
        asks_to_close: It has the header `Connection: close`.
    """

    connection: int
    target: str
    body: bytes
    asks_to_close: bool


class Close:
    """A step of a script: close the connection."""


class Reset:
    """A step of a script: reset the connection."""


Step = bytes | float | type[Close] | type[Reset]
Script = Callable[[Received], Iterable[Step]]
"""What to do after a request: bytes to send, seconds to wait, or to close or reset the connection."""


@define
class ScriptedServer:
    """The server.

    Attributes:
        script: Is asked after each request.
        url: Base URL.
        received: The requests, in order.
        connections: How many connections there were.
    """

    script: Script
    url: str = ""
    received: list[Received] = field(factory=list[Received])
    connections: int = 0
    _writers: set[asyncio.StreamWriter] = field(factory=set[asyncio.StreamWriter])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        number, self.connections = self.connections, self.connections + 1
        self._writers.add(writer)
        with suppress(OSError, asyncio.IncompleteReadError):
            while await self._answer(number, reader, writer):
                pass
        self._writers.discard(writer)
        writer.close()

    async def _answer(self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; return whether the connection stays open."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        body = await reader.readexactly(int(length[1]) if length else 0)
        request = Received(number, head.split(b" ", 2)[1].decode("ascii"), body, _CLOSE.search(head) is not None)
        self.received.append(request)
        for step in self.script(request):
            if isinstance(step, bytes):
                writer.write(step)
                await writer.drain()
            elif isinstance(step, float):
                await asyncio.sleep(step)
            else:
                if step is Reset:  # the kernel sends a reset when it closes a socket without lingering
                    linger = struct.pack("ii", 1, 0)
                    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                return False
        return not request.asks_to_close

    def abort(self) -> None:
        """Abort every connection."""
        for writer in self._writers:
            writer.transport.abort()


@contextmanager
def serve_script(script: Script, tls: ssl.SSLContext | None = None) -> Generator[ScriptedServer]:
    """Run a server for the length of the block."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = ScriptedServer(script)

    async def start() -> asyncio.Server:
        return await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls)

    async def stop() -> None:
        listening.close()
        server.abort()
        serving = asyncio.all_tasks() - {asyncio.current_task()}
        for connection in serving:
            connection.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    listening = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    server.url = f"http{'s' if tls else ''}://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def answer(status: int, content: object, *headers: str) -> bytes:
    """Return a whole response; `content` is bytes, or written as JSON."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    lines = [f"HTTP/1.1 {status} .", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def persona(name: str) -> dict[str, object]:
    """Return a persona of this name, as the server makes it."""
    return {"id": f"id of {name}", "name": name}


def task(task_id: str, status: str = "SUCCESS") -> dict[str, object]:
    """Return a task in its envelope."""
    return {"code": "success", "message": "", "data": {"task_id": task_id, "status": status}}
