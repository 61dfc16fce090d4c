"""From a request to an honest reply: key, size, body, balance, then the operation's own work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl

from cometapi_suno_mock.media import HTML
from cometapi_suno_mock.messages import Reply, Request, json_reply, text_reply
from cometapi_suno_mock.operations import HANDLERS, PRECHECKS, Call
from cometapi_suno_mock.prices import price
from cometapi_suno_mock.readings.catalogue import SLASH
from cometapi_suno_mock.rules import (
    INVALID_ACTION,
    INVALID_REQUEST,
    TOO_LARGE,
    UNAUTHORIZED,
    RefusedError,
)
from cometapi_suno_mock.samples import described_reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cometapi_suno_mock.contract import Contract, OperationContract, Violation
    from cometapi_suno_mock.world import World
    from cometapi_suno_mock.world.accounts import Account

_PAGE = "<!doctype html><html><head><title>Gateway</title></head><body><div id='root'></div></body></html>\n"
"""What a path without a route gets, with status 200 (sources `cometapi-errors`, `gateway`, `clients`)."""


_SLASHED = "/suno/persona/create"
"""The path of which sources disagree whether it ends in a slash."""


class Arrival(NamedTuple):
    """A request that has found its operation."""

    operation: OperationContract
    path: Mapping[str, str]
    request: Request
    request_id: str


class Engine:
    """Does the work of each operation, or refuses it by a rule."""

    def __init__(self, contract: Contract, prices: Mapping[str, int]) -> None:
        self._contract = contract
        self._prices = prices

    def perform(self, world: World, arrival: Arrival) -> tuple[Reply, list[Violation]]:
        """The reply to a call of a described operation, and what the contract says against the call."""
        findings: list[Violation] = []
        try:
            return self._work(world, arrival, findings), findings
        except RefusedError as refused:
            return _refusal(world, refused, arrival.request_id), findings

    def find(self, world: World, request: Request) -> tuple[OperationContract, Mapping[str, str]] | None:
        """The operation of a request, with its path parameters."""
        path = request.path
        if SLASH in world.readings and path == f"{_SLASHED}/":
            path = _SLASHED
        return self._contract.match(request.method, path)

    def redirect(self, world: World, request: Request, request_id: str) -> Reply | None:
        """The redirect of the gateway software's router, where a path is read to end in a slash."""
        if SLASH not in world.readings or request.path != _SLASHED:
            return None
        return Reply(307, request_id, more={"location": f"{_SLASHED}/"})

    def off_the_map(self, world: World, request: Request, request_id: str) -> Reply:
        """A page instead of an error, except where the gateway software has a route for any submit action."""
        head, _, action = request.path.rpartition("/")
        if request.method != "POST" or head != "/suno/submit" or not action:
            return text_reply(200, request_id, HTML, _PAGE)
        try:
            _account(world, request)
        except RefusedError as refused:
            return _refusal(world, refused, request_id)
        return _refusal(world, RefusedError(INVALID_ACTION), request_id)

    def _work(self, world: World, arrival: Arrival, findings: list[Violation]) -> Reply:
        account = _account(world, arrival.request)
        if arrival.request.too_large and arrival.operation.body is not None:
            raise RefusedError(TOO_LARGE)
        body = _read(arrival, findings)
        cost = price(arrival.operation, body, self._prices)
        account.require(cost)
        handler = HANDLERS.get(arrival.operation.id)
        if handler is not None:
            value = handler(Call(world, account, arrival.path, body, len(arrival.request.body), cost))
            if world.readings:
                value = world.readings.rewrite(arrival.operation.id, value)
            return json_reply(200, arrival.request_id, value)
        account.charge(cost)
        return described_reply(self._contract, arrival.operation, 200, arrival.request_id)


def _account(world: World, request: Request) -> Account:
    """The account of the key, with `Bearer ` or bare: the gateway software strips an optional prefix."""
    key = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    account = world.accounts.get(key)
    if account is None:
        raise RefusedError(UNAUTHORIZED)
    return account


def _read(arrival: Arrival, findings: list[Violation]) -> Any:
    """The body of a call that the contract has nothing to say against."""
    operation, path, request, _ = arrival
    if operation.parameters:
        query = dict(parse_qsl(request.query, keep_blank_values=True))
        findings += operation.check_parameters(path_params=path, query=query, headers=request.headers)
    body, wrong = operation.read_body(request.headers.get("content-type"), request.body)
    findings += wrong
    precheck = PRECHECKS.get(operation.id)
    rule = precheck(body) if precheck is not None else None
    if rule is not None:
        raise RefusedError(rule)
    if findings:
        raise RefusedError(INVALID_REQUEST, "; ".join(finding.message for finding in findings[:3]))
    return body


def _refusal(world: World, refused: RefusedError, request_id: str) -> Reply:
    rule = world.readings.rule(refused.rule)
    return json_reply(rule.status, request_id, rule.body(request_id, refused.detail))
