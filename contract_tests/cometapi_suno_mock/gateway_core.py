"""The core of the gateway: from a request to a reply, and a record of the exchanges."""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from cometapi_suno_mock.account_handlers import ACCOUNT_HANDLERS
from cometapi_suno_mock.apply_fault import apply_fault
from cometapi_suno_mock.clip_files import FILES, find_file
from cometapi_suno_mock.compiled_schemas import VARIANT_FIELD
from cometapi_suno_mock.contract import Contract, OperationContract, Source, Violation, load_contract
from cometapi_suno_mock.credits import get_price
from cometapi_suno_mock.example_responses import build_example_reply
from cometapi_suno_mock.faults import HEADER, Fault, FaultError, FaultRegistry
from cometapi_suno_mock.handlers import HANDLERS, PRECHECKS
from cometapi_suno_mock.http_messages import (
    ExchangeRecord,
    HttpRequest,
    OwnViolation,
    Reply,
    json_reply,
    text_reply,
)
from cometapi_suno_mock.media import HTML, is_object
from cometapi_suno_mock.operation_call import OperationCall
from cometapi_suno_mock.profiles import ANY_TASK, RETIRED, SLASH
from cometapi_suno_mock.refusal_rules import (
    INVALID_ACTION,
    INVALID_REQUEST,
    REQUIRED_FIELD,
    RETIRED_MODEL,
    TOO_LARGE,
    UNAUTHORIZED,
    RefusedError,
)
from cometapi_suno_mock.settings import Settings
from cometapi_suno_mock.state import GatewayState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cometapi_suno_mock.credits import CreditAccount

_log = logging.getLogger("cometapi_suno_mock")
_requests = logging.getLogger("cometapi_suno_mock.requests")

_MAX_KEPT = 16_384
"""Bytes of each body that the record of an exchange keeps."""

_PAGE = "<!doctype html><html><head><title>Gateway</title></head><body><div id='root'></div></body></html>\n"
"""What a path without a route gets, with status 200."""
_NO_ROUTE = ("cometapi-errors", "gateway", "clients")

_SLASHED = "/suno/persona/create"
"""The path of which sources disagree whether it ends in a slash."""


