"""The actions of an OpenAPI Overlay 1.0 or 1.1 on plain values, without IO."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from jsonpath import JSONPathEnvironment
from jsonpath.exceptions import JSONPathError

from scripts.openapi_document import is_array, is_object, split_pointer

EXAMPLES: Final = "x-examples"
"""The member of an action that carries example files: JSON values by name."""
RECORDINGS: Final = "x-recordings"
"""The member of an action that carries the exchanges that the examples come from: JSON values by file name."""

_JSONPATH: Final = JSONPathEnvironment(strict=True)  # only what RFC 9535 has
_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class OverlayError(Exception):
    """An overlay cannot be used. The message is one line that names the place."""


def perform(data: dict[str, Any], action: Mapping[str, Any], version: str = "1.0.0") -> None:
    """Apply one action to a document.

    Args:
        data: The document, which is changed.
        action: The action.
        version: That of the Overlay Specification. From 1.1 on, lists are concatenated, and other values replaced.

    Raises:
        OverlayError: Its target selects nothing, or something that cannot be updated.
    """
    target = action["target"]
    selected = _select(data, target)
    if not selected:
        raise OverlayError(f"{target} selects nothing")
    if action.get("remove"):
        for place in reversed(selected):
            _remove(data, place)
    elif "copy" in action or "update" in action:
        new = action["update"] if "copy" not in action else _find_copied(data, action["copy"])
        for place in selected:
            _update(data, place, new, target, is_newer=not version.startswith("1.0."))


def format_jsonpath(document: Any, pointer: str) -> str:
    """Return the JSONPath of the node at a JSON pointer."""
    path, node = "$", document
    for token in split_pointer(pointer):
        if is_array(node):
            path, node = f"{path}[{token}]", node[int(token)]
            continue
        escaped = token.replace("\\", "\\\\").replace("'", "\\'")
        path, node = path + (f".{token}" if _PLAIN_NAME.fullmatch(token) else f"['{escaped}']"), node[token]
    return path


def _select(data: Any, path: str) -> list[tuple[str | int, ...]]:
    """Return the places that a JSONPath selects, each once."""
    try:
        return list(dict.fromkeys(found.parts for found in _JSONPATH.finditer(path, data)))
    except (JSONPathError, RecursionError) as error:
        reason = str(error).partition("\n")[0]
        raise OverlayError(f"{path}: not a JSONPath of RFC 9535: {reason}") from None


def _find(data: Any, place: tuple[str | int, ...]) -> Any:
    for step in place:
        data = data[step]
    return data


def _find_copied(data: Any, path: str) -> Any:
    """Return the one node that a copy action names."""
    found = _select(data, path)
    if len(found) != 1:
        raise OverlayError(f"{path} selects {len(found)} nodes; only one can be copied")
    return deepcopy(_find(data, found[0]))


def _remove(data: Any, place: tuple[str | int, ...]) -> None:
    if not place:
        raise OverlayError("the whole description cannot be removed")
    del _find(data, place[:-1])[place[-1]]


def _update(data: Any, place: tuple[str | int, ...], new: Any, target: str, *, is_newer: bool) -> None:
    node = _find(data, place)
    if is_array(node):
        node.extend(deepcopy(new) if is_newer and is_array(new) else [deepcopy(new)])
    elif is_object(node) and is_object(new):
        _merge(node, new)
    elif is_newer and not is_object(node) and not is_object(new) and not is_array(new):
        _find(data, place[:-1])[place[-1]] = new
    else:
        replaced = "; other values are replaced by such" if is_newer else ""
        raise OverlayError(f"{target}: only objects can be merged, and entries appended to lists{replaced}")


def _merge(node: dict[str, Any], update: Mapping[str, Any]) -> None:
    for key, value in update.items():
        present = node.get(key)
        if is_object(present) and is_object(value):
            _merge(present, value)
        elif is_array(present) and is_array(value):
            present.extend(deepcopy(value))
        else:
            node[key] = deepcopy(value)
