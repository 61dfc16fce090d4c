"""Which parts of a description were exercised, and how often. A part that was not exercised is unknown, not good."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cometapi_suno_mock import Contract, OperationContract
from cometapi_suno_mock.media import JSON, choose

from contract_tests.verifier.coverage_points import (
    Aspect,
    CoveragePoint,
    DescribedBody,
    MessageContext,
    SchemaNode,
    read_messages,
)
from contract_tests.verifier.exchange.exchange import (
    TRANSPORT_HEADERS,
    UNDATED,
    ExchangeBody,
    ExchangeRequest,
    ExchangeResponse,
    HttpExchange,
    Side,
)
from contract_tests.verifier.spec_index import index_contract
from scripts.openapi_document import JSON_TYPES, join_pointer


class CoverageColumn(NamedTuple):
    """A column of the report: an aspect, of one side or both, of successes, errors or both."""

    title: str
    aspect: Aspect
    side: Side | None = None
    success: bool | None = None

    def includes(self, point: CoveragePoint) -> bool:
        """Return whether a point is counted in this column."""
        side, success = point.context.side, point.context.status // 100 == 2
        return point.aspect is self.aspect and self.side in (None, side) and self.success in (None, success)


COLUMNS: Final = (
    CoverageColumn("statuses", Aspect.STATUS, "response"),
    CoverageColumn("media types", Aspect.MEDIA),
    CoverageColumn("parameters", Aspect.PARAMETER),
    CoverageColumn("request fields", Aspect.FIELD, "request"),
    CoverageColumn("request keywords", Aspect.KEYWORD, "request"),
    CoverageColumn("answer fields", Aspect.FIELD, "response", success=True),
    CoverageColumn("answer keywords", Aspect.KEYWORD, "response", success=True),
    CoverageColumn("error fields", Aspect.FIELD, "response", success=False),
    CoverageColumn("error keywords", Aspect.KEYWORD, "response", success=False),
)
"""What is counted of an operation."""


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
        undescribed: How often each undescribed path, status, media type, header, parameter and response field came.
    """

    def __init__(self, contract: Contract) -> None:
        self._messages, self.points = read_messages(contract)
        self._columns = {each: [list[CoveragePoint]() for _ in COLUMNS] for each in contract.operations}
        for point in self.points:
            for column, points in zip(COLUMNS, self._columns[point.context.operation], strict=True):
                if column.includes(point):
                    points.append(point)
        self._index = index_contract(contract)
        self._hits: dict[MessageContext, Counter[str]] = defaultdict(Counter)
        self._newest: dict[tuple[str, int], str] = {}
        self.undescribed = Counter[str]()
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
            self.undescribed[f"{request.method} {request.path}"] += 1
            return
        operation, path = matched
        self._observe_request(operation, path, request, refused=exchange.response.status >= 400)
        self._observe_response(operation, exchange.response, exchange.date)

    def counts(self, operation: str) -> tuple[Count, ...]:
        """Return the coverage of an operation, in the order of `COLUMNS`."""
        return tuple(map(self._count, self._columns[operation]))

    def total(self) -> Count:
        """Return the coverage of the whole description."""
        return self._count(self.points)

    def asked(self, operation: str) -> int:
        """Return how often an operation was called."""
        return self.answered(operation, 0)

    def answered(self, operation: str, status: int) -> int:
        """Return how often an operation answered with a status; with 0, how often it was called."""
        message = self._messages.get((operation, status))
        return 0 if message is None else self._hits[message.context][message.pointer]

    def newest(self, operation: str, status: int) -> str:
        """Return the date of the newest answer with a status; empty without a dated one."""
        return self._newest.get((operation, status), "")

    def find_unseen(self, after: int) -> Iterator[UnseenField]:
        """Yield each described answer field that never came, although its object came at least `after` times."""
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

    def _count(self, points: Sequence[CoveragePoint]) -> Count:
        return Count(sum(self._hits[point.context][point.pointer] > 0 for point in points), len(points))

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
                self.undescribed[f"{operation.id}: query parameter {name}"] += 1
        if request.body is not None and operation.body is not None:
            media = request.headers.get("content-type", "application/json")
            body = choose(message.bodies, media)
            if body is None:
                self.undescribed[f"{operation.id}: request of {media.partition(';')[0].strip().lower()}"] += 1
            elif not (refused and body.refuses(request.body)):
                self._observe_body(body, request.body)

    def _observe_response(self, operation: OperationContract, response: ExchangeResponse, date: str) -> None:
        message = self._messages.get((operation.id, response.status))
        if message is None:
            self.undescribed[f"{operation.id}: status {response.status}"] += 1
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
                self.undescribed[f"{place}: header {name}"] += 1
        if response.body is not None:
            body = choose(message.bodies, response.media if response.headers_are_known else JSON)
            if body is None:
                self.undescribed[f"{place}: {response.media or 'a body of no type'}"] += 1
            else:
                self._observe_body(body, response.body)
        elif message.empty_pointer is not None:
            hits[message.empty_pointer] += 1
        elif message.bodies:
            self.undescribed[f"{place}: no body"] += 1

    def _observe_body(self, described: DescribedBody, body: ExchangeBody) -> None:
        hits = self._hits[described.context]
        hits[described.pointer] += 1
        if described.node is not None and (body.kind == "json" or not described.content.carries_json):
            self._walk(described.node, "" if body.kind == "base64" else body.value, described.context.side, hits)

    def _walk(self, node: SchemaNode, value: Any, side: Side, hits: Counter[str]) -> None:
        """Count what a value exercises of its schema."""
        name = JSON_TYPES[value.__class__]
        hits.update(node.by_type.get(name, ()))
        if name == "object" and node.members:
            hits[node.pointer] += 1
            for key, inner in value.items():
                if key in node.members:
                    pointer, member = node.members[key]
                    hits[pointer] += 1
                    self._walk(member, inner, side, hits)
                elif side == "response":
                    self.undescribed[f"field {join_pointer(node.pointer, 'properties', key)}"] += 1
        elif name == "array" and value:
            for pointer, member in node.items:
                hits[pointer] += 1
                for item in value:
                    self._walk(member, item, side, hits)
        elif name not in ("array", "object") and value in node.by_value:
            hits[node.by_value[value]] += 1
        of_type = [each for each in node.choices if not each[1].types or name in each[1].types]
        for pointer, choice in of_type:
            if len(of_type) == 1 or self._index.fits(pointer, value):
                hits[pointer] += 1
                self._walk(choice, value, side, hits)
