"""Connections, locks and waits belong to a process: after a fork, no process reads what another one asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import cometapi_suno
import pytest

from contract_tests.suite.client.scripted_server import Received, answer, serve_script, task
from contract_tests.suite.support import forking_program

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


def _script(request: Received) -> list[bytes | float]:
    task_id = request.target.rpartition("/")[2]
    # A response that is on its way for a moment is one that another process can read.
    return [0.001, answer(200, task(task_id, "IN_PROGRESS" if task_id == "polled" else "SUCCESS"))]


def _run(face: str, forks: int) -> int:
    """Run the program in a process without threads, and return how many pairs of processes succeeded."""
    with serve_script(_script) as server:
        done = subprocess.run(
            [sys.executable, forking_program.__file__, server.url, face, str(forks)],
            env={**os.environ, "PYTHONPATH": str(Path(cometapi_suno.__file__).parent.parent)},
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return int(done.stdout)


def test_forked_process_reads_its_own_responses(face: str) -> None:
    assert _run(face, 20) == 20


@pytest.mark.slow
def test_many_forked_pairs_read_their_own_responses(face: str) -> None:
    """Five hundred pairs of parent and child over both faces."""
    assert _run(face, 250) == 250


def test_forked_process_waits_though_parent_polls() -> None:
    """The thread that polls is not in the child: a lock or flag of it would be waited for endlessly."""
    assert _run("waiting", 3) == 3
