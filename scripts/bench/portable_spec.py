"""The description for other generators: open enums as enums, formats that our client keeps as strings gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from scripts.generator.document import OPEN_ENUM
from scripts.generator.parsable import KEPT_AS_STRINGS

# The values of these are data, not schemas.
_DATA = frozenset({"example", "examples", "const", "enum", "default"})


def understood(description: Mapping[str, Any]) -> dict[str, Any]:
    """A copy in which every generator finds what ours finds."""
    return cast("dict[str, Any]", _copy(description))


def _copy(node: Any) -> Any:
    if isinstance(node, list):
        return list(map(_copy, cast("Sequence[Any]", node)))
    if not isinstance(node, dict):
        return node
    fields = cast("dict[str, Any]", node)
    made = {key: value if key in _DATA or key.startswith("x-") else _copy(value) for key, value in fields.items()}
    if OPEN_ENUM in made:
        made["enum"] = list(made[OPEN_ENUM])
    if made.get("format") in KEPT_AS_STRINGS and made.get("type") in ("string", ["string", "null"]):
        del made["format"]
    return made
