"""The actions of an OpenAPI Overlay 1.0 on plain values, without IO."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

from scripts.openapi_document import is_array, is_object, split_pointer

EXAMPLES: Final = "x-examples"
"""The member of an action that carries example files: JSON values by name."""

_SEGMENT: Final = re.compile(
    r"\.(?P<name>[A-Za-z_][A-Za-z0-9_]*)|\[(?P<index>\d+)\]|(?P<any>\.\*|\[\*\])"
    r"|\['(?P<single>(?:[^'\\]|\\.)*)'\]|\[\"(?P<double>(?:[^\"\\]|\\.)*)\"\]"
)
_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class OverlayError(Exception):
    """An overlay cannot be used. The message is one line that names the place."""


def perform(data: dict[str, Any], action: Mapping[str, Any]) -> None:
    """Apply one action to a document.

    Raises:
        OverlayError: Its target selects nothing, or something that cannot be updated.
    """
    target = action["target"]
    selected = list(_select(data, target))
    if not selected:
        raise OverlayError(f"{target} selects nothing")
    for parent, key in reversed(selected):
        node = data if parent is None else parent[key]
        if action.get("remove"):
            if parent is None:
                raise OverlayError("the whole description cannot be removed")
            del parent[key]
        elif is_array(node):
            node.append(deepcopy(action["update"]))
        elif is_object(node) and is_object(action["update"]):
            _merge(node, action["update"])
        else:
            raise OverlayError(f"{target}: only objects can be merged, and entries appended to lists")


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


def _select(data: Any, path: str) -> Iterator[tuple[Any, Any]]:
    """Yield what a JSONPath selects: each node as its parent and its key there; the parent of the whole is None."""
    selected: list[tuple[Any, Any]] = [(None, None)]
    rest = path[1:]
    while rest:
        found = _SEGMENT.match(rest)
        if found is None:
            raise OverlayError(f"{path}: only names, indices and * are supported, not {rest[:40]}")
        rest = rest[found.end() :]
        nodes = [data if parent is None else parent[key] for parent, key in selected]
        selected = [below for node in nodes for below in _below(node, found)]
    yield from selected


def _below(node: Any, segment: re.Match[str]) -> Iterator[tuple[Any, Any]]:
    name = segment["name"]
    for quoted in ("single", "double"):
        name = re.sub(r"\\(.)", r"\1", segment[quoted]) if segment[quoted] is not None else name
    if segment["any"] and (is_object(node) or is_array(node)):
        yield from ((node, key) for key in (list(node) if is_object(node) else range(len(node))))
    elif is_object(node):
        if name in node:
            yield node, name
    elif is_array(node) and segment["index"] is not None and int(segment["index"]) < len(node):
        yield node, int(segment["index"])


def _merge(node: dict[str, Any], update: Mapping[str, Any]) -> None:
    for key, value in update.items():
        present = node.get(key)
        if is_object(present) and is_object(value):
            _merge(present, value)
        elif is_array(present) and is_array(value):
            present.extend(deepcopy(value))
        else:
            node[key] = deepcopy(value)
