"""Load that costs little CPU: one request after the other on each of several kept connections, over plain sockets.

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
class LoadResult:
    """What was measured under load.

    Attributes:
        answers: Responses with status 200.
        others: Responses with another status.
        seconds: How long the load lasted.
        median: Median of the seconds until a response was complete.
        p99: 99th percentile of the same.
    """

    answers: int
    others: int
    seconds: float
    median: float
    p99: float


def run_load(url: str, request: bytes, connections: int, seconds: float) -> LoadResult:
    """Send the same request for so many seconds.

    Raises:
        ConnectionError: The server closed a connection, or did not answer for ten seconds.
    """
    address = urlsplit(url)
    selector = selectors.DefaultSelector()
    times: list[float] = []
    others = 0
    open_connections = [_Connection(address.hostname or "", address.port or 80) for _ in range(connections)]
    for connection in open_connections:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    started = now = perf_counter()
    for connection in open_connections:
        connection.send(request)
    waiting = connections
    while waiting:
        ready = selector.select(_PATIENCE)
        if not ready:
            raise ConnectionError("no response for ten seconds")
        for key, _ in ready:
            connection = key.data
            if not connection.receive():
                continue
            now = perf_counter()
            times.append(now - connection.sent_at)
            others += not connection.received.startswith(b"HTTP/1.1 200")
            if now - started < seconds:
                connection.send(request)
            else:
                waiting -= 1
    for connection in open_connections:
        connection.socket.close()
    times.sort()
    return LoadResult(
        answers=len(times) - others,
        others=others,
        seconds=now - started,
        median=times[len(times) // 2],
        p99=times[len(times) * 99 // 100],
    )


class _Connection:
    """A connection with a request under way."""

    __slots__ = ("received", "sent_at", "socket")

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request: bytes) -> None:
        self.received = b""
        self.sent_at = perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Receive a part of the response, and return whether it is complete."""
        part = self.socket.recv(1 << 16)
        if not part:
            raise ConnectionError("the server closed a connection")
        self.received += part
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return False
        _, _, rest = self.received[:end].lower().partition(b"\r\ncontent-length:")
        return len(self.received) >= end + 4 + int(rest.partition(b"\r\n")[0])


def main(arguments: list[str]) -> int:
    """Run as a process."""
    url, connections, seconds = arguments
    result: dict[str, Any] = asdict(run_load(url, sys.stdin.buffer.read(), int(connections), float(seconds)))
    sys.stdout.write(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
