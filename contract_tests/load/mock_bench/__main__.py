"""`make bench-mock`: the mock, its bare server and Prism under the same load in turn, into docs/mock.md."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from attrs import define, field
from cometapi_suno_mock import DEMO_KEY

from contract_tests.load import prism
from contract_tests.load.mock_bench.load_generator import Came
from contract_tests.load.mock_bench.mock_bench_page import CONNECTIONS, FIXED, MOCK, PRISM, Row, limits, page
from contract_tests.suite.support.wheel import ROOT

DOCUMENTED = ROOT / "openapi" / "examples" / "create-persona.request.documented.json"
DESCRIPTION = ROOT / "generated" / "openapi.json"
_WARM_UP = 2.0
_PATIENCE = 60


@define
class Server:
    """A server under load, and what was measured of it."""

    name: str
    url: str
    pid: int
    first: list[float] = field(factory=list[float])
    came: list[Came] = field(factory=list[Came])

    def row(self) -> Row:
        """What goes on the page."""
        return Row(self.name, self.first, _megabytes(self.pid), self.came)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the page. Returns 0, and 1 when an answer had another status than 200."""
    parser = argparse.ArgumentParser(prog="make bench-mock", description=(__doc__ or "").partition(": ")[2])
    parser.add_argument("--rounds", type=int, default=9, help="default: %(default)s")
    parser.add_argument(
        "--seconds", type=float, default=3.0, help="of load on each in each round; default: %(default)s"
    )
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "mock.md", help="the page to write")
    chosen = parser.parse_args(arguments)
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(_ours(MOCK, "cometapi_suno_mock", "--port", "0", "--credits", "1000000000"))]
        servers.append(stack.enter_context(_ours(FIXED, "contract_tests.load.mock_bench.fixed_answer_server")))
        left_out = None
        try:
            servers.append(stack.enter_context(_prism()))
        except prism.PrismError as error:
            left_out = str(error)
            sys.stderr.write(f"bench-mock: Prism is left out: {error}\n")
        _measure(servers, chosen.rounds, chosen.seconds)
        rows = [server.row() for server in servers]
    chosen.output.write_text(page(rows, chosen.seconds, left_out), "utf-8")
    for limit in limits(rows):
        sys.stdout.write(f"{'met   ' if limit.kept else 'missed'}  {limit.what}: {limit.measured} ({limit.at})\n")
    return int(any(came.others for row in rows for came in row.came))


def _measure(servers: Sequence[Server], rounds: int, seconds: float) -> None:
    for server in servers:
        _load(server.url, _WARM_UP)
    for number in range(rounds):
        for server in servers if number % 2 else reversed(servers):
            server.came.append(_load(server.url, seconds))


def _load(url: str, seconds: float) -> Came:
    command = [
        sys.executable,
        "-m",
        "contract_tests.load.mock_bench.load_generator",
        url,
        str(CONNECTIONS),
        str(seconds),
    ]
    done = subprocess.run(command, input=request_for(url), cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return Came(**json.loads(done.stdout))


def request_for(url: str) -> bytes:
    """The documented request of `createPersona`, as it goes over the wire."""
    body = json.dumps(json.loads(DOCUMENTED.read_text("utf-8")), separators=(",", ":")).encode()
    head = [
        "POST /suno/persona/create HTTP/1.1",
        f"Host: {urlsplit(url).netloc}",
        f"Authorization: Bearer {DEMO_KEY}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


@contextlib.contextmanager
def _ours(name: str, module: str, *arguments: str) -> Generator[Server]:
    """A server that prints its URL, started five times; the last one stays."""
    first: list[float] = []
    for _ in range(4):
        with _started(module, *arguments) as server:
            first.append(server.first[0])
    with _started(module, *arguments) as server:
        yield Server(name, server.url, server.pid, [*first, *server.first])


@contextlib.contextmanager
def _started(module: str, *arguments: str) -> Generator[Server]:
    places = [str(ROOT), str(ROOT / "generated"), str(ROOT / "contract_tests")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(places)}
    began = time.perf_counter()
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            url = next(word for word in child.stdout.readline().split() if word.startswith("http"))
            _first_answer(url)
            yield Server(module, url, child.pid, [time.perf_counter() - began])
        finally:
            child.terminate()


@contextlib.contextmanager
def _prism() -> Generator[Server]:
    command = prism.install(ROOT / "build" / "prism")
    first: list[float] = []
    for last in (False, False, True):
        began = time.perf_counter()
        with prism.serving(command, "mock", str(DESCRIPTION)) as (url, pid):
            _first_answer(url)
            first.append(time.perf_counter() - began)
            if last:
                yield Server(PRISM, url, pid, first)


def _first_answer(url: str) -> None:
    """Wait for the first 200."""
    place, request = urlsplit(url), request_for(url)
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with (
            contextlib.suppress(OSError),
            socket.create_connection((place.hostname or "", place.port or 80), 5) as connection,
        ):
            connection.sendall(request)
            if connection.recv(64).startswith(b"HTTP/1.1 200"):
                return
        time.sleep(0.002)
    raise TimeoutError(f"no 200 from {url}")


def _megabytes(pid: int) -> float:
    """Resident memory of a process; not a number where the system does not tell."""
    with contextlib.suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text("ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024
    return float("nan")


if __name__ == "__main__":
    sys.exit(main())