class GatewayCore:
    """Answers requests: one entry point, and one lock around the state. `Gateway` adds the server."""

    def __init__(self, description: Contract | Source | None = None, *, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.contract = description if isinstance(description, Contract) else load_contract(description)
        self.faults = FaultRegistry(self.contract.operations)
        self.exchanges: deque[ExchangeRecord] = deque(maxlen=self.settings.history)
        self.violations: deque[OwnViolation] = deque(maxlen=self.settings.history)
        self.lock = threading.RLock()
        """Held while a request is answered; take it to read the state from another thread."""
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next requests get the same replies as the first ones did."""
        with self.lock:
            self.state = GatewayState(self.settings, self.violations)
            if self.settings.notify:
                from cometapi_suno_mock.notifications import Notifier  # noqa: PLC0415 - httpx is not needed to serve

                state, seconds = self.state, self.settings.task_seconds or 0.0
                state.on_submit = Notifier(state, self.lock, seconds, lambda: self.state is state).schedule
            self._engine = Engine(self.contract, self.settings, self.state)
            self.faults.clear()
            self.exchanges.clear()
            self.violations.clear()
            self.seen = 0
            """The number of requests so far."""

    def respond(self, request: HttpRequest) -> Reply:
        """Answer one request, from any thread. ASGI, the httpx transport and the respx routes all end here."""
        with self.lock:
            state = self.state
            state.clock.tick()
            self.seen += 1
            request_id = state.ids.next_request_id(state.clock.seconds)
            found = self._engine.find_operation(request)
            if found is None:
                return self._record(request, "", self._answer_unrouted(request, request_id), ())
            operation, path = found
            try:
                fault = self.faults.pick(operation.id, request.headers.get(HEADER))
            except FaultError as error:
                reply = json_reply(400, request_id, INVALID_REQUEST.body(request_id, f"{HEADER}: {error}"))
                return self._record(request, operation.id, reply, ())
            if fault is not None:
                return self._perform_with_fault(fault, operation, path, request, request_id)
            reply, findings = self._perform(operation, path, request, request_id)
            return self._record(request, operation.id, reply, findings)

    def _answer_unrouted(self, request: HttpRequest, request_id: str) -> Reply:
        """Return the reply on a path without an operation, with a fault if it is a file that one is meant for."""
        file = find_file(self.state.clips.get, request, request_id)
        if file is None:
            return self._engine.answer_unrouted(request, request_id)
        fault = self.faults.pick(FILES, None)
        return file if fault is None else apply_fault(fault, self.contract, None, request_id, file)

    def _perform(
        self, operation: OperationContract, path: Mapping[str, str], request: HttpRequest, request_id: str
    ) -> tuple[Reply, list[Violation]]:
        """Return the reply without faults, validated and then changed by the profiles, and the request's violations."""
        reply, findings = self._engine.perform(operation, path, request, request_id)
        for violation in operation.check_answer(status=reply.status, content_type=reply.media, value=reply.value):
            _log.error("own reply breaks the contract: %s %d: %s", operation.id, reply.status, violation)
            self.violations.append(OwnViolation(operation.id, reply.status, violation))
        profiles = self.state.profiles
        return profiles.rewrite_reply(operation.id, reply) if profiles else reply, findings

    def _perform_with_fault(
        self, fault: Fault, operation: OperationContract, path: Mapping[str, str], request: HttpRequest, request_id: str
    ) -> Reply:
        """Return the reply with a fault applied. The fault decides whether the work is done."""
        reply: Reply | None = None
        findings: list[Violation] = []
        if not fault.refuses:
            self.state.planned_failure, self.state.planned_absence = fault.fail_task, fault.task_not_exist or 0
            reply, findings = self._perform(operation, path, request, request_id)
            self.state.planned_failure, self.state.planned_absence = None, 0
        reply = apply_fault(fault, self.contract, operation, request_id, reply)
        return self._record(request, operation.id, reply, findings)

    def _record(self, request: HttpRequest, operation: str, reply: Reply, findings: Sequence[Violation]) -> Reply:
        self.exchanges.append(
            ExchangeRecord(
                self.seen,
                self.state.clock.seconds,
                request.method,
                request.path[:200],
                operation,
                reply.status,
                reply.request_id,
                tuple(findings),
                fault=reply.more.get(HEADER, "")[:200] if reply.more else "",
                complaint=reply.complaint[:300] if reply.status >= 400 else "",
                refusal=reply.refusal,
                sent=request.body[:_MAX_KEPT],
                answered=reply.body[:_MAX_KEPT],
            )
        )
        if _requests.isEnabledFor(logging.INFO):
            shown = request.path[:200].encode("unicode_escape").decode()
            why = f" refused by {reply.refusal}" if reply.refusal else ""
            _requests.info("%s %s %d %s%s", request.method, shown, reply.status, operation or "unknown path", why)
        return reply.delay_by(self.settings.latency) if self.settings.latency else reply


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
            account = self._find_account(request, operation.credential)
            query = parse_qs(request.query, keep_blank_values=True) if operation.parameters else {}
            body = self._read_body(operation, path, query, request, findings)
            cost = get_price(operation, body, self._settings.prices)
            account.require(cost)
            handler = HANDLERS.get(operation.id) or ACCOUNT_HANDLERS.get(operation.id)
            if handler is None:
                account.charge(cost)
                account.log_charge(self._state.clock.seconds, operation.id, cost, request_id)
                return build_example_reply(self._contract, operation, operation.success, request_id), findings
            size, first = len(request.body), {name: values[0] for name, values in query.items()}
            value = handler(OperationCall(self._state, account, path, body, size, cost, first, request.base))
            account.log_charge(self._state.clock.seconds, operation.id, cost, request_id)
        except RefusedError as refused:
            return self._refuse(refused, request_id), findings
        if self._state.profiles:
            value = self._state.profiles.rewrite_value(operation.id, value)
        reply = json_reply(operation.success, request_id, value)
        if operation.id in ACCOUNT_HANDLERS:  # by which clock the rows of the account are dated
            reply = reply._replace(more={"date": self._state.clock.format_http_date()})
        return reply, findings

    def answer_unrouted(self, request: HttpRequest, request_id: str) -> Reply:
        """Return a redirect, or the refusal of an unknown action; for any other path an HTML page."""
        if self._moved and request.path == _SLASHED:
            reply = Reply(307, request_id, more={"location": f"{_SLASHED}/"})
            return reply.refused_by(SLASH, ("gptbest", "yutoai"))
        head, _, action = request.path.rpartition("/")
        if request.method != "POST" or head != "/suno/submit" or not action:
            return text_reply(200, request_id, HTML, _PAGE).refused_by("unknown-path", _NO_ROUTE)
        try:
            self._find_account(request)
        except RefusedError as refused:
            return self._refuse(refused, request_id)
        return self._refuse(RefusedError(INVALID_ACTION), request_id)

    def _find_account(self, request: HttpRequest, credential: str = "api_key") -> CreditAccount:
        """Return the account of the secret, with or without `Bearer `, a prefix that the gateway software strips."""
        secret = request.headers.get("authorization", "").strip()
        if secret[:7].lower() == "bearer ":  # RFC 9110: the name of a scheme is case-insensitive
            secret = secret[7:].strip()
        accounts = self._state.accounts if credential == "api_key" else self._state.accounts_by_token
        account = accounts.get(secret)
        if account is None:
            raise RefusedError(UNAUTHORIZED)
        return account

    def _read_body(
        self,
        operation: OperationContract,
        path: Mapping[str, str],
        query: Mapping[str, Sequence[str]],
        request: HttpRequest,
        findings: list[Violation],
    ) -> Any:
        """Return the body of a valid request; add to `findings` what makes it invalid."""
        if len(request.body) > self._settings.max_body and operation.body is not None:
            raise RefusedError(TOO_LARGE)
        if operation.parameters:
            findings += operation.check_parameters(path_params=path, query=query, headers=request.headers)
        body, wrong = operation.read_body(request.headers.get("content-type"), request.body)
        findings += wrong
        precheck = PRECHECKS.get(operation.id)
        rule = precheck(body) if precheck is not None else None
        if rule is not None:
            raise RefusedError(rule)
        profiles = self._state.profiles
        if ANY_TASK in profiles and _has_unknown_task(body, findings):
            findings.clear()
        if findings:
            sources = [source for finding in findings[:3] for source in self._contract.find_sources(finding)]
            raise RefusedError(INVALID_REQUEST, "; ".join(finding.message for finding in findings[:3]), sources)
        for field in profiles.find_missing(operation.id, body):
            raise RefusedError(REQUIRED_FIELD, f"{field}: required field is missing")
        if RETIRED in self._state.profiles and is_object(body):
            for field, values in self._contract.retired_values.items():
                if body.get(field) in values:
                    raise RefusedError(RETIRED_MODEL)
        return body

    def _refuse(self, refused: RefusedError, request_id: str) -> Reply:
        rule = self._state.profiles.get_rule(refused.rule)
        reply = json_reply(rule.status, request_id, rule.body(request_id, refused.detail))
        return reply.refused_by(rule.id, (*rule.sources, *refused.sources))


def _has_unknown_task(body: Any, findings: Sequence[Violation]) -> bool:
    """Return whether a body is wrong only in its `task`, which is text or null."""
    known = is_object(body) and isinstance(body.get(VARIANT_FIELD, 0), str | None)
    return known and all(each.instance == f"/{VARIANT_FIELD}" for each in findings)
