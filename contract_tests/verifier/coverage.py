"""Which parts of a description were exercised, and how often. A part that was not exercised is unknown, not good."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, NamedTuple

from attrs import define, field, frozen
from cometapi_suno_mock import Contract, OperationContract
from cometapi_suno_mock.media import choose
from cometapi_suno_mock.operation_contract import MediaTypeContract

from contract_tests.verifier.exchange.exchange import (
    TRANSPORT_HEADERS,
    UNDATED,
    ExchangeBody,
    ExchangeRequest,
    ExchangeResponse,
    HttpExchange,
    Side,
)
from contract_tests.verifier.spec_index import OPEN_ENUM, SpecIndex, index_contract
from scripts.openapi_document import JSON_TYPES, is_object, join_pointer, schema_types


class Aspect(StrEnum):
    """The kind of a coverage point."""

    OPERATION = "operation"
    STATUS = "status"
    MEDIA = "media type"
    PARAMETER = "parameter"
    HEADER = "header"
    FIELD = "field"
    KEYWORD = "keyword"


COLUMNS: Final[tuple[tuple[str, tuple[Aspect, ...], Side | None, bool | None], ...]] = (
    ("statuses", (Aspect.STATUS,), "response", None),
    ("media types", (Aspect.MEDIA,), None, None),
    ("parameters", (Aspect.PARAMETER, Aspect.HEADER), None, None),
    ("request fields", (Aspect.FIELD,), "request", None),
    ("request keywords", (Aspect.KEYWORD,), "request", None),
    ("answer fields", (Aspect.FIELD,), "response", True),
    ("answer keywords", (Aspect.KEYWORD,), "response", True),
    ("error fields", (Aspect.FIELD,), "response", False),
    ("error keywords", (Aspect.KEYWORD,), "response", False),
)
"""What is counted of an operation: a title, then aspects, side, and whether the answers are successes."""

# Keywords that any value of a type exercises.
_KEYWORDS_OF_TYPE: Final[Mapping[str, Sequence[str]]] = {
    "object": ("required", "not", "minProperties", "maxProperties"),
    "string": ("format", "pattern", "minLength", "maxLength"),
    "array": ("minItems", "maxItems", "uniqueItems"),
    "number": ("minimum", "maximum", "multipleOf"),
    "integer": ("minimum", "maximum", "multipleOf"),
}


class MessageContext(NamedTuple):
    """The body of one message. A request has the status 0; `media` is empty for the message without its body."""

    operation: str
    side: Side
    status: int
    media: str


class CoveragePoint(NamedTuple):
    """A part of a message that can be exercised."""

    context: MessageContext
    aspect: Aspect
    pointer: str


class Count(NamedTuple):
    """Exercised points out of all points."""

    exercised: int
    described: int


class UnseenField(NamedTuple):
    """A described field that no answer had, although its object came often."""

    context: MessageContext
    pointer: str
    objects: int
    """How often the object came."""


class SpecCoverage:
    """Counts what exchanges exercise.

    Args:
        contract: The description and its validator.

    Attributes:
        points: Everything that can be exercised, in the order of the description.
        exchanges: Number of observed exchanges.
    """

    def __init__(self, contract: Contract) -> None:
        self._messages, self.points = _read_messages(contract)
        self._index = index_contract(contract)
        self._hits: dict[MessageContext, Counter[str]] = defaultdict(Counter)
        self._newest: dict[tuple[str, int], str] = {}
        self._shapes: dict[MessageContext, Counter[_Shape]] = defaultdict(Counter)
        self._undescribed = Counter[str]()
        self.exchanges = 0

    def observe(self, exchange: HttpExchange, matched: tuple[OperationContract, Mapping[str, str]] | None) -> None:
        """Count an exchange.

        Args:
            exchange: The exchange.
            matched: Its operation and path parameters; `None` for an undescribed path.
        """
        self.exchanges += 1
        request = exchange.request
        if matched is None:
            self._undescribed[f"{request.method} {request.path}"] += 1
            return
        operation, path = matched
        self._observe_request(operation, path, request, refused=exchange.response.status >= 400)
        self._observe_response(operation, exchange.response, exchange.date)

    @property
    def undescribed(self) -> Mapping[str, int]:
        """How often each undescribed path, status, media type, header, parameter and response field came."""
        self._fold_shapes()
        return self._undescribed

    def hits(self, point: CoveragePoint) -> int:
        """Return how often a point was exercised."""
        self._fold_shapes()
        found = self._hits.get(point.context)
        return 0 if found is None else found[point.pointer]

    def counts(self, operation: str) -> tuple[Count, ...]:
        """Return the coverage of an operation, in the order of `COLUMNS`."""
        points = [each for each in self.points if each.context.operation == operation]
        return tuple(
            self._count(
                [
                    point
                    for point in points
                    if point.aspect in aspects
                    and side in (None, point.context.side)
                    and success in (None, point.context.status // 100 == 2)
                ]
            )
            for _, aspects, side, success in COLUMNS
        )

    def total(self) -> Count:
        """Return the coverage of the whole description."""
        return self._count(self.points)

    def asked(self, operation: str) -> int:
        """Return how often an operation was called."""
        return self._message_hits(operation, 0)

    def answered(self, operation: str, status: int) -> int:
        """Return how often an operation answered with a status."""
        return self._message_hits(operation, status)

    def newest(self, operation: str, status: int) -> str:
        """Return the date of the newest answer with a status; empty without a dated one."""
        return self._newest.get((operation, status), "")

    def find_unseen(self, after: int) -> Iterator[UnseenField]:
        """Yield each described answer field that never came, although its object came at least `after` times."""
        self._fold_shapes()
        answers = {context: hits for context, hits in self._hits.items() if context.side == "response"}
        seen = {pointer for hits in answers.values() for pointer, count in hits.items() if count}
        for point in self.points:
            if point.aspect is not Aspect.FIELD or point.context not in answers or point.pointer in seen:
                continue
            owner = point.pointer.rpartition("/properties/")[0]
            objects = sum(hits[owner] for hits in answers.values())
            if objects >= after and answers[point.context][owner]:
                seen.add(point.pointer)
                yield UnseenField(point.context, point.pointer, objects)

    def _fold_shapes(self) -> None:
        """Add the counted shapes to the hits. One addition for each shape, not for each object, keeps judging fast."""
        for context, shapes in self._shapes.items():
            hits = self._hits[context]
            for shape, count in shapes.items():
                for pointer in shape.pointers:
                    hits[pointer] += count
                for name in shape.undescribed if context.side == "response" else ():
                    self._undescribed[name] += count
        self._shapes.clear()

    def _count(self, points: Sequence[CoveragePoint]) -> Count:
        return Count(sum(self.hits(point) > 0 for point in points), len(points))

    def _message_hits(self, operation: str, status: int) -> int:
        message = self._messages.get((operation, status))
        hits = None if message is None else self._hits.get(message.context)
        return 0 if message is None or hits is None else hits[message.pointer]

    def _observe_request(
        self, operation: OperationContract, path: Mapping[str, str], request: ExchangeRequest, *, refused: bool
    ) -> None:
        message = self._messages[operation.id, 0]
        hits = self._hits[message.context]
        hits[message.pointer] += 1
        if operation.parameters:
            given = {"path": path, "query": dict(request.query), "header": request.headers}
            for parameter in operation.parameters:
                name = parameter.name.lower() if parameter.place == "header" else parameter.name
                hits[parameter.pointer] += name in given[parameter.place]
        for name, _ in request.query:
            if all((each.place, each.name) != ("query", name) for each in operation.parameters):
                self._undescribed[f"{operation.id}: query parameter {name}"] += 1
        if request.body is not None and operation.body is not None:
            media = request.headers.get("content-type", "application/json")
            body = choose(message.bodies, media)
            if body is None:
                self._undescribed[f"{operation.id}: request of {media.partition(';')[0].strip().lower()}"] += 1
            elif not (refused and body.refuses(request.body)):
                self._observe_body(body, request.body)

    def _observe_response(self, operation: OperationContract, response: ExchangeResponse, date: str) -> None:
        message = self._messages.get((operation.id, response.status))
        if message is None:
            self._undescribed[f"{operation.id}: status {response.status}"] += 1
            return
        hits = self._hits[message.context]
        hits[message.pointer] += 1
        place = f"{operation.id}: {response.status}"
        if date != UNDATED and date > self.newest(operation.id, response.status):
            self._newest[operation.id, response.status] = date
        for name in response.headers:
            if name in message.headers:
                hits[message.headers[name]] += 1
            elif name not in TRANSPORT_HEADERS:
                self._undescribed[f"{place}: header {name}"] += 1
        if response.body is not None:
            body = choose(message.bodies, response.media)
            if body is None:
                self._undescribed[f"{place}: {response.media or 'a body of no type'}"] += 1
            else:
                self._observe_body(body, response.body)
        elif message.empty_pointer is not None:
            hits[message.empty_pointer] += 1
        elif message.bodies:
            self._undescribed[f"{place}: no body"] += 1

    def _observe_body(self, described: _Body, body: ExchangeBody) -> None:
        hits = self._hits[described.context]
        hits[described.pointer] += 1
        if described.node is not None and (body.kind == "json" or not described.content.carries_json):
            shapes = self._shapes[described.context]
            self._walk(described.node, "" if body.kind == "base64" else body.value, hits, shapes)

    def _walk(self, node: _Node, value: Any, hits: Counter[str], shapes: Counter[_Shape]) -> None:
        name = JSON_TYPES[value.__class__]
        if name == "object" and node.members:
            shape = _read_shape(node, (*value, *map(type, value.values())))
            shapes[shape] += 1
            for member, below in shape.below:
                self._walk(below, value[member], hits, shapes)
        else:
            for pointer in node.by_type.get(name, ()):
                hits[pointer] += 1
            if name == "array" and node.items is not None and value:
                hits[node.items[0]] += 1
                self._walk_items(node.items[1], value, hits, shapes)
            elif node.by_value and name not in ("array", "object") and value in node.by_value:
                hits[node.by_value[value]] += 1
        if node.choices:
            for pointer, chosen in self._choose(node.choices, name, value):
                hits[pointer] += 1
                self._walk(chosen, value, hits, shapes)

    def _walk_items(self, node: _Node, value: Sequence[Any], hits: Counter[str], shapes: Counter[_Shape]) -> None:
        types = set(map(type, value))
        if node.is_plain and types.isdisjoint((dict, list)):
            for each in types:
                hits.update(node.by_type.get(JSON_TYPES[each], ()))
        else:
            for item in value:
                self._walk(node, item, hits, shapes)

    def _choose(self, choices: Sequence[tuple[str, _Node]], name: str, value: Any) -> Sequence[tuple[str, _Node]]:
        """Return the alternatives that a value fits."""
        of_type = [each for each in choices if not each[1].types or name in each[1].types]
        if len(of_type) < 2:
            return of_type
        return [each for each in of_type if self._index.fits(each[0], value)]


@define(eq=False)
class _Node:
    """A schema, prepared to be walked together with a value.

    Attributes:
        pointer: Its pointer.
        by_type: Pointers of the keywords that a value of a JSON type exercises.
        by_value: Pointers of the listed values.
        members: Pointer and node of each described field.
        items: Pointer and node of the items of a list.
        choices: Pointer and node of each alternative.
        types: The JSON types that it allows; empty for any.
    """

    pointer: str
    by_type: dict[str, list[str]] = field(factory=dict)
    by_value: dict[Any, str] = field(factory=dict)
    members: dict[str, tuple[str, _Node]] = field(factory=dict)
    items: tuple[str, _Node] | None = None
    choices: list[tuple[str, _Node]] = field(factory=list)
    types: frozenset[str] = frozenset()

    @property
    def is_plain(self) -> bool:
        """Whether all strings, numbers, booleans and nulls of the same type exercise the same."""
        return not self.by_value and not self.choices

    def points(self) -> Iterator[tuple[Aspect, str]]:
        """Yield the points of this schema, without those below."""
        keywords = dict.fromkeys(pointer for listed in self.by_type.values() for pointer in listed)
        yield from ((Aspect.KEYWORD, pointer) for pointer in (*keywords, *self.by_value.values()))
        yield from ((Aspect.FIELD, pointer) for pointer, _ in self.members.values())
        yield from ((Aspect.KEYWORD, pointer) for pointer, _ in self.choices)
        if self.items is not None:
            yield Aspect.KEYWORD, self.items[0]

    def reachable(self) -> Iterator[_Node]:
        """Yield this schema and every schema below it, each once."""
        seen: set[int] = set()
        waiting: list[_Node] = [self]
        while waiting:
            node = waiting.pop()
            if id(node) not in seen:
                seen.add(id(node))
                yield node
                waiting += [below for _, below in (*node.members.values(), *node.choices)]
                waiting += [] if node.items is None else [node.items[1]]


@frozen(eq=False)
class _Shape:
    """What every object with the same names and types exercises.

    Attributes:
        pointers: Exercised pointers.
        undescribed: Fields that the schema does not name.
        below: The members whose values have to be walked.
    """

    pointers: Sequence[str]
    undescribed: Sequence[str]
    below: Sequence[tuple[str, _Node]]


@lru_cache(maxsize=4096)
def _read_shape(node: _Node, shape: tuple[Any, ...]) -> _Shape:
    """Return the shape of objects with these names, followed by these types.

    Answers repeat the same few shapes: without the cache, judging takes 50 % longer.
    """
    pointers = [node.pointer, *node.by_type.get("object", ())]
    undescribed: list[str] = []
    below: list[tuple[str, _Node]] = []
    names, types = shape[: len(shape) // 2], shape[len(shape) // 2 :]
    for name, kind in zip(names, types, strict=True):
        if name not in node.members:
            undescribed.append(f"field {join_pointer(node.pointer, 'properties', name)}")
            continue
        pointer, member = node.members[name]
        pointers.append(pointer)
        if member.is_plain and kind not in (dict, list):
            pointers += member.by_type.get(JSON_TYPES[kind], ())
        else:
            below.append((name, member))
    return _Shape(pointers, undescribed, below)


@frozen(eq=False)
class _Body:
    """A described body."""

    context: MessageContext
    pointer: str
    content: MediaTypeContract
    node: _Node | None

    def refuses(self, body: ExchangeBody) -> bool:
        schema = self.content.schema
        return body.kind != "json" or (schema is not None and bool(schema.check(body.value)))


@frozen(eq=False)
class _Message:
    """A described request or response."""

    context: MessageContext
    pointer: str
    bodies: Mapping[str, _Body]
    headers: Mapping[str, str] = field(factory=dict[str, str])
    empty_pointer: str | None = None


@lru_cache(maxsize=4)
def _read_messages(contract: Contract) -> tuple[Mapping[tuple[str, int], _Message], tuple[CoveragePoint, ...]]:
    """Return the messages of a description by operation and status (0 for the request), and all its points."""
    reader = _MessageReader(index_contract(contract))
    messages: dict[tuple[str, int], _Message] = {}
    points: list[CoveragePoint] = []
    for operation in contract.operations.values():
        for message in reader.read_operation(operation):
            context = message.context
            messages[context.operation, context.status] = message
            points.append(
                CoveragePoint(context, Aspect.STATUS if context.status else Aspect.OPERATION, message.pointer)
            )
            if context.side == "request":
                points += [CoveragePoint(context, Aspect.PARAMETER, each.pointer) for each in operation.parameters]
            points += [CoveragePoint(context, Aspect.HEADER, each) for each in message.headers.values()]
            if message.empty_pointer is not None:
                points.append(CoveragePoint(context, Aspect.MEDIA, message.empty_pointer))
            for body in message.bodies.values():
                points.append(CoveragePoint(body.context, Aspect.MEDIA, body.pointer))
                nodes = () if body.node is None else body.node.reachable()
                points += [CoveragePoint(body.context, *point) for node in nodes for point in node.points()]
    return messages, tuple(dict.fromkeys(points))


class _MessageReader:
    """Reads the messages of operations, each schema once."""

    def __init__(self, index: SpecIndex) -> None:
        self._index = index
        self._nodes: dict[str, _Node] = {}

    def read_operation(self, operation: OperationContract) -> Iterator[_Message]:
        context = MessageContext(operation.id, "request", 0, "")
        body = operation.body
        bodies = {} if body is None else self._read_bodies(context, body.pointer, body.content)
        yield _Message(context, operation.pointer, bodies)
        for status, answer in operation.answers.items():
            source = self._index.at(answer.pointer)
            context = MessageContext(operation.id, "response", status, "")
            headers = {
                name.lower(): join_pointer(answer.pointer, "headers", name) for name in source.get("headers", {})
            }
            empty = f"{answer.pointer}/x-empty-body" if "x-empty-body" in source else None
            bodies = self._read_bodies(context, answer.pointer, answer.content)
            yield _Message(context, f"{operation.pointer}/responses/{status}", bodies, headers, empty)

    def _read_bodies(
        self, context: MessageContext, owner: str, contents: Mapping[str, MediaTypeContract]
    ) -> dict[str, _Body]:
        return {
            media: _Body(
                context._replace(media=media),
                join_pointer(owner, "content", media),
                content,
                None if content.schema is None else self._read_node(content.schema.pointer),
            )
            for media, content in contents.items()
        }

    def _read_node(self, pointer: str) -> _Node:
        pointer = self._index.resolve(pointer)
        if pointer not in self._nodes:
            self._nodes[pointer] = node = _Node(pointer)
            source = self._index.at(pointer)
            if is_object(source):
                self._fill(node, source)
        return self._nodes[pointer]

    def _fill(self, node: _Node, source: Mapping[str, Any]) -> None:
        types = schema_types(source)
        for index, name in enumerate(types):
            pointer = f"{node.pointer}/type" if isinstance(source["type"], str) else f"{node.pointer}/type/{index}"
            node.by_type.setdefault(name, []).append(pointer)
            if name == "number" and "integer" not in types:
                node.by_type.setdefault("integer", []).append(pointer)
        node.types = frozenset(node.by_type)
        for name, keywords in _KEYWORDS_OF_TYPE.items():
            found = [f"{node.pointer}/{keyword}" for keyword in keywords if keyword in source]
            if found:
                node.by_type.setdefault(name, []).extend(found)
        for keyword in ("enum", OPEN_ENUM):
            for index, value in enumerate(source.get(keyword, ())):
                node.by_value[value] = f"{node.pointer}/{keyword}/{index}"
        if isinstance(source.get("const"), str | int | float):
            node.by_value[source["const"]] = f"{node.pointer}/const"
        for name in source.get("properties", {}):
            pointer = join_pointer(node.pointer, "properties", name)
            node.members[name] = (pointer, self._read_node(pointer))
        for pointer in self._index.choices(node.pointer):
            node.choices.append((pointer, self._read_node(pointer)))
        if is_object(source.get("items")):
            node.items = (f"{node.pointer}/items", self._read_node(f"{node.pointer}/items"))
