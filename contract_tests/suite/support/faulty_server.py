"""A server on 127.0.0.1 whose connections break in a way that is told beforehand."""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from queue import Queue

from attrs import define, field, frozen

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_AT_ONCE = struct.pack("ii", 1, 0)


@frozen
class Break:
    """What a connection does once the whole request is there.

    Attributes:
        sends: Bytes that are sent.
        resets: Whether it is reset at the end; it is closed in order otherwise.
        waits: Whether it stays open until the caller goes away.
    """

    sends: bytes = b""
    resets: bool = False
    waits: bool = False


_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

BREAKS: Mapping[str, Break] = {
    "closed without an answer": Break(),
    "reset without an answer": Break(resets=True),
    "closed within the head": Break(_HEAD[:30]),
    "closed within the body": Break(_HEAD + b'Content-Length: 99\r\n\r\n{"id": '),
    "reset within the body": Break(_HEAD + b'Content-Length: 99\r\n\r\n{"id": ', resets=True),
    "closed within a chunk": Break(_HEAD + b'Transfer-Encoding: chunked\r\n\r\n40\r\n{"id": '),
    "closed between chunks": Break(_HEAD + b'Transfer-Encoding: chunked\r\n\r\n7\r\n{"id": 1\r\n'),
    "silent without an answer": Break(waits=True),
    "silent within the body": Break(_HEAD + b'Content-Length: 99\r\n\r\n{"id": ', waits=True),
    "not speaking HTTP": Break(b"SSH-2.0-OpenSSH_9.9\r\n"),
    "sending no gzip": Break(_HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"),
}
"""Ways for a connection to break after the request has gone out."""


@define
class BrokenServer:
    """Answers every connection by `manner`, and closes it.

    Attributes:
        url: Where it listens.
        manner: What the next connections do.
        requests: The requests that came, whole, in their order.
    """

    url: str
    manner: Break = field(factory=Break)
    requests: Queue[bytes] = field(factory=Queue[bytes])

    def serve(self, listening: socket.socket) -> None:
        """Take one connection after the other until the listening socket is shut down."""
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):  # the caller may be gone by now
                connection.settimeout(5)
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        manner = self.manner
        self.requests.put(_request(connection))
        connection.sendall(manner.sends)
        if manner.waits:
            connection.recv(1)
        if manner.resets:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)


def _request(connection: socket.socket) -> bytes:
    """One whole request.

    Raises:
        ConnectionError: The caller went away in the middle.
    """
    head, body = b"", b""
    while b"\r\n\r\n" not in head:
        head += _next(connection)
    head, _, body = head.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    while length is not None and len(body) < int(length[1]):
        body += _next(connection)
    return head + b"\r\n\r\n" + body


def _next(connection: socket.socket) -> bytes:
    received = connection.recv(65536)
    if not received:
        raise ConnectionError("the caller went away")
    return received


@contextmanager
def serving() -> Generator[BrokenServer]:
    """A server for as long as the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = BrokenServer(f"http://127.0.0.1:{listening.getsockname()[1]}")
        thread = threading.Thread(target=server.serve, args=(listening,), daemon=True)
        thread.start()
        yield server
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=5)


def refusing() -> str:
    """The URL of a port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}"
