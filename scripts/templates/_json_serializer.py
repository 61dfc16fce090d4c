"""A request body as JSON, written by orjson where it is installed. The values are the same without it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, cast

from ._model import Model, RequestModel


def serialize_json(value: Any) -> bytes:
    """Write JSON in UTF-8.

    Raises:
        TypeError: A value is no JSON.
        ValueError: A number or a text is no JSON, or the value holds itself.
        RecursionError: It is nested too deep.
    """
    global _serialize  # noqa: PLW0603 (chosen on first use: importing the package imports no writer)
    if _serialize is None:
        _serialize = choose_serializer()
    return _serialize(value)


_serialize: Callable[[Any], bytes] | None = None


def choose_serializer() -> Callable[[Any], bytes]:
    """The quickest writer that there is."""
    try:
        import orjson
    except ImportError:
        return serialize_with_stdlib
    # What the standard library refuses, orjson is not to write either.
    options = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME

    def write(value: Any) -> bytes:
        try:
            content = orjson.dumps(value, serialize_default, options)
        except TypeError:
            return serialize_with_stdlib(value)  # which takes larger integers, and says what is wrong
        # A null may be a number that is no JSON.
        return serialize_with_stdlib(value) if b"null" in content else content

    return write


def serialize_default(value: object) -> Any:
    """What a JSON writer asks for what it does not know.

    Raises:
        TypeError: Nor does anyone else.
    """
    if isinstance(value, Model | RequestModel):
        return value.to_dict()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, Any]", value))
    from uuid import UUID

    if isinstance(value, UUID):  # orjson cannot be kept from writing it
        return str(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


# Made once: `json.dumps` with these arguments would make one for each call, which takes longer than writing.
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=serialize_default).encode


def serialize_with_stdlib(value: Any) -> bytes:
    """`write_json` with the standard library alone."""
    return _encode(value).encode("utf-8")
