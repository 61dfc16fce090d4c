"""What of a description can be exercised: its messages, with a point for each part, field and keyword."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from typing import Any, Final, NamedTuple

from attrs import define, field, frozen
from cometapi_suno_mock import Contract, OperationContract
from cometapi_suno_mock.operation_contract import MediaTypeContract

from contract_tests.verifier.exchange.exchange import ExchangeBody, Side
from contract_tests.verifier.spec_index import SpecIndex, index_contract
from scripts.openapi_document import OPEN_ENUM, is_object, join_pointer, schema_types

# Keywords that any value of a type exercises.
_KEYWORDS_OF_TYPE: Final[Mapping[str, Sequence[str]]] = {
    "object": ("required", "not", "minProperties", "maxProperties"),
    "string": ("format", "pattern", "minLength", "maxLength"),
    "array": ("minItems", "maxItems", "uniqueItems"),
    "number": ("minimum", "maximum", "multipleOf"),
    "integer": ("minimum", "maximum", "multipleOf"),
}


class Aspect(StrEnum):
    """The kind of a coverage point."""

    OPERATION = "operation"
    STATUS = "status"
    MEDIA = "media type"
    PARAMETER = "parameter"
    """A parameter of a request, or a header of an answer."""
    FIELD = "field"
    KEYWORD = "keyword"


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


@define(eq=False)
class SchemaNode:
    """A schema, prepared to be walked together with a value.

    Attributes:
        pointer: Its pointer.
        by_type: Pointers of the keywords that a value of a JSON type exercises.
        by_value: Pointers of the listed values.
        members: Pointer and node of each described field.
        items: Pointer and node of the items of a list; empty when they are not described.
        choices: Pointer and node of each alternative.
        types: The JSON types that it allows; empty for any.
    """

    pointer: str
    by_type: dict[str, list[str]] = field(factory=lambda: defaultdict(list))
    by_value: dict[Any, str] = field(factory=dict)
    members: dict[str, tuple[str, SchemaNode]] = field(factory=dict)
    items: list[tuple[str, SchemaNode]] = field(factory=list)
    choices: list[tuple[str, SchemaNode]] = field(factory=list)
    types: frozenset[str] = frozenset()

    def points(self) -> Iterator[tuple[Aspect, str]]:
        """Yield the points of this schema, without those below."""
        parts = [pointer for pointer, _ in (*self.choices, *self.items)]
        keywords = (*chain.from_iterable(self.by_type.values()), *self.by_value.values(), *parts)
        yield from ((Aspect.KEYWORD, pointer) for pointer in keywords)
        yield from ((Aspect.FIELD, pointer) for pointer, _ in self.members.values())

    def reachable(self) -> Iterator[SchemaNode]:
        """Yield this schema and every schema below it, each once."""
        seen: set[int] = set()
        waiting: list[SchemaNode] = [self]
        while waiting:
            node = waiting.pop()
            if id(node) not in seen:
                seen.add(id(node))
                yield node
                waiting += [below for _, below in (*node.members.values(), *node.choices, *node.items)]


@frozen(eq=False)
class DescribedBody:
    """A described body."""

    context: MessageContext
    pointer: str
    content: MediaTypeContract
    node: SchemaNode | None

    def refuses(self, body: ExchangeBody) -> bool:
        """Return whether a body breaks its schema."""
        schema = self.content.schema
        return body.kind != "json" or (schema is not None and bool(schema.check(body.value)))


@frozen(eq=False)
class DescribedMessage:
    """A described request or response."""

    context: MessageContext
    pointer: str
    bodies: Mapping[str, DescribedBody]
    headers: Mapping[str, str] = field(factory=dict[str, str])
    empty_pointer: str | None = None


@lru_cache(maxsize=4)
def read_messages(contract: Contract) -> tuple[Mapping[tuple[str, int], DescribedMessage], tuple[CoveragePoint, ...]]:
    """Return the messages of a description by operation and status (0 for the request), and all its points."""
    reader = _MessageReader(index_contract(contract))
    messages: dict[tuple[str, int], DescribedMessage] = {}
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
            points += [CoveragePoint(context, Aspect.PARAMETER, each) for each in message.headers.values()]
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
        self._nodes: dict[str, SchemaNode] = {}

    def read_operation(self, operation: OperationContract) -> Iterator[DescribedMessage]:
        context = MessageContext(operation.id, "request", 0, "")
        body = operation.body
        bodies = {} if body is None else self._read_bodies(context, body.pointer, body.content)
        yield DescribedMessage(context, operation.pointer, bodies)
        for status, answer in operation.answers.items():
            source = self._index.at(answer.pointer)
            context = MessageContext(operation.id, "response", status, "")
            headers = {
                name.lower(): join_pointer(answer.pointer, "headers", name) for name in source.get("headers", {})
            }
            empty = f"{answer.pointer}/x-empty-body" if "x-empty-body" in source else None
            bodies = self._read_bodies(context, answer.pointer, answer.content)
            yield DescribedMessage(context, f"{operation.pointer}/responses/{status}", bodies, headers, empty)

    def _read_bodies(
        self, context: MessageContext, owner: str, contents: Mapping[str, MediaTypeContract]
    ) -> dict[str, DescribedBody]:
        return {
            media: DescribedBody(
                context._replace(media=media),
                join_pointer(owner, "content", media),
                content,
                None if content.schema is None else self._read_node(content.schema.pointer),
            )
            for media, content in contents.items()
        }

    def _read_node(self, pointer: str) -> SchemaNode:
        pointer = self._index.resolve(pointer)
        if pointer not in self._nodes:
            self._nodes[pointer] = node = SchemaNode(pointer)
            source = self._index.at(pointer)
            if is_object(source):
                self._fill(node, source)
        return self._nodes[pointer]

    def _fill(self, node: SchemaNode, source: Mapping[str, Any]) -> None:
        types = schema_types(source)
        for index, name in enumerate(types):
            pointer = f"{node.pointer}/type" if isinstance(source["type"], str) else f"{node.pointer}/type/{index}"
            node.by_type[name].append(pointer)
            if name == "number" and "integer" not in types:
                node.by_type["integer"].append(pointer)
        node.types = frozenset(node.by_type)
        for name, keywords in _KEYWORDS_OF_TYPE.items():
            node.by_type[name] += [f"{node.pointer}/{keyword}" for keyword in keywords if keyword in source]
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
            node.items.append((f"{node.pointer}/items", self._read_node(f"{node.pointer}/items")))
