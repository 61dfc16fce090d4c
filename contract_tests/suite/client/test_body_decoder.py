"""The body decoder reads what can be read whole; an error holds what arrived, and the limit holds for both."""

from __future__ import annotations

import gzip
import zlib

import pytest
from cometapi_suno._body_decoder import BodyDecodeError, BodyDecoder, BodyTooLargeError

BODY = b'{"id": "p", "name": "Ada"}'
# Without a time, so that all workers name the tests alike.
PACKED = gzip.compress(BODY, mtime=0)
MEMBERS = b"".join(gzip.compress(part, mtime=0) for part in (BODY[:7], b"", BODY[7:]))


def _read(encoding: str, content: bytes, *, size: int = 5, limit: int = 1000) -> bytes:
    decoder = BodyDecoder(encoding, limit)
    for start in range(0, len(content), size):
        decoder.feed(content[start : start + size])
    return decoder.finish()


@pytest.mark.parametrize("size", [1, 2, 7, 999])
@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("", BODY),
        ("gzip", PACKED),
        ("X-GZip", PACKED),
        ("gzip", MEMBERS),
        ("gzip", PACKED + bytes(99)),
        ("gzip, identity", PACKED),
        *((name, BODY) for name in ("gzip", "br", "deflate", "zstd", "none", "utf-8", "aws-chunked", "new")),
    ],
)
def test_what_can_be_read_whole_is_the_body(encoding: str, content: bytes, size: int) -> None:
    assert _read(encoding, content, size=size) == BODY


@pytest.mark.parametrize("name", ["none", "utf-8", "identity", "binary"])
def test_harmless_label_needs_no_json(name: str) -> None:
    assert _read(name, b"RIFF") == b"RIFF"


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_mislabelled_body_is_on_the_error(encoding: str) -> None:
    with pytest.raises(BodyDecodeError) as raised:
        _read(encoding, b"\x8b\x0cbrotli")
    assert raised.value.content == b"\x8b\x0cbrotli"


def test_cut_gzip_keeps_its_start() -> None:
    content = zlib.compress(BODY, level=0, wbits=31)  # stored as it is, so that its start can be read
    with pytest.raises(BodyDecodeError) as raised:
        _read("gzip", content[:-20])
    assert raised.value.content
    assert BODY.startswith(raised.value.content)


@pytest.mark.parametrize(
    "content", [b" " * 2000, PACKED + b"x" * 2000, gzip.compress(b" " * 2000)], ids=["plain", "after gzip", "bomb"]
)
@pytest.mark.parametrize("size", [1, 3000])
def test_limit_holds_for_what_arrives_and_what_it_becomes(content: bytes, size: int) -> None:
    with pytest.raises(BodyTooLargeError) as raised:
        _read("gzip" if content.startswith(b"\x1f") else "", content, size=size)
    assert 0 < len(raised.value.content) <= 1000
