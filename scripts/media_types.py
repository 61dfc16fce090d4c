"""Media types: which bodies are JSON, text, forms or bytes, and which are streams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
BYTES = "application/octet-stream"
_STREAMS = frozenset(
    {"text/event-stream", "application/x-ndjson", "application/ndjson", "application/jsonl", "application/json-seq"}
    | {"multipart/mixed", "multipart/byteranges"}
)


def strip_parameters(media_type: str) -> str:
    """Return a media type without its parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Return whether a body of this media type is JSON."""
    plain = strip_parameters(media_type)
    return plain == JSON or plain.endswith("+json")


def is_text(media_type: str) -> bool:
    """Return whether a body of this media type is text."""
    return strip_parameters(media_type).startswith("text/")


def is_form(media_type: str) -> bool:
    """Return whether a body of this media type is a form: its fields are described by a schema."""
    return strip_parameters(media_type) in (FORM, MULTIPART)


def is_stream(media_type: str, content: Mapping[str, Any]) -> bool:
    """Return whether a body of this media type is a sequence of messages."""
    return strip_parameters(media_type) in _STREAMS or "itemSchema" in content
