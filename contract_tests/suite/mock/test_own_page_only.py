"""Can only the person at this machine steer the mock and see its state, and does no request break it?"""

from __future__ import annotations

import asyncio
import json
import random
import re
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest
from cometapi_suno_mock import DEMO_KEY, Gateway, status_page
from cometapi_suno_mock.faults import Fault
from cometapi_suno_mock.serving import CoalescingProtocol

PAGE = Path(status_page.__file__).with_name("status_page.html").read_text("utf-8")
ENDPOINTS = [
    ("GET", "/"), ("GET", "/docs"), ("GET", "/openapi.json"), ("GET", "/__mock__/state"),
    ("GET", "/__mock__/exchanges/1"),
    ("POST", "/__mock__/reset"), ("POST", "/__mock__/faults"), ("POST", "/__mock__/faults/text"),
    ("DELETE", "/__mock__/faults"), ("DELETE", "/__mock__/faults/1"), ("POST", "/__mock__/tasks/finish"),
    ("POST", "/__mock__/tasks/fail-next"), ("POST", "/__mock__/credits/grant"), ("GET", "/__mock__/unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({"host": "evil.example"}, True),
        ({"host": "evil.example:4010"}, True),
        ({"host": "localhost.evil.example"}, True),
        ({"host": "127.0.0.1.evil.example"}, True),
        ({"host": "[::1"}, True),
        ({"host": "127.0.0.1:4010", "origin": "http://evil.example"}, True),
        ({"host": "127.0.0.1:4010", "origin": "null"}, True),
        ({"host": "127.0.0.1:4010", "origin": "http://127.0.0.1:5000"}, True),
        ({"host": "127.0.0.1:4010", "sec-fetch-site": "same-site"}, True),
        ({"host": "127.0.0.1:4010", "origin": "http://127.0.0.1:4010"}, False),
        ({"host": "localhost:4010"}, False),
        ({"host": "mock.localhost"}, False),
        ({"host": "[::1]:4010"}, False),
        ({"host": "mock:4010"}, False),
        ({"host": "192.168.1.7:4010", "sec-fetch-site": "same-origin"}, False),
    ],
)
@pytest.mark.anyio
async def test_only_the_own_page_is_answered(method: str, path: str, headers: dict[str, str], refused: bool) -> None:
    """A site can point its own name to this machine, and an old browser sends no Sec-Fetch-Site."""
    transport = httpx.ASGITransport(app=Gateway())
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answer = await client.request(method, path, headers=headers)
    assert (answer.status_code == 403) is refused


def test_operations_are_answered_under_any_name() -> None:
    """They need the key, and state nothing of others."""
    with Gateway().serve() as base:
        answer = httpx.get(f"{base}/suno/fetch/x", headers={"host": "evil.example", "authorization": DEMO_KEY})
    assert answer.status_code == 400


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer  ", ""])
def test_scheme_is_case_insensitive(scheme: str) -> None:
    with Gateway().serve() as base:
        answer = httpx.get(f"{base}/suno/fetch/x", headers={"authorization": f"{scheme} {DEMO_KEY}".strip()})
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["reset", "faults", "faults/text", "tasks/fail-next", "credits/grant"])
def test_large_control_body_is_refused(path: str) -> None:
    with Gateway().serve() as base:
        answer = httpx.post(f"{base}/__mock__/{path}", content=b'{"text": "' + b"x" * 5_000_000 + b'"}')
    assert answer.status_code == 413


@pytest.mark.parametrize("amount", [10**12 + 1, 10**30, -1, 1.5, True, "7", None])
def test_grant_that_overflows_is_refused(amount: Any) -> None:
    with Gateway().serve() as base:
        assert httpx.post(f"{base}/__mock__/credits/grant", json={"amount": amount}).status_code == 400
        assert httpx.get(f"{base}/__mock__/state").status_code == 200


def test_repeated_grants_end_before_they_overflow() -> None:
    with Gateway().serve() as base, httpx.Client(base_url=base) as client:
        statuses = [client.post("/__mock__/credits/grant", json={"amount": 10**12}).status_code for _ in range(1001)]
        assert (statuses[:999], statuses[1000]) == ([204] * 999, 400)
        assert client.get("/__mock__/state").json()["accounts"][0]["granted"] < 2**53


@pytest.mark.parametrize(("path", "body"), [("tasks/fail-next", {}), ("faults/text", {"text": "status=500"})])
def test_list_that_overflows_is_refused(path: str, body: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_page, "_MAX_PENDING", 3)
    with Gateway().serve() as base, httpx.Client(base_url=base) as client:
        statuses = [client.post(f"/__mock__/{path}", json=body).status_code for _ in range(4)]
        assert statuses[2] < 300
        assert statuses[3] == 400
        assert client.get("/__mock__/state").status_code == 200


