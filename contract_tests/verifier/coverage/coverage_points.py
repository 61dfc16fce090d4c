"""What of a description can be exercised: operations, statuses, media types, parameters, fields and keywords."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple

from attrs import define, field, frozen
from cometapi_suno_mock import OperationContract
from cometapi_suno_mock.media import is_object
from cometapi_suno_mock.pointers import look, pointer

from contract_tests.verifier.drift.document_index import Tree
from contract_tests.verifier.drift.findings import Side


class What(StrEnum):
    """What a cell is about."""

    OPERATION = "operation"
    STATUS = "status"
    MEDIA = "media type"
    PARAMETER = "parameter"
    HEADER = "header"
    FIELD = "field"
    KEYWORD = "keyword"


class Context(NamedTuple):
    """One body of one operation. A request has the status 0."""

    operation: str
    side: Side
    status: int
    media: str


class Cell(NamedTuple):
    """One thing that can be exercised."""

    context: Context
    what: What
    pointer: str
    """Into the description."""


TYPE_NAMES: Final[Mapping[type, str]] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    dict: "object",
    list: "array",
    type(None): "null",
}

# The keywords that are exercised by any value of a type.
_OF_TYPE: Final[Mapping[str, str]] = {
    "required": "object",
    "not": "object",
    "minProperties": "object",
    "maxProperties": "object",
    "format": "string",
    "pattern": "string",
    "minLength": "string",
    "maxLength": "string",
    "minItems": "array",
    "maxItems": "array",
    "uniqueItems": "array",
    "minimum": "number",
    "maximum": "number",
    "multipleOf": "number",
}
_MOST_PLANS: Final = 4096
_LISTED: Final = ("enum", "x-extensible-enum")


@frozen(eq=False)
class Plan:
    """What every object with certain names and types exercises.

    Attributes:
        places: Pointers.
        extra: Pointers of fields that nothing describes.
        below: The members that have to be looked at each time.
    """

    places: tuple[str, ...]
    extra: tuple[str, ...]
    below: tuple[tuple[str, Node], ...]


@define(eq=False)
class Hits:
    """How often what was exercised.

    Attributes:
        plans: Objects, by what they exercise.
        places: Everything else, by pointer.
    """

    plans: Counter[Plan] = field(factory=Counter)
    places: Counter[str] = field(factory=Counter)

    def counted(self) -> tuple[Counter[str], Counter[str]]:
        """How often each place was exercised, and how often each field came that nothing describes."""
        known, extra = Counter(self.places), Counter[str]()
        for plan, count in self.plans.items():
            for each in plan.places:
                known[each] += count
            for each in plan.extra:
                extra[each] += count
        return known, extra


@define(eq=False)
class Node:
    """A schema, ready to be walked together with a value.

    Attributes:
        pointer: Where it stands.
        by_type: Keywords that a value exercises, by its JSON type.
        by_value: Listed values, with the pointer of each.
        members: Described fields, with the pointer and the node of each.
        items: The same for the items of a list.
        choices: The same for alternatives.
        types: JSON types that it takes; none when it takes any.
        plans: What objects exercise, by their names and types.
    """

    pointer: str
    by_type: dict[str, list[str]] = field(factory=dict)
    by_value: dict[Any, str] = field(factory=dict)
    members: dict[str, tuple[str, Node]] = field(factory=dict)
    items: tuple[str, Node] | None = None
    choices: list[tuple[str, Node]] = field(factory=list)
    types: frozenset[str] = frozenset()
    plans: dict[tuple[Any, ...], Plan] = field(factory=dict)

    @property
    def is_plain(self) -> bool:
        """Whether a value that is no object and no list exercises the same as any other of its type."""
        return not self.by_value and not self.choices

    def own(self) -> Iterator[tuple[What, str]]:
        """The cells of this schema, without those below."""
        keywords = dict.fromkeys(place for listed in self.by_type.values() for place in listed)
        yield from ((What.KEYWORD, place) for place in keywords)
        yield from ((What.KEYWORD, each) for each in self.by_value.values())
        yield from ((What.FIELD, place) for place, _ in self.members.values())
        yield from ((What.KEYWORD, place) for place, _ in self.choices)
        if self.items is not None:
            yield What.KEYWORD, self.items[0]

    def below(self) -> Iterator[Node]:
        """The schemas that it is made of."""
        yield from (node for _, node in (*self.members.values(), *self.choices))
        if self.items is not None:
            yield self.items[1]

    def everything(self) -> Iterator[Node]:
        """This schema and every one that it reaches, each once."""
        seen: set[int] = set()
        waiting: list[Node] = [self]
        while waiting:
            node = waiting.pop()
            if id(node) not in seen:
                seen.add(id(node))
                yield node
                waiting.extend(node.below())


class Nodes:
    """The schemas of a description as nodes, each made once.

    Args:
        tree: The bundled description.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._made: dict[str, Node] = {}

    def at(self, where: str) -> Node:
        """The node of the schema at a pointer."""
        where = self._tree.resolve(where)
        if where not in self._made:
            self._made[where] = node = Node(where)
            self._fill(node, self._tree.at(where))
        return self._made[where]

    def walk(self, node: Node, value: Any, hits: Hits) -> None:
        """Enter what a value exercises."""
        name = TYPE_NAMES[value.__class__]
        if name == "object" and node.members:
            self._walk_object(node, value, hits)
        else:
            for each in node.by_type.get(name, ()):
                hits.places[each] += 1
            if name == "array" and node.items is not None and value:
                hits.places[node.items[0]] += 1
                self._walk_items(node.items[1], value, hits)
            elif node.by_value and name not in ("array", "object") and value in node.by_value:
                hits.places[node.by_value[value]] += 1
        if node.choices:
            for place, chosen in self._choose(node.choices, name, value):
                hits.places[place] += 1
                self.walk(chosen, value, hits)

    def _walk_object(self, node: Node, value: Mapping[str, Any], hits: Hits) -> None:
        # Objects with the same names and types exercise the same, but for what is in them: that is worked out once.
        key = (*value, *map(type, value.values()))
        plan = node.plans.get(key)
        if plan is None:
            if len(node.plans) >= _MOST_PLANS:
                node.plans.clear()
            plan = node.plans[key] = self._plan(node, value)
        hits.plans[plan] += 1
        for name, member in plan.below:
            self.walk(member, value[name], hits)

    def _plan(self, node: Node, value: Mapping[str, Any]) -> Plan:
        places = [node.pointer, *node.by_type.get("object", ())]
        below: list[tuple[str, Node]] = []
        for name, member in value.items():
            if name in node.members:
                place, inner = node.members[name]
                places.append(place)
                if inner.is_plain and not isinstance(member, dict | list):
                    places += inner.by_type.get(TYPE_NAMES[member.__class__], ())
                else:
                    below.append((name, inner))
        extra = [f"{node.pointer}/properties{pointer([name])}" for name in value if name not in node.members]
        return Plan(tuple(places), tuple(extra), tuple(below))

    def _walk_items(self, node: Node, value: Sequence[Any], hits: Hits) -> None:
        kinds = set(map(type, value))
        if node.is_plain and not kinds & {dict, list}:
            for kind in kinds:
                for each in node.by_type.get(TYPE_NAMES[kind], ()):
                    hits.places[each] += 1
        else:
            for item in value:
                self.walk(node, item, hits)

    def _choose(self, choices: Sequence[tuple[str, Node]], name: str, value: Any) -> Sequence[tuple[str, Node]]:
        """The alternatives that a value is of; what fits none is of none."""
        of_type = [each for each in choices if not each[1].types or name in each[1].types]
        if len(of_type) < 2:
            return of_type
        return [each for each in of_type if self._tree.fits(each[0], value)]

    def _fill(self, node: Node, source: Any) -> None:
        if not is_object(source):
            return
        where = node.pointer
        self._fill_types(node, source)
        for keyword, kind in _OF_TYPE.items():
            if keyword in source:
                for each in ("integer", "number") if kind == "number" else (kind,):
                    node.by_type.setdefault(each, []).append(f"{where}/{keyword}")
        for keyword in _LISTED:
            for index, value in enumerate(source.get(keyword, ())):
                node.by_value[value] = f"{where}/{keyword}/{index}"
        if "const" in source and isinstance(source["const"], str | int | float):
            node.by_value[source["const"]] = f"{where}/const"
        for name in source.get("properties", {}):
            place = where + pointer(("properties", name))
            node.members[name] = (place, self.at(place))
        for keyword in ("oneOf", "anyOf"):
            for index in range(len(source.get(keyword, ()))):
                place = f"{where}/{keyword}/{index}"
                node.choices.append((place, self.at(place)))
        if is_object(source.get("items")):
            node.items = (f"{where}/items", self.at(f"{where}/items"))

    def _fill_types(self, node: Node, source: Mapping[str, Any]) -> None:
        types: Any = source.get("type")
        listed: list[str] = [types] if isinstance(types, str) else types or []
        for index, name in enumerate(listed):
            place = f"{node.pointer}/type" if isinstance(types, str) else f"{node.pointer}/type/{index}"
            node.by_type.setdefault(name, []).append(place)
            if name == "number" and "integer" not in listed:
                node.by_type.setdefault("integer", []).append(place)
        node.types = frozenset(node.by_type) if listed else frozenset()


