"""The loopback server: keeps connections, answers `POST /<n>/...` with the n-th persona, does nothing else."""

from __future__ import annotations

import asyncio
import json
import sys

from scripts.bench.bench_paths import GENERATED
from scripts.bench.payloads import ANSWER_HEADERS, bodies


class Answering(asyncio.Protocol):
    """One connection."""

    def __init__(self, answers: list[bytes]) -> None:
        self._answers = answers
        self._seen = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport if isinstance(transport, asyncio.Transport) else None

    def data_received(self, data: bytes) -> None:
        self._seen += data
        head, found, body = self._seen.partition(b"\r\n\r\n")
        if not found or self._transport is None:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(body) >= length:
            self._seen = b""
            self._transport.write(self._answers[int(head.split(b"/", 2)[1])])


def _answer(body: bytes) -> bytes:
    lines = [(b"Content-Length", b"%d" % len(body)), *ANSWER_HEADERS]
    return b"HTTP/1.1 200 OK\r\n" + b"".join(b"%b: %b\r\n" % line for line in lines) + b"\r\n" + body


async def _serve() -> None:
    description = json.loads((GENERATED / "openapi.json").read_text("utf-8"))
    answers = [_answer(body) for body in bodies(description).values()]
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Answering(answers), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    # The parent closes our standard input when it is done, or when it dies.
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve())
