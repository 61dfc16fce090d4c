"""The core of the gateway: from a request to a reply, and a record of the exchanges."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from cometapi_suno_mock import refusal_rules
from cometapi_suno_mock.account_handlers import ACCOUNT_HANDLERS
from cometapi_suno_mock.apply_fault import apply_fault
from cometapi_suno_mock.clip_files import FILES, find_file
from cometapi_suno_mock.compiled_schemas import VARIANT_FIELD
from cometapi_suno_mock.contract import Contract, OperationContract, Source, Violation, load_contract
from cometapi_suno_mock.credits import CreditAccount, get_price
from cometapi_suno_mock.example_responses import build_example_reply
from cometapi_suno_mock.faults import HEADER, FaultError, FaultRegistry
from cometapi_suno_mock.handlers import HANDLERS, PRECHECKS, OperationCall
from cometapi_suno_mock.http_messages import ExchangeRecord, HttpRequest, OwnViolation, Reply, json_reply, text_reply
from cometapi_suno_mock.media import HTML, is_object
from cometapi_suno_mock.profiles import ANY_TASK, RETIRED, SLASH
from cometapi_suno_mock.refusal_rules import RefusedError
from cometapi_suno_mock.settings import Settings
from cometapi_suno_mock.state import GatewayState

_log = logging.getLogger("cometapi_suno_mock")
_requests = logging.getLogger("cometapi_suno_mock.requests")

_MAX_KEPT = 16_384
"""Bytes of each body that the record of an exchange keeps."""

_PAGE = "<!doctype html><html><head><title>Gateway</title></head><body><div id='root'></div></body></html>\n"
"""What a path without a route gets, with status 200."""
_NO_ROUTE = ("cometapi-errors", "gateway", "clients")

_PERSONA = "/suno/persona/create"
"""The path of which sources disagree whether it ends in a slash."""


class RoutedRequest(NamedTuple):
    """A request for an operation, with its path parameters, and how it breaks the contract."""

    request: HttpRequest
    id: str
    operation: OperationContract
    path: Mapping[str, str]
    findings: list[Violation]


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
            self.state = GatewayState(self.settings)
            if self.settings.notify:
                from cometapi_suno_mock.notifications import Notifier  # noqa: PLC0415 - httpx is not needed to serve

                state, seconds = self.state, self.settings.task_seconds or 0.0
                state.on_submit = Notifier(state, self.lock, seconds, lambda: self.state is state).schedule
            self._moved = {f"{_PERSONA}/": _PERSONA, _PERSONA: ""} if SLASH in self.state.profiles else {}
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
            found = self.contract.match(request.method, self._moved.get(request.path, request.path))
            if found is None:
                return self._record(request, "", self._answer_unrouted(request, request_id), ())
            routed = RoutedRequest(request, request_id, *found, findings=[])
            return self._record(request, routed.operation.id, self._answer_routed(routed), routed.findings)

    def _answer_routed(self, routed: RoutedRequest) -> Reply:
        """Return the reply of an operation. A fault decides whether the work is done."""
        try:
            fault = self.faults.pick(routed.operation.id, routed.request.headers.get(HEADER))
        except FaultError as error:
            return json_reply(400, routed.id, refusal_rules.INVALID_REQUEST.body(routed.id, f"{HEADER}: {error}"))
        if fault is None:
            return self._perform(routed)
        reply: Reply | None = None
        if not fault.refuses:
            self.state.planned_failure, self.state.planned_absence = fault.fail_task, fault.task_not_exist or 0
            reply = self._perform(routed)
            self.state.planned_failure, self.state.planned_absence = None, 0
        return apply_fault(fault, self.contract, routed.operation, routed.id, reply)

    def _answer_unrouted(self, request: HttpRequest, request_id: str) -> Reply:
        """Return a file, a redirect, or the refusal of an unknown action; for any other path an HTML page."""
        file = find_file(self.state.clips.get, request, request_id)
        if file is not None:
            fault = self.faults.pick(FILES, None)
            return file if fault is None else apply_fault(fault, self.contract, None, request_id, file)
        if self._moved and request.path == _PERSONA:
            reply = Reply(307, request_id, more={"location": f"{_PERSONA}/"})
            return reply.refused_by(SLASH, ("gptbest", "yutoai"))
        head, _, action = request.path.rpartition("/")
        if request.method != "POST" or head != "/suno/submit" or not action:
            return text_reply(200, request_id, HTML, _PAGE).refused_by("unknown-path", _NO_ROUTE)
        try:
            self._find_account(request)
        except RefusedError as refused:
            return self._refuse(refused, request_id)
        return self._refuse(RefusedError(refusal_rules.INVALID_ACTION), request_id)

    def _perform(self, routed: RoutedRequest) -> Reply:
        """Return the reply without faults, validated and then changed by the profiles."""
        operation = routed.operation
        try:
            reply = self._do_work(routed)
        except RefusedError as refused:
            reply = self._refuse(refused, routed.id)
        for violation in operation.check_answer(status=reply.status, content_type=reply.media, value=reply.value):
            _log.error("own reply breaks the contract: %s %d: %s", operation.id, reply.status, violation)
            self.violations.append(OwnViolation(operation.id, reply.status, violation))
        return self.state.profiles.rewrite_reply(operation.id, reply)

    def _do_work(self, routed: RoutedRequest) -> Reply:
        """Do the work of an operation on the state, and return its reply.

        Raises:
            RefusedError: The request is refused.
        """
        state, operation, request = self.state, routed.operation, routed.request
        account = self._find_account(request, operation.credential)
        query = parse_qs(request.query, keep_blank_values=True) if operation.parameters else {}
        body = self._read_body(routed, query)
        cost = get_price(operation, body, self.settings.prices)
        account.require(cost)
        handler = HANDLERS.get(operation.id) or ACCOUNT_HANDLERS.get(operation.id)
        if handler is None:
            account.charge(cost)
            reply = build_example_reply(self.contract, operation, operation.success, routed.id)
        else:
            size, first = len(request.body), {name: values[0] for name, values in query.items()}
            value = handler(OperationCall(state, account, routed.path, body, size, cost, first, request.base))
            reply = json_reply(operation.success, routed.id, state.profiles.rewrite_value(operation.id, value))
        account.log_charge(state.clock.seconds, operation.id, cost, routed.id)
        if operation.id in ACCOUNT_HANDLERS:  # by which clock the rows of the account are dated
            reply = reply._replace(more={"date": state.clock.format_http_date()})
        return reply

    def _find_account(self, request: HttpRequest, credential: str = "api_key") -> CreditAccount:
        """Return the account of the secret, with or without `Bearer `, a prefix that the gateway software strips."""
        secret = request.headers.get("authorization", "").strip()
        if secret[:7].lower() == "bearer ":  # RFC 9110: the name of a scheme is case-insensitive
            secret = secret[7:].strip()
        accounts = self.state.accounts if credential == "api_key" else self.state.accounts_by_token
        account = accounts.get(secret)
        if account is None:
            raise RefusedError(refusal_rules.UNAUTHORIZED)
        return account

    def _read_body(self, routed: RoutedRequest, query: Mapping[str, Sequence[str]]) -> Any:
        """Return the body of a valid request; add to its `findings` what makes it invalid."""
        request, operation, findings = routed.request, routed.operation, routed.findings
        if len(request.body) > self.settings.max_body and operation.body is not None:
            raise RefusedError(refusal_rules.TOO_LARGE)
        if operation.parameters:
            findings += operation.check_parameters(path_params=routed.path, query=query, headers=request.headers)
        body, wrong = operation.read_body(request.headers.get("content-type"), request.body)
        findings += wrong
        precheck = PRECHECKS.get(operation.id)
        rule = precheck(body) if precheck is not None else None
        if rule is not None:
            raise RefusedError(rule)
        profiles = self.state.profiles
        if ANY_TASK in profiles and _has_unknown_task(body, findings):
            findings.clear()
        if findings:
            first = findings[:3]
            sources = [source for finding in first for source in self.contract.find_sources(finding)]
            message = "; ".join(finding.message for finding in first)
            raise RefusedError(refusal_rules.INVALID_REQUEST, message, sources)
        for field in profiles.find_missing(operation.id, body):
            raise RefusedError(refusal_rules.REQUIRED_FIELD, f"{field}: required field is missing")
        if RETIRED in profiles and is_object(body):
            for field, values in self.contract.retired_values.items():
                if body.get(field) in values:
                    raise RefusedError(refusal_rules.RETIRED_MODEL)
        return body

    def _refuse(self, refused: RefusedError, request_id: str) -> Reply:
        rule = self.state.profiles.get_rule(refused.rule)
        reply = json_reply(rule.status, request_id, rule.body(request_id, refused.detail))
        return reply.refused_by(rule.id, (*rule.sources, *refused.sources))

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
                fault=reply.more.get(HEADER, "")[:200],
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


def _has_unknown_task(body: Any, findings: Sequence[Violation]) -> bool:
    """Return whether a body is wrong only in its `task`, which is text or null."""
    known = is_object(body) and isinstance(body.get(VARIANT_FIELD, 0), str | None)
    return known and all(each.instance == f"/{VARIANT_FIELD}" for each in findings)
