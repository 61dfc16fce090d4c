"""What of a description was exercised, by whom, and how often. What was not exercised is not good: it is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from attrs import define, field, frozen
from cometapi_suno_mock import Contract, OperationContract
from cometapi_suno_mock.contract import MediaTypeContract, ResponseContract
from cometapi_suno_mock.media import choose
from cometapi_suno_mock.pointers import look, pointer

from contract_tests.verifier.coverage.coverage_points import (
    Cell,
    Context,
    Hits,
    Node,
    Nodes,
    What,
    cells_of,
    header_places,
)
from contract_tests.verifier.drift.comparer import TRANSPORT_HEADERS
from contract_tests.verifier.drift.document_index import Tree
from contract_tests.verifier.drift.findings import Side
from contract_tests.verifier.exchange.exchange import UNDATED, Body, Exchange, Request, Response


class Count(NamedTuple):
    """How far something is exercised."""

    exercised: int
    described: int


class Unseen(NamedTuple):
    """A described field of answers that nobody has sent, although the object that should have it came often."""

    context: Context
    pointer: str
    objects: int
    """How often the object came."""


@frozen(eq=False)
class _Place:
    """A described body: where its media type stands, and its schema ready to be walked."""

    pointer: str
    content: MediaTypeContract
    node: Node | None
    hits: Hits


@define(eq=False)
class _Status:
    """A described status, ready to be counted."""

    answer: ResponseContract
    context: Context
    pointer: str
    headers: Mapping[str, str]
    empty: str | None
    newest: str = ""
    hits: Hits = field(factory=Hits)
    bodies: dict[str, _Place] = field(factory=dict)


class Coverage:
    """Counts what exchanges exercise.

    Args:
        contract: The description and its validator.

    Attributes:
        cells: Everything that can be exercised, in the order of the description.
        exchanges: How many were counted.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._document = contract.description
        self._nodes, self.cells = _exercised(contract)
        self._hits: dict[Context, Hits] = {}
        self._broken: dict[Context, Counter[str]] = {}
        self._statuses: dict[tuple[str, int], _Status] = {}
        self._requests: dict[tuple[str, str], _Place] = {}
        self._strange: Counter[str] = Counter()
        self._counted: tuple[int, dict[Context, Counter[str]], Counter[str]] = (-1, {}, Counter())
        self.exchanges = 0

    def observe(self, exchange: Exchange) -> None:
        """Count one exchange."""
        self.exchanges += 1
        request = exchange.request
        matched = self._contract.match(request.method, request.path)
        if matched is None:
            self._strange[f"{request.method} {request.path}"] += 1
            return
        operation, path = matched
        self._observe_request(operation, path, request, refused=exchange.response.status >= 400)
        self._observe_response(operation, exchange.response, exchange.date)

    @property
    def undescribed(self) -> Mapping[str, int]:
        """What was seen and is not described, with how often: paths, statuses, media types, headers, fields."""
        return self._strange + self._count()[1]

    def kept(self, cell: Cell) -> int:
        """How often it was exercised as described."""
        found = self._count()[0].get(cell.context)
        return 0 if found is None else found[cell.pointer]

    def broken(self, cell: Cell) -> int:
        """How often a request broke it, and was refused."""
        found = self._broken.get(cell.context)
        return 0 if found is None else found[cell.pointer]

    def count(self, operation: str, *what: What, side: Side | None = None, success: bool | None = None) -> Count:
        """How far an operation is exercised.

        Args:
            operation: The operationId.
            what: What is counted; by default everything.
            side: In requests or in responses only.
            success: In responses of a success, or in those of an error, only.
        """
        chosen = [
            cell
            for cell in self.cells
            if cell.context.operation == operation
            and (not what or cell.what in what)
            and side in (None, cell.context.side)
            and success in (None, cell.context.status // 100 == 2)
        ]
        return Count(sum(self.kept(cell) > 0 for cell in chosen), len(chosen))

    def asked(self, operation: str) -> int:
        """How often an operation was called."""
        found = self._hits.get(Context(operation, "request", 0, ""))
        return 0 if found is None else found.places[self._contract.operations[operation].pointer]

    def answered(self, operation: str, status: int) -> int:
        """How often an operation answered with a status."""
        found = self._statuses.get((operation, status))
        return 0 if found is None else found.hits.places[found.pointer]

    def newest(self, operation: str, status: int) -> str:
        """The date of the newest answer with a status; empty when none has one."""
        found = self._statuses.get((operation, status))
        return "" if found is None else found.newest

    def missing(self) -> Iterator[Cell]:
        """Every cell that was not exercised."""
        return (cell for cell in self.cells if not self.kept(cell))

    def unseen(self, after: int) -> Iterator[Unseen]:
        """Every field of answers that never came, where its object came so often or more."""
        answers = {context: hits for context, hits in self._count()[0].items() if context.side == "response"}
        seen = {place for hits in answers.values() for place, count in hits.items() if count}
        for cell in self.cells:
            if cell.what is not What.FIELD or cell.context not in answers or cell.pointer in seen:
                continue
            owner = cell.pointer.rpartition("/properties/")[0]
            objects = sum(hits[owner] for hits in answers.values())
            if objects >= after and answers[cell.context][owner]:
                seen.add(cell.pointer)
                yield Unseen(cell.context, cell.pointer, objects)

    def _count(self) -> tuple[dict[Context, Counter[str]], Counter[str]]:
        if self._counted[0] != self.exchanges:
            known: dict[Context, Counter[str]] = {}
            extra: Counter[str] = Counter()
            for context, hits in self._hits.items():
                known[context], more = hits.counted()
                if context.side == "response":  # what a request has more is our own doing
                    extra.update({f"field {place}": count for place, count in more.items()})
            self._counted = (self.exchanges, known, extra)
        return self._counted[1:]

    def _observe_request(
        self, operation: OperationContract, path: Mapping[str, str], request: Request, *, refused: bool
    ) -> None:
        places = self._of(Context(operation.id, "request", 0, "")).places
        places[operation.pointer] += 1
        if operation.parameters:
            given = {"path": path, "query": dict(request.query), "header": request.headers}
            for parameter in operation.parameters:
                name = parameter.name.lower() if parameter.place == "header" else parameter.name
                places[parameter.pointer] += name in given[parameter.place]
        for name, _ in request.query:
            if all((each.place, each.name) != ("query", name) for each in operation.parameters):
                self._strange[f"{operation.id}: query parameter {name}"] += 1
        if request.body is not None and operation.body is not None:
            self._observe_request_body(operation, request, request.body, refused=refused)

    def _observe_request_body(
        self, operation: OperationContract, request: Request, body: Body, *, refused: bool
    ) -> None:
        assert operation.body is not None
        media = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
        place = self._requests.get((operation.id, media))
        if place is None:
            content = choose(operation.body.content, media)
            if content is None:
                self._strange[f"{operation.id}: request of {media}"] += 1
                return
            context = Context(operation.id, "request", 0, content.media)
            place = self._requests[operation.id, media] = self._place(context, operation.body.pointer, content)
        if refused:
            schema, known = place.content.schema, body.kind == "json"
            wrong = schema.check(body.value) if schema is not None and known else []
            if wrong or not known:
                context = Context(operation.id, "request", 0, place.content.media)
                broken = self._broken.setdefault(context, Counter())
                broken.update([place.pointer, *(each.pointer for each in wrong)])
                return
        self._walk(place, body)

    def _observe_response(self, operation: OperationContract, response: Response, date: str) -> None:
        status = self._statuses.get((operation.id, response.status))
        if status is None:
            answer = operation.answers.get(response.status)
            if answer is None:
                self._strange[f"{operation.id}: status {response.status}"] += 1
                return
            status = self._statuses[operation.id, response.status] = self._status(operation, answer, response.status)
        places = status.hits.places
        places[status.pointer] += 1
        if date != UNDATED and date > status.newest:
            status.newest = date
        for name in response.headers:
            if name in status.headers:
                places[status.headers[name]] += 1
            elif name not in TRANSPORT_HEADERS:
                self._strange[f"{operation.id}: {response.status}: header {name}"] += 1
        if response.body is not None:
            self._observe_body(status, response, response.body)
        elif status.empty is not None:
            places[status.empty] += 1
        elif not status.answer.may_be_empty:
            self._strange[f"{operation.id}: {response.status}: no body"] += 1

    def _observe_body(self, status: _Status, response: Response, body: Body) -> None:
        media = response.media
        place = status.bodies.get(media)
        if place is None:
            content = choose(status.answer.content, media)
            if content is None:
                context = status.context
                self._strange[f"{context.operation}: {context.status}: {media or 'a body of no type'}"] += 1
                return
            inside = status.context._replace(media=content.media)
            place = status.bodies[media] = self._place(inside, status.answer.pointer, content)
        self._walk(place, body)

    def _walk(self, place: _Place, body: Body) -> None:
        place.hits.places[place.pointer] += 1
        if place.node is not None and (body.kind == "json" or not place.content.carries_json):
            self._nodes.walk(place.node, "" if body.kind == "base64" else body.value, place.hits)

    def _status(self, operation: OperationContract, answer: ResponseContract, status: int) -> _Status:
        context = Context(operation.id, "response", status, "")
        source: Mapping[str, Any] = look(self._document, answer.pointer)
        return _Status(
            answer=answer,
            context=context,
            pointer=f"{operation.pointer}/responses/{status}",
            headers=header_places(self._document, answer.pointer),
            empty=f"{answer.pointer}/x-empty-body" if "x-empty-body" in source else None,
            hits=self._of(context),
        )

    def _place(self, context: Context, owner: str, content: MediaTypeContract) -> _Place:
        node = self._nodes.at(content.schema.pointer) if content.schema is not None else None
        return _Place(f"{owner}/content{pointer([content.media])}", content, node, self._of(context))

    def _of(self, context: Context) -> Hits:
        found = self._hits.get(context)
        if found is None:
            found = self._hits[context] = Hits()
        return found


@lru_cache(maxsize=4)
def _exercised(contract: Contract) -> tuple[Nodes, tuple[Cell, ...]]:
    """What can be exercised of a description, found once for all that count."""
    nodes = Nodes(Tree(contract.description))
    operations = contract.operations.values()
    return nodes, tuple(
        dict.fromkeys(cell for each in operations for cell in cells_of(contract.description, nodes, each))
    )
