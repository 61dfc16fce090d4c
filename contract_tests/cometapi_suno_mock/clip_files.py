"""The files of clips: the gateway itself serves them, as one small valid file of each type."""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Callable
from functools import cache

from cometapi_suno_mock.http_messages import HttpRequest, Reply, text_reply

AVATAR = "defaultPink.webp"
"""The image of the account that owns every clip."""
FORBIDDEN = "/api/forbidden"
"""The path of audio that may not be played (source `suno-api`)."""

FILES = "files"
"""What a fault names as its operation to apply to the download of a file."""

_PREFIX = "/files/"
_RANGE = re.compile(r"bytes=(\d{1,9})-")
_MEDIA_TYPES = {
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "mp4": "video/mp4",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
}
_SAMPLES = importlib.resources.files("cometapi_suno_mock") / "sample_files"
"""A file of each type: 0.3 s of silence, 0.1 s of a tone, one second of a picture of one pixel, and such a picture."""


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
    if ending not in _MEDIA_TYPES or (name != AVATAR and find_clip(stem.rpartition("_")[2]) is None):
        return text_reply(404, request_id, "text/plain", "no such file\n")
    media, body = _MEDIA_TYPES[ending], _read_sample(ending)
    whole = {"accept-ranges": "bytes", "etag": f'"{stem}"'}
    wanted = _RANGE.fullmatch(request.headers.get("range", ""))
    if wanted is None:
        return Reply(200, request_id, media, body=body, more=whole)
    start = int(wanted[1])
    if start >= len(body):
        return Reply(416, request_id, more={**whole, "content-range": f"bytes */{len(body)}"})
    part = {**whole, "content-range": f"bytes {start}-{len(body) - 1}/{len(body)}"}
    return Reply(206, request_id, media, body=body[start:], more=part)


@cache
def _read_sample(ending: str) -> bytes:
    return (_SAMPLES / f"sample.{ending}").read_bytes()
