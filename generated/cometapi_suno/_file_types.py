"""Types of files by their content: which one it is, and whether the end is missing, where the content tells."""

from __future__ import annotations

import os
from typing import BinaryIO

_UNKNOWN_SIZES = (0, 0xFFFFFFFF)
"""What a program writes into the head of a RIFF file before it knows the size."""


def find_type(start: bytes) -> str | None:
    """Return the type of a file by its first bytes; `None` if it is not known."""
    if start.startswith(b"RIFF"):
        return {b"WAVE": "wav", b"WEBP": "webp"}.get(start[8:12])
    if start[4:8] == b"ftyp":
        return "m4a" if start[8:12] in (b"M4A ", b"M4B ") else "mp4"
    if start.startswith(b"ID3") or (len(start) > 1 and start[0] == 0xFF and start[1] & 0xE6 == 0xE2):
        return "mp3"
    if start.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    return "png" if start.startswith(b"\x89PNG\r\n\x1a\n") else None


def find_missing_bytes(file: BinaryIO, found: str) -> int:
    """Return how many bytes a file lacks of what its content announces; 0 if none, or if its type has no length.

    RIFF files (wav, webp) have their size in the head; the boxes of ISO files (mp4, m4a) end where the file ends.
    """
    size = file.seek(0, os.SEEK_END)
    end = size
    if found in ("wav", "webp"):
        file.seek(4)
        announced = int.from_bytes(file.read(4), "little")
        end = 0 if announced in _UNKNOWN_SIZES else 8 + announced
    elif found in ("mp4", "m4a"):
        end = _find_end_of_boxes(file, size)
    return max(0, end - size)


def _find_end_of_boxes(file: BinaryIO, size: int) -> int:
    """Return where the last box ends that begins within the file."""
    at = 0
    while at < size:
        file.seek(at)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:], "big")
        if length < 8:  # 0: the box reaches to the end of the file; else not a box
            return size
        at += length
    return at
