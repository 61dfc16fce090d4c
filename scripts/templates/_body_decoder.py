"""Reads a body chunk by chunk and stops it at a size, before and while it is decompressed."""

from __future__ import annotations

import zlib


class BodyTooLargeError(Exception):
    """The body is larger than allowed."""


class BodyDecodeError(Exception):
    """The body is compressed in a way that was not asked for, or wrongly."""


# The only encoding that requests ask for: the standard library can stop it at a size.
ACCEPT_ENCODING = b"gzip"
_GZIP_WINDOW = 31


class BodyDecoder:
    """Takes the raw chunks of a body, gives the decompressed whole.

    Args:
        encoding: The response's `Content-Encoding`.
        limit: Bytes that the decompressed body may have.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._parts: list[bytes] = []
        self._decompressor = None
        self._started = False
        name = encoding.strip().lower()
        if name and name != "identity":
            if name not in ("gzip", "x-gzip"):
                raise BodyDecodeError(f"the answer is encoded as {name!r}, which was not asked for")
            self._decompressor = zlib.decompressobj(_GZIP_WINDOW)

    def feed(self, chunk: bytes) -> None:
        """Take the next raw chunk.

        Raises:
            OversizeError: The body is larger than allowed.
            UnreadableError: The chunk cannot be decompressed.
        """
        if self._decompressor is not None:
            self._started = self._started or bool(chunk)
            try:
                # One byte more than is left shows that there is more.
                chunk = self._decompressor.decompress(chunk, self._limit - self._size + 1)
            except zlib.error as error:
                raise BodyDecodeError(f"the answer cannot be decompressed: {error}") from error
        self._size += len(chunk)
        if self._size > self._limit:
            raise BodyTooLargeError(f"the answer has more than {self._limit} bytes")
        if chunk:
            self._parts.append(chunk)

    def finish(self) -> bytes:
        """The whole body.

        Raises:
            UnreadableError: The compressed body ends too early.
        """
        if self._decompressor is not None and self._started and not self._decompressor.eof:
            raise BodyDecodeError("the answer cannot be decompressed: it ends too early")
        return b"".join(self._parts)
