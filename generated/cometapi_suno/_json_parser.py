"""JSON parser: orjson where it is installed, else the standard library."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


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
    try:
        return _parse(content)
    except ValueError:
        # The standard library accepts a few things that orjson refuses, such as lone surrogates.
        return parse_with_stdlib(content)


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
