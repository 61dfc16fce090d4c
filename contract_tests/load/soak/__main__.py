"""`python -m contract_tests.load.soak`: run Locust against the mock and judge every answer."""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Generator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
_ENOUGH_CREDITS = "1000000000000"
_PATIENCE = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 0 without a finding, 1 with one, 2 when the target is refused."""
    chosen = _parser().parse_args(arguments)
    with contextlib.ExitStack() as stack:
        target = chosen.target or stack.enter_context(_mock())
        return _soak(chosen, target)


def _soak(chosen: argparse.Namespace, target: str) -> int:
    load = [
        "--host",
        target,
        "--users",
        str(chosen.users),
        "--spawn-rate",
        str(chosen.users),
        "--report",
        chosen.report,
    ]
    load += ["--stop-timeout", "30", "--headless", "--only-summary", "--requests", str(chosen.requests)]
    seconds = chosen.seconds or (0 if chosen.requests else 30)
    load += ["--run-time", f"{seconds}s"] if seconds else []
    load += ["--capping-proxy", chosen.capping_proxy] if chosen.capping_proxy else []
    with contextlib.ExitStack() as stack:
        if chosen.workers:
            port = str(_free_port())
            meeting = ["--master-bind-host", "127.0.0.1", "--master-bind-port", port]
            load += ["--master", "--expect-workers", str(chosen.workers), "--expect-workers-max-wait", "30", *meeting]
            for _ in range(chosen.workers):
                worker = _locust("--worker", "--master-host", "127.0.0.1", "--master-port", port)
                stack.enter_context(_stopped(worker))
        with _stopped(_locust(*load)) as master:
            return master.wait()


def _locust(*arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "locust", "-f", "contract_tests/load/soak/locustfile.py", "--loglevel", "WARNING"]
    return subprocess.Popen([*command, *arguments], cwd=ROOT, env=_environment())


@contextlib.contextmanager
def _stopped(process: subprocess.Popen[bytes]) -> Generator[subprocess.Popen[bytes]]:
    """A process that is not needed after the block: by then a worker has handed everything over."""
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
def _mock() -> Generator[str]:
    """A mock gateway in a process of its own, and how its memory fared."""
    command = [sys.executable, "-m", "cometapi_suno_mock", "--port", "0", "--credits", _ENOUGH_CREDITS]
    with subprocess.Popen(command, cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, text=True) as mock:
        try:
            assert mock.stdout is not None
            target = next(word for word in mock.stdout.readline().split() if word.startswith("http"))
            before = _megabytes(mock.pid)
            yield target
            after, most = _megabytes(mock.pid), _megabytes(mock.pid, "VmHWM")
            sys.stdout.write(f"The mock took {before} at the start, {after} at the end, at most {most}.\n")
        finally:
            mock.terminate()


def _megabytes(pid: int, figure: str = "VmRSS") -> str:
    """Resident memory of a process, now or (`VmHWM`) at its peak, where the system tells."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
        return f"{int(next(line for line in lines if line.startswith(figure)).split()[1]) // 1024} MB"
    return "an unknown amount of memory"


def _environment() -> dict[str, str]:
    places = [str(ROOT / "generated"), str(ROOT / "contract_tests"), os.environ.get("PYTHONPATH", "")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, places))}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m contract_tests.load.soak", description="Load on a gateway, judged."
    )
    parser.add_argument("--target", metavar="URL", help="a mock or a staging gateway (default: a mock of its own)")
    parser.add_argument("--users", type=int, default=20, help="users at a time (default: %(default)s)")
    parser.add_argument("--seconds", type=int, default=0, help="stop after so long (default: 30)")
    parser.add_argument("--requests", type=int, default=0, help="stop after so many requests")
    parser.add_argument(
        "--workers", type=int, default=0, help="worker processes beside a master (default: one process)"
    )
    parser.add_argument("--report", default="build/soak", metavar="FOLDER", help="default: %(default)s")
    parser.add_argument("--capping-proxy", metavar="HEADER", help="header of a proxy that caps spending")
    return parser


if __name__ == "__main__":
    sys.exit(main())
