"""How a change is put into words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from scripts.diff.change import Direction
from scripts.diff.values.plain import text
from scripts.openapi_document import is_array, is_object

_RELATIONS: Final = {
    Direction.SENT: {
        "narrower": "takes less",
        "wider": "takes more",
        "other": "takes something else",
        "equal": "takes the same",
    },
    Direction.READ: {
        "narrower": "can be less than before",
        "wider": "can be more than before",
        "other": "can be something else",
        "equal": "can be the same as before",
    },
}
_SHORT: Final = 60
_UNSHOWN: Final = ""


def relation(direction: Direction, name: str) -> str:
    """What has become of the values, as the user meets it."""
    return _RELATIONS[direction][name]


def value(keyword: str, node: Any) -> str:
    """What a keyword says, in a few words; `_UNSHOWN` when it takes more than a few."""
    if node is None:
        return "not set"
    if is_object(node) or (is_array(node) and any(is_object(each) for each in node)):
        return _UNSHOWN if len(text(node)) > _SHORT else f"`{text(node)}`"
    if keyword == "type":
        return " or ".join(node) if is_array(node) else str(node)
    return names(node) if is_array(node) else f"`{node if isinstance(node, str) else text(node)}`"


def names(values: Iterable[Any]) -> str:
    """Values as a sentence names them."""
    return ", ".join(f"`{each}`" if isinstance(each, str) else f"`{text(each)}`" for each in values)


def changed(keyword: str, old: Any, new: Any) -> str:
    """What a keyword says now, and said before."""
    was, now = value(keyword, old), value(keyword, new)
    if _UNSHOWN in (was, now):
        return f"`{keyword}` is {'set now' if old is None else 'no longer set' if new is None else 'another one'}"
    return f"`{keyword}` is {now}, and was {was}"


def lower(sentence: str) -> str:
    """A sentence's beginning in the middle of another one."""
    return sentence[:1].lower() + sentence[1:]


def shortened(node: Any) -> str:
    """A schema that has no name."""
    shown = text({key: each for key, each in node.items() if key != "description"} if is_object(node) else node)
    return shown if len(shown) <= _SHORT else f"{shown[: _SHORT - 3]}..."
