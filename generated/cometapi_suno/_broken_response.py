"""Broken responses: what can be read of one that no HTTP parser accepts. Pure: no IO."""

from __future__ import annotations

import re

from ._body_decoder import BodyDecodeError, BodyDecoder, BodyTooLargeError
from ._response import Headers, Response

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_CHUNK = re.compile(rb"\s*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")


def read_raw_response(raw: bytes, limit: int) -> Response | None:
    """Read a response from the bytes that arrived; `None` if there are none.

    Without a status line, its status is 0 and its content is everything that arrived.

    Args:
        raw: Everything that arrived, provisional responses included.
        limit: Maximum size of the body.
    """
    if not raw:
        return None
    status, headers, place = 0, list[tuple[bytes, bytes]](), 0
    while status < 200 and (found := _STATUS.search(raw, place)):
        blank = _BLANK_LINE.search(raw, found.end())
        end, place = blank.span() if blank else (len(raw), len(raw))
        lines = (line.partition(b":") for line in raw[found.start() : end].splitlines()[1:])
        status, headers = int(found[1]), [(name.strip(), value.strip()) for name, _, value in lines]
    body, fields = raw[place:], Headers(headers)
    decoder = BodyDecoder(fields.get("content-encoding", ""), limit)
    feed_quietly(decoder, join_chunks(body) if "chunked" in fields.get("transfer-encoding", "").lower() else body)
    return Response(status, fields, decoder.take(), memory=3 * limit)


def feed_quietly(decoder: BodyDecoder, data: bytes) -> None:
    """Decode what can be decoded of `data`."""
    try:
        decoder.feed(data)
    except (BodyDecodeError, BodyTooLargeError):
        return


def join_chunks(raw: bytes) -> bytes:
    """Return the content of a chunked body; what is not a chunk is returned as it is."""
    content, place = bytearray(), 0
    while found := _CHUNK.match(raw, place):
        place = found.end() + int(found[1], 16)
        content += raw[found.end() : place]
        if place == found.end():  # the last chunk; trailers follow
            return bytes(content)
    return bytes(content + raw[place:].lstrip(b"\r\n"))
