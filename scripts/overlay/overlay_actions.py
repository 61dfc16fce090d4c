"""The actions of an OpenAPI Overlay 1.0, done to plain values. Pure; `python -m scripts.overlay` is the verb."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

from scripts.openapi_document import is_array, is_object, split

EXAMPLES: Final = "x-examples"
"""The member of an action that carries example files, from their names to their JSON values."""

_STEP: Final = re.compile(
    r"\.(?P<name>[A-Za-z_][A-Za-z0-9_]*)|\[(?P<index>\d+)\]|(?P<any>\.\*|\[\*\])"
    r"|\['(?P<single>(?:[^'\\]|\\.)*)'\]|\[\"(?P<double>(?:[^\"\\]|\\.)*)\"\]"
)
_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class OverlayError(Exception):
    """An overlay cannot be used. The message is one line that names the place."""


def perform(data: dict[str, Any], action: Mapping[str, Any]) -> None:
    """Do one action to a document.

    Raises:
        OverlayError: Its target selects nothing, or nothing that can be updated.
    """
    target = action["target"]
    places = list(_select(data, target))
    if not places:
        raise OverlayError(f"{target} selects nothing")
    for owner, step in reversed(places):
        node = data if owner is None else owner[step]
        if action.get("remove"):
            if owner is None:
                raise OverlayError("the whole description cannot be removed")
            del owner[step]
        elif is_array(node):
            node.append(deepcopy(action["update"]))
        elif is_object(node) and is_object(action["update"]):
            _merge(node, action["update"])
        else:
            raise OverlayError(f"{target}: only an object takes an object, and a list an entry")


def path_of(document: Any, pointer: str) -> str:
    """A JSON pointer into a document as the JSONPath of the same node."""
    path, node = "$", document
    for token in split(pointer):
        if is_array(node):
            path, node = f"{path}[{token}]", node[int(token)]
            continue
        escaped = token.replace("\\", "\\\\").replace("'", "\\'")
        path, node = path + (f".{token}" if _PLAIN_NAME.fullmatch(token) else f"['{escaped}']"), node[token]
    return path


def _select(data: Any, path: str) -> Iterator[tuple[Any, Any]]:
    """The places that a JSONPath selects: each the owner and the step, an owner of None for the whole."""
    places: list[tuple[Any, Any]] = [(None, None)]
    rest = path[1:]
    while rest:
        found = _STEP.match(rest)
        if found is None:
            raise OverlayError(f"{path}: only names, indices and * are understood, not {rest[:40]}")
        rest = rest[found.end() :]
        places = [below for owner, step in places for below in _below(data if owner is None else owner[step], found)]
    yield from places


def _below(node: Any, step: re.Match[str]) -> Iterator[tuple[Any, Any]]:
    name = step["name"]
    for quoted in ("single", "double"):
        name = re.sub(r"\\(.)", r"\1", step[quoted]) if step[quoted] is not None else name
    if step["any"] and (is_object(node) or is_array(node)):
        yield from ((node, key) for key in (list(node) if is_object(node) else range(len(node))))
    elif is_object(node):
        if name in node:
            yield node, name
    elif is_array(node) and step["index"] is not None and int(step["index"]) < len(node):
        yield node, int(step["index"])


def _merge(node: dict[str, Any], update: Mapping[str, Any]) -> None:
    for key, value in update.items():
        there = node.get(key)
        if is_object(there) and is_object(value):
            _merge(there, value)
        elif is_array(there) and is_array(value):
            there.extend(deepcopy(value))
        else:
            node[key] = deepcopy(value)
