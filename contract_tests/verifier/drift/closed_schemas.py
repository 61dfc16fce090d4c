"""A closed copy of a description: what it does not name is an error in it, and formats count.

Pointers into the copy are pointers into the description. There are two copies: in `closed` every object is closed; in
`loose` a component is open at its top and closed below, for where it is one part of a composition (`allOf`, or a
choice beside properties) whose whole closes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cometapi_suno_mock.media import is_array, is_object
from cometapi_suno_mock.pointers import fragment
from jsonschema_rs import Draft202012, Draft202012Validator, Registry

from contract_tests.verifier.drift.document_index import Tree

OPEN_ENUM: Final = "x-extensible-enum"

_CLOSED: Final = "urn:drift:closed"
_LOOSE: Final = "urn:drift:loose"
_MAPS: Final = ("properties", "patternProperties", "dependentSchemas", "$defs")
_BELOW: Final = ("items", "prefixItems", "additionalProperties", "unevaluatedProperties", "unevaluatedItems")
_BESIDE: Final = ("allOf", "then", "else")
_CHOICES: Final = ("oneOf", "anyOf")
_SETTLED: Final = ("additionalProperties", "unevaluatedProperties")


class ClosedSchemas:
    """The closed copy, compiled where it is asked for.

    Args:
        tree: The bundled description.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        copies = [(_CLOSED, _copy(tree.document, loose=False)), (_LOOSE, _copy(tree.document, loose=True))]
        self._registry = Registry(copies, draft=Draft202012)
        self._validators: dict[str, Draft202012Validator] = {}

    def at(self, where: str) -> Draft202012Validator:
        """The validator of the closed schema at a pointer."""
        if where not in self._validators:
            reference = {"$ref": _CLOSED + fragment(self._tree.resolve(where))}
            self._validators[where] = Draft202012Validator(reference, registry=self._registry, validate_formats=True)
        return self._validators[where]

    def written(self, where: str) -> str:
        """The pointer of a keyword of the copy as it stands in the description."""
        owner, _, keyword = where.rpartition("/")
        try:
            source = self._tree.source(owner)
        except KeyError:
            return where
        if keyword == "enum" and OPEN_ENUM in source:
            return f"{owner}/{OPEN_ENUM}"
        if keyword in _SETTLED and keyword not in source:
            return f"{owner}/properties" if "properties" in source else owner
        return where


def _copy(document: Mapping[str, Any], *, loose: bool) -> dict[str, Any]:
    """The document with every schema in it closed; the components at their top only when not `loose`."""

    def walk(node: Any, steps: tuple[str, ...]) -> Any:
        if is_array(node):
            return [walk(item, (*steps, "*")) for item in node]
        if not is_object(node):
            return node
        if steps[-1:] == ("schema",) or (steps[:2] == ("components", "schemas") and len(steps) == 3):
            return _close(node, whole=not loose)
        return {
            name: member if name in ("examples", "example") or name.startswith("x-") else walk(member, (*steps, name))
            for name, member in node.items()
        }

    copied: dict[str, Any] = walk(document, ())
    return copied


def _close(schema: Any, *, whole: bool) -> Any:
    """A schema, closed; one that is a part of a whole stays open at its top."""
    if not is_object(schema):
        return schema
    composed = _is_composed(schema)
    part = whole and not composed
    found = {keyword: _closed_keyword(keyword, value, part=part) for keyword, value in schema.items()}
    if OPEN_ENUM in schema:
        found["enum"] = [*schema[OPEN_ENUM], *([None] if "null" in _types(schema) else [])]
    if whole and not any(keyword in schema for keyword in _SETTLED):
        if composed:
            found["unevaluatedProperties"] = False
        elif "properties" in schema or "object" in _types(schema):
            found["additionalProperties"] = False
    return found


def _closed_keyword(keyword: str, value: Any, *, part: bool) -> Any:
    """The value of a keyword; `part` tells that the schema is no composition, so that what it chooses is whole."""
    if keyword in _MAPS and is_object(value):
        return {name: _close(member, whole=True) for name, member in value.items()}
    if keyword in _BELOW:
        return _each(value, whole=True)
    if keyword in _BESIDE:
        return _each(value, whole=False)
    if keyword in _CHOICES:
        return _each(value, whole=part)
    if keyword == "$ref":
        return (_CLOSED if part else _LOOSE) + str(value)
    return value


def _is_composed(schema: Mapping[str, Any]) -> bool:
    """Whether what an object may have is said in several places, so that only the whole can close it."""
    said = "properties" in schema or "patternProperties" in schema
    return "allOf" in schema or "if" in schema or (said and any(each in schema for each in (*_CHOICES, "$ref")))


def _each(value: Any, *, whole: bool) -> Any:
    return [_close(item, whole=whole) for item in value] if is_array(value) else _close(value, whole=whole)


def _types(schema: Mapping[str, Any]) -> list[str]:
    found: Any = schema.get("type", [])
    return [found] if isinstance(found, str) else list(found)
