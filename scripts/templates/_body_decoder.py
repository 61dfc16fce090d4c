"""Body decoder: decompresses a response body chunk by chunk, up to a size limit."""

from __future__ import annotations

import zlib


class BodyTooLargeError(Exception):
    """The body is larger than the limit."""


class BodyDecodeError(Exception):
    """The body is not valid gzip, or has an encoding that was not requested."""


# The only encoding that requests accept: the standard library can decompress it up to a limit.
ACCEPT_ENCODING = b"gzip"
_GZIP_WINDOW = 31


class BodyDecoder:
    """Decoder of one response body: it is fed the raw chunks and returns the decompressed body.

    Args:
        encoding: The response's `Content-Encoding`.
        limit: Maximum size of the decompressed body in bytes.

    Raises:
        BodyDecodeError: The encoding was not requested.
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
                raise BodyDecodeError(f"the response has Content-Encoding {name!r}, which was not requested")
            self._decompressor = zlib.decompressobj(_GZIP_WINDOW)

    def feed(self, chunk: bytes) -> None:
        """Decode the next raw chunk.

        Raises:
            BodyTooLargeError: The body is larger than the limit.
            BodyDecodeError: The chunk cannot be decompressed.
        """
        if self._decompressor is not None:
            self._started = self._started or bool(chunk)
            try:
                # One byte more than the rest of the limit shows that the body is too large.
                chunk = self._decompressor.decompress(chunk, self._limit - self._size + 1)
            except zlib.error as error:
                raise BodyDecodeError(f"the response cannot be decompressed: {error}") from error
        self._size += len(chunk)
        if self._size > self._limit:
            raise BodyTooLargeError(f"the response has more than {self._limit} bytes, the limit max_response_bytes")
        if chunk:
            self._parts.append(chunk)

    def finish(self) -> bytes:
        """Return the whole body.

        Raises:
            BodyDecodeError: The compressed body is truncated.
        """
        if self._decompressor is not None and self._started and not self._decompressor.eof:
            raise BodyDecodeError("the response cannot be decompressed: it is truncated")
        return b"".join(self._parts)
