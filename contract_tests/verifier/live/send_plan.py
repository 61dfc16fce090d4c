"""Sends the plan to the proxy, step by step, and keeps what came of it for people."""

from __future__ import annotations

from typing import Final

import httpx
from attrs import define, field
from cometapi_suno import AsyncSunoClient

from contract_tests.verifier.live.allowlist import TICKET
from contract_tests.verifier.live.api_key import PLACEHOLDER
from contract_tests.verifier.live.limits import Ledger
from contract_tests.verifier.live.live_plan import Plan
from contract_tests.verifier.live.paid_workflow import WorkflowError, walk
from contract_tests.verifier.live.planned_requests import Step

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


async def drive(plan: Plan, proxy: str, ledger: Ledger, trip: Trip, patience: float) -> None:
    """Send the plan until its end, or until the proxy sends nothing any more.

    Args:
        plan: The plan.
        proxy: The proxy's base URL.
        ledger: Tells whether anything may still be sent.
        trip: What came of it is noted here.
        patience: Seconds that the proxy waits for an answer.
    """
    limits = httpx.Timeout(patience + _MARGIN)
    async with httpx.AsyncClient(base_url=proxy, timeout=limits, trust_env=False) as client:
        for step in plan.checks:
            if ledger.stopped is not None:
                return
            await _send(client, step)
    if plan.workflow is not None:
        await _walk(plan, proxy, trip, patience)
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


async def _walk(plan: Plan, proxy: str, trip: Trip, patience: float) -> None:
    assert plan.workflow is not None
    client = AsyncSunoClient(api_key=PLACEHOLDER, base_url=proxy, timeout=patience + _MARGIN, retries=0, proxy="")
    async with client:
        try:
            await walk(client, plan.workflow, plan.wait, trip.reached.append)
        except WorkflowError as error:
            trip.failures.append(str(error))
