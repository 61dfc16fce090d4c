"""One live run: serve the proxy, send the plan through it, wait for the last responses, and sum up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager, ExitStack, suppress
from functools import partial
from time import monotonic
from typing import Any, Final

import httpx
from attrs import define, field
from cometapi_suno import AsyncSunoClient
from cometapi_suno_mock import Contract
from cometapi_suno_mock.serving import serve_in_thread

from contract_tests.verifier.exchange import VerifierInputError
from contract_tests.verifier.exchange.exchange import HttpExchange, now
from contract_tests.verifier.exchange.recordings import read_recordings
from contract_tests.verifier.live.held_secrets import PLACEHOLDER_KEY
from contract_tests.verifier.live.limits import ACCEPTED, Allowlist, Budget, Refusal
from contract_tests.verifier.live.live_plan import LivePlan
from contract_tests.verifier.live.measured_cost import OVERLAY, CostMeter, propose_prices
from contract_tests.verifier.live.paid_workflow import TICKET_HEADER, PaidWorkflowError, run_paid_workflow
from contract_tests.verifier.live.planned_requests import PlannedRequest
from contract_tests.verifier.live.proxy import LiveProxy
from contract_tests.verifier.live.recorder import RECORDINGS, LiveRecorder
from contract_tests.verifier.live.run_summary import RunSummary
from contract_tests.verifier.live.signals import Interrupts
from contract_tests.verifier.live.upstream import Upstream, name_in_recordings
from scripts.text_and_files import format_path, write_atomically

INTERRUPT_GRACE: Final = 8.0
"""Seconds that an interrupted run waits for responses; a second interrupt ends it at once."""
FINISHED: Final = Refusal("finished", "the plan was sent to its end")

_CALLER_MARGIN: Final = 600.0
"""Seconds that a caller waits longer than the proxy, which may delay a call to keep the rate."""


@define
class LiveRun:
    """A run of a plan.

    Attributes:
        plan: The plan.
        contract: The description.
        upstream: The service and its key.
        created: What now exists in the account.
        failures: Steps that failed.
        all_begun: Whether every planned request was begun.
    """

    plan: LivePlan
    contract: Contract
    upstream: Upstream
    created: list[str] = field(factory=list[str], init=False)
    failures: list[str] = field(factory=list[str], init=False)
    all_begun: bool = field(default=False, init=False)

    def execute(self, interrupts: Interrupts, say: Callable[[str], object]) -> RunSummary:
        """Send the plan.

        Raises:
            VerifierInputError: The port is taken, or the folder cannot be written; nothing was sent.
        """
        options = self.plan.options
        budget = Budget(
            max_calls=self.plan.max_calls,
            max_cost=options.max_cost,
            prices=options.prices,
            kept_back=self.plan.kept_back,
        )
        scrubber = self.upstream.secrets.make_scrubber(self.contract, keep_contents=options.keep_contents)
        meter = CostMeter(self.plan.reads, budget)
        recorder = LiveRecorder(options.out, name_in_recordings(self.upstream.base_url), scrubber)
        allowlist = Allowlist(self.contract, self.plan.requests)
        proxy = LiveProxy(allowlist, budget, self.upstream, recorder, options.rate)
        with ExitStack() as stack:
            try:
                url = stack.enter_context(serve_in_thread(proxy, host="127.0.0.1", port=options.port))
            except (OSError, OverflowError) as error:
                reason = getattr(error, "strerror", None) or error
                raise VerifierInputError(f"--port {options.port}: the proxy cannot listen there: {reason}.") from None
            try:
                recorder.open()
            except OSError as error:
                place = recorder.private if recorder.recordings.exists() else f"--out {options.out}"
                raise VerifierInputError(f"{place}: cannot be written: {error.strerror}.") from None
            stack.enter_context(
                interrupts.notify(lambda number: budget.stop(Refusal("interrupted", f"interrupted by {number.name}")))
            )
            with asyncio.Runner() as runner:
                try:
                    runner.run(self._run_until(budget.notify, url, partial(self._send_plan, budget, meter)))
                except httpx.HTTPError as error:
                    self.failures.append(f"the proxy did not answer: {type(error).__name__}")
                self._wait_for_responses(budget, proxy, interrupts, say)
                # Also after a cap has ended the run; an interrupt ends it.
                runner.run(self._run_until(interrupts.notify, url, meter.close))
            self._wait_for_responses(budget, proxy, interrupts, say)
            sent = self.all_begun and not self.failures
            budget.stop(FINISHED if sent else Refusal("failed", "a step of the plan failed"))
        return self._sum_up(budget, recorder, meter)

    async def _run_until(
        self,
        notify: Callable[[Callable[..., object]], AbstractContextManager[None]],
        url: str,
        work: Callable[[httpx.AsyncClient, AsyncSunoClient], Coroutine[Any, Any, None]],
    ) -> None:
        """Run some work with clients of the proxy, and cancel it when `notify` reports something."""
        timeout = self.upstream.timeout + _CALLER_MARGIN
        client = AsyncSunoClient(
            api_key=PLACEHOLDER_KEY, access_token=PLACEHOLDER_KEY, base_url=url, timeout=timeout, retries=0, proxy=""
        )
        loop = asyncio.get_running_loop()
        async with client, httpx.AsyncClient(base_url=url, timeout=timeout, trust_env=False) as http:
            task = loop.create_task(work(http, client))
            with notify(lambda *_: loop.call_soon_threadsafe(task.cancel)):
                await asyncio.wait({task})
        if not task.cancelled():
            task.result()

    async def _send_plan(
        self, budget: Budget, meter: CostMeter, http: httpx.AsyncClient, client: AsyncSunoClient
    ) -> None:
        await meter.read(http)
        for planned in self.plan.checks:
            if budget.stopped is not None:
                return
            await _send_check(http, planned)
            if planned.may_be_charged:
                await meter.read(http, planned.operation.id)
        if self.plan.workflow is not None:
            try:
                await run_paid_workflow(
                    client,
                    self.plan.workflow,
                    self.plan.options.wait,
                    self.created.append,
                    report_task=meter.add_task,
                    measure=partial(meter.read, http),
                )
            except PaidWorkflowError as error:
                self.failures.append(str(error))
        self.all_begun = budget.stopped is None

    def _wait_for_responses(
        self, budget: Budget, proxy: LiveProxy, interrupts: Interrupts, say: Callable[[str], object]
    ) -> None:
        """Wait for the responses of calls that were sent: they may have been paid for."""
        deadline = monotonic() + self.upstream.timeout + 1

        def give_up() -> bool:
            now = monotonic()
            grace_is_over = interrupts.first is not None and now > interrupts.since + INTERRUPT_GRACE
            return interrupts.count > 1 or grace_is_over or now > deadline

        left = budget.in_flight()
        if left and interrupts.first is not None:
            say(f"Waiting up to {INTERRUPT_GRACE:g} s for {left} response(s). Interrupt again to stop waiting.")
        if not budget.wait_idle(give_up):
            proxy.abandon()
            soon = monotonic() + 2
            budget.wait_idle(lambda: monotonic() > soon)

    def _sum_up(self, budget: Budget, recorder: LiveRecorder, meter: CostMeter) -> RunSummary:
        ended, calls = budget.stopped or FINISHED, budget.calls
        summary = RunSummary(
            date=calls[0].date if calls else now(),
            base_url=self.upstream.base_url,
            calls=calls,
            max_calls=budget.max_calls,
            max_cost=budget.max_cost,
            ended=ended.message,
            complete=ended is FINISHED,
            objection=ended.message if ended.code == ACCEPTED else "",
            created=tuple(self.created),
            failures=tuple(self.failures),
            folder=recorder.folder,
            private=recorder.private,
            measured=meter.cost,
            estimates=self.plan.estimates,
            unasked=self.plan.unasked,
        )
        shown = summary.sanitize(recorder.scrubber)
        overlay = propose_prices(self.contract, meter.cost, self.upstream.base_url, summary.date[:10])
        with suppress(OSError):  # a full disk has ended the run; the terminal still shows the summary
            summary.write(recorder.private)
            if overlay is not None:
                write_atomically(recorder.folder / OVERLAY, json.dumps(overlay, indent=2) + "\n")
            recorder.record_end(ended, self.plan.unasked)
            shown.write(recorder.folder)
        return shown


def read_run(summary: RunSummary) -> list[HttpExchange]:
    """Return the exchanges that a run recorded; none if it got no response.

    Raises:
        VerifierInputError: A recording or the folder cannot be read.
    """
    recordings = summary.folder / RECORDINGS
    if not recordings.is_dir():
        raise VerifierInputError(f"{format_path(recordings)}: cannot be read: no such folder")
    return read_recordings(recordings) if any(recordings.glob("*.json")) else []


async def _send_check(http: httpx.AsyncClient, planned: PlannedRequest) -> None:
    agent = "cometapi-suno-contract-check"
    headers = {TICKET_HEADER: planned.ticket, "accept": "application/json", "user-agent": agent}
    if planned.body:
        headers["content-type"] = "application/json"
    await http.request(planned.operation.method, planned.path, headers=headers, content=planned.body or None)
