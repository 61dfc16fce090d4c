"""Bytes that no client should send get a described reply, and the gateway goes on without a log entry."""

from __future__ import annotations

import json
import logging
import random
import socket
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from cometapi_suno_mock import DEMO_KEY, Contract, Gateway

from contract_tests.suite.mock.conftest import PERSONA_BODY, Caller

DOCUMENTED = json.dumps(PERSONA_BODY).encode()
FIELDS = (
    "prompt",
    "task",
    "persona_id",
    "continue_clip_id",
    "stem_task",
    "title",
    "ids",
    "clip_id",
    "url",
    "mv",
    "日本",
)
VALUES: list[Any] = json.loads(
    '[null, [], {}, 1e308, -1, "", "\\u0000", true, "gen_stem", [null], {"a": [{}]}, "artist_consistency", '
    '"a long text, so to say", 1000000000000000000000000000000]'
)
HEADERS = (
    b"Authorization: \xff\xfe", b"Content-Type: \xe2\x82\xac", b"Content-Type: text/plain", b"X-Mock-Fault: \xff",
    b"X-Mock-Fault: status=503;;=", b"X-Mock-Fault: drop=/a/b", b"Connection: upgrade\r\nUpgrade: websocket",
    b"X: " + b"y" * 5000, b"Transfer-Encoding: chunked", b"Host: a\r\nHost: b", b": ", b"A: \x00",
    b"Expect: 100-continue",
)  # fmt: skip


def _bodies(draw: random.Random) -> Iterator[bytes]:
    """Yield endless bodies: noise, and documents that are corrupted, cut short, deep, huge or of wrong values."""
    while True:
        yield draw.randbytes(draw.randrange(400))
        turned = bytearray(DOCUMENTED)
        turned[draw.randrange(len(turned))] = draw.randrange(256)
        yield bytes(turned)
        yield DOCUMENTED[: draw.randrange(len(DOCUMENTED))]
        yield b"[" * draw.randrange(1, 100_000)
        yield b'{"prompt":' + b"9" * draw.choice([10, 5000, 50_000]) + b"}"
        yield json.dumps({draw.choice(FIELDS): draw.choice(VALUES) for _ in range(draw.randrange(1, 8))}).encode()
        yield json.dumps({**PERSONA_BODY, "\ud800": 1}).encode()
        yield b"x" * 300_000


@pytest.mark.parametrize("fields", [1, 3, 6])
def test_nonsense_values_get_described_replies(gateway: Gateway, contract: Contract, fields: int) -> None:
    draw = random.Random(fields)
    calls = [
        (operation, example)
        for operation in contract.operations.values()
        for content in (operation.body.content.values() if operation.body else ())
        for example in content.examples.values()
    ]
    for _ in range(600):
        operation, example = draw.choice(calls)
        body = example | {draw.choice(FIELDS): draw.choice(VALUES) for _ in range(fields)}
        reply = Caller(gateway).send("POST", operation.path, json.dumps(body).encode())
        assert operation.check_response(status=reply.status, content_type=reply.media, body=reply.body) == [], body
        assert reply.status in (200, 400)


@pytest.mark.parametrize(
    "body",
    [{"prompt": [1] * 100_000}, {"prompt": "x", "tags": [{"a": 1}] * 30_000}, dict.fromkeys(map(str, range(20_000)))],
)
def test_many_wrong_items_are_refused_fast(caller: Caller, body: dict[str, Any]) -> None:
    """An error for each item of each of the nine variants takes a second."""
    raw = json.dumps(body, separators=(",", ":")).encode()
    began = time.process_time()
    reply = caller.send("POST", "/suno/submit/music", raw)
    assert time.process_time() - began < 0.2
    assert (reply.status, reply.value["message"]) == (400, "body: fits none of the described alternatives")


def test_long_prompt_wrong_model_names_model(caller: Caller) -> None:
    body = json.dumps({"prompt": "la, " * 500 + "la " * 20_000, "mv": 3}).encode()
    assert caller.send("POST", "/suno/submit/music", body).value["message"].startswith("mv: 3 ")


@pytest.mark.parametrize("requests", [400, pytest.param(10_000, marks=pytest.mark.slow)])
def test_nonsense_bytes_do_no_harm(gateway: Gateway, caplog: pytest.LogCaptureFixture, requests: int) -> None:
    draw = random.Random(requests)
    bodies = _bodies(draw)
    paths = [operation.path.encode() for operation in gateway.contract.operations.values()]
    paths += [b"/", b"//", b"*", b"/%ff%00", b"/docs/../x", b"/__mock__/faults", b"http://x/suno/fetch"]
    statuses: set[bytes] = set()
    with caplog.at_level(logging.WARNING), gateway.serve() as base:
        address = ("127.0.0.1", httpx.URL(base).port or 0)
        for _ in range(requests):
            statuses.add(_send(address, _request(draw, paths, next(bodies))))
        gateway.faults.clear()
        answer = httpx.post(f"{base}/suno/persona/create", json=PERSONA_BODY, headers={"Authorization": DEMO_KEY})
    assert answer.status_code == 200
    assert caplog.records == []
    assert {b"200", b"400", b"401", b"413"} <= statuses
    assert b"500" not in statuses


def _request(draw: random.Random, paths: list[bytes], body: bytes) -> bytes:
    if draw.random() < 0.03:
        return draw.randbytes(200)
    method = draw.choice([b"POST"] * 6 + [b"GET", b"PUT", b"HEAD", b"FOO", b"\xff", b"CONNECT"])
    lines = [b" ".join((method, draw.choice(paths), b"HTTP/1.1")), b"Host: x", b"Content-Length: %d" % len(body)]
    if draw.random() < 0.6:
        lines += [b"Authorization: Bearer " + DEMO_KEY.encode(), b"Content-Type: application/json"]
    lines += draw.sample(HEADERS, draw.randrange(3))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _send(address: tuple[str, int], request: bytes) -> bytes:
    """Return the status of the reply; empty when the connection is closed without one."""
    with socket.create_connection(address) as connection:
        connection.settimeout(0.2)
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            return connection.recv(65_536)[9:12]
        except OSError:
            return b""
