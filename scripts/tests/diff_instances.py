"""An oracle that knows nothing of the differ: values made by walking schemas, judged by jsonschema-rs.

What a writer or a reader is said to cope with is laid upon the raw schemas here, in plain sight.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any, Final

import jsonschema_rs

from scripts.description import is_array, is_object

SAMPLES: Final = {
    "uuid": ["2dd391cd-996b-4843-9738-1aed26f170e4", "not-a-uuid"],
    "date": ["2026-01-31", "2026-13-45"],
    "uri": ["https://a.example/b", "no uri"],
    "email": ["a@b.example", "nobody"],
}
PATTERNS: Final = {
    "^[a-z]+$": ["abc", "a", "ABC", "abc1"],
    "^[a-z]*$": ["abc", "", "A"],
    "^[0-9]{2,4}$": ["12", "1234", "1", "12345"],
    "^(la|lo)$": ["la", "lo", "lu"],
    "[0-9]": ["a1", "1", "a"],
    "^x-": ["x-", "x-a", "y-"],
}


def validator(schema: Any, components: dict[str, Any]) -> jsonschema_rs.Validator:
    """What jsonschema-rs makes of a schema that refers to components of its description."""
    whole = {"components": {"schemas": components}, "allOf": [schema]}
    return jsonschema_rs.Draft202012Validator(json.loads(json.dumps(whole)), validate_formats=True)


def sent_by_a_reader(schema: Any) -> Any:
    """The schema of what somebody sends who knows the description: an object has no field that is not described.

    An object is left open where it says itself what further fields are. One that is composed is closed as a whole.
    """
    if is_array(schema):
        return [sent_by_a_reader(item) for item in schema]
    if not is_object(schema):
        return schema
    copy = _mapped(schema, sent_by_a_reader, skip=("not", "if"))
    if "properties" in schema and not {"additionalProperties", "patternProperties"} & schema.keys():
        copy["x-closed"] = True
    return copy


def coped_with(schema: Any, needed: frozenset[str] = frozenset()) -> Any:
    """The schema of what a reader copes with: null for a field that may be absent, and fields that are not described."""
    if not is_object(schema):
        return schema
    copy = deepcopy(schema)
    if copy.get("additionalProperties") is False:
        del copy["additionalProperties"]
    needed = needed.union(schema.get("required", ()), *(part.get("required", ()) for part in schema.get("allOf", ())))
    for name, part in schema.get("properties", {}).items():
        inner = coped_with(part)
        copy["properties"][name] = inner if name in needed else {"anyOf": [inner, {"type": "null"}]}
    if is_object(copy.get("additionalProperties")):
        copy["additionalProperties"] = coped_with(schema["additionalProperties"])
    for keyword in ("items",):
        if keyword in copy:
            copy[keyword] = coped_with(schema[keyword])
    if "prefixItems" in copy:
        copy["prefixItems"] = [coped_with(part) for part in schema["prefixItems"]]
    for keyword in ("allOf", "anyOf"):
        if keyword in copy:
            copy[keyword] = [coped_with(part, needed) for part in schema[keyword]]
    if "oneOf" in copy:
        ways = [
            {"allOf": [coped_with(part, needed), *({"not": other} for at, other in enumerate(schema["oneOf"]) if at != index)]}
            for index, part in enumerate(schema["oneOf"])
        ]
        del copy["oneOf"]
        copy["allOf"] = [*copy.get("allOf", []), {"anyOf": ways}]
    return copy


def knows_all_fields(schema: Any, components: dict[str, Any], value: Any) -> bool:
    """Whether a value that the schema takes has described fields only, wherever the schema does not speak of more."""
    allowed = _fields(schema, components, value)
    if is_object(value):
        if allowed is not None and not value.keys() <= allowed.keys():
            return False
        return all(
            any(knows_all_fields(part, components, item) for part in parts)
            for name, item in value.items()
            if (parts := (allowed or {}).get(name))
        )
    if is_array(value):
        parts = list(_items(schema, components))
        return not parts or all(any(knows_all_fields(part, components, item) for part in parts) for item in value)
    return True


def values(rng: Random, schema: Any, components: dict[str, Any], count: int, other: Any = None) -> Iterator[Any]:
    """Yield values that follow the schema, more or less: what bounds and lists it and `other` name comes up often."""
    maker = _Maker(rng, components, _words([schema, other, components]))
    for _ in range(count):
        value = maker.make(schema, 0)
        yield value
        if rng.random() < 0.5:
            yield maker.spoilt(value)


def _mapped(schema: dict[str, Any], change: Any, skip: tuple[str, ...]) -> dict[str, Any]:
    return {name: deepcopy(item) if name in skip else change(item) for name, item in schema.items()}


def _parts(schema: Any, components: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schema and all that speaks of the same value."""
    if not is_object(schema):
        return
    yield schema
    if "$ref" in schema:
        yield from _parts(components[schema["$ref"].rpartition("/")[2]], components)
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(keyword, ()):
            yield from _parts(part, components)
    for keyword in ("then", "else"):
        if keyword in schema:
            yield from _parts(schema[keyword], components)


