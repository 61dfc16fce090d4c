"""Discriminators: by which value of which field the members of a union are told apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

_COMPONENT = "#/components/schemas/"


def tags(description: Mapping[str, Any], class_name: Callable[[str], str]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Class name -> wire name -> the values by which a discriminator tells that class."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for choice in _choices({key: description.get(key, {}) for key in ("paths", "components")}):
        discriminator = choice["discriminator"]
        named: dict[str, list[str]] = {}
        for value, target in discriminator.get("mapping", {}).items():
            named.setdefault(target.removeprefix(_COMPONENT), []).append(value)
        for member in (*choice.get("oneOf", []), *choice.get("anyOf", [])):
            component = member.get("$ref", "").removeprefix(_COMPONENT)
            if component:
                values = tuple(named.get(component, [component]))
                fields = found.setdefault(class_name(component), {})
                wire = discriminator["propertyName"]
                fields[wire] = tuple(dict.fromkeys((*fields.get(wire, ()), *values)))
    return found


def _choices(node: object) -> Iterator[dict[str, Any]]:
    """Every schema with a discriminator beside its choice."""
    if isinstance(node, dict):
        fields = cast("dict[str, Any]", node)
        if isinstance(fields.get("discriminator"), dict) and fields.keys() & {"oneOf", "anyOf"}:
            yield fields
        for key, value in fields.items():
            if not key.startswith("x-"):
                yield from _choices(value)
    elif isinstance(node, list):
        for value in cast("list[object]", node):
            yield from _choices(value)
