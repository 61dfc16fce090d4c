"""Over a socket: a thread for tests, a process for people, and an ASGI application to mount."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from cometapi_suno_mock import DEMO_KEY, FINISHED_TASK, Gateway, Settings
from cometapi_suno_mock.__main__ import main
from cometapi_suno_mock.http_messages import HttpRequest
from starlette.applications import Starlette
from starlette.routing import Mount

from contract_tests.suite.mock.conftest import PERSONA_BODY
from contract_tests.suite.support.assert_installed_wheel import SEARCHED

HEADERS = {"Authorization": f"Bearer {DEMO_KEY}"}


@contextmanager
def process(*arguments: str) -> Generator[tuple[subprocess.Popen[str], str]]:
    """The command on a free port, with what it says when it is ready."""
    command = [sys.executable, "-m", "cometapi_suno_mock", "--port", "0", *arguments]
    environment = os.environ | {"PYTHONPATH": SEARCHED}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None
        try:
            yield child, child.stdout.readline() + child.stdout.readline()
        finally:
            if child.poll() is None:
                child.kill()


def test_it_serves_in_a_thread_and_stops_by_itself(gateway: Gateway) -> None:
    before = threading.active_count()
    with gateway.serve() as base, httpx.Client(base_url=base, headers=HEADERS) as client:
        assert base.startswith("http://127.0.0.1:")
        assert client.post("/suno/persona/create", json=PERSONA_BODY).status_code == 200
    assert threading.active_count() == before
    with pytest.raises(httpx.ConnectError):
        httpx.get(base)


def test_a_port_that_is_taken_is_an_os_error(gateway: Gateway) -> None:
    with (
        gateway.serve() as base,
        pytest.raises(OSError, match="in use"),
        Gateway().serve(port=httpx.URL(base).port or 0),
    ):
        pass


def test_served_bytes_are_those_of_the_gateway_without_a_socket(gateway: Gateway) -> None:
    with Gateway().serve() as base, httpx.Client(base_url=base, headers=HEADERS) as client:
        served = client.post("/suno/persona/create", json=PERSONA_BODY)
    headers = {"authorization": "sk-mock", "content-type": "application/json"}
    body = json.dumps(PERSONA_BODY).encode()
    reply = gateway.respond(HttpRequest("POST", "/suno/persona/create", headers=headers, body=body))
    assert served.content == reply.body
    assert {name: served.headers[name] for name in reply.headers} == reply.headers


def test_a_body_above_the_cap_is_answered_and_the_connection_lives_on() -> None:
    gateway = Gateway(settings=Settings(max_body=1000))
    with gateway.serve() as base, httpx.Client(base_url=base, headers=HEADERS) as client:
        for size in (1001, 3_000_000):
            assert client.post("/suno/persona/create", content=b"x" * size).status_code == 413
        assert client.get(f"/suno/fetch/{FINISHED_TASK}").status_code == 200


def test_a_body_where_none_is_described_is_thrown_away_whatever_its_size() -> None:
    gateway = Gateway(settings=Settings(max_body=1000))
    with gateway.serve() as base, httpx.Client(base_url=base, headers=HEADERS) as client:
        for size in (1, 1001, 3_000_000):
            answer = client.request("GET", f"/suno/fetch/{FINISHED_TASK}", content=b"x" * size)
            assert answer.json()["data"]["task_id"] == FINISHED_TASK
    assert list(gateway.violations) == []


def test_it_can_be_mounted_below_a_path(gateway: Gateway) -> None:
    app = Starlette(routes=[Mount("/api", app=gateway)])
    found = asyncio.run(_get(app, f"/api/suno/fetch/{FINISHED_TASK}"))
    assert found.json()["data"]["task_id"] == FINISHED_TASK


def test_an_encoded_slash_stays_in_the_task_id(gateway: Gateway) -> None:
    assert asyncio.run(_get(gateway, "/suno/fetch/a%2Fb")).json()["code"] == "task_not_exist"


async def _get(app: Any, path: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t", headers=HEADERS) as client:
        return await client.get(path)


def test_with_a_latency_every_answer_takes_that_long_and_is_the_same() -> None:
    known = {"authorization": f"Bearer {DEMO_KEY}"}
    path = f"/suno/fetch/{FINISHED_TASK}"
    slow, quick = Gateway(settings=Settings(latency=0.2)), Gateway()
    for headers, seconds in ((known, 0.2), (known | {"x-mock-fault": "delay=0.1"}, 0.3), ({}, 0.2)):
        request = HttpRequest("GET", path, headers=headers)
        late, soon = slow.respond(request), quick.respond(request)
        assert (late.status, late.body) == (soon.status, soon.body)
        assert late.delivery is not None
        assert late.delivery.delay == pytest.approx(seconds)
    with slow.serve() as base, httpx.Client(base_url=base, headers=HEADERS) as client:
        began = time.monotonic()
        assert client.get(path).status_code == 200
        assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize("seconds", ["-1", "soon", "nan", "1e9"])
def test_the_command_refuses_a_latency_that_is_none(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([f"--latency={seconds}"])
    assert ended.value.code == 2
    assert "--latency" in capsys.readouterr().err


@pytest.mark.parametrize(
    "argument",
    ["--port=65536", "--port=-1", "--looks=-1", "--credits=-1", "--task-seconds=nan", "--task-seconds=-1", "--key="],
)
def test_the_command_refuses_what_it_could_not_serve_with(argument: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([argument])
    assert ended.value.code == 2
    assert f"argument {argument.partition('=')[0]}: " in capsys.readouterr().err


def test_the_command_takes_a_latency() -> None:
    with process("--latency", "0.3") as (_, said):
        began = time.monotonic()
        httpx.get(said.split()[5] + f"/suno/fetch/{FINISHED_TASK}")
        assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_prints_a_call_that_works_and_stops_cleanly(number: signal.Signals) -> None:
    with process("--seed", "3") as (child, said):
        ready, command = said.splitlines()
        assert "ready on http://127.0.0.1:" in ready
        words = shlex.split(command)
        url, body = words[2], words[-1]
        headers = dict(word.split(": ", 1) for word in words if ": " in word and not word.startswith("{"))
        persona = httpx.post(url, headers=headers, content=body).json()
        assert persona["root_clip_id"] == PERSONA_BODY["root_clip_id"]
        child.send_signal(number)
        _, complaints = child.communicate(timeout=10)
        assert (child.returncode, complaints) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [(["--description", "/nowhere.json"], "cannot read a description"), ([], "Choose another --port.")],
)
def test_the_command_says_in_one_line_why_it_cannot_begin(arguments: list[str], complaint: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with process("--port", port, *arguments) as (child, _):
            _, complaints = child.communicate(timeout=10)
    assert child.returncode == 2
    assert len(complaints.splitlines()) == 1
    assert complaint in complaints
