"""What Locust runs: users of the client's operations, and the one report of all processes."""

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
from cometapi_suno_mock import DEMO_KEY, Contract
from cometapi_suno_mock.description import load
from locust import FastHttpUser, events, task
from locust.env import Environment
from locust.rpc import Message

from contract_tests.load.soak.answer_checks import Judge
from contract_tests.load.soak.counters import Tally
from contract_tests.load.soak.soak_report import Credits, Line, Report
from contract_tests.load.soak.target_check import TargetError, check_target, spent_at
from contract_tests.load.soak.user_workflow import walk

T = TypeVar("T")

TALLY = Tally()
JUDGE = Judge(Contract(load()))
_KEY = os.environ.get("COMETAPI_SOAK_KEY", DEMO_KEY)
_GRACE = 10
_HEADERS = {"Authorization": f"Bearer {_KEY}", "User-Agent": "cometapi-suno-soak"}


class Walker(FastHttpUser):
    """Walks the workflow over and over, without a pause."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._chance = random.Random()

    @task
    def walk(self) -> None:
        """One journey."""
        walk(self._send, self._chance)

    def _send(self, call: Call[T], due: int = 200) -> T | None:
        operation = JUDGE.operation(call).id
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
                verdict = JUDGE.lost(call, f"{type(answer.error).__name__}: {answer.error}")
            else:
                verdict = JUDGE.judge(call, _response(answer.status_code, answer.headers, answer.content), due)
            TALLY.add(operation, verdict)
            if verdict.findings:
                answer.failure(verdict.findings[0].kind)
            else:
                answer.success()
        value: T | None = verdict.value
        return value


def _response(status: int, headers: Any, content: bytes | None) -> Response:
    lines = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    return Response(status, Headers(lines), content or b"")


@cache
def _spent_before(host: str) -> int | None:
    return spent_at(host)


@events.init_command_line_parser.add_listener
def _options(parser: ArgumentParser) -> None:
    parser.add_argument("--requests", type=int, default=0, help="stop after so many requests")
    parser.add_argument("--report", default="build/soak", help="folder of the report")
    parser.add_argument("--capping-proxy", metavar="HEADER", help="header of a proxy that caps spending")


@events.init.add_listener
def _begin(environment: Environment, **_: Any) -> None:
    """Refuse a target that must not be loaded; remember what it had spent; watch the number of requests."""
    options = environment.parsed_options
    if options.worker:
        return
    host = environment.host or ""
    try:
        check_target(host, load(), options.capping_proxy)
    except TargetError as error:
        sys.stderr.write(f"soak: {error}\n")
        sys.exit(2)
    _spent_before(host)
    if options.requests:
        threading.Thread(target=_stop_after, args=(environment, options.requests), daemon=True).start()


def _stop_after(environment: Environment, requests: int) -> None:
    """Locust has patched threads: this one is a greenlet like the users."""
    while environment.stats.total.num_requests < requests:
        time.sleep(0.2)
    if environment.runner is not None:
        environment.runner.quit()


@events.test_stopping.add_listener
def _let_workers_finish(environment: Environment, **_: Any) -> None:
    """Let workers end their journeys and hand over everything. Locust's master waits for half a second, no more."""
    runner, options = environment.runner, environment.parsed_options
    if not options.master or runner is None:
        return
    runner.update_state("stopping")
    for client in runner.clients.all:
        runner.server.send_to_client(Message("quit", None, client.id))
    deadline = time.monotonic() + options.stop_timeout + _GRACE
    while runner.clients.all and time.monotonic() < deadline:
        time.sleep(0.05)


@events.report_to_master.add_listener
def _hand_over(client_id: str, data: dict[str, Any], **_: Any) -> None:
    data["soak"] = TALLY.take()


@events.worker_report.add_listener
def _take_over(client_id: str, data: dict[str, Any], **_: Any) -> None:
    TALLY.merge(data["soak"])


@events.quitting.add_listener
def _end(environment: Environment, **_: Any) -> None:
    """Write the report; any problem is the exit code."""
    options = environment.parsed_options
    if options.worker:
        return
    host = environment.host or ""
    report = Report(
        target=host,
        seconds=(environment.stats.last_request_timestamp or 0) - environment.stats.start_time,
        workers=options.expect_workers if options.master else 1,
        lines=[_line(name, entry) for (name, _), entry in sorted(environment.stats.entries.items())],
        total=_line("all", environment.stats.total),
        tally=TALLY,
        credits=_credits(host),
    )
    report.write(Path(options.report))
    sys.stdout.write(report.to_markdown())
    environment.process_exit_code = 1 if report.problems else 0


def _credits(host: str) -> Credits | None:
    before, after = _spent_before(host), spent_at(host)
    return None if before is None or after is None else Credits(TALLY.charged, after - before)


def _line(name: str, entry: Any) -> Line:
    median, p95, p99 = (entry.get_response_time_percentile(share) for share in (0.5, 0.95, 0.99))
    return Line(name, entry.num_requests, entry.total_rps, median, p95, p99, entry.max_response_time)
