"""Random schemas, and random single changes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random
from typing import Any, Final

from scripts.openapi_document import is_array, is_object
from scripts.tests.diff.diff_instances import PATTERNS, SAMPLES

NAMES: Final = ("a", "b", "c", "d", "description", "type")
WORDS: Final = ("m", "f", "x", "la", "long word")
_TYPES: Final = ("string", "integer", "number", "boolean", "null", "array", "object")
_SCALARS: Final = ("string", "integer", "number", "boolean")


def schema(rng: Random, depth: int, components: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a schema; deeper ones are simpler."""
    roll = rng.random()
    if components and roll < 0.15:
        return {"$ref": f"#/components/schemas/{rng.choice(components)}"}
    if depth <= 0 or roll < 0.45:
        return scalar(rng)
    if roll < 0.75:
        return object_schema(rng, depth, components)
    if roll < 0.85:
        return _array(rng, depth, components)
    return _composed(rng, depth, components)


def scalar(rng: Random) -> dict[str, Any]:
    """Return a schema of a string, a number or a boolean."""
    type_ = rng.choice(_SCALARS)
    found: dict[str, Any] = {"type": type_ if rng.random() < 0.8 else [type_, "null"]}
    if type_ == "string":
        match rng.randrange(7):
            case 0:
                found["minLength"] = rng.randint(1, 3)
            case 1:
                found["maxLength"] = rng.randint(2, 6)
            case 2:
                found["enum"] = rng.sample(WORDS, rng.randint(1, 3))
            case 3:
                found["pattern"] = rng.choice(list(PATTERNS))
            case 4:
                found["format"] = rng.choice(list(SAMPLES))
            case 5:
                found = {"const": rng.choice(WORDS)}
            case _:
                pass
    elif type_ in ("integer", "number"):
        if rng.random() < 0.4:
            found["minimum"] = rng.randint(-3, 3)
        if rng.random() < 0.3:
            found["maximum"] = rng.randint(5, 9)
        if rng.random() < 0.15:
            found["multipleOf"] = rng.choice((2, 3, 0.5))
    return found


