"""`python -m contract_tests.load.soak`: run Locust against the mock and check every answer."""

from __future__ import annotations

import argparse
import contextlib
import math
import subprocess
import sys
from collections.abc import Generator, Sequence

from contract_tests.load.server_processes import ROOT, ServedProcess, find_free_port, make_environment, serve_module

_ENOUGH_CREDITS = "1000000000000"
_PATIENCE = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 without a problem, 1 with one, 2 when the target is refused."""
    options = _make_parser().parse_args(arguments)
    with contextlib.ExitStack() as stack:
        target = options.target or stack.enter_context(_serve_mock()).url
        return _run_soak(options, target)


def _run_soak(options: argparse.Namespace, target: str) -> int:
    users = str(options.users)
    load = ["--host", target, "--users", users, "--spawn-rate", users, "--report", options.report]
    load += ["--stop-timeout", "30", "--headless", "--only-summary", "--requests", str(options.requests)]
    seconds = options.seconds or (0 if options.requests else 30)
    load += ["--run-time", f"{seconds}s"] if seconds else []
    load += ["--capping-proxy", options.capping_proxy] if options.capping_proxy else []
    with contextlib.ExitStack() as stack:
        if options.workers:
            port = str(find_free_port())
            load += ["--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", port]
            load += ["--expect-workers", str(options.workers), "--expect-workers-max-wait", "30"]
            for _ in range(options.workers):
                worker = _start_locust("--worker", "--master-host", "127.0.0.1", "--master-port", port)
                stack.enter_context(_stop_after_block(worker))
        with _stop_after_block(_start_locust(*load)) as master:
            return master.wait()


def _start_locust(*arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "locust", "-f", "contract_tests/load/soak/locustfile.py", "--loglevel", "WARNING"]
    return subprocess.Popen([*command, *arguments], cwd=ROOT, env=make_environment())


@contextlib.contextmanager
def _stop_after_block(process: subprocess.Popen[bytes]) -> Generator[subprocess.Popen[bytes]]:
    """Terminate a process after the block: by then a worker has sent everything to the master."""
    with process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


@contextlib.contextmanager
def _serve_mock() -> Generator[ServedProcess]:
    """Serve a mock gateway while the block runs, and print how its memory grew."""
    with serve_module("cometapi_suno_mock", "--port", "0", "--quiet", "--credits", _ENOUGH_CREDITS) as mock:
        before = mock.read_memory()
        yield mock
        after, most = mock.read_memory(), mock.read_memory("VmHWM")
        if not math.isnan(after):
            start, end, peak = (f"{amount / 1024**2:.0f} MB" for amount in (before, after, most))
            sys.stdout.write(f"Memory of the mock: {start} at the start, {end} at the end, at most {peak}.\n")


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m contract_tests.load.soak", description="Put load on a gateway and check every answer."
    )
    parser.add_argument("--target", metavar="URL", help="a mock or a staging gateway (default: start a mock)")
    parser.add_argument("--users", type=int, default=20, help="users at a time (default: %(default)s)")
    parser.add_argument("--seconds", type=int, default=0, help="stop after so long (default: 30)")
    parser.add_argument("--requests", type=int, default=0, help="stop after so many requests")
    parser.add_argument("--workers", type=int, default=0, help="worker processes of a master (default: one process)")
    parser.add_argument("--report", default="build/soak", metavar="FOLDER", help="default: %(default)s")
    parser.add_argument("--capping-proxy", metavar="HEADER", help="header of a proxy that caps spending")
    return parser


if __name__ == "__main__":
    sys.exit(main())
