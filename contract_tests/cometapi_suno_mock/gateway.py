"""The gateway: one entry point for every request, one lock around the state, and a record of the exchanges."""

from __future__ import annotations

import logging
import threading
from collections import deque
from functools import cache, cached_property
from typing import TYPE_CHECKING

from cometapi_suno_mock import description as descriptions
from cometapi_suno_mock.apply_fault import apply_fault
from cometapi_suno_mock.asgi import answer_request, get_path, is_status_page, serve_lifespan
from cometapi_suno_mock.contract import Contract, OperationContract, Violation
from cometapi_suno_mock.engine import Engine
from cometapi_suno_mock.faults import HEADER, Fault, FaultError, FaultRegistry
from cometapi_suno_mock.http_messages import ExchangeRecord, HttpRequest, OwnViolation, Reply, json_reply
from cometapi_suno_mock.refusal_rules import INVALID_REQUEST
from cometapi_suno_mock.settings import Settings
from cometapi_suno_mock.state import GatewayState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    from starlette.types import ASGIApp, Receive, Scope, Send

_log = logging.getLogger("cometapi_suno_mock")


class Gateway:
    """The mock gateway: an ASGI application that can be served or mounted.

    Requests are validated against the description, and so are the gateway's own replies: a reply that breaks the
    contract is sent, logged, and kept in `violations`. What a fault changes in a reply does not count.

    Args:
        description: The bundled description, its path or its contract; by default the installed or generated one.
        settings: Keys, seed, credits, speed and bounds.
    """

    def __init__(
        self, description: Contract | descriptions.Source | None = None, *, settings: Settings | None = None
    ) -> None:
        self.settings = settings or Settings()
        self.contract = _load_contract(description)
        self.faults = FaultRegistry()
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

                self.state.notifier = Notifier(self)
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
                return self._record(request, "", self._engine.answer_unrouted(request, request_id), ())
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

    def serve(self, *, host: str = "127.0.0.1", port: int = 0) -> AbstractContextManager[str]:
        """Serve in a thread for the length of a `with` block, which gets the base URL."""
        from cometapi_suno_mock.serving import serve_in_thread  # noqa: PLC0415 - uvicorn is not needed in-process

        return serve_in_thread(self, host=host, port=port)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the operations and the status page over ASGI."""
        if scope["type"] != "http":
            await serve_lifespan(scope, receive, send)
            return
        path = get_path(scope)
        if is_status_page(scope["method"], path):
            await self._status_page(scope, receive, send)
        else:
            await answer_request(self.respond, self.settings.max_body, scope, receive, send, path=path)

    @cached_property
    def _status_page(self) -> ASGIApp:
        from cometapi_suno_mock.status_page import build_status_page  # noqa: PLC0415 - imported when it is opened

        return build_status_page(self)

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
            )
        )
        return reply.delay_by(self.settings.latency) if self.settings.latency else reply


def create_app(description: descriptions.Source | None = None, *, settings: Settings | None = None) -> Gateway:
    """Create a gateway as an ASGI application."""
    return Gateway(description, settings=settings)


def _load_contract(source: Contract | descriptions.Source | None) -> Contract:
    if isinstance(source, Contract):
        return source
    return _load_default() if source is None else Contract(descriptions.load(source))


@cache
def _load_default() -> Contract:
    """Load the default contract once: it takes a hundred times as long as the rest of a gateway."""
    return Contract(descriptions.load())
