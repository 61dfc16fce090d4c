"""From a request to an honest reply: key, size, body, balance, then the operation's own work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from cometapi_suno_mock.credits import price
from cometapi_suno_mock.example_responses import described_reply
from cometapi_suno_mock.handlers import HANDLERS, PRECHECKS
from cometapi_suno_mock.http_messages import Reply, Request, json_reply, text_reply
from cometapi_suno_mock.media import HTML
from cometapi_suno_mock.operation_call import Call
from cometapi_suno_mock.profiles import SLASH
from cometapi_suno_mock.refusal_rules import (
    INVALID_ACTION,
    INVALID_REQUEST,
    TOO_LARGE,
    UNAUTHORIZED,
    RefusedError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cometapi_suno_mock.contract import Contract, OperationContract, Violation
    from cometapi_suno_mock.credits import Account
    from cometapi_suno_mock.settings import Settings
    from cometapi_suno_mock.state import World

_PAGE = "<!doctype html><html><head><title>Gateway</title></head><body><div id='root'></div></body></html>\n"
"""What a path without a route gets, with status 200 (sources `cometapi-errors`, `gateway`, `clients`)."""


_SLASHED = "/suno/persona/create"
"""The path of which sources disagree whether it ends in a slash."""


class Engine:
    """Does the work of each operation in a world, or refuses it by a rule."""

    def __init__(self, contract: Contract, settings: Settings, world: World) -> None:
        self._contract = contract
        self._settings = settings
        self._world = world
        self._moved = {f"{_SLASHED}/": _SLASHED, _SLASHED: ""} if SLASH in world.readings else {}

    def find(self, request: Request) -> tuple[OperationContract, Mapping[str, str]] | None:
        """The operation of a request, with its path parameters."""
        return self._contract.match(request.method, self._moved.get(request.path, request.path))

    def perform(
        self, operation: OperationContract, path: Mapping[str, str], request: Request, request_id: str
    ) -> tuple[Reply, list[Violation]]:
        """The reply to a call of a described operation, and what the contract says against the call."""
        findings: list[Violation] = []
        try:
            account = self._account(request)
            body = self._read(operation, path, request, findings)
            cost = price(operation, body, self._settings.prices)
            account.require(cost)
            handler = HANDLERS.get(operation.id)
            if handler is None:
                account.charge(cost)
                return described_reply(self._contract, operation, 200, request_id), findings
            value = handler(Call(self._world, account, path, body, len(request.body), cost))
        except RefusedError as refused:
            return self._refusal(refused, request_id), findings
        if self._world.readings:
            value = self._world.readings.rewrite(operation.id, value)
        return json_reply(200, request_id, value), findings

    def off_the_map(self, request: Request, request_id: str) -> Reply:
        """A page instead of an error, except where the gateway software redirects, or has a route for any action."""
        if self._moved and request.path == _SLASHED:
            return Reply(307, request_id, more={"location": f"{_SLASHED}/"})
        head, _, action = request.path.rpartition("/")
        if request.method != "POST" or head != "/suno/submit" or not action:
            return text_reply(200, request_id, HTML, _PAGE)
        try:
            self._account(request)
        except RefusedError as refused:
            return self._refusal(refused, request_id)
        return self._refusal(RefusedError(INVALID_ACTION), request_id)

    def _account(self, request: Request) -> Account:
        """The account of the key, with `Bearer ` or bare: the gateway software strips an optional prefix."""
        key = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        account = self._world.accounts.get(key)
        if account is None:
            raise RefusedError(UNAUTHORIZED)
        return account

    def _read(
        self, operation: OperationContract, path: Mapping[str, str], request: Request, findings: list[Violation]
    ) -> Any:
        """The body of a call that the contract has nothing to say against."""
        if len(request.body) > self._settings.max_body and operation.body is not None:
            raise RefusedError(TOO_LARGE)
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

    def _refusal(self, refused: RefusedError, request_id: str) -> Reply:
        rule = self._world.readings.rule(refused.rule)
        return json_reply(rule.status, request_id, rule.body(request_id, refused.detail))
