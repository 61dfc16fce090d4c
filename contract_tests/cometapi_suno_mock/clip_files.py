"""The files of clips: the gateway itself serves them, as one small valid file of each type."""

from __future__ import annotations

import re
import struct
from base64 import b64decode
from math import pi, sin
from typing import TYPE_CHECKING

from cometapi_suno_mock.http_messages import Reply, text_reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from cometapi_suno_mock.http_messages import HttpRequest

AVATAR = "defaultPink.webp"
"""The image of the account that owns every clip."""
FORBIDDEN = "/api/forbidden"
"""The path of audio that may not be played (source `suno-api`)."""

FILES = "files"
"""What a fault names as its operation to apply to the download of a file."""

_PREFIX = "/files/"
_RANGE = re.compile(r"bytes=(\d{1,9})-")
_MPEG_FRAME = b"\xff\xfb\x90\xc4" + bytes(413)  # 26 ms of silence
_JPEG = b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP" + "/" * 86 + "wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="
)


def _make_wave() -> bytes:
    """Return 0.1 s of a tone of 440 Hz."""
    samples = bytes(round(128 + 60 * sin(2 * pi * 440 * number / 8000)) for number in range(800))
    form = b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
    data = form + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(data)) + data


def _make_video() -> bytes:
    """Return one second of a picture of one pixel, as ISO 14496-12 and -14 have it: a JPEG as the only sample."""

    def box(name: bytes, *parts: bytes) -> bytes:
        content = b"".join(parts)
        return struct.pack(">I4s", 8 + len(content), name) + content

    def numbers(*values: int) -> bytes:
        return struct.pack(f">{len(values)}I", *values)

    matrix = numbers(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    decoder = b"\x04\x0d\x6c\x11" + bytes(11)  # object type 0x6c: JPEG
    stream = b"\x00\x00\x00\x00\x03" + bytes([3 + len(decoder) + 3]) + b"\x00\x01\x00" + decoder + b"\x06\x01\x02"
    entry = bytes(6) + struct.pack(">H16xHHIIIH32sHh", 1, 1, 1, 0x480000, 0x480000, 0, 1, b"", 24, -1)
    start = box(b"ftyp", b"isom", numbers(512), b"isomiso2")
    offset = len(start) + 8

    tables = box(
        b"stbl",
        box(b"stsd", numbers(0, 1), box(b"mp4v", entry, box(b"esds", stream))),
        box(b"stts", numbers(0, 1, 1, 1000)),
        box(b"stsc", numbers(0, 1, 1, 1, 1)),
        box(b"stsz", numbers(0, len(_JPEG), 1)),
        box(b"stco", numbers(0, 1, offset)),
    )
    source = box(b"dinf", box(b"dref", numbers(0, 1), box(b"url ", numbers(1))))
    media = box(
        b"mdia",
        box(b"mdhd", numbers(0, 0, 0, 1000, 1000, 0x55C40000)),
        box(b"hdlr", numbers(0, 0), b"vide", bytes(13)),
        box(b"minf", box(b"vmhd", numbers(1, 0, 0)), source, tables),
    )
    header = box(b"mvhd", numbers(0, 0, 0, 1000, 1000, 0x10000, 0x1000000, 0, 0), matrix, bytes(24), numbers(2))
    track = box(b"tkhd", numbers(3, 0, 0, 1, 0, 1000, 0, 0, 0, 0), matrix, numbers(0x10000, 0x10000))
    return start + box(b"mdat", _JPEG) + box(b"moov", header, box(b"trak", track, media))


_FILES = {
    "mp3": ("audio/mpeg", _MPEG_FRAME * 10),
    "wav": ("audio/wav", _make_wave()),
    "mp4": ("video/mp4", _make_video()),
    "jpeg": ("image/jpeg", _JPEG),
    "webp": ("image/webp", b64decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")),
}


def build_url(base: str, name: str) -> str:
    """Return the address of a file."""
    return f"{base}{_PREFIX}{name}"


def build_forbidden_url(url: str) -> str:
    """Return the address of audio that may not be played, on the host of another file."""
    return url.rpartition(_PREFIX)[0] + FORBIDDEN


def find_file(find_clip: Callable[[str], object], request: HttpRequest, request_id: str) -> Reply | None:
    """Return the reply to the download of a file: 404 for an unknown clip; None for any other request."""
    if request.method not in ("GET", "HEAD"):
        return None
    if request.path == FORBIDDEN:
        return text_reply(403, request_id, "text/plain", "forbidden\n")
    if not request.path.startswith(_PREFIX):
        return None
    name = request.path.removeprefix(_PREFIX)
    stem, _, ending = name.rpartition(".")
    if ending not in _FILES or (name != AVATAR and find_clip(stem.rpartition("_")[2]) is None):
        return text_reply(404, request_id, "text/plain", "no such file\n")
    media, body = _FILES[ending]
    whole = {"accept-ranges": "bytes", "etag": f'"{stem}"'}
    wanted = _RANGE.fullmatch(request.headers.get("range", ""))
    if wanted is None:
        return Reply(200, request_id, media, body=body, more=whole)
    start = int(wanted[1])
    if start >= len(body):
        return Reply(416, request_id, more={**whole, "content-range": f"bytes */{len(body)}"})
    part = {**whole, "content-range": f"bytes {start}-{len(body) - 1}/{len(body)}"}
    return Reply(206, request_id, media, body=body[start:], more=part)
