"""The body decoder reads what can be read whole; an error holds what arrived, and the limit holds for both."""

from __future__ import annotations

import gzip
import random
import zlib
from typing import Any

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
        ("", PACKED),
        ("", MEMBERS),
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


def test_chunk_may_be_overwritten_after_it_was_read() -> None:
    """An injected transport may read into one buffer again and again."""
    decoder = BodyDecoder("", 1000)
    buffer: Any = bytearray()
    for start in range(0, len(BODY), 5):
        buffer[:] = BODY[start : start + 5]
        decoder.feed(buffer)
    assert decoder.finish() == BODY


@pytest.mark.parametrize("name", ["none", "utf-8", "identity", "binary"])
def test_harmless_label_needs_no_json(name: str) -> None:
    assert _read(name, b"RIFF") == b"RIFF"


def _fail(encoding: str, content: bytes, error: type[Exception], *, size: int = 5) -> bytes:
    """Return what was read before an error."""
    decoder = BodyDecoder(encoding, 1000)
    with pytest.raises(error):  # noqa: PT012 (which of the steps fails depends on the body)
        for start in range(0, len(content), size):
            decoder.feed(content[start : start + size])
        decoder.finish()
    return decoder.take()


@pytest.mark.parametrize("content", [gzip.compress(b"RIFF", mtime=0), PACKED[:-9], b"\x1f\x8b?"])
def test_unlabelled_gzip_of_something_else_stays_as_it_is(content: bytes) -> None:
    assert _read("", content) == content


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_mislabelled_body_is_kept(encoding: str) -> None:
    assert _fail(encoding, b"\x8b\x0cbrotli", BodyDecodeError) == b"\x8b\x0cbrotli"


@pytest.mark.parametrize("size", [1, 999])
@pytest.mark.parametrize(
    "content",
    [PACKED[:-8], PACKED[:-1], PACKED[:-8] + b"\0\0\0\0" + PACKED[-4:], PACKED[:-4] + b"\0\0\0\0"],
    ids=["no trailer", "half a trailer", "wrong checksum", "wrong length"],
)
def test_content_before_bad_trailer_is_kept(content: bytes, size: int) -> None:
    assert _fail("gzip", content, BodyDecodeError, size=size) == BODY


@pytest.mark.parametrize("size", [1, 999])
def test_cut_gzip_keeps_its_start(size: int) -> None:
    content = zlib.compress(BODY, level=0, wbits=31)  # stored as it is, so that its start can be read
    kept = _fail("gzip", content[:-20], BodyDecodeError, size=size)
    assert kept
    assert BODY.startswith(kept)


def test_empty_members_end() -> None:
    empty = gzip.compress(b"", mtime=0)
    assert _read("gzip", empty * 900 + PACKED, limit=100_000) == BODY
    with pytest.raises(BodyDecodeError, match="too many empty gzip members"):
        BodyDecoder("gzip", 100_000).feed(empty * 1001)


def test_gzip_that_is_damaged_keeps_what_is_before() -> None:
    """zlib discards what a call has decompressed when it fails."""
    text = random.Random(3).randbytes(400).hex().encode()
    packed = bytearray(gzip.compress(text, mtime=0))
    packed[300:] = b"\xff" * 200
    kept = _fail("gzip", bytes(packed), BodyDecodeError, size=len(packed))
    assert kept[:200] == text[:200]


@pytest.mark.parametrize(
    "content", [b" " * 2000, PACKED + b"x" * 2000, gzip.compress(b" " * 2000)], ids=["plain", "after gzip", "bomb"]
)
@pytest.mark.parametrize("size", [1, 3000])
def test_limit_holds_for_what_arrives_and_what_it_becomes(content: bytes, size: int) -> None:
    kept = _fail("gzip" if content.startswith(b"\x1f") else "", content, BodyTooLargeError, size=size)
    assert 0 < len(kept) <= 1000
