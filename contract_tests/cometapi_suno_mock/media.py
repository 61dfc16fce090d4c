"""Media types, and strict JSON for bodies: UTF-8 and finite numbers only, without the extensions of Python's `json`."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable, Mapping
from json.scanner import make_scanner
from typing import Any, NoReturn, TypeGuard, TypeVar, cast

JSON = "application/json"
HTML = "text/html"

_T = TypeVar("_T")


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Return whether a JSON value is an object."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Return whether a JSON value is an array."""
    return isinstance(value, list)


class NotJsonError(ValueError):
    """The bytes are not one JSON value in UTF-8."""


@functools.lru_cache(maxsize=16)
def parse_media_type(header: str) -> str:
    """Return the bare media type of a header: `application/json; charset=utf-8` -> `application/json`."""
    return header.partition(";")[0].strip().lower()


def is_json(media: str) -> bool:
    """Return whether a body of this media type is a JSON document."""
    return media == JSON or media.endswith("+json")


def choose(offers: Mapping[str, _T], header: str) -> _T | None:
    """Return the described content that matches a `content-type` header, the most specific range first."""
    found = offers.get(header)
    if found is not None:
        return found
    media = parse_media_type(header)
    family = media.partition("/")[0] + "/*"
    return next((offers[key] for key in (media, family, "*/*") if key in offers), None)


def read_json(body: bytes) -> Any:
    """Parse a JSON body strictly.

    Raises:
        NotJsonError: It is not UTF-8, not JSON, nested too deeply, or holds half a surrogate pair.
    """
    try:
        text = body.decode("utf-8")
        try:  # what `_DECODER.decode` does, in a third of its time when no whitespace surrounds the document
            value, end = _scan(text, 0)
        except StopIteration:
            value, end = None, -1  # not the start of a value: let the decoder say it
        if end != len(text):
            value = _DECODER.decode(text)
        if "\\ud" in text or "\\uD" in text:  # only an escape can hold half a surrogate pair
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except RecursionError:
        raise NotJsonError("nested too deeply") from None
    except UnicodeError:
        raise NotJsonError("not Unicode text in UTF-8") from None
    except ValueError as error:
        raise NotJsonError(str(error)) from None
    return value


def write_json(value: Any) -> bytes:
    """Return a JSON value as compact UTF-8 without NaN: the same bytes with and without orjson."""
    try:
        return _dumps(value)
    except TypeError:  # orjson refuses integers of more than 64 bits
        return write_plainly(value)


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"the number {text[:20]} is out of range")
    return number


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)
_scan = make_scanner(cast("Any", _DECODER))  # typeshed declares another parameter type
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def write_plainly(value: Any) -> bytes:
    """Do the same as `write_json`, without orjson."""
    return _ENCODER.encode(value).encode("utf-8")


_dumps: Callable[[Any], bytes]
try:
    from orjson import dumps as _dumps  # writing JSON, most of an answer's time, takes a tenth with it
except ImportError:
    _dumps = write_plainly
