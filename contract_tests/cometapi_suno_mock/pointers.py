"""JSON pointers: made, followed, and shown to people."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from cometapi_suno_mock.media import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Iterable


def pointer(parts: Iterable[str | int]) -> str:
    """Join parts to a pointer: `("paths", "/a", 0)` -> `/paths/~1a/0`."""
    return "".join("/" + escape(str(part)) for part in parts)


def escape(part: str) -> str:
    """One part as it stands in a pointer."""
    return part.replace("~", "~0").replace("/", "~1")


def split(text: str) -> list[str]:
    """The parts of a pointer."""
    return list(_parts(text))


@lru_cache(4096)
def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:])


def fragment(text: str) -> str:
    """A pointer as the fragment of a URI."""
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
    """The value that a pointer names.

    Raises:
        KeyError: Nothing is there.
    """
    node = document
    for part in _parts(text):
        if is_object(node):
            node = node[part]
        elif is_array(node):
            node = {str(place): item for place, item in enumerate(node)}[part]
        else:
            raise KeyError(text)
    return node


def resolve(document: Any, text: str) -> str:
    """Follow `$ref` from the node at a pointer until it names a node of its own."""
    seen: set[str] = set()
    while text not in seen:
        seen.add(text)
        node = look(document, text)
        if not is_object(node) or "$ref" not in node:
            return text
        text = target(str(node["$ref"]))
    raise KeyError(f"{text} refers to itself")


def field_name(parts: Iterable[str | int]) -> str:
    """How a person calls a place in a body: `("clips", 0)` -> `clips[0]`."""
    name = ""
    for part in parts:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else part
    return name
