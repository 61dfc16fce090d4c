"""JSON parser: orjson where it is installed, else the standard library."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

MAX_DEPTH = 100
"""Maximum number of objects and arrays within each other: writing, copying and pickling deeper values could fail."""


_MAX_ORJSON = 1 << 20
"""Size above which orjson is not used: it allocates twelve times the size of what it parses."""


def parse_json(content: bytes) -> Any:
    """Parse UTF-8 JSON.

    orjson reads integers of more than 64 bits as floats; in all else both parsers agree. A number beyond the range of
    a float is read as infinite: one such number must not make the rest of a response unreadable.

    Raises:
        ValueError: The content is not UTF-8, not JSON, or nested too deeply.
    """
    global _parse  # noqa: PLW0603 (chosen on first use: importing the package imports no parser)
    if _parse is None:
        _parse = _choose_parser()
    parse = _parse if len(content) <= _MAX_ORJSON else parse_with_stdlib
    try:
        value = parse(content)
    except ValueError:
        if parse is parse_with_stdlib:
            raise
        # The standard library accepts a few things that orjson refuses, such as lone surrogates.
        value = parse_with_stdlib(content)
    # Most responses have fewer brackets than this, so that their depth need not be measured.
    if content.count(b"[") + content.count(b"{") > MAX_DEPTH and _is_too_deep(value):
        raise ValueError("nested too deeply")
    return value


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for parent in level
            for child in (parent.values() if type(parent) is dict else parent)
            if type(child) in (dict, list)
        ]
        if not level:
            return False
    return True


_parse: Callable[[bytes], Any] | None = None


def _choose_parser() -> Callable[[bytes], Any]:
    try:
        import orjson
    except ImportError:
        return parse_with_stdlib
    return orjson.loads


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(parse_constant=_refuse_constant)


def parse_with_stdlib(content: bytes) -> Any:
    """Parse like `parse_json`, with the standard library alone."""
    # `decode` finds white space with regular expressions: a twentieth of the time that a small response takes.
    text = content.strip(b" \t\r\n").decode("utf-8")
    try:
        value, end = _decoder.raw_decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if end != len(text):
        raise ValueError("more than one JSON value")
    return value
