"""Targets of the measured calls: in memory, or over loopback to a server in a separate process.

`python -m scripts.bench.transports` is that server: it keeps connections and answers `POST /<n>/...` with the n-th
persona, until its standard input is closed.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager

import httpx
from attrs import frozen

from scripts.bench.fresh_process import GENERATED, ROOT, child_environment
from scripts.bench.payloads import ANSWER_HEADERS, make_bodies


class MemoryTransport(httpx.BaseTransport):
    """Answers every request with the same body, as a connection would."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.headers = [*ANSWER_HEADERS, (b"Content-Length", b"%d" % len(body))]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=self.headers, stream=httpx.ByteStream(self.body), request=request)


class AsyncMemoryTransport(httpx.AsyncBaseTransport):
    """`MemoryTransport` for asyncio."""

    def __init__(self, body: bytes) -> None:
        self._sync = MemoryTransport(body)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self._sync.handle_request(request)


@frozen(kw_only=True)
class CallTarget:
    """Where calls go.

    Attributes:
        base_url: The clients' base URL.
        body: The body of every response.
        in_memory: The response comes from a transport that is injected into the client; nothing is sent.
    """

    base_url: str
    body: bytes
    in_memory: bool

    @property
    def transport(self) -> httpx.BaseTransport | None:
        """The transport to inject, if any."""
        return MemoryTransport(self.body) if self.in_memory else None

    @property
    def async_transport(self) -> httpx.AsyncBaseTransport | None:
        """The transport to inject, if any."""
        return AsyncMemoryTransport(self.body) if self.in_memory else None


def memory_targets(bodies: Mapping[str, bytes]) -> dict[str, CallTarget]:
    """Return one target in memory for each size."""
    return {
        size: CallTarget(base_url="https://api.cometapi.com", body=body, in_memory=True)
        for size, body in bodies.items()
    }


@contextmanager
def loopback_targets(bodies: Mapping[str, bytes]) -> Generator[dict[str, CallTarget]]:
    """Serve one target for each size over loopback while the block runs."""
    with subprocess.Popen(
        [sys.executable, "-m", "scripts.bench.transports"],
        cwd=ROOT,
        env=child_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        if server.stdin is None or server.stdout is None:
            raise RuntimeError("the server has no pipes")
        port = int(server.stdout.readline())
        try:
            yield {
                size: CallTarget(base_url=f"http://127.0.0.1:{port}/{number}", body=body, in_memory=False)
                for number, (size, body) in enumerate(bodies.items())
            }
        finally:
            server.stdin.close()


class LoopbackConnection(asyncio.Protocol):
    """One connection to the loopback server."""

    def __init__(self, answers: list[bytes]) -> None:
        self._answers = answers
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport if isinstance(transport, asyncio.Transport) else None

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found or self._transport is None:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(body) >= length:
            self._received = b""
            self._transport.write(self._answers[int(head.split(b"/", 2)[1])])


def _format_answer(body: bytes) -> bytes:
    lines = [(b"Content-Length", b"%d" % len(body)), *ANSWER_HEADERS]
    return b"HTTP/1.1 200 OK\r\n" + b"".join(b"%b: %b\r\n" % line for line in lines) + b"\r\n" + body


async def _serve() -> None:
    description = json.loads((GENERATED / "openapi.json").read_text("utf-8"))
    answers = [_format_answer(body) for body in make_bodies(description).values()]
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: LoopbackConnection(answers), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    # The parent closes our standard input when it is done, or when it dies.
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve())