def cells_of(document: Mapping[str, Any], nodes: Nodes, operation: OperationContract) -> Iterator[Cell]:
    """Every cell of an operation, in the order of the description."""
    request = Context(operation.id, "request", 0, "")
    yield Cell(request, What.OPERATION, operation.pointer)
    for parameter in operation.parameters:
        yield Cell(request, What.PARAMETER, parameter.pointer)
    if operation.body is not None:
        for content in operation.body.content.values():
            context = request._replace(media=content.media)
            place = f"{operation.body.pointer}/content{pointer([content.media])}"
            yield Cell(context, What.MEDIA, place)
            yield from _below(context, nodes, content.schema)
    for status, answer in operation.answers.items():
        context = Context(operation.id, "response", status, "")
        yield Cell(context, What.STATUS, f"{operation.pointer}/responses/{status}")
        for place in header_places(document, answer.pointer).values():
            yield Cell(context, What.HEADER, place)
        if "x-empty-body" in look(document, answer.pointer):
            yield Cell(context, What.MEDIA, f"{answer.pointer}/x-empty-body")
        for content in answer.content.values():
            inside = context._replace(media=content.media)
            yield Cell(inside, What.MEDIA, f"{answer.pointer}/content{pointer([content.media])}")
            yield from _below(inside, nodes, content.schema)


def header_places(document: Mapping[str, Any], where: str) -> dict[str, str]:
    """The described headers of a response by name in lower case, with their places."""
    return {name.lower(): where + pointer(("headers", name)) for name in look(document, where).get("headers", {})}


def _below(context: Context, nodes: Nodes, schema: Any) -> Iterator[Cell]:
    if schema is not None:
        for node in nodes.at(schema.pointer).everything():
            yield from (Cell(context, what, place) for what, place in node.own())
