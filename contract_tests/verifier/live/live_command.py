"""The command: plan, send, account, verdict."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from cometapi_suno_mock import Contract, DescriptionError, Gateway
from cometapi_suno_mock import description as descriptions

from contract_tests.verifier.drift.baseline import BaselineError
from contract_tests.verifier.drift.detector import Report
from contract_tests.verifier.exchange.recordings import RecordingError
from contract_tests.verifier.live import live_verdict, run_summary
from contract_tests.verifier.live.api_key import Key
from contract_tests.verifier.live.arguments import Options, parse
from contract_tests.verifier.live.base_url import base_of
from contract_tests.verifier.live.errors import BadInputError
from contract_tests.verifier.live.free_and_read_requests import free_steps, read_steps
from contract_tests.verifier.live.live_plan import Plan
from contract_tests.verifier.live.live_prices import Prices
from contract_tests.verifier.live.live_run import Run
from contract_tests.verifier.live.paid_workflow import Workflow
from contract_tests.verifier.live.planned_requests import Step, Tier
from contract_tests.verifier.live.run_summary import Account
from contract_tests.verifier.live.signals import Interrupts
from contract_tests.verifier.live.upstream import Upstream, connections

Tell: TypeAlias = Callable[[Account, Report], object]
"""Gets what a run sent, and what was found in the answers."""


def say_verdict(_: Account, report: Report) -> None:
    """Print the verdict, and a line for each finding."""
    say(live_verdict.text(report))


def main(interrupts: Interrupts, arguments: Sequence[str] | None = None, tell: Tell = say_verdict) -> int:
    """Run the command; returns its exit status."""
    try:
        status = _run(parse(arguments), interrupts, tell)
    except (BadInputError, RecordingError, BaselineError) as error:
        sys.stderr.write(f"live: {' '.join(str(error).split())}\n")
        status = 2
    return status if interrupts.status is None else interrupts.status


def plan_of(options: Options, contract: Contract) -> Plan:
    """What the options ask for.

    Raises:
        BadInputError: An operation that is named does not exist, or nothing is left to send.
    """
    for name in (*options.only, *options.prices):
        if name not in contract.operations:
            raise BadInputError(f"{name!a} is no operation; there are {', '.join(contract.operations)}.")
    try:
        workflow = Workflow.of(contract, options.wait) if Tier.PAID in options.tiers else None
    except DescriptionError as error:
        raise BadInputError(str(error)) from None
    checks: list[Step] = []
    if Tier.FREE in options.tiers:
        checks += free_steps(contract)
    if Tier.READ in options.tiers:
        checks += read_steps(contract, options.ids)
    checks = [step for step in checks if not options.only or step.operation.id in options.only]
    if not checks and workflow is None:
        raise BadInputError("nothing is left to send: the description has no such call for these tiers.")
    return Plan(
        base=base_of(options.base_url, str(contract.description["servers"][0]["url"])),
        checks=checks,
        workflow=workflow,
        wait=options.wait,
        prices=Prices(options.prices),
        max_calls=options.max_calls,
        max_cost=options.max_cost,
        rate=options.rate,
    )


def _run(options: Options, interrupts: Interrupts, tell: Tell) -> int:
    contract = described(options.description)
    if options.judge is not None:
        return _judge(run_summary.from_journal(options.judge), contract, tell)
    plan = plan_of(options, contract)
    if not options.yes:
        say(plan.text())
        if plan.obstacle is not None:
            say(f"With --yes: {plan.obstacle}")
        say("Nothing was sent. Add --yes to send the plan.")
        return 0
    if plan.obstacle is not None:
        raise BadInputError(plan.obstacle)
    transport = connections(plan.base)
    upstream = Upstream(plan.base, Key.take(), transport, options.patience)
    say(plan.text() + "\n")
    run = Run(plan=plan, contract=contract, upstream=upstream, out=options.out, port=options.port)
    given = run.execute(interrupts, say)
    return _judge(given, contract, tell)


def _judge(given: Account, contract: Contract, tell: Tell) -> int:
    report = live_verdict.judge(contract, given.folder)
    say(given.text())
    tell(given, report)
    return 0 if given.clean and report.holds else 1


def described(path: Path | None) -> Contract:
    """The bundled description of a file, by default the generated one, and its validator.

    Raises:
        BadInputError: It is none.
    """
    try:
        contract = Gateway().contract if path is None else Contract(descriptions.load(path))
        contract.description["servers"][0]["url"].encode("ascii")
    except DescriptionError as error:
        raise BadInputError(f"the description cannot be used: {error}") from None
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError) as error:
        where = path or "the generated description"
        raise BadInputError(f"{where}: no description that can be used: {type(error).__name__}: {error}") from None
    return contract


def say(text: str) -> None:
    """Print; when nobody listens any more, go on all the same: what was recorded is on the disk."""
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
