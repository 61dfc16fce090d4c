"""Redaction: finds a secret in text in every form in which it may be written. Pure: no IO."""

from __future__ import annotations

import re
from base64 import b64encode
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cache

# Long texts are searched part by part, so that the memory does not grow with them.
_WINDOW = 1 << 15
# JSON and Python escapes, even those of JSON within JSON; percent-encoding, even repeated; HTML references.
_ESCAPE = re.compile(
    rb"\\{1,8}(?:u00([0-9a-fA-F]{2})|x([0-9a-fA-F]{2})|([!-~]))"
    rb"|%(?:25){0,4}([0-9a-fA-F]{2})"
    rb"|&#(?:[xX]0{0,6}([0-9a-fA-F]{2})|0{0,6}([0-9]{2,3}));"
)


def make_redactor(secret: bytes, mask: bytes) -> Callable[[bytes], bytes]:
    """Return a function that replaces the secret in a text by the mask.

    It finds the secret in any letter case, with any of its characters escaped, in hex, and within base64.
    """
    needles = _make_needles(secret)
    overlap = 16 * max(map(len, needles))

    def redact(text: bytes) -> bytes:
        spans = sorted(_find_spans(text, needles, overlap))
        if not spans:
            return text
        parts: list[bytes] = []
        done = 0
        for start, end in spans:
            if start >= done:
                parts += (text[done:start], mask)
            done = max(done, end)
        return b"".join((*parts, text[done:]))

    return redact


def _make_needles(secret: bytes) -> tuple[bytes, ...]:
    """Return the secret raw, in hex and in base64, in lower case."""
    forms = [secret, _unescape(secret)[0], secret.hex().encode()]
    for offset in range(3):
        encoded = b64encode(b"\0" * offset + secret)
        # The first and the last characters depend on what is before and after the secret.
        core = encoded[-(-offset * 8 // 6) : (offset + len(secret)) * 8 // 6]
        forms += (core, core.translate(bytes.maketrans(b"+/", b"-_")))
    return tuple(dict.fromkeys(form.lower() for form in forms))


def _find_spans(text: bytes, needles: tuple[bytes, ...], overlap: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of each place at which the secret is written."""
    for base in range(0, len(text), _WINDOW):
        window = text[base : base + _WINDOW + overlap]
        if not _may_contain(window, needles):
            continue
        readings: list[Callable[[int], int]] = []
        while True:
            lowered = window.lower()
            for needle in needles:
                start = lowered.find(needle)
                while start >= 0:
                    first, last = start, start + len(needle)
                    for locate in reversed(readings):
                        first, last = locate(first), locate(last)
                    yield base + first, base + last
                    start = lowered.find(needle, start + 1)
            # Twice: percent-encoded JSON escapes, and the reverse.
            if len(readings) == 2 or not _has_escapes(window):
                break
            window, locate = _unescape(window)
            readings.append(locate)


def _may_contain(text: bytes, needles: tuple[bytes, ...]) -> bool:
    """Check whether a text contains a secret, without its place: that takes a fifth of the time."""
    for _ in range(3):
        lowered = text.lower()
        if any(needle in lowered for needle in needles):
            return True
        if not _has_escapes(text):
            return False
        text = _ESCAPE.sub(_replace_escape, text)
    return False


def _has_escapes(text: bytes) -> bool:
    return any(mark in text for mark in (b"\\", b"%", b"&#"))


def _replace_escape(found: re.Match[bytes]) -> bytes:
    return _resolve_escape(*found.groups())


def _unescape(text: bytes) -> tuple[bytes, Callable[[int], int]]:
    """Resolve the escapes of a text, and return a function from places in the result to places in the text."""
    parts: list[bytes] = []
    after, before = [0], [0]
    done = size = 0
    for found in _ESCAPE.finditer(text):
        parts += (text[done : found.start()], _resolve_escape(*found.groups()))
        size += found.start() - done
        after += (size, size + 1)
        before += (found.start(), found.end())
        size, done = size + 1, found.end()
    parts.append(text[done:])

    def locate(place: int) -> int:
        index = bisect_right(after, place) - 1
        return before[index] + place - after[index]

    return b"".join(parts), locate


@cache
def _resolve_escape(*groups: bytes | None) -> bytes:
    json, python, plain, percent, html, decimal = groups
    if plain is not None:
        return plain
    digits = json or python or percent or html
    value = int(digits, 16) if digits else int(decimal or b"0")
    return bytes([value & 255])
