"""A bundled description with its nodes and compiled schemas cached by JSON pointer; built once for all of the verifier.

Each schema is compiled in two forms. The open form is the schema as written. In the closed form, objects accept only
the members that they name, open enums are closed, and formats count. Pointers into the closed copy are pointers into
the description. A part of a composition (`allOf`, or alternatives next to `properties`) is only closed by the whole; a
second, loose copy serves references from there: its components are open at their top and closed below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, Final

from cometapi_suno_mock import Contract
from jsonschema_rs import Draft202012, Draft202012Validator, Registry

from scripts.openapi_document import (
    ANNOTATIONS,
    OPEN_ENUM,
    SCHEMA_MAPS,
    copy_edited,
    format_reference,
    is_array,
    is_object,
    is_reference,
    join_pointer,
    look_up,
    parse_reference,
    schema_types,
)

CHOICES: Final = ("oneOf", "anyOf")

_OPEN: Final = "urn:spec:open"
_CLOSED: Final = "urn:spec:closed"
_LOOSE: Final = "urn:spec:loose"
_WHOLES: Final = ("items", "prefixItems", "additionalProperties", "unevaluatedProperties", "unevaluatedItems")
_PARTS: Final = ("allOf", "then", "else")
_EXTRA_MEMBERS: Final = ("additionalProperties", "unevaluatedProperties")


class SpecIndex:
    """The nodes of a description by JSON pointer.

    Args:
        document: The bundled description. It must not change afterwards.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self._nodes: dict[str, Any] = {}
        self._targets: dict[str, str] = {}
        self._leaves: dict[str, Sequence[str]] = {}
        self._open = _CompiledSchemas({_OPEN: dict(document)}, formats=False)

    def at(self, pointer: str) -> Any:
        """Return the node at a pointer.

        Raises:
            LookupError: There is none.
        """
        if pointer not in self._nodes:
            self._nodes[pointer] = look_up(self.document, pointer)
        return self._nodes[pointer]

    def resolve(self, pointer: str) -> str:
        """Follow `$ref` to a node that constrains something itself, and return its pointer.

        Raises:
            LookupError: A reference leads nowhere, or back to itself.
        """
        if pointer not in self._targets:
            seen = [pointer]
            while _only_refers(node := self.at(seen[-1])):
                seen.append(parse_reference(node["$ref"]))
                if seen[-1] in seen[:-1]:
                    raise LookupError(f"{pointer} refers to itself")
            self._targets[pointer] = seen[-1]
        return self._targets[pointer]

    def choices(self, pointer: str) -> list[str]:
        """Return the pointers of the alternatives of a schema."""
        source = self.at(pointer)
        return [join_pointer(pointer, each, index) for each in CHOICES for index in range(len(source.get(each, ())))]

    def leaves(self, pointer: str) -> Sequence[str]:
        """Return the pointers of all alternatives of a schema that have none themselves; its own when it has none."""
        if pointer not in self._leaves:
            target = self.resolve(pointer)
            below = tuple(leaf for choice in self.choices(target) for leaf in self.leaves(choice))
            self._leaves[pointer] = below or (target,)
        return self._leaves[pointer]

    def fits(self, pointer: str, value: Any) -> bool:
        """Return whether a value is valid against the open schema at a pointer; formats do not count."""
        try:
            return self._open.at(_OPEN, self.resolve(pointer)).is_valid(value)
        except ValueError:  # nested beyond the validator's limit
            return False

    def closed(self, pointer: str) -> Draft202012Validator:
        """Return the validator of the closed schema at a pointer."""
        return self._closed.at(_CLOSED, self.resolve(pointer))

    @cached_property
    def _closed(self) -> _CompiledSchemas:
        copies = {_CLOSED: _copy(self.document, loose=False), _LOOSE: _copy(self.document, loose=True)}
        return _CompiledSchemas(copies, formats=True)

    def to_source(self, pointer: str) -> str:
        """Return the pointer in the description of a keyword of the closed copy."""
        owner, _, keyword = pointer.rpartition("/")
        source = self.at(owner)
        if keyword == "enum" and OPEN_ENUM in source:
            return f"{owner}/{OPEN_ENUM}"
        if keyword in _EXTRA_MEMBERS and keyword not in source:
            return f"{owner}/properties" if "properties" in source else owner
        return pointer


@lru_cache(maxsize=4)
def index_contract(contract: Contract) -> SpecIndex:
    """Return the index of a description, the same one for everything that asks."""
    return SpecIndex(contract.description)


class _CompiledSchemas:
    """Validators by pointer, each compiled when it is first used."""

    def __init__(self, documents: Mapping[str, dict[str, Any]], *, formats: bool) -> None:
        self._registry = Registry(list(documents.items()), draft=Draft202012)
        self._formats = formats
        self._validators: dict[str, Draft202012Validator] = {}

    def at(self, uri: str, pointer: str) -> Draft202012Validator:
        found = self._validators.get(pointer)
        if found is None:
            reference = {"$ref": uri + format_reference(pointer)}
            found = Draft202012Validator(reference, registry=self._registry, validate_formats=self._formats)
            self._validators[pointer] = found
        return found


def _only_refers(node: Any) -> bool:
    return is_reference(node) and all(name == "$ref" or name in ANNOTATIONS or name.startswith("x-") for name in node)


def _copy(document: Mapping[str, Any], *, loose: bool) -> dict[str, Any]:
    """Return the document with every schema closed; in the loose copy, components are open at their top."""

    def close(schema: Any) -> Any:
        return _close(schema, whole=not loose)

    def close_all(schemas: Mapping[str, Any]) -> dict[str, Any]:
        return {name: close(schema) for name, schema in schemas.items()}

    copied: dict[str, Any] = copy_edited(document, lambda _: True, {"schema": close, "schemas": close_all})
    return copied


def _close(schema: Any, *, whole: bool) -> Any:
    """Return a closed schema; one that is a part of a composition stays open at its top."""
    if is_array(schema):
        return [_close(item, whole=whole) for item in schema]
    if not is_object(schema):
        return schema
    composed = _is_composed(schema)
    found = {keyword: _close_keyword(keyword, value, whole and not composed) for keyword, value in schema.items()}
    if OPEN_ENUM in schema:
        found["enum"] = [*schema[OPEN_ENUM], *([None] if "null" in schema_types(schema) else [])]
    if whole and not any(keyword in schema for keyword in _EXTRA_MEMBERS):
        if composed:
            found["unevaluatedProperties"] = False
        elif "properties" in schema or "object" in schema_types(schema):
            found["additionalProperties"] = False
    return found


def _close_keyword(keyword: str, value: Any, alternatives_are_whole: bool) -> Any:
    if keyword in SCHEMA_MAPS and is_object(value):
        return {name: _close(member, whole=True) for name, member in value.items()}
    if keyword in _WHOLES:
        return _close(value, whole=True)
    if keyword in _PARTS:
        return _close(value, whole=False)
    if keyword in CHOICES:
        return _close(value, whole=alternatives_are_whole)
    if keyword == "$ref":
        return (_CLOSED if alternatives_are_whole else _LOOSE) + str(value)
    return value


def _is_composed(schema: Mapping[str, Any]) -> bool:
    """Return whether the members of an object are named in several places, so that only the whole can close it."""
    named = "properties" in schema or "patternProperties" in schema
    return "allOf" in schema or "if" in schema or (named and any(each in schema for each in (*CHOICES, "$ref")))
