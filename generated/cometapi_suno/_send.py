"""From arguments to the bytes of a request body. Pure: no IO."""

from __future__ import annotations

import json
from typing import Any, cast

from ._model import to_json
from ._unset import UNSET
from .errors import InvalidRequestError


def json_body(operation: str, value: Any) -> bytes:
    """A request body as JSON. Members left out (`UNSET`) are not in it, `None` is null.

    Raises:
        InvalidRequestError: A value is no JSON.
    """
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        value = {name: member for name, member in members.items() if member is not UNSET}
    try:
        text = json.dumps(to_json(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8")
    except (TypeError, ValueError) as error:
        raise InvalidRequestError(f"{operation}: the request cannot be written as JSON: {error}.") from None
