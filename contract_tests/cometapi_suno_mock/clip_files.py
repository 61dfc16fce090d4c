"""The files of clips: the gateway itself serves them, as one small valid file of each type."""

from __future__ import annotations

import re
import struct
from base64 import b64decode
from typing import TYPE_CHECKING

from cometapi_suno_mock.http_messages import Reply, text_reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from cometapi_suno_mock.http_messages import HttpRequest

AVATAR = "defaultPink.webp"
"""The image of the account that owns every clip."""
FORBIDDEN = "/api/forbidden"
"""The path of audio that may not be played (source `suno-api`)."""

_PREFIX = "/files/"
_RANGE = re.compile(r"bytes=(\d{1,9})-")
_MPEG_FRAME = b"\xff\xfb\x90\xc4" + bytes(413)
_FILES = {
    "mp3": ("audio/mpeg", _MPEG_FRAME * 2),
    "wav": (
        "audio/wav",
        b"RIFF" + struct.pack("<I", 44) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
        + b"data" + struct.pack("<I", 8) + bytes(8),
    ),
    "mp4": ("video/mp4", b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2\x00\x00\x00\x08mdat"),
    "jpeg": (
        "image/jpeg",
        b64decode("/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP" + "/" * 86 + "wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAA"
                  "AP/aAAgBAQABPxA="),
    ),
    "webp": ("image/webp", b64decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")),
}  # fmt: skip


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
    if wanted is None or int(wanted[1]) >= len(body):
        return Reply(200, request_id, media, body=body, more=whole)
    start = int(wanted[1])
    part = {**whole, "content-range": f"bytes {start}-{len(body) - 1}/{len(body)}"}
    return Reply(206, request_id, media, body=body[start:], more=part)
