"""The gateway over a socket: in a thread for tests, as a command, and mounted in an ASGI application."""

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
from pathlib import Path
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
    """Run the command on a free port; yield the process and the two lines that it prints."""
    command = [sys.executable, "-m", "cometapi_suno_mock", "--port", "0", *arguments]
    environment = os.environ | {"PYTHONPATH": SEARCHED}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None
        try:
            yield child, child.stdout.readline() + child.stdout.readline()
        finally:
            if child.poll() is None:
                child.kill()


def test_thread_serves_and_stops(gateway: Gateway) -> None:
    before = threading.active_count()
    with gateway.serve() as base, httpx.Client(base_url=base, headers=HEADERS) as client:
        assert base.startswith("http://127.0.0.1:")
        assert client.post("/suno/persona/create", json=PERSONA_BODY).status_code == 200
    assert threading.active_count() == before
    with pytest.raises(httpx.ConnectError):
        httpx.get(base)


def test_taken_port_is_os_error(gateway: Gateway) -> None:
    with (
        gateway.serve() as base,
        pytest.raises(OSError, match="in use"),
        Gateway().serve(port=httpx.URL(base).port or 0),
    ):
        pass


def test_served_bytes_equal_in_process_bytes(gateway: Gateway) -> None:
    with Gateway().serve() as base, httpx.Client(base_url=base, headers=HEADERS) as client:
        served = client.post("/suno/persona/create", json=PERSONA_BODY)
    headers = {"authorization": "sk-mock", "content-type": "application/json"}
    body = json.dumps(PERSONA_BODY).encode()
    reply = gateway.respond(HttpRequest("POST", "/suno/persona/create", headers=headers, body=body, base=base))
    assert served.content == reply.body
    assert {name: served.headers[name] for name in reply.headers} == reply.headers


def test_oversized_body_keeps_connection() -> None:
    gateway = Gateway(settings=Settings(max_body=1000))
    with gateway.serve() as base, httpx.Client(base_url=base, headers=HEADERS) as client:
        for size in (1001, 3_000_000):
            assert client.post("/suno/persona/create", content=b"x" * size).status_code == 413
        assert client.get(f"/suno/fetch/{FINISHED_TASK}").status_code == 200


def test_undescribed_body_is_ignored() -> None:
    """Of any size, since GET requests with a body are legal."""
    gateway = Gateway(settings=Settings(max_body=1000))
    with gateway.serve() as base, httpx.Client(base_url=base, headers=HEADERS) as client:
        for size in (1, 1001, 3_000_000):
            answer = client.request("GET", f"/suno/fetch/{FINISHED_TASK}", content=b"x" * size)
            assert answer.json()["data"]["task_id"] == FINISHED_TASK
    assert list(gateway.violations) == []


def test_gateway_mounts_below_path(gateway: Gateway) -> None:
    app = Starlette(routes=[Mount("/api", app=gateway)])
    found = asyncio.run(_get(app, f"/api/suno/fetch/{FINISHED_TASK}"))
    assert found.json()["data"]["task_id"] == FINISHED_TASK


def test_encoded_slash_stays_in_id(gateway: Gateway) -> None:
    assert asyncio.run(_get(gateway, "/suno/fetch/a%2Fb")).json()["code"] == "task_not_exist"


async def _get(app: Any, path: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t", headers=HEADERS) as client:
        return await client.get(path)


def test_latency_delays_every_reply() -> None:
    """It is added to the delay of a fault, and changes nothing else."""
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
def test_command_refuses_bad_latency(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([f"--latency={seconds}"])
    assert ended.value.code == 2
    assert "--latency" in capsys.readouterr().err


@pytest.mark.parametrize(
    "argument",
    ["--port=65536", "--port=-1", "--polls=-1", "--credits=-1", "--task-seconds=nan", "--task-seconds=-1", "--key="],
)
def test_command_refuses_bad_option(argument: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([argument])
    assert ended.value.code == 2
    assert f"argument {argument.partition('=')[0]}: " in capsys.readouterr().err


def test_command_applies_latency() -> None:
    with process("--latency", "0.3") as (_, said):
        began = time.monotonic()
        httpx.get(said.split()[5] + f"/suno/fetch/{FINISHED_TASK}")
        assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_command_prints_working_curl_hint(number: signal.Signals) -> None:
    """It stops cleanly on SIGINT and SIGTERM."""
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


def test_stop_within_requests_says_nothing() -> None:
    """One request waits for its delayed response, another one for the rest of its body."""
    with process() as (child, said):
        address = ("127.0.0.1", int(said.split(" (key ")[0].rpartition(":")[2]))
        started = "POST /suno/submit/lyrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
        with socket.create_connection(address) as delayed, socket.create_connection(address) as unfinished:
            delayed.sendall(f"{started}X-Mock-Fault: delay=60\r\n\r\n123456789".encode())
            unfinished.sendall(f"{started}Expect: 100-continue\r\n\r\n".encode())
            assert unfinished.recv(99).startswith(b"HTTP/1.1 100")
            time.sleep(0.2)
            child.send_signal(signal.SIGTERM)
            _, complaints = child.communicate(timeout=10)
    assert (child.returncode, complaints) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [(["--description", "/nowhere.json"], "cannot read a description"), ([], "Choose another --port.")],
)
def test_command_explains_failed_start(arguments: list[str], complaint: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with process("--port", port, *arguments) as (child, _):
            _, complaints = child.communicate(timeout=10)
    assert child.returncode == 2
    assert len(complaints.splitlines()) == 1
    assert complaint in complaints


def test_command_names_missing_extra(tmp_path: Path) -> None:
    (tmp_path / "jsonschema_rs.py").write_text("raise ModuleNotFoundError('no such module')", "utf-8")
    path = os.pathsep.join((str(tmp_path), SEARCHED))
    command = [sys.executable, "-m", "cometapi_suno_mock"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": path})
    message = "cometapi_suno_mock needs further packages: pip install 'cometapi-suno[mock]'"
    assert (done.returncode, done.stderr) == (1, f"cometapi-suno-mock: {message}\n")


def test_command_logs_each_request_in_one_line() -> None:
    """In printable ASCII, without the query; a refusal with its sources; with --quiet, nothing."""
    refusal = "refused by unauthorized (cometapi-errors, gateway)"
    for arguments, expected in (
        ((), [f"GET /suno/fetch/%1Bx 401 fetchTask {refusal}", "POST /__mock__/reset"]),
        (("--quiet",), []),
    ):
        with process(*arguments) as (child, said):
            base = next(word for word in said.split() if word.startswith("http"))
            httpx.get(f"{base}/suno/fetch/%1Bx?key=secret")
            httpx.post(f"{base}/__mock__/reset")
            child.send_signal(signal.SIGINT)
            out, complaints = child.communicate(timeout=10)
        assert ([line[9:] for line in out.splitlines()], complaints) == (expected, "")
