"""One live run: serve the proxy, send the plan, wait for what is on its way, give an account."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from signal import Signals
from time import monotonic
from typing import Final

import httpx
from attrs import frozen
from cometapi_suno_mock import Contract
from cometapi_suno_mock.serving import running

from contract_tests.verifier.exchange.exchange import now
from contract_tests.verifier.live import run_summary
from contract_tests.verifier.live.allowlist import Gate
from contract_tests.verifier.live.base_url import host_of
from contract_tests.verifier.live.errors import BadInputError
from contract_tests.verifier.live.limits import Ledger, Refusal
from contract_tests.verifier.live.live_plan import Plan
from contract_tests.verifier.live.proxy import Proxy
from contract_tests.verifier.live.recorder import Recorder
from contract_tests.verifier.live.run_summary import Account, Call
from contract_tests.verifier.live.send_plan import Trip, drive
from contract_tests.verifier.live.signals import Interrupts
from contract_tests.verifier.live.upstream import Upstream

ACCOUNT: Final = "account.json"
GRACE: Final = 8.0
"""Seconds that an interrupted run waits for answers on their way; a second interrupt ends it at once."""

FINISHED: Final = Refusal("finished", "the plan was sent to its end")


@frozen(kw_only=True)
class Run:
    """A plan, and what it is sent with.

    Attributes:
        plan: The plan.
        contract: The description.
        upstream: The service, and the key.
        out: Where the folder of this run is made.
        port: Of the proxy; 0 for any that is free.
    """

    plan: Plan
    contract: Contract
    upstream: Upstream
    out: Path
    port: int = 0

    def execute(self, interrupts: Interrupts, say: Callable[[str], object]) -> Account:
        """Send the plan.

        Raises:
            BadInputError: The port is taken, or nothing can be written; nothing was sent.
        """
        ledger, trip = self.plan.ledger(), Trip()
        recorder = Recorder(self.out, host_of(self.upstream.base), self.upstream.key.scrubber())
        gate = Gate(self.contract, self.plan.steps)
        proxy = Proxy(gate, ledger, self.upstream, recorder, self.plan.rate)
        with ExitStack() as stack:
            try:
                url = stack.enter_context(running(proxy, host="127.0.0.1", port=self.port))
            except (OSError, OverflowError) as error:
                reason = getattr(error, "strerror", None) or error
                raise BadInputError(f"--port {self.port}: the proxy cannot listen there: {reason}.") from None
            try:
                recorder.open()
            except OSError as error:
                raise BadInputError(f"--out {self.out}: cannot be written: {error.strerror}.") from None
            stack.enter_context(interrupts.told_to(lambda number: ledger.stop(_interrupted(number))))
            with asyncio.Runner() as runner:
                runner.run(self._drive(url, ledger, trip))
            self._settle(ledger, proxy, interrupts, say)
            ledger.stop(FINISHED if trip.begun and not trip.failures else Refusal("failed", "the plan did not go on"))
        return self._account(ledger, trip, recorder)

    async def _drive(self, url: str, ledger: Ledger, trip: Trip) -> None:
        """Send the plan; break off as soon as nothing is sent any more."""
        loop = asyncio.get_running_loop()
        driving = loop.create_task(drive(self.plan, url, ledger, trip, self.upstream.patience))
        with ledger.watching(lambda: loop.call_soon_threadsafe(driving.cancel)):
            await asyncio.wait({driving})
        if driving.cancelled():
            return
        try:
            driving.result()
        except httpx.HTTPError as error:
            trip.failures.append(f"the proxy did not answer: {type(error).__name__}")

    def _settle(self, ledger: Ledger, proxy: Proxy, interrupts: Interrupts, say: Callable[[str], object]) -> None:
        """Wait for answers on their way: they may have been paid for."""
        deadline = monotonic() + self.upstream.patience + 1

        def enough() -> bool:
            now = monotonic()
            waited = interrupts.first is not None and now > interrupts.since + GRACE
            return interrupts.count > 1 or waited or now > deadline

        left = ledger.in_flight()
        if left and interrupts.first is not None:
            say(f"Waiting up to {GRACE:g} s for {left} answer(s) on the way. Interrupt again to give up.")
        if not ledger.wait_idle(enough):
            proxy.abandon()
            soon = monotonic() + 2
            ledger.wait_idle(lambda: monotonic() > soon)

    def _account(self, ledger: Ledger, trip: Trip, recorder: Recorder) -> Account:
        ended = ledger.stopped or FINISHED
        entries = ledger.entries
        told = Account(
            date=entries[0].date if entries else now(),
            base=self.upstream.base,
            calls=[Call.of(entry) for entry in entries],
            cap=ledger.max_calls,
            max_cost=ledger.max_cost,
            ended=ended.message,
            complete=ended is FINISHED,
            reached=tuple(trip.reached),
            failures=tuple(trip.failures),
            folder=recorder.folder,
        )
        try:
            recorder.ended(ended)
            run_summary.write(told, recorder.folder / ACCOUNT)
        except OSError:
            return told  # the disk is full, or gone: that is why the run ended, and the terminal still tells it
        return told


def _interrupted(number: Signals) -> Refusal:
    return Refusal("interrupted", f"interrupted by {number.name}")