def _ways(schema: Any, components: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """Each way to take the choices of a schema, as the schemas that then hold together."""
    if not is_object(schema):
        yield []
        return
    ways: list[list[dict[str, Any]]] = [[schema]]
    groups = [[components[schema["$ref"].rpartition("/")[2]]]] if "$ref" in schema else []
    groups += [[part] for part in schema.get("allOf", ())]
    groups += [schema[keyword] for keyword in ("anyOf", "oneOf") if keyword in schema]
    for group in groups:
        ways = [[*way, *more] for way in ways for part in group for more in _ways(part, components)]
    yield from ways


def _fields(schema: Any, components: dict[str, Any], value: Any) -> dict[str, list[Any]] | None:
    """The described fields of the way that the value takes; None when it may have any."""
    if not is_object(value):
        return None
    best: dict[str, list[Any]] | None = {}
    for way in _ways(schema, components):
        bare = [{name: part[name] for name in part if name not in ("anyOf", "oneOf", "$ref", "allOf")} for part in way]
        if not all(validator(part, components).is_valid(value) for part in bare):
            continue
        fields: dict[str, list[Any]] = {}
        for part in way:
            for name, inner in part.get("properties", {}).items():
                fields.setdefault(name, []).append(inner)
        speaks = any({"additionalProperties", "patternProperties"} & part.keys() for part in way)
        if speaks or not fields:
            return None
        if value.keys() <= fields.keys():
            return fields
        best = fields
    return best


def _items(schema: Any, components: dict[str, Any]) -> Iterator[Any]:
    for part in _parts(schema, components):
        if "items" in part:
            yield part["items"]
        yield from part.get("prefixItems", ())


def _words(schemas: Any) -> list[Any]:
    """Every value that the schemas name, and its neighbours."""
    found: list[Any] = ["", "a", "abc", 0, 1, -1, 0.5, True, None, [], {}]
    waiting: list[Any] = [schemas]
    while waiting:
        item = waiting.pop()
        if is_array(item):
            waiting += item
        elif is_object(item):
            waiting += item.values()
            found += item.get("enum", [])
            found += [item["const"]] if "const" in item else []
            found += PATTERNS.get(str(item.get("pattern")), [])
            found += SAMPLES.get(str(item.get("format")), [])
            found += ["b" * max(0, int(item[key]) + step) for key in ("minLength", "maxLength") if key in item for step in (-1, 0, 1)]
            numbers = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
            found += [item[key] + step for key in numbers if key in item for step in (-1, -0.5, 0, 0.5, 1)]
            found += [item["multipleOf"] * 2, item["multipleOf"] * 3] if "multipleOf" in item else []
    return found


class _Maker:
    def __init__(self, rng: Random, components: dict[str, Any], words: list[Any]) -> None:
        self.rng = rng
        self.components = components
        self.words = words
        self.by_type: dict[str, list[Any]] = {}
        for word in words:
            self.by_type.setdefault(_type(word), []).append(word)

    def make(self, schema: Any, depth: int) -> Any:
        """A value that follows a schema, more or less."""
        rng = self.rng
        if not is_object(schema):
            return rng.choice(self.words)
        way = rng.choice(list(_ways(schema, self.components)))
        listed = [part["enum"] for part in way if "enum" in part] + [[part["const"]] for part in way if "const" in part]
        if listed and rng.random() < 0.9:
            return deepcopy(rng.choice(rng.choice(listed) or [None]))
        types = [part["type"] for part in way if "type" in part]
        type_ = types[0] if types else self._guess(way)
        if is_array(type_):
            type_ = rng.choice(type_)
        if type_ == "object":
            return self._object(way, depth)
        if type_ == "array":
            return self._array(way, depth)
        return self._scalar(type_, way)

    def spoilt(self, value: Any) -> Any:
        """The value with something changed in it."""
        rng = self.rng
        if is_object(value) and value and rng.random() < 0.8:
            name = rng.choice(list(value))
            copy = dict(value)
            match rng.randrange(3):
                case 0:
                    del copy[name]
                case 1:
                    copy[name] = self.spoilt(copy[name])
                case _:
                    copy[rng.choice(["b", "c", "extra"])] = rng.choice(self.words)
            return copy
        if is_array(value) and value and rng.random() < 0.8:
            index = rng.randrange(len(value))
            changed = rng.choice(([], [self.spoilt(value[index])], [value[index], value[index]]))
            return [*value[:index], *changed, *value[index + 1 :]]
        return rng.choice(self.words)

    def _guess(self, way: list[dict[str, Any]]) -> str:
        keys = {key for part in way for key in part}
        if keys & {"properties", "required", "additionalProperties"}:
            return "object"
        if keys & {"items", "prefixItems"}:
            return "array"
        return self.rng.choice(["string", "number", "null", "boolean", "object", "array"])

    def _scalar(self, type_: str, way: list[dict[str, Any]]) -> Any:
        rng = self.rng
        fitting = self.by_type.get("number" if type_ == "integer" else type_, [None])
        if type_ == "integer":
            fitting = [each for each in fitting if float(each).is_integer()]
        formats = [SAMPLES[part["format"]][0] for part in way if part.get("format") in SAMPLES]
        patterns = [sample for part in way for sample in PATTERNS.get(str(part.get("pattern")), [])]
        if (formats or patterns) and rng.random() < 0.8:
            return rng.choice(formats + patterns)
        if type_ in ("integer", "number") and rng.random() < 0.3:
            return rng.randint(-50, 50)
        if type_ == "string" and rng.random() < 0.3:
            return "b" * rng.randint(0, 12)
        return rng.choice(fitting)

    def _object(self, way: list[dict[str, Any]], depth: int) -> Any:
        rng = self.rng
        required = {name for part in way for name in part.get("required", ())}
        fields: dict[str, list[Any]] = {}
        for part in way:
            for name, inner in part.get("properties", {}).items():
                fields.setdefault(name, []).append(inner)
        made: dict[str, Any] = {}
        share = rng.choice((0.1, 0.6, 1.0)) if depth < 6 else 0.0
        for name in sorted(required | fields.keys()):
            if name in required or rng.random() < share:
                parts = fields.get(name, [{}])
                made[name] = self.make(parts[0] if len(parts) == 1 else {"allOf": parts}, depth + 1)
        rest = [part["additionalProperties"] for part in way if is_object(part.get("additionalProperties"))]
        if rest and rng.random() < 0.6:
            made["extra"] = self.make(rest[0], depth + 1)
        return made

    def _array(self, way: list[dict[str, Any]], depth: int) -> Any:
        rng = self.rng
        bounds = [part[key] for part in way for key in ("minItems", "maxItems") if key in part]
        length = rng.choice([0, 1, 2, *bounds, *(each + 1 for each in bounds)]) if depth < 6 else 0
        prefix = next((part["prefixItems"] for part in way if "prefixItems" in part), [])
        items = next((part["items"] for part in way if "items" in part), {})
        return [self.make(prefix[at] if at < len(prefix) else items, depth + 1) for at in range(length)]


def _type(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"