def test_bodies_of_an_exchange_are_shown() -> None:
    with Gateway().serve() as base, httpx.Client(base_url=base) as client:
        sent = json.dumps({"prompt": "größer " * 5000}, ensure_ascii=False)
        headers = {"authorization": DEMO_KEY, "content-type": "application/json"}
        answer = client.post("/suno/submit/lyrics", content=sent.encode(), headers=headers)
        shown = client.get("/__mock__/exchanges/1").json()
        assert shown["answered"] == answer.text
        assert sent.startswith(shown["sent"].rstrip("\ufffd")[:9000])
        assert len(shown["sent"].encode()) <= 16_390
        for unknown in ("2", "x", "9" * 5000):
            assert client.get(f"/__mock__/exchanges/{unknown}").status_code == 404


def test_every_fault_of_the_cheat_sheet_is_one() -> None:
    lines = PAGE.partition("const SHEET = {")[2].partition("};")[0]
    faults = re.findall(r'^\s+"([^"]+)":', lines, re.MULTILINE)
    assert len(faults) >= 15
    assert [str(Fault.parse(text)) for text in faults]


def test_description_and_short_page_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_page, "_DOCS", Path("nowhere"))
    gateway = Gateway()
    with gateway.serve() as base, httpx.Client(base_url=base) as client:
        assert client.get("/openapi.json").json() == gateway.contract.description
        page = client.get("/docs")
    assert page.status_code == 200
    assert all(each.path in page.text for each in gateway.contract.operations.values())


def test_silent_connection_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that sends nothing, and one that never ends its head."""
    monkeypatch.setattr(CoalescingProtocol, "idle_timeout", 0.05)
    with Gateway().serve() as base:
        host, port = base.removeprefix("http://").split(":")
        for start in (b"", b"GET / HTTP/1.1\r\nhost: x"):
            with socket.create_connection((host, int(port)), timeout=10) as connection:
                connection.sendall(start)
                assert connection.recv(1) == b""


def test_slow_answer_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CoalescingProtocol, "idle_timeout", 0.05)
    with Gateway().serve() as base:
        headers = {"authorization": DEMO_KEY, "x-mock-fault": "delay=0.3"}
        assert httpx.get(f"{base}/suno/fetch/x", headers=headers).status_code == 400


def _hostile(source: random.Random) -> bytes:
    """A request with something wrong: its line, its headers, its body, or where it ends."""
    method = source.choice(["GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "G\x00T", "post"])
    junk = source.choice(["", "%00", "%", "%ff", "..%2f..", "é", "\x1b[31m", "//", "?a=%00", "9", "9" * 5000])
    paths = [*(each for _, each in ENDPOINTS), "/docs/", "/suno/submit/music", "/suno/fetch/", "/files/"]
    body = source.choice(
        [
            b"",
            b"{}",
            b"[" * 5000,
            b'{"amount": 1e999}',
            b'{"text": "\\ud800"}',
            b"\xff",
            b'{"a":1,"a":2}',
            b'{"amount": ' + b"9" * 5000 + b"}",
            b'{"status": 99999999999999999999}',
            b'{"text": "nth=-1"}',
        ]
    )
    length = source.choice([len(body), len(body), len(body) + 50, "x", -1])
    lines = [f"{method} {source.choice(paths)}{junk} HTTP/{source.choice(['1.1', '1.1', '1.0', '2', '9.9'])}"]
    lines += [f"host: {source.choice(['127.0.0.1', '', '[::1', 'a b', '%', 'é', '127.0.0.1:99999999'])}"]
    lines += source.sample(
        ["transfer-encoding: chunked", "upgrade: websocket\r\nconnection: upgrade", "authorization: bearer sk-mock",
         "range: bytes=5-1", "if-modified-since: never", "x-mock-fault: status=x", "x-mock-fault: cut=1", "origin: [",
         "content-type: \xff", "expect: 100-continue", "cookie: " + "c" * 5000], source.randint(0, 3))  # fmt: skip
    if body:
        lines.append(f"content-length: {length}")
    content = "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body
    return content[: source.randint(1, len(content))] if source.random() < 0.2 else content


def _bombard(count: int, seed: int, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    source = random.Random(seed)

    async def throw(host: str, port: int, content: bytes, patience: float) -> None:
        try:
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(content)
            if source.random() < 0.5:
                writer.write_eof()
                async with asyncio.timeout(patience):
                    await reader.read()
            elif source.random() < 0.5:
                writer.transport.abort()
            writer.close()
        except (OSError, TimeoutError, RuntimeError):
            pass  # a broken connection is what the server has to survive

    async def throw_all(host: str, port: int) -> None:
        for _ in range(count // 50):
            await asyncio.gather(*(throw(host, port, _hostile(source), 2.0) for _ in range(50)))

    with Gateway().serve() as base:
        host, port = base.removeprefix("http://").split(":")
        asyncio.run(throw_all(host, int(port)))
        assert httpx.post(f"{base}/__mock__/reset").status_code == 204
        assert httpx.get(f"{base}/__mock__/state").status_code == 200
    assert [
        record.getMessage() for record in caplog.records if record.exc_info or "Traceback" in record.getMessage()
    ] == []
    assert "Traceback" not in "".join(capfd.readouterr())


def test_no_hostile_request_leaves_a_traceback(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    _bombard(1_500, 1, caplog, capfd)


@pytest.mark.slow
def test_no_traceback_in_20_000_hostile_requests(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    _bombard(20_000, 2, caplog, capfd)
