"""Media types: which bodies are JSON, text, forms, bytes, and which cannot be read at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
BYTES = "application/octet-stream"
_STREAMS = frozenset(
    {
        "text/event-stream",
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/json-seq",
        "multipart/mixed",
        "multipart/byteranges",
    }
)


def plain(media: str) -> str:
    """A media type without its parameters."""
    return media.partition(";")[0].strip().lower()


def is_json(media: str) -> bool:
    """Whether a body of this media type is JSON."""
    return plain(media) == JSON or plain(media).endswith("+json")


def is_text(media: str) -> bool:
    """Whether a body of this media type is text."""
    return plain(media).startswith("text/")


def is_stream(media: str, content: Mapping[str, Any]) -> bool:
    """Whether a body of this media type is many things, one after the other."""
    return plain(media) in _STREAMS or "itemSchema" in content
