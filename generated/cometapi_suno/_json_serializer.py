"""JSON serializer: orjson where it is installed, else the standard library. Both write the same values."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, cast

from ._model import Model, RequestModel


def serialize_json(value: Any) -> bytes:
    """Serialize a value as JSON in UTF-8.

    Raises:
        TypeError: A value is of a type that JSON does not have.
        ValueError: A number or string is not valid in JSON, or the value contains itself.
        RecursionError: The value is nested too deeply.
    """
    global _serialize  # noqa: PLW0603 (chosen on first use: importing the package imports no serializer)
    if _serialize is None:
        _serialize = choose_serializer()
    return _serialize(value)


_serialize: Callable[[Any], bytes] | None = None


def choose_serializer() -> Callable[[Any], bytes]:
    """Return the fastest serializer that is installed."""
    try:
        import orjson
    except ImportError:
        return serialize_with_stdlib
    # orjson must not accept types that the standard library refuses.
    options = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME

    def serialize(value: Any) -> bytes:
        try:
            content = orjson.dumps(value, serialize_default, options)
        except TypeError:
            return serialize_with_stdlib(value)  # accepts larger integers, and its message names the type
        # orjson writes NaN and infinity as null; the standard library refuses them.
        return serialize_with_stdlib(value) if b"null" in content else content

    return serialize


def serialize_default(value: object) -> Any:
    """Convert a value of a type that JSON serializers do not know.

    Raises:
        TypeError: The value cannot be serialized as JSON.
    """
    if isinstance(value, Model | RequestModel):
        return value.to_dict()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, Any]", value))
    from uuid import UUID

    if isinstance(value, UUID):  # orjson has no option to refuse it
        return str(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


# Made once: with these arguments `json.dumps` makes an encoder in each call, which takes longer than encoding.
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=serialize_default).encode


def serialize_with_stdlib(value: Any) -> bytes:
    """Serialize like `serialize_json`, with the standard library alone."""
    return _encode(value).encode("utf-8")
