"""Whether a node takes a value: the claims, asked one by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from scripts.diff.values.atoms import Atom, Atoms
from scripts.diff.values.nodes import Node
from scripts.diff.values.numbers import is_multiple
from scripts.diff.values.plain import is_integer, kind, text
from scripts.diff.values.texts import has_format


class CannotTellError(Exception):
    """The answer depends on a keyword that is not understood."""


def holds(atoms: Atoms, node: Node, value: Any) -> bool:
    """Whether `node` takes `value`.

    Raises:
        CannotTellError: It says something that is not understood.
    """
    return all(_true(atoms, atom, value) for atom in atoms.of(node, kind(value)))


def _true(atoms: Atoms, atom: Atom, value: Any) -> bool:
    match atom:
        case ("never",):
            return False
        case ("opaque", keyword, _):
            raise CannotTellError(keyword)
        case ("enum", pairs):
            return text(value) in dict(pairs)
        case ("all", node):
            return holds(atoms, node, value)
        case ("any", nodes):
            return any(holds(atoms, node, value) for node in nodes)
        case ("one", nodes, plain):
            taken = [holds(atoms, node, value) for node in plain]
            return any(
                holds(atoms, node, value) and not any(taken[:index] + taken[index + 1 :])
                for index, node in enumerate(nodes)
            )
        case ("not", node):
            return not holds(atoms, node, value)
        case ("if", condition, then, other):
            return holds(atoms, then if holds(atoms, condition, value) else other, value)
        case _:
            return _OF_TYPE[kind(value)](atoms, atom, value)


def _number(_: Atoms, atom: Atom, value: Any) -> bool:
    match atom:
        case ("integer",):
            return is_integer(value)
        case ("min", limit, exclusive):
            return bool(value > limit or (value == limit and not exclusive))
        case ("max", limit, exclusive):
            return bool(value < limit or (value == limit and not exclusive))
        case _:
            return is_multiple(value, atom[1])


def _string(_: Atoms, atom: Atom, value: Any) -> bool:
    match atom:
        case ("long", limit):
            return bool(len(value) >= limit)
        case ("short", limit):
            return bool(len(value) <= limit)
        case ("pattern", regex):
            return re.search(regex, value) is not None
        case _:
            return has_format(atom[1], value)


def _array(atoms: Atoms, atom: Atom, value: Any) -> bool:
    match atom:
        case ("long", limit):
            return bool(len(value) >= limit)
        case ("short", limit):
            return bool(len(value) <= limit)
        case ("item", index, node):
            return len(value) <= index or holds(atoms, node, value[index])
        case ("rest", start, node):
            return all(holds(atoms, node, item) for item in value[start:])
        case ("unique",):
            return len({text(item) for item in value}) == len(value)
        case _:
            return any(holds(atoms, atom[1], item) for item in value)


def _object(atoms: Atoms, atom: Atom, value: Any) -> bool:
    match atom:
        case ("long", limit):
            return bool(len(value) >= limit)
        case ("short", limit):
            return bool(len(value) <= limit)
        case ("has", name):
            return name in value
        case ("field", name, node, nullable):
            return name not in value or (nullable and value[name] is None) or holds(atoms, node, value[name])
        case ("fields", regex, node):
            return all(holds(atoms, node, item) for name, item in value.items() if re.search(regex, name))
        case ("extra", names, regexes, node):
            return all(holds(atoms, node, value[name]) for name in value if not is_named(name, names, regexes))
        case ("names", node):
            return all(holds(atoms, node, name) for name in value)
        case ("needs", name, names):
            return name not in value or all(each in value for each in names)
        case ("needs-all", name, node):
            return name not in value or holds(atoms, node, value)
        case _:  # `known` and `free` speak of who sends, not of what is taken
            return True


def _any(_: Atoms, __: Atom, ___: Any) -> bool:
    return True


_OF_TYPE: Final[dict[str, Callable[[Atoms, Atom, Any], bool]]] = {
    "null": _any,
    "boolean": _any,
    "number": _number,
    "string": _string,
    "array": _array,
    "object": _object,
}


def is_named(name: str, names: Iterable[str], regexes: Iterable[str]) -> bool:
    """Whether a field is described, by its name or by a pattern of it."""
    return name in names or any(re.search(each, name) for each in regexes)
