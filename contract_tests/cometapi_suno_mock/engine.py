"""From a request to a reply: key, size, body, balance, then the operation's handler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from cometapi_suno_mock.clip_files import find_file
from cometapi_suno_mock.credits import get_price
from cometapi_suno_mock.example_responses import build_example_reply
from cometapi_suno_mock.handlers import HANDLERS, PRECHECKS
from cometapi_suno_mock.http_messages import HttpRequest, Reply, json_reply, text_reply
from cometapi_suno_mock.media import HTML
from cometapi_suno_mock.operation_call import OperationCall
from cometapi_suno_mock.profiles import SLASH
from cometapi_suno_mock.refusal_rules import INVALID_ACTION, INVALID_REQUEST, TOO_LARGE, UNAUTHORIZED, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cometapi_suno_mock.contract import Contract, OperationContract, Violation
    from cometapi_suno_mock.credits import CreditAccount
    from cometapi_suno_mock.settings import Settings
    from cometapi_suno_mock.state import GatewayState

_PAGE = "<!doctype html><html><head><title>Gateway</title></head><body><div id='root'></div></body></html>\n"
"""What a path without a route gets, with status 200 (sources `cometapi-errors`, `gateway`, `clients`)."""

_SLASHED = "/suno/persona/create"
"""The path of which sources disagree whether it ends in a slash."""


class Engine:
    """Performs the work of each operation on the state, or refuses the request."""

    def __init__(self, contract: Contract, settings: Settings, state: GatewayState) -> None:
        self._contract = contract
        self._settings = settings
        self._state = state
        self._moved = {f"{_SLASHED}/": _SLASHED, _SLASHED: ""} if SLASH in state.profiles else {}

    def find_operation(self, request: HttpRequest) -> tuple[OperationContract, Mapping[str, str]] | None:
        """Return the operation of a request with its path parameters."""
        return self._contract.match(request.method, self._moved.get(request.path, request.path))

    def perform(
        self, operation: OperationContract, path: Mapping[str, str], request: HttpRequest, request_id: str
    ) -> tuple[Reply, list[Violation]]:
        """Return the reply to a request for a described operation, and how the request breaks the contract."""
        findings: list[Violation] = []
        try:
            account = self._find_account(request)
            body = self._read_body(operation, path, request, findings)
            cost = get_price(operation, body, self._settings.prices)
            account.require(cost)
            handler = HANDLERS.get(operation.id)
            if handler is None:
                account.charge(cost)
                return build_example_reply(self._contract, operation, 200, request_id), findings
            value = handler(OperationCall(self._state, account, path, body, len(request.body), cost, request.base))
        except RefusedError as refused:
            return self._refuse(refused, request_id), findings
        if self._state.profiles:
            value = self._state.profiles.rewrite_value(operation.id, value)
        return json_reply(200, request_id, value), findings

    def answer_unrouted(self, request: HttpRequest, request_id: str) -> Reply:
        """Return a file of a clip, a redirect, or the refusal of an unknown action; for any other path an HTML page."""
        file = find_file(self._state, request, request_id)
        if file is not None:
            return file
        if self._moved and request.path == _SLASHED:
            return Reply(307, request_id, more={"location": f"{_SLASHED}/"})
        head, _, action = request.path.rpartition("/")
        if request.method != "POST" or head != "/suno/submit" or not action:
            return text_reply(200, request_id, HTML, _PAGE)
        try:
            self._find_account(request)
        except RefusedError as refused:
            return self._refuse(refused, request_id)
        return self._refuse(RefusedError(INVALID_ACTION), request_id)

    def _find_account(self, request: HttpRequest) -> CreditAccount:
        """Return the account of the key, with or without `Bearer `: the gateway software strips an optional prefix."""
        key = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        account = self._state.accounts.get(key)
        if account is None:
            raise RefusedError(UNAUTHORIZED)
        return account

    def _read_body(
        self, operation: OperationContract, path: Mapping[str, str], request: HttpRequest, findings: list[Violation]
    ) -> Any:
        """Return the body of a valid request; add to `findings` what makes it invalid."""
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

    def _refuse(self, refused: RefusedError, request_id: str) -> Reply:
        rule = self._state.profiles.get_rule(refused.rule)
        return json_reply(rule.status, request_id, rule.body(request_id, refused.detail))
