"""The server is killed under traffic and started again: the client continues, and no paid call is sent twice."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from attrs import define, field
from cometapi_suno import OutcomeUnknownError, RetryPolicy, SunoClient, SunoError
from cometapi_suno_mock import DEMO_KEY, FINISHED_CLIP, FINISHED_TASK

from contract_tests.suite.support.assert_installed_wheel import SEARCHED
from contract_tests.suite.support.wheel import ROOT

pytestmark = pytest.mark.slow

USERS = 6
KILLS = 3


def start(port: int, journal: Path) -> tuple[subprocess.Popen[str], str]:
    """Start the gateway in another process, and return it with its URL."""
    command = [sys.executable, "-m", "contract_tests.suite.support.journaling_server", str(port), str(journal)]
    child = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": SEARCHED}
    )
    assert child.stdout is not None
    return child, child.stdout.readline().strip()


def kill(child: subprocess.Popen[str]) -> None:
    """Kill it with SIGKILL, which allows no cleanup."""
    child.kill()
    child.communicate()


@define
class Traffic:
    """Users who create personas with unique names and poll a task in between."""

    client: SunoClient
    enough: threading.Event = field(factory=threading.Event)
    made: list[str] = field(factory=list[str])
    unclear: list[str] = field(factory=list[str])
    failed: list[SunoError] = field(factory=list[SunoError])
    polls: int = 0

    def user(self, number: int) -> None:
        turn = 0
        while not self.enough.is_set():
            turn += 1
            name = f"persona {number}.{turn}"
            try:
                made = self.client.personas.create(
                    root_clip_id=FINISHED_CLIP, name=name, description="", clips=[FINISHED_CLIP], is_public=False
                )
                assert made.name == name
                self.made.append(name)
            except OutcomeUnknownError:
                self.unclear.append(name)
            except SunoError as error:
                self.failed.append(error)
            try:
                self.client.tasks.get(FINISHED_TASK)
                self.polls += 1
            except SunoError as error:
                self.failed.append(error)

    def wait_for(self, more: int) -> None:
        """Wait until so many more personas are created."""
        wanted = len(self.made) + more
        deadline = time.monotonic() + 60
        while len(self.made) < wanted:
            assert time.monotonic() < deadline, f"no traffic any more: {self.failed[-3:]}"
            time.sleep(0.01)


def test_client_survives_server_kills(tmp_path: Path) -> None:
    """No paid call is sent twice, however the server dies."""
    journal = tmp_path / "journal"
    child, base = start(0, journal)
    patient = RetryPolicy(attempts=500, budget=60.0, first_delay=0.1, max_delay=0.5)
    try:
        with SunoClient(api_key=DEMO_KEY, base_url=base, retries=patient) as client:
            traffic = Traffic(client)
            users = [threading.Thread(target=traffic.user, args=(number,)) for number in range(USERS)]
            for user in users:
                user.start()
            try:
                for _ in range(KILLS):
                    traffic.wait_for(20)
                    kill(child)
                    child, _ = start(urlsplit(base).port or 0, journal)
                traffic.wait_for(20)
            finally:
                traffic.enough.set()
                for user in users:
                    user.join(90)
    finally:
        kill(child)
    done = Counter(journal.read_text("utf-8").splitlines())
    assert [name for name, times in done.items() if times > 1] == []
    assert traffic.failed == []
    assert set(traffic.made) <= set(done)
    assert set(done) <= {*traffic.made, *traffic.unclear}
    lost = set(traffic.unclear) & set(done)
    assert lost, "no call was done whose answer was lost: the kills came at the wrong time, and show nothing"
    assert len(traffic.unclear) <= USERS * KILLS
    assert traffic.polls >= len(traffic.made)
