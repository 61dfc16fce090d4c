"""Body decoder: decompresses a response body chunk by chunk, up to a size limit. What arrived is never lost."""

from __future__ import annotations

import zlib
from contextlib import suppress

from ._json_parser import parse_json


class BodyTooLargeError(Exception):
    """The body is larger than the limit."""


class BodyDecodeError(Exception):
    """The body is not valid gzip, or has an encoding that was not requested."""


# The only encoding that requests accept: the standard library can decompress it up to a limit.
ACCEPT_ENCODING = b"gzip"
_GZIP_WINDOW = 31
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP = frozenset({"gzip", "x-gzip"})
# What servers write there although it changes nothing, or undo before it reaches a client.
_NO_COMPRESSION = frozenset(
    {"", "identity", "none", "utf-8", "utf8", "aws-chunked", "chunked", "binary", "7bit", "8bit"}
)
_STEP = 1 << 14
_MOST_EMPTY_MEMBERS = 1000
_OPENINGS, _CLOSINGS = (b"{", b"["), (b"}", b"]")


def append_bytes(before: bytes | bytearray, data: bytes) -> bytes | bytearray:
    """Return bytes with others at their end. The first ones, most often all, are not copied."""
    if not before:
        return bytes(data)
    joined = before if isinstance(before, bytearray) else bytearray(before)
    joined += data
    return joined


class BodyDecoder:
    """Decoder of one response body: it is fed the raw chunks and returns the decompressed body.

    A body may be labelled with an encoding that it does not have. It is read as it is then, if it is JSON.

    Args:
        encoding: The response's `Content-Encoding`.
        limit: Maximum size of the body in bytes, before and after it is decompressed.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._raw: bytes | bytearray = b""  # emptied as soon as something is decompressed
        self._decoded = bytearray()
        self._decompressor: zlib._Decompress | None = None  # pyright: ignore[reportPrivateUsage] (the name in typeshed)
        self._started = self._padded = False
        self._members = 0
        names = [name for part in encoding.split(",") if (name := part.strip().lower()) not in _NO_COMPRESSION]
        self._label = ", ".join(names)
        self._gzip = bool(names) and _GZIP.issuperset(names)

    def take(self) -> bytes:
        """Return what was read so far, if nothing was decompressed what arrived, and keep no copy of it."""
        content = self.peek()
        self._decoded, self._raw = bytearray(), b""
        return content

    def peek(self) -> bytes:
        """Return what was read so far."""
        return bytes(self._decoded or self._raw)

    @property
    def length(self) -> int:
        """Number of bytes that were read so far."""
        return len(self._decoded or self._raw)

    def feed(self, chunk: bytes) -> None:
        """Decode the next raw chunk.

        Raises:
            BodyTooLargeError: The body is larger than the limit.
            BodyDecodeError: The chunk cannot be decompressed.
        """
        room = self._limit - self._size
        self._size += len(chunk)
        if len(chunk) > room:
            chunk = chunk[:room]
        if not self._decoded:
            self._raw = append_bytes(self._raw, chunk)
        if self._gzip:
            self._decompress(chunk)
            if self._decoded:
                self._raw = b""
        if self._size > self._limit:
            raise self._make_too_large_error()

    def feed_quietly(self, data: bytes) -> None:
        """Decode what can be decoded of `data`."""
        with suppress(BodyTooLargeError, BodyDecodeError):
            self.feed(data)

    def is_cut(self) -> bool:
        """Check whether the body starts like JSON or gzip and does not end like it, without reading it."""
        if self._started:
            return self._decompressor is not None and not self._decompressor.eof
        if bytes(self._raw[:1]) not in _OPENINGS or bytes(self._raw[-1:]) in _CLOSINGS:
            return False
        return bytes(self._raw[-_STEP:]).rstrip()[-1:] not in _CLOSINGS

    def is_json(self) -> bool:
        """Check whether what was read so far is JSON."""
        content = self.peek()
        try:
            parse_json(content, 3 * self._limit - 2 * len(content))
        except ValueError:
            return False
        return True

    def finish(self) -> bytes:
        """Return the whole body.

        Raises:
            BodyDecodeError: The compressed body is truncated, or the label names another encoding than it has.
        """
        if self._started:
            if self._decompressor is not None and not self._decompressor.eof:
                raise BodyDecodeError("the response cannot be decompressed: it is truncated")
            self._raw = b""
        elif self._label and self._raw and not self.is_json():
            raise BodyDecodeError(f"the response has Content-Encoding {self._label!r} but cannot be decoded")
        elif self._raw.startswith(_GZIP_MAGIC):
            return self._read_unlabelled()
        return self.take()

    def _read_unlabelled(self) -> bytes:
        """Return a gzip body without a label: decompressed if it is JSON then, else as it arrived."""
        raw = self.take()
        decoder = BodyDecoder("gzip", self._limit)
        try:
            decoder.feed(raw)
            return decoder.finish() if decoder.is_json() else raw
        except (BodyDecodeError, BodyTooLargeError):
            return raw

    def _decompress(self, chunk: bytes) -> None:
        if not self._started:
            if len(self._raw) < len(_GZIP_MAGIC):
                return
            if not self._raw.startswith(_GZIP_MAGIC):
                self._gzip = False  # it is something else; `finish` looks at what
                return
            self._started, chunk = True, bytes(self._raw)
        for start in range(0, len(chunk), _STEP):
            self._decompress_step(chunk[start : start + _STEP])

    def _decompress_step(self, data: bytes) -> None:
        while data and not self._padded:
            if self._decompressor is None or self._decompressor.eof:
                # Several members may follow each other (RFC 1952, 2.2); what else follows is padding.
                if self._decompressor is not None and not data.startswith(_GZIP_MAGIC[:1]):
                    self._padded = True
                    return
                self._members += 1
                if self._members > _MOST_EMPTY_MEMBERS + len(self._decoded):  # each takes time, and may never end
                    raise BodyDecodeError("the response cannot be decompressed: it has too many empty gzip members")
                self._decompressor = zlib.decompressobj(_GZIP_WINDOW)
            before = self._decompressor.copy()
            try:
                # One byte more than the rest of the limit shows that the body is too large.
                self._decoded += self._decompressor.decompress(data, self._limit - len(self._decoded) + 1)
            except zlib.error as error:
                self._decompress_bytes(before, data)
                raise BodyDecodeError(f"the response cannot be decompressed: {error}") from error
            if len(self._decoded) > self._limit:
                del self._decoded[self._limit :]
                raise self._make_too_large_error()
            data = self._decompressor.unused_data

    def _decompress_bytes(self, decompressor: zlib._Decompress, data: bytes) -> None:  # pyright: ignore[reportPrivateUsage]
        """Decompress byte by byte up to an error, since zlib discards the output of a call that fails."""
        try:
            for value in data:
                self._decoded += decompressor.decompress(bytes([value]), self._limit - len(self._decoded))
        except zlib.error:
            return

    def _make_too_large_error(self) -> BodyTooLargeError:
        return BodyTooLargeError(f"the response has more than {self._limit} bytes, the limit max_response_bytes")
