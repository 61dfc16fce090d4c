"""With `notify`, a task that has a `notify_hook` ends without a poll and is posted there."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import attrs
import httpx
import pytest
from cometapi_suno.hooks import parse_notification
from cometapi_suno_mock import DEMO_KEY, Gateway, Settings

from contract_tests.suite.mock.conftest import Caller
from contract_tests.suite.mock.test_serving import process

PATIENCE = 5.0
SECRET = "/hook/a-secret"


@attrs.define
class Hook:
    """A server that collects what is posted to it."""

    url: str
    bodies: queue.Queue[bytes] = attrs.field(factory=queue.Queue[bytes])
    status: int = 204

    def get(self) -> Any:
        return parse_notification(self.bodies.get(timeout=PATIENCE))


@pytest.fixture
def hook() -> Iterator[Hook]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["content-type"] == "application/json"
            collected.bodies.put(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(collected.status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collected = Hook(f"http://127.0.0.1:{server.server_port}{SECRET}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield collected
        server.shutdown()
        thread.join()


def submit(hook: Hook, **settings: Any) -> tuple[Caller, str]:
    caller = Caller(Gateway(settings=Settings(**settings)))
    return caller, caller.submit("music", {"prompt": "x", "notify_hook": hook.url})


def test_hook_gets_finished_task(hook: Hook) -> None:
    caller, task_id = submit(hook, notify=True)
    task = hook.get()
    assert (task.task_id, task.status, len(task.data)) == (task_id, "SUCCESS", 2)
    assert caller.look(task_id)["data"][0]["audio_url"] == task.data[0].audio_url
    account = caller.gateway.state.accounts[DEMO_KEY]
    assert (account.reserved, account.spent) == (0, 144)


def test_hook_gets_failed_task(hook: Hook) -> None:
    caller = Caller(Gateway(settings=Settings(notify=True)))
    caller.post("/suno/submit/lyrics", {"prompt": "x", "notify_hook": hook.url}, x_mock_fault="fail-task=too loud")
    task = hook.get()
    assert (task.status, task.fail_reason) == ("FAILURE", "too loud")


def test_hook_is_called_after_task_seconds(hook: Hook) -> None:
    began = time.monotonic()
    submit(hook, notify=True, task_seconds=0.3)
    assert hook.get().status == "SUCCESS"
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize("settings", [{}, {"notify": True, "task_seconds": 0.1, "capacity": 1}])
def test_hook_is_not_called(hook: Hook, settings: dict[str, Any]) -> None:
    """It is not called by default, for a task that was dropped, or by a gateway that was reset."""
    caller, task_id = submit(hook, **settings)
    if settings:
        caller.submit("lyrics", {"prompt": "drops the first task"})
        caller.submit("lyrics", {"prompt": "x", "notify_hook": hook.url})
        caller.gateway.reset()
    else:
        caller.finished(task_id)
    with pytest.raises(queue.Empty):
        hook.bodies.get(timeout=0.3)


@pytest.mark.parametrize(
    ("authority", "message"),
    [("", "replied with 500"), ("127.0.0.1:9", "cannot be called: ConnectError"), ("a" * 70_000, "InvalidURL")],
)
def test_failed_hook_is_logged(hook: Hook, caplog: pytest.LogCaptureFixture, authority: str, message: str) -> None:
    """The log does not show the address, which may hold a secret."""
    hook.status = 500
    if authority:
        hook.url = f"http://{authority}{SECRET}"
    with caplog.at_level(logging.WARNING):
        submit(hook, notify=True)
        deadline = time.monotonic() + PATIENCE
        while message not in caplog.text:
            assert time.monotonic() < deadline, caplog.text
            time.sleep(0.01)
    assert SECRET not in caplog.text


def test_command_calls_hook(hook: Hook) -> None:
    with process("--notify") as (_, output):
        body = {"prompt": "x", "notify_hook": hook.url}
        headers = {"Authorization": f"Bearer {DEMO_KEY}"}
        sent = httpx.post(output.split()[5] + "/suno/submit/lyrics", json=body, headers=headers)
        assert hook.get().task_id == sent.json()["data"]
