"""What Locust runs: users that walk the workflow, and one report for all processes."""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from argparse import ArgumentParser
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from cometapi_suno import Call, Headers, Response
from cometapi_suno_mock import DEMO_KEY, load_contract
from locust import FastHttpUser, events, task
from locust.env import Environment

from contract_tests.load.soak.answer_checks import AnswerChecker, AnswerCounts
from contract_tests.load.soak.soak_report import CreditBalance, OperationLoad, SoakReport
from contract_tests.load.soak.target_check import TargetError, check_target, read_spent_credits
from contract_tests.load.soak.user_workflow import run_workflow

T = TypeVar("T")

COUNTS = AnswerCounts()
CONTRACT = load_contract()
CHECKER = AnswerChecker(CONTRACT)
_KEY = os.environ.get("COMETAPI_SOAK_KEY", DEMO_KEY)
_GRACE = 10
_HEADERS = {"Authorization": f"Bearer {_KEY}", "User-Agent": "cometapi-suno-soak"}


class WorkflowUser(FastHttpUser):
    """Repeats the workflow without a pause."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._random = random.Random()

    @task
    def run_workflow(self) -> None:
        """Run the workflow once."""
        run_workflow(self._send, self._random)

    def _send(self, call: Call[T], expected_status: int = 200) -> T | None:
        operation = CHECKER.find_operation(call).id
        content = call.content
        headers = _HEADERS if content is None else {**_HEADERS, "Content-Type": content.media.decode("ascii")}
        with self.client.request(
            call.operation.method,
            call.path,
            name=operation,
            data=None if content is None else content.data,
            headers=headers,
            catch_response=True,
            allow_redirects=False,
        ) as answer:
            if answer.headers is None:
                checked = CHECKER.report_no_answer(call, f"{type(answer.error).__name__}: {answer.error}")
            else:
                response = _make_response(answer.status_code, answer.headers, answer.content)
                checked = CHECKER.check(call, response, expected_status)
            COUNTS.add(operation, checked)
            if checked.problems:
                answer.failure(checked.problems[0].kind)
            else:
                answer.success()
        value: T | None = checked.value
        return value


def _make_response(status: int, headers: Any, content: bytes | None) -> Response:
    lines = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    return Response(status, Headers(lines), content or b"")


@cache
def _read_spent_before(host: str) -> int | None:
    return read_spent_credits(host)


@events.init_command_line_parser.add_listener
def _add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--requests", type=int, default=0, help="stop after so many requests")
    parser.add_argument("--report", default="build/soak", help="folder of the report")
    parser.add_argument("--capping-proxy", metavar="HEADER", help="header of a proxy that caps spending")


@events.init.add_listener
def _prepare(environment: Environment, **_: Any) -> None:
    """Refuse a forbidden target, remember how much it had spent, and watch the number of requests."""
    options = environment.parsed_options
    if options.worker:
        return
    host = environment.host or ""
    try:
        check_target(host, CONTRACT.description, options.capping_proxy)
    except TargetError as error:
        sys.stderr.write(f"soak: {error}\n")
        sys.exit(2)
    _read_spent_before(host)
    if options.requests:
        threading.Thread(target=_stop_after, args=(environment, options.requests), daemon=True).start()


def _stop_after(environment: Environment, requests: int) -> None:
    """Stop after a number of requests. Locust has patched threads: this one is a greenlet like the users."""
    while environment.stats.total.num_requests < requests:
        time.sleep(0.2)
    if environment.runner is not None:
        environment.runner.quit()


@events.test_stopping.add_listener
def _let_workers_finish(environment: Environment, **_: Any) -> None:
    """Wait until the workers have finished and sent their counts. Locust's own master waits only half a second."""
    runner, options = environment.runner, environment.parsed_options
    if not options.master or runner is None:
        return
    runner.update_state("stopping")
    runner.send_message("quit")
    deadline = time.monotonic() + options.stop_timeout + _GRACE
    while runner.clients.all and time.monotonic() < deadline:
        time.sleep(0.05)


@events.report_to_master.add_listener
def _send_counts(client_id: str, data: dict[str, Any], **_: Any) -> None:
    data["soak"] = COUNTS.take()


@events.worker_report.add_listener
def _merge_counts(client_id: str, data: dict[str, Any], **_: Any) -> None:
    COUNTS.merge(data["soak"])


@events.quitting.add_listener
def _write_report(environment: Environment, **_: Any) -> None:
    """Write the report; a problem makes the exit status 1."""
    options = environment.parsed_options
    if options.worker:
        return
    host = environment.host or ""
    report = SoakReport(
        target=host,
        seconds=(environment.stats.last_request_timestamp or 0) - environment.stats.start_time,
        workers=options.expect_workers if options.master else 1,
        lines=[_summarize(name, entry) for (name, _), entry in sorted(environment.stats.entries.items())],
        total=_summarize("all", environment.stats.total),
        counts=COUNTS,
        credits=_compare_credits(host),
    )
    report.write(Path(options.report))
    sys.stdout.write(report.to_markdown())
    environment.process_exit_code = 1 if report.problems else 0


def _compare_credits(host: str) -> CreditBalance | None:
    before, after = _read_spent_before(host), read_spent_credits(host)
    return None if before is None or after is None else CreditBalance(COUNTS.charged, after - before)


def _summarize(name: str, entry: Any) -> OperationLoad:
    median, p95, p99 = (entry.get_response_time_percentile(share) for share in (0.5, 0.95, 0.99))
    return OperationLoad(name, entry.num_requests, entry.total_rps, median, p95, p99, entry.max_response_time)
