"""A server on 127.0.0.1 whose connections fail in a chosen way."""

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
class ConnectionFault:
    """What a connection does after the whole request has arrived.

    Attributes:
        sends: Bytes to send.
        resets: Reset the connection at the end instead of closing it.
        waits: Keep the connection open until the client closes it.
    """

    sends: bytes = b""
    resets: bool = False
    waits: bool = False


_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

CONNECTION_FAULTS: Mapping[str, ConnectionFault] = {
    "closed without an answer": ConnectionFault(),
    "reset without an answer": ConnectionFault(resets=True),
    "closed within the head": ConnectionFault(_HEAD[:30]),
    "closed within the body": ConnectionFault(_HEAD + b'Content-Length: 99\r\n\r\n{"id": '),
    "reset within the body": ConnectionFault(_HEAD + b'Content-Length: 99\r\n\r\n{"id": ', resets=True),
    "closed within a chunk": ConnectionFault(_HEAD + b'Transfer-Encoding: chunked\r\n\r\n40\r\n{"id": '),
    "closed between chunks": ConnectionFault(_HEAD + b'Transfer-Encoding: chunked\r\n\r\n7\r\n{"id": 1\r\n'),
    "silent without an answer": ConnectionFault(waits=True),
    "silent within the body": ConnectionFault(_HEAD + b'Content-Length: 99\r\n\r\n{"id": ', waits=True),
    "not speaking HTTP": ConnectionFault(b"SSH-2.0-OpenSSH_9.9\r\n"),
    "sending no gzip": ConnectionFault(_HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{'"),
}
"""Connection faults after the request was sent."""


@define
class FaultyServer:
    """Answers every connection as `manner` says, and closes it.

    Attributes:
        url: Base URL.
        manner: The fault of the next connections.
        requests: The requests received, whole, in order.
    """

    url: str
    manner: ConnectionFault = field(factory=ConnectionFault)
    requests: Queue[bytes] = field(factory=Queue[bytes])

    def serve(self, listening: socket.socket) -> None:
        """Serve connections one by one until the listening socket is shut down."""
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
    """Read one whole request.

    Raises:
        ConnectionError: The client closed the connection early.
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
def serve_faulty() -> Generator[FaultyServer]:
    """Run a faulty server for the length of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = FaultyServer(f"http://127.0.0.1:{listening.getsockname()[1]}")
        thread = threading.Thread(target=server.serve, args=(listening,), daemon=True)
        thread.start()
        yield server
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=5)


def refused_url() -> str:
    """Return the URL of a port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}"
