"""The gateway: one lock around the world, one way in, and a record of what went by."""

from __future__ import annotations

import logging
import threading
from collections import deque
from functools import cache, cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING

from cometapi_suno_mock import description as descriptions
from cometapi_suno_mock.apply_fault import spoil
from cometapi_suno_mock.asgi import answer, is_console, live, path_of
from cometapi_suno_mock.contract import Contract, OperationContract, Violation
from cometapi_suno_mock.engine import Engine
from cometapi_suno_mock.faults import HEADER, Fault, FaultError, Faults
from cometapi_suno_mock.http_messages import Exchange, OwnViolation, Reply, Request, json_reply
from cometapi_suno_mock.refusal_rules import INVALID_REQUEST
from cometapi_suno_mock.settings import Settings
from cometapi_suno_mock.state import World

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from starlette.types import ASGIApp, Receive, Scope, Send

_log = logging.getLogger("cometapi_suno_mock")


class Gateway:
    """The mock gateway; itself an ASGI application, to be served or mounted.

    Requests are judged by the description, and so are the gateway's own answers: one that breaks the contract is
    sent all the same, logged, and kept in `state.violations`. What a fault does to an answer is not held against it.

    Args:
        description: The bundled description, its place or its contract; by default the installed or generated one.
        settings: Keys, seed, credits, speed and bounds.
    """

    def __init__(
        self, description: Contract | descriptions.Source | None = None, *, settings: Settings | None = None
    ) -> None:
        self.settings = settings or Settings()
        self.contract = _contract(description)
        self.faults = Faults()
        self.exchanges: deque[Exchange] = deque(maxlen=self.settings.history)
        self.violations: deque[OwnViolation] = deque(maxlen=self.settings.history)
        self.state = SimpleNamespace(violations=self.violations)
        self.lock = threading.RLock()
        """Held while a request is answered; take it to look at the world from another thread."""
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next requests get the same answers as the first ones did."""
        with self.lock:
            self.world = World(self.settings)
            self._engine = Engine(self.contract, self.settings, self.world)
            self.faults.clear()
            self.exchanges.clear()
            self.violations.clear()
            self.seen = 0
            """Requests so far."""

    def respond(self, request: Request) -> Reply:
        """Answer one request. Every face of the gateway ends here; callers may be on any thread."""
        with self.lock:
            world = self.world
            world.clock.tick()
            self.seen += 1
            request_id = world.ids.request_id(world.clock.seconds)
            found = self._engine.find(request)
            if found is None:
                return self._remember(request, "", self._engine.off_the_map(request, request_id), ())
            operation, path = found
            try:
                fault = self.faults.pick(operation.id, request.headers.get(HEADER))
            except FaultError as error:
                reply = json_reply(400, request_id, INVALID_REQUEST.body(request_id, f"{HEADER}: {error}"))
                return self._remember(request, operation.id, reply, ())
            if fault is not None:
                return self._spoil(fault, operation, path, request, request_id)
            reply, findings = self._perform(operation, path, request, request_id)
            return self._remember(request, operation.id, reply, findings)

    def serve(self, *, host: str = "127.0.0.1", port: int = 0) -> AbstractContextManager[str]:
        """Serve in a thread for the length of a `with` block, which gets the base URL."""
        from cometapi_suno_mock.serving import running  # noqa: PLC0415 - uvicorn is not needed in-process

        return running(self, host=host, port=port)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI face: the operations, and the console beside them."""
        if scope["type"] != "http":
            await live(scope, receive, send)
            return
        path = path_of(scope)
        if is_console(scope["method"], path):
            await self._console(scope, receive, send)
        else:
            await answer(self.respond, self.settings.max_body, scope, receive, send, path=path)

    @cached_property
    def _console(self) -> ASGIApp:
        from cometapi_suno_mock.status_page import console  # noqa: PLC0415 - not every gateway is looked at

        return console(self)

    def _perform(
        self, operation: OperationContract, path: Mapping[str, str], request: Request, request_id: str
    ) -> tuple[Reply, list[Violation]]:
        """The honest reply, judged by the description and then as it is read here, and what is wrong with the call."""
        reply, findings = self._engine.perform(operation, path, request, request_id)
        for violation in operation.check_answer(status=reply.status, content_type=reply.media, value=reply.value):
            _log.error("own answer breaks the contract: %s %d: %s", operation.id, reply.status, violation)
            self.violations.append(OwnViolation(operation.id, reply.status, violation))
        readings = self.world.readings
        return readings.dress(operation.id, reply) if readings else reply, findings

    def _spoil(
        self, fault: Fault, operation: OperationContract, path: Mapping[str, str], request: Request, request_id: str
    ) -> Reply:
        """The reply to a call that a fault meets, the work done or not as the fault has it."""
        reply: Reply | None = None
        findings: list[Violation] = []
        if not fault.refuses:
            self.world.doom = fault.fail_task
            reply, findings = self._perform(operation, path, request, request_id)
            self.world.doom = None
        spoilt = spoil(fault, self.contract, operation, request_id, reply)
        return self._remember(request, operation.id, spoilt, findings)

    def _remember(self, request: Request, operation: str, reply: Reply, findings: list[Violation] | tuple[()]) -> Reply:
        self.exchanges.append(
            Exchange(
                self.seen,
                self.world.clock.seconds,
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
        return reply.later(self.settings.latency) if self.settings.latency else reply


def create_app(description: descriptions.Source | None = None, *, settings: Settings | None = None) -> Gateway:
    """A gateway as an ASGI application."""
    return Gateway(description, settings=settings)


def _contract(source: Contract | descriptions.Source | None) -> Contract:
    if isinstance(source, Contract):
        return source
    return _default() if source is None else Contract(descriptions.load(source))


@cache
def _default() -> Contract:
    """Made once: a gateway for each test of a user costs a hundredth of its contract."""
    return Contract(descriptions.load())
