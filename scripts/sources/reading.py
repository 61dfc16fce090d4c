"""Reading a source, over HTTP or from a file, as plain text: one line for each paragraph, table row or list item."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import attrs
import httpx
from markdown_it import MarkdownIt

from scripts.openapi_document import is_array, is_object

LARGEST: Final = 8 * 1024 * 1024
"""Bytes of a page that are read; a larger one counts as unreadable."""
_TIMEOUT: Final = httpx.Timeout(20.0)
_DEADLINE: Final = 60.0  # seconds for one page, redirects included
_PAUSE: Final = 1.0  # seconds between two requests
_REDIRECTS: Final = 5
_HEADERS: Final = {
    "User-Agent": "cometapi-suno-sources (checks whether documentation pages changed)",
    "Accept": "text/html, text/markdown, application/json, text/plain;q=0.9, */*;q=0.5",
}
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


@attrs.frozen
class Document:
    """A source as it was read.

    Attributes:
        lines: Its text; empty when it is unmodified or could not be read.
        body: Its content, unchanged.
        etag: Its entity tag, to ask next time whether it has changed.
        modified: Its Last-Modified header, likewise.
        unmodified: Whether the server said that it has not changed.
        gone: The reason why the page no longer exists; "" otherwise.
        unreadable: The reason why it could not be read this time; "" otherwise.
    """

    lines: list[str] = attrs.field(factory=list)
    body: str = ""
    etag: str = ""
    modified: str = ""
    unmodified: bool = False
    gone: str = ""
    unreadable: str = ""


def read_file(path: Path) -> Document:
    """Return a source from a file, such as a page that was saved from a browser."""
    try:
        body = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return Document(unreadable=f"{path}: {getattr(error, 'strerror', None) or 'not UTF-8'}")
    return Document(extract_lines(body), body)


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


class SourceReader:
    """Reads pages: one after another with a pause, without cookies, credentials or redirects to other hosts."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        """Make a reader; `sleep` waits between two requests."""
        # No environment: neither proxies nor a netrc file may add credentials to a request.
        self._client = httpx.Client(headers=_HEADERS, timeout=_TIMEOUT, trust_env=False)
        self._sleep = sleep
        self._asked = False

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def read(self, url: str, etag: str = "", modified: str = "") -> Document:
        """Return the page at an address, or why there is none."""
        conditions = {"If-None-Match": etag, "If-Modified-Since": modified}
        headers = {name: value for name, value in conditions.items() if value}
        try:
            address = httpx.URL(url)
            if address.scheme not in {"http", "https"} or not address.host or address.userinfo:
                return Document(unreadable=f"{url} is not an http(s) address without credentials")
            return self._follow(address, headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Document(unreadable=str(error) or type(error).__name__)

    def _follow(self, address: httpx.URL, headers: dict[str, str]) -> Document:
        first, started = address.host, time.monotonic()
        for _ in range(_REDIRECTS + 1):
            if self._asked:
                self._sleep(_PAUSE)
            self._asked = True
            with self._client.stream("GET", address, headers=headers) as response:
                self._client.cookies.clear()
                if response.is_redirect and "location" in response.headers:
                    address = address.join(response.headers["location"])
                    if address.host != first or address.scheme not in {"http", "https"}:
                        return Document(gone=f"it redirects to another host, {address.host}")
                    continue
                return self._take(response, started + _DEADLINE)
        return Document(unreadable=f"more than {_REDIRECTS} redirects")

    def _take(self, response: httpx.Response, deadline: float) -> Document:
        status = response.status_code
        if status == 304:
            return Document(unmodified=True)
        if status in {404, 410}:
            return Document(gone=f"the answer is {status}")
        if status != 200:
            return Document(unreadable=f"the answer is {status}")
        content = bytearray()
        for chunk in response.iter_bytes(64 * 1024):
            content += chunk
            if len(content) > LARGEST:
                return Document(unreadable=f"it is larger than {LARGEST} bytes")
            if time.monotonic() > deadline:
                return Document(unreadable=f"it was not complete after {_DEADLINE:g} seconds")
        body = content.decode(response.charset_encoding or "utf-8", "replace")
        lines = extract_lines(body, response.headers.get("content-type", ""))
        return Document(lines, body, response.headers.get("etag", ""), response.headers.get("last-modified", ""))


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
