"""HTML, Markdown or JSON as plain text: one line for each paragraph, table row or list item, without markup."""

from __future__ import annotations

import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any, Final

from markdown_it import MarkdownIt

from scripts.openapi_document import is_array, is_object

_SKIPPED: Final = frozenset({"script", "style", "template", "noscript", "svg", "head"})
_INLINE: Final = frozenset(
    {"a", "abbr", "b", "bdi", "cite", "code", "em", "font", "i", "kbd", "label", "mark", "q", "s", "samp", "small"}
    | {"span", "strong", "sub", "sup", "time", "u", "var", "wbr", "td", "th"}
)
# Typographic forms that editors and site builders put in place of the plain ones.
_PLAIN: Final = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2011": "-", "\u00a0": " "}
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", None)
)


def extract_lines(body: str, media_type: str = "") -> list[str]:
    """Return the text of a document, one line for each block, without empty lines.

    Args:
        body: HTML, Markdown, JSON or plain text.
        media_type: Its media type where it is known; without one the form is recognized from the content.
    """
    parsed = _parse_json(body)
    if parsed is not None:
        lines = _write_members(parsed)
    else:
        is_html = "html" in media_type or re.match(r"\s*(<!doctype html|<html|<head|<body)", body, re.IGNORECASE)
        reader = _HtmlText()
        reader.feed(body if is_html else MarkdownIt("commonmark").enable("table").render(body))
        reader.close()
        lines = "".join(reader.parts).split("\n")
    plain = (re.sub(r"\s+", " ", line.translate(_PLAIN)).strip() for line in lines)
    return [line for line in plain if line]


def compute_digest(lines: list[str]) -> str:
    """Return a SHA-256 over the words of a document; line breaks and spaces do not matter."""
    return hashlib.sha256(" ".join(" ".join(lines).split()).encode("utf-8", "replace")).hexdigest()


class _HtmlText(HTMLParser):
    """Collects the text of a page. Scripts, styles and what is hidden in the head are left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._skipping = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 (overrides)
        if self._skipping:
            return
        if tag in _SKIPPED:
            self._skipping = tag
        self.parts.append(" " if tag in {"td", "th"} else "" if tag in _INLINE else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._skipping:
            self._skipping = ""
        elif not self._skipping:
            self.parts.append("" if tag in _INLINE else "\n")

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self.parts.append(re.sub(r"\s+", " ", data))


def _parse_json(body: str) -> Any:
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if is_object(value) or is_array(value) else None


def _write_members(value: Any, name: str = "") -> list[str]:
    if is_object(value):
        return [line for key, inner in value.items() for line in _write_members(inner, f"{name} {key}".strip())]
    if is_array(value):
        return [line for inner in value for line in _write_members(inner, name)]
    return [f"{name} {value if isinstance(value, str) else json.dumps(value)}"]
