"""Text of a service on its way into a report: what would steer a terminal, a parser or an eye is made visible."""

from __future__ import annotations

import json
import unicodedata
from typing import Any, Final

_STEERING: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Categories of characters that show nothing by themselves: control, direction, lone surrogates, line ends."""


def visible(text: str) -> str:
    """The text with every such character written as an escape; line feeds and tabs stay."""
    return "".join(map(_shown, text)) if not (text.isascii() and text.isprintable()) else text


def line(text: str) -> str:
    """The same in one line."""
    return " ".join(visible(text).split())


def value(actual: Any, longest: int = 160) -> str:
    """A JSON value in one line, as JSON writes it; what is too long is cut and says so."""
    return short(json.dumps(actual, ensure_ascii=False), longest)


def short(text: str, longest: int = 160) -> str:
    """A text in one line; what is too long is cut and says so."""
    flat = line(text[: 4 * longest])
    return flat if len(flat) <= longest and len(text) <= 4 * longest else f"{flat[:longest]}… ({len(text)} characters)"


def plural(count: int, word: str) -> str:
    """A count with its word."""
    return f"{count} {word}{'' if count == 1 else 's'}"


def _shown(sign: str) -> str:
    if sign in "\n\t" or unicodedata.category(sign) not in _STEERING:
        return sign
    return f"\\u{{{ord(sign):x}}}"
