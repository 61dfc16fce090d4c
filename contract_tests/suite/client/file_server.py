"""A server of files in memory, whose connections can break, and either client to download from it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
from attrs import define, field
from cometapi_suno import AsyncClock, AsyncSunoClient, Clip, SunoClient, SyncClock

from contract_tests.suite.support.secret_leaks import KEY

FACES = ("sync", "async")
WAVE = b"RIFF" + (4_036).to_bytes(4, "little") + b"WAVEfmt " + random.Random(1).randbytes(4_028)
MP3 = b"ID3" + random.Random(2).randbytes(5_000)
MP4 = b"\x00\x00\x00\x0cftypisom" + (3_000).to_bytes(4) + b"mdat" + random.Random(3).randbytes(2_992)
JPEG = b"\xff\xd8\xff" + random.Random(4).randbytes(900)
FILE = "https://cdn.example.com/1.mp3"
Answer = Callable[[httpx.Request], httpx.Response]


class FileBody(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that comes in parts and may break off."""

    def __init__(self, content: bytes, breaks_at: int | None = None, size: int = 700) -> None:
        self._content = content if breaks_at is None else content[:breaks_at]
        self._breaks = breaks_at is not None
        self._size = size

    def __iter__(self) -> Iterator[bytes]:
        yield from (self._content[start : start + self._size] for start in range(0, len(self._content), self._size))
        if self._breaks:
            raise httpx.ReadError("the connection was reset")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk


@define
class FileServer(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers requests of files, and keeps what was sent."""

    answer: Answer
    requests: list[httpx.Request] = field(factory=list[httpx.Request])

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.answer(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.handle_request(request)


def serve_file(content: bytes, *, breaks_at: int | None = None, **headers: str) -> httpx.Response:
    given = {"content-length": str(len(content)), "content-type": "audio/mpeg"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return httpx.Response(200, headers=given, stream=FileBody(content, breaks_at))


def serve_rest(request: httpx.Request, content: bytes, *, breaks_at: int | None = None) -> httpx.Response:
    """Serve the whole file, or what a range asks for; break off at a byte of the file."""
    if "range" not in request.headers:
        return serve_file(content, breaks_at=breaks_at, etag='"1"')
    start = int(request.headers["range"].removeprefix("bytes=").removesuffix("-"))
    headers = {"content-range": f"bytes {start}-{len(content) - 1}/{len(content)}", "content-type": "audio/mpeg"}
    end = None if breaks_at is None else max(0, breaks_at - start)
    return httpx.Response(206, headers=headers, stream=FileBody(content[start:], end))


def make_clip(**fields: Any) -> Clip:
    return Clip.from_dict({"id": "c-1", "status": "complete", "audio_url": FILE} | fields)


def break_once(at: int) -> Answer:
    cuts = iter([at, None])
    return lambda request: serve_rest(request, MP3, breaks_at=next(cuts))


class Downloader:
    """Either client, without waiting."""

    def __init__(self, face: str, server: FileServer) -> None:
        self.face = face
        self.slept: list[float] = []
        given: dict[str, Any] = {"api_key": KEY, "base_url": "http://127.0.0.1", "http_client": server}
        self.client: Any
        if face == "sync":
            self.client = SunoClient(**given, clock=SyncClock(sleep=self.slept.append))
        else:
            self.client = AsyncSunoClient(**given, clock=AsyncClock(sleep=self._sleep))

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def run(self, result: Any) -> Any:
        return asyncio.run(_await(result)) if self.face == "async" else result

    def download(self, clip: Clip | str, path: Path, *arguments: Any, **options: Any) -> Path:
        saved: Path = self.run(self.client.clips.download(clip, path, *arguments, **options))
        return saved


async def _await(result: Any) -> Any:
    return await result
