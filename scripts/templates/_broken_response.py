"""Broken responses: what can be read of one that no HTTP parser accepts, or that was cut. Pure: no IO."""

from __future__ import annotations

import re
from typing import Any

from ._body_decoder import BodyDecodeError, BodyDecoder, BodyTooLargeError
from ._json_parser import parse_json
from ._response import Headers, Response

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_CHUNK = re.compile(rb"\s*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["{}\[\],:]', re.DOTALL)  # a quote alone: the string was cut
_LONGEST_START = 1 << 18
_MAX_DEPTH = 64


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
    return Response(status, fields, decoder.take())


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


def parse_json_start(content: bytes) -> Any:
    """Parse the start of a JSON object or array that was cut, without its last, incomplete value.

    Returns:
        The value; `None` if the content does not start like an object or array.
    """
    text = content[:_LONGEST_START].decode("utf-8", "ignore").lstrip()
    if text[:1] not in ("{", "["):
        return None
    closers: list[str] = []
    whole, place, previous = "", 0, ""
    for token in _TOKEN.finditer(text):
        kind = token[0][:1]
        if token[0] == '"':
            break
        if kind in "{[":
            closers.append("}" if kind == "{" else "]")
            if len(closers) > _MAX_DEPTH:
                break
        elif kind in "}]":
            closers = closers[:-1]
        is_value = kind == '"' and (previous == ":" or (closers[-1:] == ["]"] and previous in "[,"))
        if kind in "{}[]" or is_value:
            place, whole = token.end(), "".join(reversed(closers))
        elif kind == ",":
            place, whole = token.start(), "".join(reversed(closers))
        if not closers:
            break
        previous = kind
    try:
        return parse_json((text[:place] + whole).encode())
    except ValueError:
        return None
