"""A mock with another seed that takes the place of the service and counts the requests that reach it."""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import field, frozen
from cometapi_suno._config import KEY_VARIABLE, TOKEN_VARIABLE
from cometapi_suno_mock import Contract, Gateway, Settings
from cometapi_suno_mock.httpx_transport import GatewayTransport
from cometapi_suno_mock.serving import serve_in_thread
from starlette.types import Receive, Scope, Send

from contract_tests.suite.support.loaded_spec import CONTRACT
from contract_tests.suite.support.secret_leaks import KEY
from contract_tests.verifier.command_line import main
from contract_tests.verifier.exchange import recordings
from contract_tests.verifier.exchange.exchange import HttpExchange
from contract_tests.verifier.live.held_secrets import HeldSecrets
from contract_tests.verifier.live.limits import Allowlist, Budget
from contract_tests.verifier.live.paid_workflow import TICKET_HEADER
from contract_tests.verifier.live.planned_requests import KeyChoice, PlannedRequest, Tier
from contract_tests.verifier.live.proxy import PROXY_HEADER, LiveProxy
from contract_tests.verifier.live.recorder import LiveRecorder
from contract_tests.verifier.live.signals import Interrupts
from contract_tests.verifier.live.upstream import TransportFactory, Upstream

SEED = 4711
BASE = "http://127.0.0.1:9"
FAST = 1_000_000.0
"""Calls per second that no test waits for."""


class StandIn(httpx.AsyncBaseTransport):
    """A gateway that counts the requests that reach it: as a transport, and served over a socket.

    Attributes:
        gateway: What answers.
        keys: The `Authorization` of each request, in their order.
    """

    def __init__(self, polls: int = 0, contract: Contract = CONTRACT, key: str = KEY, token: str = "") -> None:
        tokens = (token,) if token else ()
        settings = Settings(keys=(key,), access_tokens=tokens, seed=SEED, polls=polls, history=1000)
        self.gateway = Gateway(contract, settings=settings)
        self.keys: list[str] = []

    def again(self) -> StandIn:
        """Return the gateway in its first state, in a hundredth of the time of a new one."""
        self.gateway.reset()
        self.keys = []
        return self

    @property
    def count(self) -> int:
        """How many requests reached it."""
        return len(self.keys)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer without a socket."""
        self.keys.append(request.headers.get("authorization", ""))
        return await GatewayTransport(self.gateway).handle_async_request(request)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer over a socket."""
        if scope["type"] == "http":
            found = [value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"]
            self.keys.append(", ".join(found))
        await self.gateway(scope, receive, send)

    @contextmanager
    def serve(self) -> Generator[str]:
        """Serve on this machine for the length of a block, which gets the base URL."""
        with serve_in_thread(self, host="127.0.0.1", port=0) as url:
            yield url


def step(
    operation: str,
    *,
    uses: int = 1,
    key: KeyChoice | None = None,
    tier: Tier = Tier.PAID,
    must_fail: bool = False,
    contract: Contract = CONTRACT,
) -> PlannedRequest:
    """Return a request of a plan."""
    described = contract.operations[operation]
    return PlannedRequest(tier, described, "a test", key or KeyChoice.of(described), uses, must_fail=must_fail)


@frozen(eq=False)
class Bench:
    """A live proxy under test, with its budget, its recorder, and a client that reaches it without a socket.

    Attributes:
        proxy: The proxy.
        budget: Its budget.
        recorder: Its recorder.
        calls: An httpx client that goes to it.
    """

    proxy: LiveProxy
    budget: Budget
    recorder: LiveRecorder
    calls: httpx.AsyncClient = field()

    @classmethod
    def of(
        cls,
        out: Path,
        steps: Sequence[PlannedRequest],
        transport: httpx.AsyncBaseTransport | TransportFactory,
        *,
        max_calls: int = 1000,
        max_cost: Decimal | None = None,
        prices: Mapping[str, Decimal] | None = None,
        base: str = BASE,
        rate: float = FAST,
        timeout: float = 5.0,
        contract: Contract = CONTRACT,
        token: str = "",
        kept_back: int = 0,
    ) -> Bench:
        """Set one up."""
        made: Any = transport
        secrets = HeldSecrets(KEY, token)
        budget = Budget(max_calls=max_calls, max_cost=max_cost, prices=prices, kept_back=kept_back)
        recorder = LiveRecorder(out, "stand-in", secrets.make_scrubber())
        recorder.open()
        make = (lambda: made) if isinstance(transport, httpx.AsyncBaseTransport) else made
        proxy = LiveProxy(Allowlist(contract, steps), budget, Upstream(base, secrets, make, timeout), recorder, rate)
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app=proxy), base_url="http://127.0.0.1:1")
        return cls(proxy, budget, recorder, client)

    async def send(
        self, step: PlannedRequest, path: str = "", body: bytes | None = None, **headers: str
    ) -> httpx.Response:
        """Send a request for a step."""
        sent = {TICKET_HEADER: step.ticket, "content-type": "application/json"} | headers
        return await self.calls.request(step.operation.method, path or filled(step), headers=sent, content=body)

    @property
    def exchanges(self) -> list[HttpExchange]:
        """What was recorded."""
        return recordings.read_recordings(self.recorder.recordings) if any(self.recorder.recordings.iterdir()) else []

    @property
    def journal(self) -> str:
        """What the journal says."""
        return (self.recorder.folder / "journal.jsonl").read_text("utf-8")


def execute(*arguments: str) -> int:
    """Run the command in this process, in the main thread. It takes the secrets out of the environment."""
    with Interrupts() as interrupts, pytest.MonkeyPatch.context() as patch:
        for variable in (KEY_VARIABLE, TOKEN_VARIABLE):
            if variable in os.environ:
                patch.setenv(variable, os.environ[variable])
        return main(interrupts, ["--target", "live", *arguments])


def filled(step: PlannedRequest) -> str:
    """Return the path of a planned request, with ids that do not exist."""
    return step.operation.path.replace("{task_id}", "unknown").replace("{clip_id}", "unknown")


def refusal(response: httpx.Response) -> str:
    """Return why the proxy itself answered; empty when the service did."""
    return str(response.headers.get(PROXY_HEADER, ""))
