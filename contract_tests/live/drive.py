"""Sends the plan to the proxy, step by step, and keeps what came of it for people."""

from __future__ import annotations

from typing import Final

import httpx
from attrs import define, field, frozen
from cometapi_suno import AsyncSunoClient
from cometapi_suno._clock import AsyncClock

from contract_tests.live.gate import TICKET
from contract_tests.live.key import PLACEHOLDER
from contract_tests.live.ledger import Ledger
from contract_tests.live.plan import Plan
from contract_tests.live.steps import Step
from contract_tests.live.workflow import WorkflowError, walk

_MARGIN: Final = 600.0
"""Seconds more than the proxy's own patience: it answers first, even when it lets a call wait for its turn."""


@define
class Trip:
    """What came of the plan, beside what the ledger knows.

    Attributes:
        reached: What exists now.
        failures: What did not go on.
        begun: Whether every step of the plan was begun.
    """

    reached: list[str] = field(factory=list[str])
    failures: list[str] = field(factory=list[str])
    begun: bool = False


@frozen(kw_only=True)
class Road:
    """What the plan is sent over.

    Attributes:
        proxy: The proxy's base URL.
        patience: Seconds that the proxy waits for an answer.
        clock: What the client waits by; by default the real one.
    """

    proxy: str
    patience: float
    clock: AsyncClock | None = None


async def drive(plan: Plan, road: Road, ledger: Ledger, trip: Trip) -> None:
    """Send the plan until its end, or until the proxy sends nothing any more.

    Args:
        plan: The plan.
        road: What it is sent over.
        ledger: Tells whether anything may still be sent.
        trip: What came of it is noted here.
    """
    limits = httpx.Timeout(road.patience + _MARGIN)
    async with httpx.AsyncClient(base_url=road.proxy, timeout=limits, trust_env=False) as client:
        for step in plan.checks:
            if ledger.stopped is not None:
                return
            await _send(client, step)
    if plan.workflow is not None:
        await _walk(plan, road, trip)
    trip.begun = ledger.stopped is None


async def _send(client: httpx.AsyncClient, step: Step) -> None:
    assert step.sending is not None
    headers = {TICKET: step.ticket, "accept": "application/json", "user-agent": "cometapi-suno-contract-check"}
    if step.sending.body:
        headers["content-type"] = "application/json"
    response = await client.request(
        step.operation.method, step.sending.path, headers=headers, content=step.sending.body or None
    )
    await response.aread()


async def _walk(plan: Plan, road: Road, trip: Trip) -> None:
    assert plan.workflow is not None
    patience = road.patience + _MARGIN
    client = AsyncSunoClient(
        api_key=PLACEHOLDER, base_url=road.proxy, timeout=patience, retries=0, proxy="", clock=road.clock
    )
    async with client:
        try:
            await walk(client, plan.workflow, plan.wait, trip.reached.append)
        except WorkflowError as error:
            trip.failures.append(str(error))
