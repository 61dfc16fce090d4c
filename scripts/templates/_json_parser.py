"""JSON parser: orjson where it is installed, else the standard library."""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Callable
from gc import get_referents
from typing import Any

MAX_DEPTH = 100
"""Maximum number of objects and arrays within each other: writing, copying and pickling deeper values could fail."""
DEFAULT_MEMORY = 96 << 20
"""Memory in bytes that parsing may take: three times the default of `max_response_bytes`."""

_MOST_OF_A_BYTE = 64  # a list of empty objects takes 27 bytes for each byte of JSON, and nothing takes more
# Bytes of memory for each of these in JSON, measured in CPython 3.11 to 3.13 and rounded up.
_MEMORY_OF = {b",": 64, b":": 128, b"{": 128, b"[": 128}
# With one such character, all others of its text take four bytes too.
_WIDEST = re.compile(rb"[\xf0-\xf4]|\\u[dD][89abAB]")
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["{}\[\],:]', re.DOTALL)  # a quote alone: the string was cut
_LONGEST_START = 1 << 16
_MAX_ORJSON = 1 << 20
"""Size above which orjson is not used: it allocates twelve times the size of what it parses."""


class JSONLimitError(ValueError):
    """JSON that is nested too deeply, or that would take too much memory."""


def parse_json(content: bytes, memory: int = DEFAULT_MEMORY) -> Any:
    """Parse UTF-8 JSON, which may begin with a byte order mark.

    orjson reads integers of more than 64 bits as floats; in all else both parsers agree. A number beyond the range of
    a float is read as infinite: one such number must not make the rest of a response unreadable.

    Args:
        content: The JSON.
        memory: How many bytes of memory parsing it may take.

    Raises:
        JSONLimitError: It is nested too deeply, or would take more memory.
        ValueError: The content is not UTF-8 or not JSON.
    """
    fits = _MOST_OF_A_BYTE * len(content) <= memory
    if not fits and _estimate_memory(content) > memory:
        raise JSONLimitError("it takes more memory than max_response_bytes allows")
    global _parse  # noqa: PLW0603 (chosen on first use: importing the package imports no parser)
    if _parse is None:
        _parse = _choose_parser()
    parse = _parse if fits and len(content) <= _MAX_ORJSON else parse_with_stdlib
    try:
        value = parse(content)
    except ValueError:
        if parse is parse_with_stdlib:
            raise
        # The standard library accepts a few things that orjson refuses, such as lone surrogates.
        value = parse_with_stdlib(content)
    if len(content) > 2 * MAX_DEPTH and _is_too_deep(value):  # each level takes two brackets
        raise JSONLimitError("it is nested too deeply")
    return value


def parse_json_start(content: bytes, memory: int = DEFAULT_MEMORY) -> Any:
    """Parse the start of a JSON object or array that was cut, without its last, incomplete value.

    Returns:
        The value; `None` if the content does not start like an object or array, is nested too deeply, or would take
        more memory.
    """
    text = content[:_LONGEST_START].decode("utf-8", "ignore").lstrip()
    if text[:1] not in ("{", "["):
        return None
    closers: list[str] = []
    whole, place, previous = "", 0, ""
    for token in _TOKEN.finditer(text):
        kind = token[0][:1]
        if token[0] == '"':
            break
        if kind in "{[":
            closers.append("}" if kind == "{" else "]")
            if len(closers) > MAX_DEPTH:
                return None
        elif kind in "}]":
            closers = closers[:-1]
        is_value = kind == '"' and (previous == ":" or (closers[-1:] == ["]"] and previous in "[,"))
        if kind in "{}[]" or is_value:
            place, whole = token.end(), "".join(reversed(closers))
        elif kind == ",":
            place, whole = token.start(), "".join(reversed(closers))
        if not closers:
            break
        previous = kind
    try:
        return parse_json((text[:place] + whole).encode(), memory)
    except ValueError:
        return None


def _estimate_memory(content: bytes) -> int:
    """Return how many bytes the text of JSON, its strings and its values take at most."""
    width = 4 if _WIDEST.search(content) else 1 if content.isascii() and b"\\u" not in content else 2
    return 2 * width * len(content) + sum(content.count(mark) * each for mark, each in _MEMORY_OF.items())


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = get_referents(*level)  # what these objects and arrays hold, without a loop in Python: six times faster
        if not level:
            return False
    return not {dict, list}.isdisjoint(map(type, level))


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
    text = content.removeprefix(BOM_UTF8).strip(b" \t\r\n").decode("utf-8")
    try:
        value, end = _decoder.raw_decode(text)
    except RecursionError:
        raise JSONLimitError("it is nested too deeply") from None
    if end != len(text):
        raise ValueError("more than one JSON value")
    return value
