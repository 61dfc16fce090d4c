"""The links of the description, and a walk that follows all of them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
from cometapi_suno_mock import Contract, OperationContract

from contract_tests.verifier.exchange.example_calls import example_calls
from contract_tests.verifier.exchange.http_caller import CheckedExchange, HttpCaller
from scripts.openapi_document import is_array, is_object, look_up, resolve

_EMBEDDED = re.compile(r"\{(\$[^}]+)\}")
_DEEPEST = 6
_OFTEN = 25


@attrs.frozen(eq=False)
class DescribedLink:
    """An OpenAPI link from an answer to another call."""

    source: str
    status: int
    name: str
    target: str
    parameters: Mapping[str, Any]
    body: Any

    def __str__(self) -> str:
        return f"{self.source}.{self.name}"

    def call(self, exchange: CheckedExchange) -> tuple[dict[str, str], Any]:
        """Return path parameters and body of the linked call.

        Raises:
            LookupError: The exchange lacks a value that the link takes from it.
        """
        path = {name: str(_fill(value, exchange)) for name, value in self.parameters.items()}
        return path, _fill(self.body, exchange)


def read_links(contract: Contract) -> list[DescribedLink]:
    """Return every link, in the order of the description."""
    return [
        _read_link(operation.id, status, name, resolve(contract.description, node))
        for operation in contract.operations.values()
        for status, answer in operation.answers.items()
        for name, node in look_up(contract.description, answer.pointer).get("links", {}).items()
    ]


def walk(caller: HttpCaller, links: list[DescribedLink]) -> list[tuple[DescribedLink, CheckedExchange]]:
    """Call every example, then follow links, each a limited number of times, until each has led to a 200.

    Returns:
        The calls that were made by following a link.
    """
    steps: list[tuple[DescribedLink, CheckedExchange]] = []
    seen: set[str] = set()
    times: Counter[str] = Counter()
    level = [
        caller.call(operation, path, body)
        for operation in caller.contract.operations.values()
        for _, path, body in example_calls(operation)
    ]
    for _ in range(_DEEPEST):
        reached: list[CheckedExchange] = []
        for link, operation, path, body in _next(caller, links, level):
            call = json.dumps([str(link), path, body], sort_keys=True)
            if call not in seen and times[str(link)] < _OFTEN:
                seen.add(call)
                times[str(link)] += 1
                reached.append(caller.call(operation, path, body))
                steps.append((link, reached[-1]))
        level = reached
        if not find_dead_ends(links, steps):
            break
    return steps


def find_dead_ends(links: list[DescribedLink], steps: list[tuple[DescribedLink, CheckedExchange]]) -> list[str]:
    """Return the links whose calls were never answered 200."""
    followed = {str(link) for link, exchange in steps if exchange.status == 200}
    return [str(link) for link in links if str(link) not in followed]


def _next(
    caller: HttpCaller, links: list[DescribedLink], level: list[CheckedExchange]
) -> Iterator[tuple[DescribedLink, OperationContract, dict[str, str], Any]]:
    for exchange in level:
        for link in links:
            if link.source == exchange.operation.id and link.status == exchange.status:
                try:
                    path, body = link.call(exchange)
                except LookupError:
                    continue
                yield link, caller.contract.operations[link.target], path, body


def _read_link(source: str, status: int, name: str, node: Mapping[str, Any]) -> DescribedLink:
    return DescribedLink(source, status, name, node["operationId"], node.get("parameters", {}), node.get("requestBody"))


def _fill(node: Any, exchange: CheckedExchange) -> Any:
    """Replace the runtime expressions in the value of a link."""
    if is_object(node):
        return {key: _fill(value, exchange) for key, value in node.items()}
    if is_array(node):
        return [_fill(value, exchange) for value in node]
    if not isinstance(node, str):
        return node
    if node.startswith("$"):
        return _evaluate(node, exchange)
    return _EMBEDDED.sub(lambda match: str(_evaluate(match[1], exchange)), node)


def _evaluate(expression: str, exchange: CheckedExchange) -> Any:
    """Return the value of a runtime expression."""
    head, _, where = expression.partition("#")
    if head.startswith("$request.path."):
        return exchange.path[head.removeprefix("$request.path.")]
    return look_up({"$request.body": exchange.sent, "$response.body": exchange.value}[head], where)
