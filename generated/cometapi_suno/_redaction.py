"""Redaction: finds a secret in text in every form in which it may be written. Pure: no IO."""

from __future__ import annotations

import re
from base64 import b64encode
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from html import unescape
from io import BytesIO
from itertools import accumulate

# Long texts are searched part by part, so that the memory does not grow with them.
_WINDOW = 1 << 13
# JSON and Python escapes, even those of JSON within JSON; percent-encoding, even repeated; HTML references; the zeros
# of UTF-16 and UTF-32; the line breaks of base64.
_ESCAPE = re.compile(
    rb"(\\{1,8}(?:u00[0-9a-fA-F]{2}|u\{0{0,4}[0-9a-fA-F]{2}\}|x[0-9a-fA-F]{2}|[!-~])"
    rb"|%(?:25){0,4}(?:u00)?[0-9a-fA-F]{2}"
    rb"|&(?:#[xX]0{0,6}[0-9a-fA-F]{2};?|#0{0,6}[0-9]{2,3};?|[a-zA-Z]{2,8};)"
    rb"|[\0\r\n]{1,3})"
)
_MARKS = (b"\\", b"%", b"&", b"\0", b"\n", b"\r")
_LINE_BREAKS = (b"n", b"r")


def make_redactor(secret: bytes, mask: bytes) -> Callable[[bytes], bytes]:
    """Return a function that replaces the secret in a text by the mask.

    It finds the secret in any letter case, with any of its characters escaped, in hex, and within base64.
    """
    needles = _make_needles(secret)
    overlap = 16 * max(map(len, needles))

    def redact(text: bytes) -> bytes:
        # A list of parts would take many times the memory of a text that repeats the secret.
        result: BytesIO | None = None
        done = 0
        pending: list[tuple[int, int]] = []
        for base in range(0, len(text), _WINDOW):
            window = text[base : base + _WINDOW + overlap]
            spans = sorted((*pending, *((base + start, base + end) for start, end in _find_spans(window, needles))))
            next_window = bisect_left(spans, (base + _WINDOW, 0))
            pending = spans[next_window:]
            for start, end in spans[:next_window]:
                if start >= done:
                    result = result or BytesIO()
                    result.write(text[done:start])
                    result.write(mask)
                done = max(done, end)
        if result is None:
            return text
        result.write(text[done:])
        return result.getvalue()

    return redact


def _make_needles(secret: bytes) -> tuple[bytes, ...]:
    """Return the secret raw, in hex and in base64, in lower case."""
    forms = [secret, b"".join(_resolve(_ESCAPE.split(secret))), secret.hex().encode()]
    for offset in range(3):
        encoded = b64encode(b"\0" * offset + secret)
        # The first and the last characters depend on what is before and after the secret.
        core = encoded[-(-offset * 8 // 6) : (offset + len(secret)) * 8 // 6]
        forms += (core, core.translate(bytes.maketrans(b"+/", b"-_")))
    return tuple(dict.fromkeys(form.lower() for form in forms))


def _find_spans(text: bytes, needles: tuple[bytes, ...]) -> Iterator[tuple[int, int]]:
    """Yield start and end of each place at which the secret is written."""
    locators: list[Callable[[int, int], tuple[int, int]]] = []
    readings: list[list[bytes]] = []
    while True:
        lowered = text.lower()
        for needle in needles:
            start = lowered.find(needle)
            if start >= 0:
                # Made when needed, since few texts have the secret.
                locators += (_make_locator(parts) for parts in readings[len(locators) :])
            while start >= 0:
                span = start, start + len(needle)
                for locate in reversed(locators):
                    span = locate(*span)
                yield span
                start = lowered.find(needle, start + 1)
        # Twice: percent-encoded JSON escapes, and the reverse.
        if len(readings) == 2 or not any(mark in text for mark in _MARKS):
            return
        parts = _ESCAPE.split(text)
        readings.append(parts)
        text = b"".join(_resolve(parts))


def _make_locator(parts: list[bytes]) -> Callable[[int, int], tuple[int, int]]:
    """Return a function from start and end in a text without escapes to those in the text of the given parts."""
    before = [0, *accumulate(map(len, parts))]
    after = [0, *accumulate(map(len, _resolve(parts)))]

    def locate(start: int, end: int) -> tuple[int, int]:
        first, last = bisect_right(after, start) - 1, bisect_left(after, end)
        return before[first] + start - after[first], before[last] + end - after[last]

    return locate


def _resolve(parts: list[bytes]) -> list[bytes]:
    """Resolve the escapes of a text, which are every other one of its parts."""
    resolved = parts.copy()
    resolved[1::2] = map(_CHARACTERS.__getitem__, parts[1::2])
    return resolved


class _Characters(dict[bytes, bytes]):
    """The character of each escape. There are some ten thousand escapes at most."""

    def __missing__(self, escape: bytes) -> bytes:
        kind, rest = escape[:1], escape.lstrip(b"\\")
        if kind == b"\\" and len(rest) < 2:
            character = b"" if rest in _LINE_BREAKS else rest or kind
        elif kind in (b"\\", b"%"):
            character = bytes([int(rest.rstrip(b"}")[-2:], 16)])
        elif kind == b"&":
            character = unescape(escape.decode()).encode("ascii", "replace")[:1]
        else:
            character = b""
        self[escape] = character
        return character


_CHARACTERS = _Characters()
