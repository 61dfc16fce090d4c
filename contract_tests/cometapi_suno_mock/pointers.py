"""JSON pointers: join, split, follow and format them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from cometapi_suno_mock.media import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Iterable


def pointer(parts: Iterable[str | int]) -> str:
    """Join parts to a pointer: `("paths", "/a", 0)` -> `/paths/~1a/0`."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def split(text: str) -> list[str]:
    """Return the parts of a pointer."""
    return list(_split(text))


@lru_cache(4096)
def _split(text: str) -> tuple[str, ...]:
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:])


def fragment(text: str) -> str:
    """Return a pointer as the fragment of a URI."""
    return "#" + quote(text, safe="/~")


def target(reference: str) -> str:
    """Return the pointer in a `$ref` to the same document.

    Raises:
        KeyError: It leads to another document, or has an anchor in place of a pointer.
    """
    document, _, part = reference.partition("#")
    text = unquote(part)
    if document or (text and not text.startswith("/")):
        raise KeyError(f"{reference} is not in this file")
    return text


def look(document: Any, text: str) -> Any:
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
        node = look(document, text)
        if not is_object(node) or "$ref" not in node:
            return text
        text = target(str(node["$ref"]))
    raise KeyError(f"{text} refers to itself")


def format_field(parts: Iterable[str | int]) -> str:
    """Format a place in a body for a message: `("clips", 0)` -> `clips[0]`."""
    name = ""
    for part in parts:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else part
    return name
