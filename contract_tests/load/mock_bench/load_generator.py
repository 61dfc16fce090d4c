"""Load that costs little: one request after the other on each of some kept connections, by plain sockets.

`python -m contract_tests.load.mock_bench.load_generator URL CONNECTIONS SECONDS` reads the request from standard input
and prints the measured times. It runs as a separate process, so that it takes no time from the server.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from attrs import asdict, frozen

_PATIENCE = 10.0


@frozen
class Came:
    """What came of a load.

    Attributes:
        answers: Answers with status 200.
        others: Answers with another one.
        seconds: How long it took.
        median: Half of the answers took no longer, in milliseconds.
        p99: 99 of 100 took no longer.
    """

    answers: int
    others: int
    seconds: float
    median: float
    p99: float


def load(url: str, request: bytes, connections: int, seconds: float) -> Came:
    """Send the same request for so many seconds.

    Raises:
        ConnectionError: The server closed a connection, or did not answer for ten seconds.
    """
    address = urlsplit(url)
    chosen = selectors.DefaultSelector()
    taken: list[float] = []
    others = 0
    asked: list[_Asked] = []
    for _ in range(connections):
        connection = socket.create_connection((address.hostname or "", address.port or 80))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        asked.append(_Asked(connection))
        chosen.register(connection, selectors.EVENT_READ, asked[-1])
    began = now = perf_counter()
    for first in asked:
        first.send(request)
    waiting = connections
    while waiting:
        ready = chosen.select(_PATIENCE)
        if not ready:
            raise ConnectionError("no answer for ten seconds")
        for key, _ in ready:
            each: _Asked = key.data
            part = each.connection.recv(1 << 16)
            if not part:
                raise ConnectionError("the server closed a connection")
            each.read += part
            if not _whole(each.read):
                continue
            now = perf_counter()
            taken.append(now - each.since)
            others += not each.read.startswith(b"HTTP/1.1 200")
            if now - began < seconds:
                each.send(request)
            else:
                waiting -= 1
    for last in asked:
        last.connection.close()
    taken.sort()
    return Came(
        answers=len(taken) - others,
        others=others,
        seconds=now - began,
        median=taken[len(taken) // 2] * 1e3,
        p99=taken[len(taken) * 99 // 100] * 1e3,
    )


class _Asked:
    """A connection with a request under way."""

    __slots__ = ("connection", "read", "since")

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection

    def send(self, request: bytes) -> None:
        self.read = b""
        self.since = perf_counter()
        self.connection.sendall(request)


def _whole(read: bytes) -> bool:
    """Whether an answer has arrived with all of its body."""
    end = read.find(b"\r\n\r\n")
    if end < 0:
        return False
    head = read[:end].lower()
    _, _, rest = head.partition(b"\r\ncontent-length:")
    return len(read) >= end + 4 + int(rest.partition(b"\r\n")[0])


def main(arguments: list[str]) -> int:
    """Run as a process."""
    url, connections, seconds = arguments
    came: dict[str, Any] = asdict(load(url, sys.stdin.buffer.read(), int(connections), float(seconds)))
    sys.stdout.write(json.dumps(came))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
