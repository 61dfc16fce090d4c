"""The links of the description, and a walk that follows all of them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
from cometapi_suno_mock import OperationContract
from cometapi_suno_mock.media import is_array, is_object
from cometapi_suno_mock.pointers import look, pointer, resolve

from contract_tests.verifier.exchange.example_calls import example_calls
from contract_tests.verifier.exchange.raw_http import Caller, Exchange

_EMBEDDED = re.compile(r"\{(\$[^}]+)\}")
_DEEPEST = 6
_OFTEN = 25


@attrs.frozen(eq=False)
class Link:
    """An OpenAPI link from an answer to another call."""

    source: str
    status: int
    name: str
    target: str
    parameters: Mapping[str, Any]
    body: Any

    def __str__(self) -> str:
        return f"{self.source}.{self.name}"

    def call(self, exchange: Exchange) -> tuple[dict[str, str], Any]:
        """Return path parameters and body of the linked call.

        Raises:
            KeyError: The exchange lacks a value that the link takes from it.
        """
        path = {name: str(_filled(value, exchange)) for name, value in self.parameters.items()}
        return path, _filled(self.body, exchange)


@attrs.frozen(eq=False)
class Walk:
    """The exchanges of a walk."""

    roots: list[Exchange] = attrs.field(factory=list[Exchange])
    """Calls made from the examples of the description."""
    steps: list[tuple[Link, Exchange]] = attrs.field(factory=list[tuple[Link, Exchange]])
    """Calls made by following a link."""

    @property
    def exchanges(self) -> list[Exchange]:
        """All exchanges."""
        return self.roots + [exchange for _, exchange in self.steps]

    def dead_ends(self, links: list[Link]) -> list[str]:
        """Return the links whose calls were never answered 200."""
        followed = {str(link) for link, exchange in self.steps if exchange.status == 200}
        return [str(link) for link in links if str(link) not in followed]

    def complaints(self) -> list[str]:
        """Return the exchanges that break the contract."""
        return [str(exchange) for exchange in self.exchanges if exchange.violations]


def read_links(description: Mapping[str, Any], operations: Mapping[str, OperationContract]) -> list[Link]:
    """Return every link, in the order of the description."""
    return [
        Link(
            operation.id,
            status,
            name,
            link["operationId"],
            link.get("parameters", {}),
            link.get("requestBody"),
        )
        for operation in operations.values()
        for status, answer in operation.answers.items()
        for name, link in _links_of(description, answer.pointer)
    ]


def shortest_cycle(links: list[Link], start: str) -> list[str]:
    """Return the operations of the shortest cycle of links through an operation."""
    ways = [[start]]
    while ways:
        longer = [[*way, link.target] for way in ways for link in links if link.source == way[-1]]
        for way in longer:
            if way[-1] == start:
                return way[:-1]
        ways = [way for way in longer if len(set(way)) == len(way)]
    return []


def walk(caller: Caller, links: list[Link]) -> Walk:
    """Call every example, then follow links, each a limited number of times, until each has led to a 200."""
    found = Walk()
    seen: set[str] = set()
    times: Counter[str] = Counter()
    level: list[Exchange] = []
    for operation in caller.contract.operations.values():
        for _, path, body in example_calls(caller.contract.description, operation):
            exchange = caller.call(operation, path, body)
            found.roots.append(exchange)
            level.append(exchange)
    for _ in range(_DEEPEST):
        reached: list[Exchange] = []
        for link, operation, path, body in _next(caller, links, level):
            call = json.dumps([str(link), path, body], sort_keys=True)
            if call not in seen and times[str(link)] < _OFTEN:
                seen.add(call)
                times[str(link)] += 1
                exchange = caller.call(operation, path, body)
                found.steps.append((link, exchange))
                reached.append(exchange)
        level = reached
        if not found.dead_ends(links):
            break
    return found


def _next(
    caller: Caller, links: list[Link], level: list[Exchange]
) -> Iterator[tuple[Link, OperationContract, dict[str, str], Any]]:
    for exchange in level:
        for link in links:
            if link.source == exchange.operation.id and link.status == exchange.status:
                try:
                    path, body = link.call(exchange)
                except KeyError:
                    continue
                yield link, caller.contract.operations[link.target], path, body


def _links_of(description: Mapping[str, Any], where: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name in look(description, where).get("links", {}):
        yield name, look(description, resolve(description, where + pointer(("links", name))))


def _filled(node: Any, exchange: Exchange) -> Any:
    """Replace the runtime expressions in the value of a link."""
    if is_object(node):
        return {key: _filled(value, exchange) for key, value in node.items()}
    if is_array(node):
        return [_filled(value, exchange) for value in node]
    if not isinstance(node, str):
        return node
    if node.startswith("$"):
        return _found(node, exchange)
    return _EMBEDDED.sub(lambda match: str(_found(match[1], exchange)), node)


def _found(expression: str, exchange: Exchange) -> Any:
    head, _, where = expression.partition("#")
    if head.startswith("$request.path."):
        return exchange.path[head.removeprefix("$request.path.")]
    return look({"$request.body": exchange.sent, "$response.body": exchange.value}[head], where)
