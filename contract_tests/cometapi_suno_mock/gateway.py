"""The gateway: every described operation, answered from state where there is some, else from the schema."""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from cometapi_suno_mock import description as descriptions
from cometapi_suno_mock.asgi import answer
from cometapi_suno_mock.contract import Contract, OperationContract, Violation
from cometapi_suno_mock.media import HTML, JSON, write_json
from cometapi_suno_mock.messages import Exchange, OwnViolation, Reply, Request, json_reply, text_reply
from cometapi_suno_mock.operations import HANDLERS, PRECHECKS, Call
from cometapi_suno_mock.prices import price
from cometapi_suno_mock.rules import (
    INVALID_ACTION,
    INVALID_REQUEST,
    TOO_LARGE,
    UNAUTHORIZED,
    RefusedError,
    Rule,
)
from cometapi_suno_mock.samples import sample
from cometapi_suno_mock.settings import Settings
from cometapi_suno_mock.world import World
from starlette.datastructures import State

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from cometapi_suno_mock.world.accounts import Account
    from starlette.types import Receive, Scope, Send

_log = logging.getLogger("cometapi_suno_mock")

_PAGE = "<!doctype html><html><head><title>Gateway</title></head><body><div id='root'></div></body></html>\n"
"""What a path without a route gets, with status 200 (sources `cometapi-errors`, `gateway`, `clients`)."""


class Gateway:
    """The mock gateway; itself an ASGI application, to be served or mounted.

    Requests are judged by the description, and so are the gateway's own answers: one that breaks the contract is
    sent all the same, logged, and kept in `state.violations`.

    Args:
        description: The bundled description or its place; by default the installed or generated one.
        settings: Keys, seed, credits, speed and bounds.
    """

    def __init__(self, description: descriptions.Source | None = None, *, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.contract = Contract(descriptions.load(description))
        self.state = State()
        self.exchanges: deque[Exchange] = deque(maxlen=self.settings.history)
        self.violations: deque[OwnViolation] = deque(maxlen=self.settings.history)
        self.state.violations = self.violations
        self._lock = threading.Lock()
        self._keys: Mapping[str, str] = {}
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next requests get the same answers as the first ones did."""
        with self._lock:
            self.world = World(self.settings)
            self.exchanges.clear()
            self.violations.clear()
            self._seen = 0

    def respond(self, request: Request) -> Reply:
        """Answer one request. Every face of the gateway ends here; callers may be on any thread."""
        with self._lock:
            self.world.clock.tick()
            self._seen += 1
            request_id = self.world.ids.request_id(self.world.clock.seconds)
            matched = self.contract.match(request.method, request.path)
            if matched is None:
                return self._remember(request, None, self._off_the_map(request, request_id), [])
            operation, path = matched
            findings: list[Violation] = []
            try:
                reply = self._perform(operation, path, request, request_id, findings)
            except RefusedError as refused:
                reply = _refusal(refused.rule, request_id, refused.detail)
            self._judge(operation, reply)
            return self._remember(request, operation, reply, findings)

    def serve(self, *, host: str = "127.0.0.1", port: int = 0) -> AbstractContextManager[str]:
        """Serve in a thread for the length of a `with` block, which gets the base URL."""
        from cometapi_suno_mock.serving import running  # noqa: PLC0415 - uvicorn is not needed in-process

        return running(self, host=host, port=port)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI face."""
        await answer(self.respond, self.settings.max_body, scope, receive, send)

    def _perform(
        self,
        operation: OperationContract,
        path: Mapping[str, str],
        request: Request,
        request_id: str,
        findings: list[Violation],
    ) -> Reply:
        account = self._account(request.headers)
        if request.too_large:
            raise RefusedError(TOO_LARGE)
        body = self._body(operation, path, request, findings)
        cost = price(operation, body, self.settings.prices)
        account.require(cost)
        handler = HANDLERS.get(operation.id)
        if handler is not None:
            return json_reply(200, request_id, handler(Call(self.world, account, path, body, cost)))
        account.reserve(cost)
        account.settle(cost)
        return described_reply(self.contract, operation, 200, request_id)

    def _account(self, headers: Mapping[str, str]) -> Account:
        """The account of the key, with `Bearer ` or bare: the gateway software strips an optional prefix."""
        key = headers.get("authorization", "").removeprefix("Bearer ").strip()
        account = self.world.accounts.get(key)
        if account is None:
            raise RefusedError(UNAUTHORIZED)
        return account

    def _body(
        self,
        operation: OperationContract,
        path: Mapping[str, str],
        request: Request,
        findings: list[Violation],
    ) -> Any:
        if operation.parameters:
            query = dict(parse_qsl(request.query, keep_blank_values=True))
            findings += operation.check_parameters(path_params=path, query=query, headers=request.headers)
        body: Any
        body, wrong = operation.read_body(request.headers.get("content-type"), request.body)
        findings += wrong
        precheck = PRECHECKS.get(operation.id)
        rule = precheck(body) if precheck is not None else None
        if rule is not None:
            raise RefusedError(rule)
        if findings:
            raise RefusedError(INVALID_REQUEST, "; ".join(finding.message for finding in findings[:3]))
        return body

    def _off_the_map(self, request: Request, request_id: str) -> Reply:
        """A page instead of an error, except where the gateway software has a route for any submit action."""
        head, _, action = request.path.rpartition("/")
        if request.method == "POST" and head == "/suno/submit" and action:
            try:
                self._account(request.headers)
            except RefusedError as refused:
                return _refusal(refused.rule, request_id)
            return _refusal(INVALID_ACTION, request_id)
        return text_reply(200, request_id, HTML, _PAGE)

    def _judge(self, operation: OperationContract, reply: Reply) -> None:
        for violation in operation.check_answer(status=reply.status, content_type=reply.media, value=reply.value):
            _log.error("own answer breaks the contract: %s %d: %s", operation.id, reply.status, violation)
            self.violations.append(OwnViolation(operation.id, reply.status, violation))

    def _remember(
        self, request: Request, operation: OperationContract | None, reply: Reply, findings: list[Violation]
    ) -> Reply:
        self.exchanges.append(
            Exchange(
                number=self._seen,
                seconds=self.world.clock.seconds,
                method=request.method,
                path=request.path[:200],
                operation=None if operation is None else operation.id,
                status=reply.status,
                request_id=reply.request_id,
                findings=tuple(findings),
            )
        )
        return reply


def create_app(description: descriptions.Source | None = None, *, settings: Settings | None = None) -> Gateway:
    """A gateway as an ASGI application."""
    return Gateway(description, settings=settings)


def described_reply(contract: Contract, operation: OperationContract, status: int, request_id: str) -> Reply:
    """A reply made from the description alone."""
    made = sample(contract.description, operation, status)
    if made is None:
        return Reply(status, request_id)
    media, value = made
    if media == JSON:
        return json_reply(status, request_id, value)
    return text_reply(status, request_id, media, value if isinstance(value, str) else write_json(value).decode())


def _refusal(rule: Rule, request_id: str, detail: str = "") -> Reply:
    return json_reply(rule.status, request_id, rule.body(request_id, detail))
