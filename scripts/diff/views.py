"""A schema as one set of keywords: references followed, `allOf` laid together, `null` taken out of a choice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import attrs

from scripts.diff.values.nodes import WORDS, Pool
from scripts.diff.values.plain import text
from scripts.openapi_document import is_array, is_object, join, split

NULL: Final = {"type": "null"}
# With these in a part of an `allOf`, what it says of further fields does not hold for the whole.
_NOT_LAID: Final = frozenset(
    {"additionalProperties", "patternProperties", "unevaluatedProperties", "unevaluatedItems", "items", "prefixItems"}
)


@attrs.frozen(eq=False)
class Spot:
    """Something in a description, and where it stands."""

    pointer: str
    node: Any

    def child(self, *tokens: str | int) -> Spot:
        """What stands below it."""
        pointer, node = self.pointer, self.node
        for token in tokens:
            pointer, node = join(pointer, token), node[token]
        return Spot(pointer, node)

    def children(self, keyword: str) -> Iterator[tuple[str, Spot]]:
        """What stands under the names of a map, or under the indexes of a list."""
        found = self.node.get(keyword, {})
        items = ((str(index), item) for index, item in enumerate(found)) if is_array(found) else found.items()
        for name, item in items:
            yield name, Spot(join(join(self.pointer, keyword), name), item)


@attrs.define(eq=False)
class View:
    """What a schema says of its values.

    Attributes:
        spot: Where the schema stands, references followed.
        place: Pointer of where it is used.
        component: Name of the component that it is; "" for none.
        keywords: What stands under each keyword, but for those below.
        fields: The described fields; several spots where parts of an `allOf` describe the same.
        required: The fields that must be there, and where that is said.
        choice: `anyOf` or `oneOf`, without the null; "" for none.
        branches: The ways of the choice.
        parts: Parts of an `allOf` that could not be laid together with the rest.
        null: Whether null is taken beside the rest; None when it is not said.
    """

    spot: Spot
    place: str
    component: str = ""
    keywords: dict[str, Spot] = attrs.field(factory=dict)
    fields: dict[str, list[Spot]] = attrs.field(factory=dict)
    required: dict[str, str] = attrs.field(factory=dict)
    choice: str = ""
    branches: list[Spot] = attrs.field(factory=list)
    parts: list[Spot] = attrs.field(factory=list)
    null: str | None = None

    def plain(self) -> Any:
        """The schema without null, as one object of keywords."""
        if not is_object(self.spot.node):
            return self.spot.node
        schema = {keyword: spot.node for keyword, spot in self.keywords.items()}
        if self.fields:
            schema["properties"] = {name: whole(spots).node for name, spots in self.fields.items()}
        if self.required:
            schema["required"] = sorted(self.required)
        if self.choice:
            schema[self.choice] = [spot.node for spot in self.branches]
        if self.parts:
            schema["allOf"] = [spot.node for spot in self.parts]
        return schema


def whole(spots: list[Spot]) -> Spot:
    """Several descriptions of one value as one."""
    return spots[0] if len(spots) == 1 else Spot(spots[0].pointer, {"allOf": [spot.node for spot in spots]})


class Views:
    """Makes views of the schemas of a pool."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._made: dict[tuple[str, int], tuple[Spot, View]] = {}

    def follow(self, spot: Spot) -> Spot:
        """What a reference leads to; the spot itself when it is none."""
        while is_object(spot.node) and isinstance(spot.node.get("$ref"), str):
            reference = spot.node["$ref"]
            spot = Spot(reference.partition("#")[2], self._pool.target(reference))
        return spot

    def of(self, spot: Spot) -> View:
        """The view of a schema; it is not to be changed."""
        key = spot.pointer, id(spot.node)
        if key not in self._made:
            self._made[key] = spot, self._make(spot)  # the spot is kept, so that its id stays its own
        return self._made[key][1]

    def _make(self, spot: Spot) -> View:
        view = View(self._target(spot), spot.pointer)
        view.component = _component(view.spot.pointer)
        if is_object(view.spot.node):
            self._lay(view, spot if self._speaks(spot) else view.spot, top=True)
            self._take_null(view)
        return view

    def _target(self, spot: Spot) -> Spot:
        """What a reference leads to, when nothing that restricts stands beside it."""
        while is_object(spot.node):
            parts = spot.node.get("allOf")
            if "$ref" in spot.node:
                reference = spot.node["$ref"]
                spot = Spot(reference.partition("#")[2], self._pool.target(reference))
            elif is_array(parts) and len(parts) == 1 and "$ref" in parts[0] and not _says(spot.node) - {"allOf"}:
                spot = spot.child("allOf", 0)
            else:
                break
        return spot

    def _speaks(self, spot: Spot) -> bool:
        """Whether something that restricts stands beside a reference, here or on the way."""
        while is_object(spot.node) and "$ref" in spot.node:
            if _says(spot.node) - {"$ref"}:
                return True
            reference = spot.node["$ref"]
            spot = Spot(reference.partition("#")[2], self._pool.target(reference))
        return False

    def _lay(self, view: View, spot: Spot, *, top: bool) -> None:
        """Add what a schema says to a view."""
        node = spot.node
        parts = [self.follow(spot)] if "$ref" in node else []
        parts += [part for _, part in spot.children("allOf")] if "allOf" in node else []
        for keyword in node:
            if keyword in ("$ref", "allOf") or not _counts(keyword):
                continue
            if keyword == "properties":
                for name, child in spot.children("properties"):
                    view.fields.setdefault(name, []).append(child)
            elif keyword == "required":
                view.required |= {name: join(spot.pointer, "required") for name in node["required"]}
            elif keyword in ("anyOf", "oneOf") and not view.choice:
                view.choice, view.branches = keyword, [child for _, child in spot.children(keyword)]
            else:
                view.keywords[keyword] = spot.child(keyword)
        apart = top and any(keyword in node for keyword in _NOT_LAID) and bool(parts)
        for part in parts:
            target = self.follow(part)
            if not apart and self._fits(view, target):
                self._lay(view, target, top=False)
            else:
                view.parts.append(part)

    def _fits(self, view: View, part: Spot) -> bool:
        """Whether what a part says can be laid together with what a view says already."""
        if not is_object(part.node) or (part.node.keys() & _NOT_LAID):
            return False
        for keyword in _says(part.node) - {"properties", "required", "allOf"}:
            if keyword in ("anyOf", "oneOf"):
                if view.choice:
                    return False
            elif keyword in view.keywords and text(view.keywords[keyword].node) != text(part.node[keyword]):
                return False
        return True

    def _take_null(self, view: View) -> None:
        types = view.keywords.get("type")
        if types is not None and is_array(types.node) and "null" in types.node and len(types.node) > 1:
            left = [each for each in types.node if each != "null"]
            if not {"enum", "const", "not", "if"} & view.keywords.keys() and not view.choice and not view.parts:
                view.keywords["type"] = Spot(types.pointer, left[0] if len(left) == 1 else left)
                view.null = types.pointer
        nulls = [index for index, branch in enumerate(view.branches) if branch.node == NULL or _is_null(branch.node)]
        if len(nulls) == 1 and len(view.branches) > 1 and not view.keywords and not view.fields and not view.parts:
            at = view.branches.pop(nulls[0])
            null = at.pointer
            if len(view.branches) == 1:
                inner = self.of(view.branches[0])
                for field in attrs.fields(View):
                    if field.name != "place":
                        setattr(view, field.name, getattr(inner, field.name))
            view.null = null


def _says(node: dict[str, Any]) -> set[str]:
    return {keyword for keyword in node if _counts(keyword)}


def _counts(keyword: str) -> bool:
    return keyword not in WORDS and (not keyword.startswith("x-") or keyword == "x-extensible-enum")


def _is_null(node: Any) -> bool:
    return is_object(node) and node.get("type") == "null" and _says(node) == {"type"}


def _component(pointer: str) -> str:
    match split(pointer):
        case ["components", "schemas", name]:
            return name
        case _:
            return ""


def listed(value: Any) -> list[Any]:
    """A value as a list: what it holds, itself alone, or nothing for None."""
    return value if is_array(value) else [] if value is None else [value]
