"""The bytes of a response as they came, and what can be read of them when they are not good HTTP."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from typing import Any, Final

import httpcore
from attrs import define, field

MAX_RECEIVED: Final = 64 * 1024 * 1024
"""Bytes of a response, compressed or not; the rest is not read."""

_DRAIN_TIMEOUT: Final = 0.5
"""Seconds."""
_STATUS_LINE: Final = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})(?: [^\r\n]*)?\r?\n")
_NEXT_STATUS_LINE: Final = re.compile(rb"(?:[^\r\n]+\r?\n)*\r?\n" + _STATUS_LINE.pattern)
_BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class TooLongError(Exception):
    """A response is longer than is read."""


@define
class ReceivedBytes:
    """Collects what a connection receives.

    Attributes:
        content: The bytes, from the status line on.
    """

    content: bytearray = field(factory=bytearray, init=False, repr=False)

    def add(self, part: bytes) -> None:
        """Add bytes; raise TooLongError when there are too many."""
        self.content += part[: max(MAX_RECEIVED - len(self.content), 0)]
        if len(self.content) >= MAX_RECEIVED:
            raise TooLongError

    def parse(self) -> tuple[int, list[tuple[str, str]], bytes] | None:
        """Return status, headers and body as far as they can be read; `None` without a status line."""
        line = _STATUS_LINE.match(self.content)
        # An interim response is followed by the final one.
        while line is not None and (next_one := _NEXT_STATUS_LINE.match(self.content, line.end())) is not None:
            line = next_one
        if line is None or int(line[1]) < 100:
            return None
        end = _BLANK_LINE.search(self.content, line.end() - 1)
        head = self.content[line.end() : end.start() if end is not None else len(self.content)]
        body = bytes(self.content[end.end() :]) if end is not None else b""
        pairs = (each.decode("latin-1").partition(":") for each in head.splitlines())
        headers = [(name.lower(), value.strip()) for name, colon, value in pairs if colon and _TOKEN.fullmatch(name)]
        return int(line[1]), headers, body


@define(eq=False)
class TeeBackend(httpcore.AsyncNetworkBackend):
    """A network backend of httpcore that hands on what its connections receive.

    Args:
        inner: The backend that connects.
        received: Gets the bytes.
    """

    _inner: httpcore.AsyncNetworkBackend
    _received: ReceivedBytes

    async def connect_tcp(self, *arguments: Any, **options: Any) -> httpcore.AsyncNetworkStream:
        return _TeeStream(await self._inner.connect_tcp(*arguments, **options), self._received)

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


@define(eq=False)
class _TeeStream(httpcore.AsyncNetworkStream):
    _inner: httpcore.AsyncNetworkStream
    _received: ReceivedBytes

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        part = await self._inner.read(max_bytes, timeout)
        self._received.add(part)
        return part

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close, after the rest of a response that the parser gave up on. The server was asked to close."""
        try:
            while await self.read(65_536, _DRAIN_TIMEOUT):
                pass
        except (httpcore.TimeoutException, httpcore.NetworkError, TooLongError):
            pass
        finally:
            await self._inner.aclose()

    async def start_tls(self, *arguments: Any, **options: Any) -> httpcore.AsyncNetworkStream:
        self._received.content.clear()  # what a proxy answered to CONNECT
        return _TeeStream(await self._inner.start_tls(*arguments, **options), self._received)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def decode_body(headers: Iterable[tuple[str, str]], body: bytes) -> tuple[bytes, str]:
    """Return a body without its content encoding, of limited length, and what is wrong with it in a few words."""
    codings = [each for name, value in headers if name == "content-encoding" for each in value.lower().split(",")]
    for coding in reversed([each.strip() for each in codings]):
        if coding in ("gzip", "x-gzip", "deflate"):
            inflater = zlib.decompressobj(zlib.MAX_WBITS | 32)
            try:
                decoded = inflater.decompress(body, MAX_RECEIVED)
            except zlib.error:
                return body, f"its body is not {coding}, as it says"
            if inflater.unconsumed_tail:
                return body, f"its body has more than {MAX_RECEIVED} bytes when decompressed"
            body = decoded
        elif coding not in ("", "identity"):
            return body, "its body has a content encoding that was not asked for"
    return body, ""
