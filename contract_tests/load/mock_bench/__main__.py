"""`make bench-mock`: put the mock, its server alone and Prism under the same load in turn, and write docs/mock.md."""

from __future__ import annotations

import argparse
import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cometapi_suno_mock import DEMO_KEY

from contract_tests.load.mock_bench.load_generator import LoadResult
from contract_tests.load.mock_bench.mock_bench_page import (
    CONNECTIONS,
    FIXED,
    MOCK,
    PRISM,
    ServerFigures,
    format_page,
    make_tables,
)
from contract_tests.load.server_processes import (
    ROOT,
    PrismError,
    ServedProcess,
    install_prism,
    serve_module,
    serve_prism,
)
from scripts.bench.budgets import format_budgets

DOCUMENTED: Final = ROOT / "openapi" / "examples" / "create-persona.request.documented.json"
DESCRIPTION: Final = ROOT / "generated" / "openapi.json"
_WARM_UP = 2.0
_PATIENCE = 60


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the page. Return 0, or 1 when a response had another status than 200."""
    parser = argparse.ArgumentParser(prog="make bench-mock", description=(__doc__ or "").partition(": ")[2])
    parser.add_argument("--rounds", type=int, default=9, help="default: %(default)s")
    parser.add_argument(
        "--seconds", type=float, default=3.0, help="of load on each server in each round; default: %(default)s"
    )
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "mock.md", help="the page to write")
    options = parser.parse_args(arguments)
    mock = partial(serve_module, "cometapi_suno_mock", "--port", "0", "--quiet", "--credits", "1000000000")
    fixed = partial(serve_module, "contract_tests.load.mock_bench.fixed_answer_server")
    left_out = None
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(_start_often(name, serve, 5)) for name, serve in ((MOCK, mock), (FIXED, fixed))]
        try:
            prism = partial(serve_prism, install_prism(ROOT / "build" / "prism"), "mock", str(DESCRIPTION))
            servers.append(stack.enter_context(_start_often(PRISM, prism, 3)))
        except PrismError as error:
            left_out = str(error)
            sys.stderr.write(f"bench-mock: Prism is left out: {error}\n")
        _measure_rounds(servers, options.rounds, options.seconds)
        for process, each in servers:
            each.memory = process.read_memory()
    figures = [each for _, each in servers]
    options.output.write_text(format_page(figures, options.seconds, left_out), "utf-8")
    sys.stdout.write(format_budgets(make_tables(figures)))
    return int(any(load.others for each in figures for load in each.loads))


@contextlib.contextmanager
def _start_often(
    name: str, serve: Callable[[], AbstractContextManager[ServedProcess]], times: int
) -> Generator[tuple[ServedProcess, ServerFigures]]:
    """Start a server so many times, measuring the time to its first response; the last one stays."""
    figures = ServerFigures(name)
    for last in (*[False] * (times - 1), True):
        started = time.perf_counter()
        with serve() as process:
            _wait_for_answer(process.url)
            figures.first_answers.append(time.perf_counter() - started)
            if last:
                yield process, figures


def _wait_for_answer(url: str) -> None:
    """Wait for the first 200."""
    address, request = urlsplit(url), make_request(url)
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with (
            contextlib.suppress(OSError),
            socket.create_connection((address.hostname or "", address.port or 80), 5) as connection,
        ):
            connection.sendall(request)
            if connection.recv(64).startswith(b"HTTP/1.1 200"):
                return
        time.sleep(0.002)
    raise TimeoutError(f"no 200 from {url}")


def _measure_rounds(servers: Sequence[tuple[ServedProcess, ServerFigures]], rounds: int, seconds: float) -> None:
    for process, _ in servers:
        _measure_load(process.url, _WARM_UP)
    for number in range(rounds):
        for process, figures in servers if number % 2 else reversed(servers):
            figures.loads.append(_measure_load(process.url, seconds))


def _measure_load(url: str, seconds: float) -> LoadResult:
    module = "contract_tests.load.mock_bench.load_generator"
    command = [sys.executable, "-m", module, url, str(CONNECTIONS), str(seconds)]
    done = subprocess.run(command, input=make_request(url), cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return LoadResult(**json.loads(done.stdout))


def make_request(url: str) -> bytes:
    """Return the documented request of `createPersona` as bytes on the wire."""
    body = json.dumps(json.loads(DOCUMENTED.read_text("utf-8")), separators=(",", ":")).encode()
    head = [
        "POST /suno/persona/create HTTP/1.1",
        f"Host: {urlsplit(url).netloc}",
        f"Authorization: Bearer {DEMO_KEY}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


if __name__ == "__main__":
    sys.exit(main())
