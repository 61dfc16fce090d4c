"""An oracle that is independent of the differ: values made by walking schemas, judged by jsonschema-rs.

What somebody sends who has read a description, and what somebody copes with who reads by it, is worked out here from
the raw schemas alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any, Final

import jsonschema_rs

from scripts.openapi_document import is_array, is_object

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


class Judge:
    """What jsonschema-rs makes of the schemas of one description.

    Attributes:
        components: Its component schemas, as they are, and under a name with `~` as a reader copes with them.
    """

    def __init__(self, components: dict[str, Any]) -> None:
        self.components = {**components, **{f"{name}~": coped_with(schema) for name, schema in components.items()}}
        # By identity, together with the schema, so that no other schema gets its identity.
        self._made: dict[int, tuple[Any, jsonschema_rs.Validator]] = {}
        self._coped: dict[int, tuple[Any, Any]] = {}
        self._alone: dict[int, tuple[Any, dict[str, Any]]] = {}

    def takes(self, schema: Any, value: Any) -> bool:
        """Return whether a value is valid."""
        if id(schema) not in self._made:
            whole = json.dumps({"components": {"schemas": self.components}, "allOf": [schema]})
            made = jsonschema_rs.Draft202012Validator(json.loads(whole), validate_formats=True)
            self._made[id(schema)] = schema, made
        return self._made[id(schema)][1].is_valid(value)

    def reader_copes(self, schema: Any, value: Any, *, optional: bool) -> bool:
        """Return whether a client that reads by the schema accepts a value."""
        if id(schema) not in self._coped:
            self._coped[id(schema)] = schema, coped_with(schema)
        return (optional and value is None) or self.takes(self._coped[id(schema)][1], value)

    def reader_sends(self, schema: Any, value: Any) -> bool:
        """Return whether a sender may send a value: it is valid, and has described fields only."""
        return self.takes(schema, value) and self._known(schema, value)

    def _known(self, schema: Any, value: Any) -> bool:
        ways = list(_ways(schema, self.components))
        return any(self._known_so(way, value) for way in ways)

    def _known_so(self, way: list[dict[str, Any]], value: Any) -> bool:
        """Return whether a value has described fields only, for one choice of the schema's branches."""
        for part in way:
            if id(part) not in self._alone:
                self._alone[id(part)] = part, _alone(part)
            if not self.takes(self._alone[id(part)][1], value):
                return False
        if is_object(value):
            fields: dict[str, list[Any]] = {}
            for part in way:
                for name, inner in part.get("properties", {}).items():
                    fields.setdefault(name, []).append(inner)
            free = not fields or any({"additionalProperties", "patternProperties"} & part.keys() for part in way)
            if not free and not value.keys() <= fields.keys():
                return False
            return all(self._known({"allOf": parts}, value[name]) for name, parts in fields.items() if name in value)
        if is_array(value):
            for part in way:
                prefix = part.get("prefixItems", [])
                for index, item in enumerate(value):
                    inner = prefix[index] if index < len(prefix) else part.get("items", True)
                    if not self._known(inner, item):
                        return False
        return True


def coped_with(schema: Any, needed: frozenset[str] = frozenset()) -> Any:
    """Return the schema of what a reader accepts: null for an optional field, and fields that are not described.

    A reference leads to the form of the component that a reader copes with.
    """
    if not is_object(schema):
        return schema
    copy = dict(schema)
    if "$ref" in copy:
        copy["$ref"] += "~"
    if copy.get("additionalProperties") is False:
        del copy["additionalProperties"]
    needed = needed.union(schema.get("required", ()), *(part.get("required", ()) for part in schema.get("allOf", ())))
    if "properties" in copy:
        inner = {name: coped_with(part) for name, part in schema["properties"].items()}
        copy["properties"] = {
            name: part if name in needed else {"anyOf": [part, {"type": "null"}]} for name, part in inner.items()
        }
    for keyword in ("items", "additionalProperties"):
        if keyword in copy:
            copy[keyword] = coped_with(schema[keyword])
    if "prefixItems" in copy:
        copy["prefixItems"] = [coped_with(part) for part in schema["prefixItems"]]
    for keyword in ("allOf", "anyOf"):
        if keyword in copy:
            copy[keyword] = [coped_with(part, needed) for part in schema[keyword]]
    if "oneOf" in copy:
        parts = copy.pop("oneOf")
        ways = [
            {"allOf": [coped_with(part, needed), *({"not": other} for other in parts[:at] + parts[at + 1 :])]}
            for at, part in enumerate(parts)
        ]
        copy["allOf"] = [*copy.get("allOf", []), {"anyOf": ways}]
    return copy


def values(rng: Random, schema: Any, components: dict[str, Any], count: int, other: Any = None) -> Iterator[Any]:
    """Yield values that mostly fit the schema. Limits and listed values, also those of `other`, are frequent."""
    maker = _Maker(rng, components, _words([schema, other, components]))
    for _ in range(count):
        value = maker.make(schema, 0)
        yield value
        if rng.random() < 0.5:
            yield maker.spoilt(value)


def _alone(part: dict[str, Any]) -> dict[str, Any]:
    """Return a schema without its parts: references, choices and `allOf`."""
    return {name: part[name] for name in part if name not in ("anyOf", "oneOf", "$ref", "allOf")}


def _ways(schema: Any, components: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """Yield each way to choose branches of a schema, as the schemas that then hold together."""
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


def _words(schemas: Any) -> list[Any]:
    """Return every value that the schemas name, and its neighbours."""
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
            found += [
                "b" * max(0, int(item[key]) + step)
                for key in ("minLength", "maxLength")
                if key in item
                for step in (-1, 0, 1)
            ]
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
        self.whole_numbers = [each for each in self.by_type["number"] if float(each).is_integer()]
        self._ways: dict[int, tuple[Any, list[list[dict[str, Any]]]]] = {}

    def make(self, schema: Any, depth: int) -> Any:
        """Return a value that mostly fits a schema."""
        rng = self.rng
        if not is_object(schema):
            return rng.choice(self.words)
        if id(schema) not in self._ways:
            self._ways[id(schema)] = schema, list(_ways(schema, self.components))
        way = rng.choice(self._ways[id(schema)][1])
        listed = [part["enum"] for part in way if "enum" in part] + [[part["const"]] for part in way if "const" in part]
        if listed and rng.random() < 0.9:
            return rng.choice(rng.choice(listed) or [None])
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
        """Return a copy of the value with one random change."""
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
        fitting = self.whole_numbers if type_ == "integer" else self.by_type.get(type_, [None])
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
        prefixes: list[list[Any]] = [part["prefixItems"] for part in way if "prefixItems" in part]
        prefix = prefixes[0] if prefixes else list[Any]()
        items: Any = next((part["items"] for part in way if "items" in part), True)
        return [self.make(prefix[at] if at < len(prefix) else items, depth + 1) for at in range(length)]


def _type(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"