def object_schema(rng: Random, depth: int, components: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a schema of an object with fields."""
    names = rng.sample(NAMES, rng.randint(1, 4))
    found: dict[str, Any] = {
        "type": "object",
        "properties": {name: schema(rng, depth - 1, components) for name in names},
    }
    if required := [name for name in names if rng.random() < 0.5]:
        found["required"] = required
    if rng.random() < 0.1:
        found["additionalProperties"] = rng.choice((False, {"type": "string"}))
    return found


def _array(rng: Random, depth: int, components: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "array", "items": schema(rng, depth - 1, components)}
    if rng.random() < 0.3:
        found["minItems"] = rng.randint(1, 2)
    if rng.random() < 0.3:
        found["maxItems"] = rng.randint(2, 4)
    if rng.random() < 0.15:
        found["prefixItems"] = [scalar(rng)]
    if rng.random() < 0.1:
        found["uniqueItems"] = True
    return found


def _composed(rng: Random, depth: int, components: tuple[str, ...]) -> dict[str, Any]:
    match rng.randrange(5):
        case 0:
            return {"oneOf": [schema(rng, depth - 1, components), {"type": "null"}]}
        case 1:
            return {"allOf": [object_schema(rng, depth - 1, components) for _ in range(2)]}
        case 2:
            tagged = [object_schema(rng, depth - 1, components) for _ in range(2)]
            for tag, each in zip(("m", "f"), tagged, strict=True):
                each["properties"]["kind"] = {"const": tag}
                each["required"] = [*each.get("required", []), "kind"]
            return {rng.choice(("oneOf", "anyOf")): tagged}
        case 3:
            return {**scalar(rng), "not": {"const": rng.choice((*WORDS, 0, 1))}}
        case _:
            parts = [schema(rng, depth - 1, components) for _ in range(rng.randint(2, 3))]
            return {rng.choice(("oneOf", "anyOf")): parts}


def places(root: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema in a schema, itself first."""
    if not is_object(root):
        return
    yield root
    for part in root.get("properties", {}).values():
        yield from places(part)
    for keyword in ("items", "additionalProperties", "not"):
        yield from places(root.get(keyword))
    for keyword in ("allOf", "anyOf", "oneOf", "prefixItems"):
        for part in root.get(keyword, ()):
            yield from places(part)


def mutate(rng: Random, root: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """Return a copy with one random change, and what was done; None when the draw did not fit."""
    copy = deepcopy(root)
    place = rng.choice(list(places(copy)))
    name = rng.choice(list(MUTATIONS))
    before = deepcopy(place)
    MUTATIONS[name](rng, place)
    return None if place == before else (name, copy)


def _types(rng: Random, place: dict[str, Any]) -> None:
    place["type"] = rng.choice(_TYPES) if rng.random() < 0.5 else rng.sample(_TYPES, 2)


def _nullable(_: Random, place: dict[str, Any]) -> None:
    if isinstance(place.get("type"), str) and place["type"] != "null":
        place["type"] = [place["type"], "null"]
    elif is_array(place.get("type")) and "null" in place["type"]:
        place["type"] = next(each for each in place["type"] if each != "null")


def _wholeness(_: Random, place: dict[str, Any]) -> None:
    swapped = {"integer": "number", "number": "integer"}
    if isinstance(place.get("type"), str):
        place["type"] = swapped.get(place["type"], place["type"])


def _bound(rng: Random, place: dict[str, Any]) -> None:
    of_type = {
        "string": ("minLength", "maxLength"),
        "integer": ("minimum", "maximum", "exclusiveMinimum", "multipleOf"),
        "number": ("minimum", "maximum", "exclusiveMaximum", "multipleOf"),
        "array": ("minItems", "maxItems"),
        "object": ("minProperties", "maxProperties"),
    }
    keywords = of_type.get(str(place.get("type")), ())
    if not keywords:
        return
    keyword = rng.choice(keywords)
    if keyword in place and rng.random() < 0.3:
        del place[keyword]
    elif keyword in place:
        place[keyword] = max(place[keyword] + rng.choice((-1, 1)), 0 if keyword != "multipleOf" else 1)
    else:
        place[keyword] = rng.randint(1, 5)


def _listed(rng: Random, place: dict[str, Any]) -> None:
    if is_array(place.get("enum")):
        others = [word for word in WORDS if word not in place["enum"]]
        if rng.random() < 0.5 and others:
            place["enum"] = [*place["enum"], rng.choice(others)]
        elif len(place["enum"]) > 1:
            place["enum"] = place["enum"][1:]
        else:
            del place["enum"]
    elif "const" in place:
        place["const"] = rng.choice(WORDS)
    elif place.get("type") == "string":
        place["enum"] = rng.sample(WORDS, 2)


def _form(rng: Random, place: dict[str, Any]) -> None:
    keyword, words = rng.choice((("pattern", list(PATTERNS)), ("format", list(SAMPLES))))
    if keyword in place and rng.random() < 0.5:
        del place[keyword]
    elif "string" in str(place.get("type")):
        place[keyword] = rng.choice(words)


def _field_added(rng: Random, place: dict[str, Any]) -> None:
    if "properties" in place and (free := [name for name in NAMES if name not in place["properties"]]):
        name = rng.choice(free)
        place["properties"][name] = scalar(rng)
        if rng.random() < 0.4:
            place["required"] = [*place.get("required", []), name]


def _field_removed(rng: Random, place: dict[str, Any]) -> None:
    if place.get("properties"):
        name = rng.choice(list(place["properties"]))
        del place["properties"][name]
        place["required"] = [each for each in place.get("required", []) if each != name]


def _required(rng: Random, place: dict[str, Any]) -> None:
    if place.get("properties"):
        name = rng.choice(list(place["properties"]))
        required = place.get("required", [])
        place["required"] = [each for each in required if each != name] if name in required else [*required, name]


def _closed(rng: Random, place: dict[str, Any]) -> None:
    if "properties" in place:
        if "additionalProperties" in place and rng.random() < 0.6:
            del place["additionalProperties"]
        else:
            place["additionalProperties"] = rng.choice((False, {"type": "string"}, {"type": "integer"}))


def _items(rng: Random, place: dict[str, Any]) -> None:
    if place.get("type") == "array":
        match rng.randrange(3):
            case 0:
                place["items"] = scalar(rng)
            case 1:
                place["prefixItems"] = [scalar(rng), *place.get("prefixItems", [])][: rng.randint(1, 2)]
            case _:
                place["uniqueItems"] = not place.get("uniqueItems", False)


def _branches(rng: Random, place: dict[str, Any]) -> None:
    for keyword in ("oneOf", "anyOf", "allOf"):
        if keyword in place:
            if rng.random() < 0.5 or len(place[keyword]) < 2:
                place[keyword] = [*place[keyword], scalar(rng) if keyword != "allOf" else object_schema(rng, 1)]
            else:
                place[keyword] = place[keyword][1:]


def _other_choice(_: Random, place: dict[str, Any]) -> None:
    swapped = {"oneOf": "anyOf", "anyOf": "oneOf"}
    for keyword, other in swapped.items():
        if keyword in place:
            place[other] = place.pop(keyword)
            return


def _forbidden(rng: Random, place: dict[str, Any]) -> None:
    if "not" in place:
        del place["not"]
    else:
        place["not"] = rng.choice(({"const": rng.choice(WORDS)}, {"required": [rng.choice(NAMES)]}))


def _choice_made(rng: Random, place: dict[str, Any]) -> None:
    if "$ref" not in place:
        whole = dict(place)
        place.clear()
        place[rng.choice(("oneOf", "anyOf"))] = [whole, rng.choice(({"type": "null"}, scalar(rng)))]


def _replaced(rng: Random, place: dict[str, Any]) -> None:
    fresh = schema(rng, 1)
    place.clear()
    place.update(fresh)


def _wrapped(_: Random, place: dict[str, Any]) -> None:
    whole = dict(place)
    place.clear()
    place["allOf"] = [whole]


def _reordered(_: Random, place: dict[str, Any]) -> None:
    for keyword in ("enum", "required", "anyOf", "oneOf", "type"):
        if is_array(place.get(keyword)):
            place[keyword] = place[keyword][::-1]
    if "properties" in place:
        place["properties"] = dict(reversed(place["properties"].items()))


def _words(rng: Random, place: dict[str, Any]) -> None:
    place[rng.choice(("description", "title", "$comment", "x-doubt"))] = rng.choice(WORDS)


MUTATIONS: Final[dict[str, Callable[[Random, dict[str, Any]], None]]] = {
    "type": _types,
    "null": _nullable,
    "whole numbers": _wholeness,
    "bound": _bound,
    "listed values": _listed,
    "pattern or format": _form,
    "field added": _field_added,
    "field removed": _field_removed,
    "required": _required,
    "further fields": _closed,
    "items": _items,
    "branch": _branches,
    "oneOf or anyOf": _other_choice,
    "not": _forbidden,
    "made a choice": _choice_made,
    "replaced": _replaced,
    "wrapped in allOf": _wrapped,
    "reordered": _reordered,
    "words": _words,
}
