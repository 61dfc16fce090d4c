"""Where the measured calls go: into memory, or over loopback to a server in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager

import httpx
from attrs import frozen

from scripts.bench.bench_paths import ROOT, child_environment
from scripts.bench.payloads import ANSWER_HEADERS


class MemoryTransport(httpx.BaseTransport):
    """Answers every request with the same body, as a connection would hand it over."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.headers = [*ANSWER_HEADERS, (b"Content-Length", b"%d" % len(body))]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=self.headers, stream=httpx.ByteStream(self.body), request=request)


class AsyncMemoryTransport(httpx.AsyncBaseTransport):
    """The same for asyncio."""

    def __init__(self, body: bytes) -> None:
        self._sync = MemoryTransport(body)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self._sync.handle_request(request)


@frozen(kw_only=True)
class Target:
    """Where calls go.

    Attributes:
        base_url: What the clients take as their base URL.
        body: What is answered.
        in_memory: The answer comes out of a transport that is put into the client; nothing is sent.
    """

    base_url: str
    body: bytes
    in_memory: bool

    @property
    def transport(self) -> httpx.BaseTransport | None:
        """The transport to put in, if any."""
        return MemoryTransport(self.body) if self.in_memory else None

    @property
    def async_transport(self) -> httpx.AsyncBaseTransport | None:
        """The transport to put in, if any."""
        return AsyncMemoryTransport(self.body) if self.in_memory else None


def memory_targets(bodies: Mapping[str, bytes]) -> dict[str, Target]:
    """One target for each size."""
    return {
        size: Target(base_url="https://api.cometapi.com", body=body, in_memory=True) for size, body in bodies.items()
    }


@contextmanager
def loopback_targets(bodies: Mapping[str, bytes]) -> Generator[dict[str, Target]]:
    """One target for each size, as long as the block runs. The server ends with its standard input."""
    with subprocess.Popen(
        [sys.executable, "-m", "scripts.bench.server"],
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
                size: Target(base_url=f"http://127.0.0.1:{port}/{number}", body=body, in_memory=False)
                for number, (size, body) in enumerate(bodies.items())
            }
        finally:
            server.stdin.close()
