"""Walks a JSON value together with its schema, and changes values at chosen members."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from attrs import frozen
from cometapi_suno_mock.compiled_schemas import CompiledSchema, SchemaCompiler
from cometapi_suno_mock.media import is_array, is_object
from cometapi_suno_mock.pointers import join_pointer, resolve

from contract_tests.suite.support.loaded_spec import DESCRIPTION

SCHEMAS = SchemaCompiler(DESCRIPTION)
ABSENT = object()
"""Marks a missing member."""

KINDS: Mapping[type, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    dict: "object",
    list: "array",
    type(None): "null",
}
"""JSON names of Python types."""


@frozen
class Place:
    """A described member of an object in a value.

    Attributes:
        steps: Names and indices that lead there.
        schema: What the description says of the member.
        required: Whether its object may not lack it.
        present: Whether it is there.
    """

    steps: tuple[str | int, ...]
    schema: CompiledSchema
    required: bool
    present: bool

    @property
    def pointer(self) -> str:
        """JSON pointer of the member in the value."""
        return join_pointer("", *self.steps)

    @property
    def kinds(self) -> set[str]:
        """The JSON types that the description allows."""
        named = [each.source.get("type", []) for each in (self.schema, *_parts(self.schema, "oneOf", "anyOf"))]
        return {kind for each in named for kind in ([each] if isinstance(each, str) else each)}

    def allows(self, value: Any) -> bool:
        """Return whether the description allows a value here."""
        return not self.schema.check(value)


def member_places(schema: CompiledSchema, value: Any, steps: tuple[str | int, ...] = ()) -> Iterator[Place]:
    """Yield every described member of every object in a value, present or not, by the first matching alternative."""
    fitting = (each for each in _parts(schema, "oneOf", "anyOf") if not each.check(value))
    for part in (*_parts(schema, "allOf"), *list(fitting)[:1]):
        yield from member_places(part, value, steps)
    if is_object(value):
        described = schema.source.get("properties", {})
        members = {name: join_pointer(schema.pointer, "properties", name) for name in described}
        if is_object(schema.source.get("additionalProperties")):
            pointer = join_pointer(schema.pointer, "additionalProperties")
            members |= {name: pointer for name in value if name not in described}
        for name, pointer in members.items():
            member = _schema(pointer)
            yield Place((*steps, name), member, name in schema.source.get("required", ()), name in value)
            if name in value:
                yield from member_places(member, value[name], (*steps, name))
    if is_array(value) and "items" in schema.source:
        items = _schema(f"{schema.pointer}/items")
        for index, item in enumerate(value):
            yield from member_places(items, item, (*steps, index))


def property_names(schema: CompiledSchema) -> set[str]:
    """Return the names of the properties that a schema describes, in any alternative."""
    inner = (property_names(part) for part in _parts(schema, "oneOf", "anyOf", "allOf"))
    return set(schema.source.get("properties", {})).union(*inner)


def _parts(schema: CompiledSchema, *keywords: str) -> list[CompiledSchema]:
    source = schema.source
    return [_schema(f"{schema.pointer}/{key}/{at}") for key in keywords for at in range(len(source.get(key, ())))]


@cache
def _schema(where: str) -> CompiledSchema:
    return SCHEMAS.at(where)


def reachable_schemas(schema: CompiledSchema) -> Iterator[CompiledSchema]:
    """Yield a schema and every schema that it refers to, each once."""
    seen: set[str] = set()
    waiting = [schema.pointer]
    while waiting:
        where = waiting.pop()
        if where not in seen:
            seen.add(where)
            yield SCHEMAS.at(where)
            waiting += [resolve(DESCRIPTION, each) for each in _references(SCHEMAS.at(where).source)]


def _references(source: Any) -> Iterator[str]:
    if is_object(source):
        if isinstance(source.get("$ref"), str):
            yield source["$ref"].removeprefix("#")
        for each in source.values():
            yield from _references(each)
    elif is_array(source):
        for each in source:
            yield from _references(each)


def with_changes(value: Any, *changes: tuple[Sequence[str | int], Any]) -> Any:
    """Return a copy of a value with members replaced; `ABSENT` removes one."""
    copied = json.loads(json.dumps(value))
    for steps, new in changes:
        owner = copied
        for step in steps[:-1]:
            owner = owner[step]
        if new is ABSENT:
            owner.pop(steps[-1], None)
        else:
            owner[steps[-1]] = new
    return copied


def with_extra_members(value: Any, extra: Mapping[str, Any]) -> Any:
    """Return a copy of a value with extra members in each object."""
    if is_object(value):
        return {**{name: with_extra_members(member, extra) for name, member in value.items()}, **extra}
    return [with_extra_members(item, extra) for item in value] if is_array(value) else value


def same_json(one: Any, other: Any) -> bool:
    """Return whether two JSON values are equal with equal types: 1, 1.0 and true differ."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
