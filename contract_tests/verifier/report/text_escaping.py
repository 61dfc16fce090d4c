"""Escape text of a service for reports: characters that would control a terminal or a parser become visible."""

from __future__ import annotations

import json
from typing import Any

from scripts.text_and_files import escape_invisible


def to_line(text: str) -> str:
    """Escape invisible characters and join the lines."""
    return " ".join(escape_invisible(text).split())


def format_json(value: Any, longest: int = 160) -> str:
    """Write a JSON value in one line, shortened."""
    return shorten(json.dumps(value, ensure_ascii=False), longest)


def shorten(text: str, longest: int = 160) -> str:
    """Write a text in one line; a long text is cut and its length is appended."""
    flat = to_line(text[: 4 * longest])
    return flat if len(flat) <= longest and len(text) <= 4 * longest else f"{flat[:longest]}… ({len(text)} characters)"
