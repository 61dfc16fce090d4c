"""JSON pointers: join, split, follow and format them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote

from cometapi_suno_mock.media import is_array, is_object


def join_pointer(pointer: str, *tokens: str | int) -> str:
    """Return the pointer of what the tokens lead to, from a pointer on: `/paths`, `/a`, `0` -> `/paths/~1a/0`."""
    return pointer + "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in tokens)


def split_pointer(text: str) -> list[str]:
    """Return the tokens of a pointer."""
    return list(_split(text))


@lru_cache(4096)
def _split(text: str) -> tuple[str, ...]:
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:])


def format_reference(text: str) -> str:
    """Return the `$ref` that leads to a pointer of the same document."""
    return "#" + quote(text, safe="/~")


def parse_reference(reference: str) -> str:
    """Return the pointer in a `$ref` to the same document.

    Raises:
        KeyError: It leads to another document, or has an anchor in place of a pointer.
    """
    document, _, part = reference.partition("#")
    text = unquote(part)
    if document or (text and not text.startswith("/")):
        raise KeyError(f"{reference} is not in this file")
    return text


def look_up(document: Any, text: str) -> Any:
    """Return the value at a pointer.

    Raises:
        KeyError: The document has no such value.
    """
    node = document
    for part in _split(text):
        if is_object(node):
            node = node[part]
        elif is_array(node):
            node = {str(place): item for place, item in enumerate(node)}[part]
        else:
            raise KeyError(text)
    return node


def resolve(document: Any, text: str) -> str:
    """Return the pointer of the node at a pointer, after following every `$ref`.

    Raises:
        KeyError: A reference does not resolve, or refers to itself.
    """
    seen: set[str] = set()
    while text not in seen:
        seen.add(text)
        node = look_up(document, text)
        if not is_object(node) or "$ref" not in node:
            return text
        text = parse_reference(str(node["$ref"]))
    raise KeyError(f"{text} refers to itself")


def format_field(parts: Iterable[str | int]) -> str:
    """Format a place in a body for a message: `("clips", 0)` -> `clips[0]`."""
    name = ""
    for part in parts:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else part
    return name
