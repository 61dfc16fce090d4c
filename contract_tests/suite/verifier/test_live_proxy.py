"""The proxy: one request in, at most one out, and nothing of the proxy's own that looks like the service's."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from cometapi_suno_mock import DEMO_KEY

from contract_tests.suite.support.secret_leaks import KEY
from contract_tests.suite.verifier.stand_in_gateway import Bench, StandIn, filled, refusal, step
from contract_tests.verifier.exchange.exchange import ExchangeBody
from contract_tests.verifier.live.held_secrets import BAD_KEY
from contract_tests.verifier.live.paid_workflow import TICKET_HEADER
from contract_tests.verifier.live.planned_requests import KeyChoice, Tier
from contract_tests.verifier.live.proxy import MAX_REQUEST, PROXY_HEADER, PROXY_STATUS
from contract_tests.verifier.live.received_bytes import MAX_RECEIVED

pytestmark = pytest.mark.anyio

PERSONA = {
    "root_clip_id": "2dd391cd-996b-4843-9738-1aed26f170e4",
    "name": "Persona Title",
    "description": "Persona Description",
    "clips": ["2dd391cd-996b-4843-9738-1aed26f170e4"],
    "is_public": True,
}


class Saying(httpx.AsyncBaseTransport):
    """A transport that gives one answer, or raises it, and keeps what it was asked."""

    def __init__(self, answer: httpx.Response | Exception) -> None:
        self.answer = answer
        self.asked: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if isinstance(self.answer, httpx.ConnectError):  # as httpcore reports a connection that fails
            await request.extensions["trace"]("connection.connect_tcp.started", {})
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def test_proxy_key_replaces_caller_key(tmp_path: Path) -> None:
    stand_in, persona = StandIn(), step("createPersona")
    bench = Bench.of(tmp_path, [persona], stand_in)
    response = await bench.send(persona, body=json.dumps(PERSONA).encode(), authorization=f"Bearer {DEMO_KEY}")
    assert response.status_code == 200, response.text
    assert response.json()["root_clip_id"] == PERSONA["root_clip_id"]
    assert stand_in.keys == [f"Bearer {KEY}"]


async def test_bad_key_is_sent_and_refused(tmp_path: Path) -> None:
    stand_in, persona = StandIn(), step("createPersona", key=KeyChoice.BAD, tier=Tier.FREE, must_fail=True)
    bench = Bench.of(tmp_path, [persona], stand_in)
    response = await bench.send(persona, body=json.dumps(PERSONA).encode(), authorization=f"Bearer {KEY}x")
    assert response.status_code == 401
    assert stand_in.keys == [f"Bearer {BAD_KEY}"]


async def test_only_known_headers_are_forwarded(tmp_path: Path) -> None:
    saying, look = Saying(httpx.Response(200, json={})), step("fetchTask")
    bench = Bench.of(tmp_path, [look], saying, base="http://127.0.0.1:9/prefix")
    more = {"cookie": "a=b", "x-forwarded-for": "1.2.3.4", "x-mock-fault": "status=500", "accept": "application/json"}
    await bench.send(look, "/suno/fetch/abc", None, **more)
    assert saying.asked[0].url == "http://127.0.0.1:9/prefix/suno/fetch/abc"
    assert set(saying.asked[0].headers) == {
        "host", "accept", "user-agent", "content-type", "authorization", "accept-encoding", "connection",
    }  # fmt: skip


async def test_headers_of_any_bytes_are_forwarded(tmp_path: Path) -> None:
    saying, look = Saying(httpx.Response(200, headers=[(b"x-name", b"caf\xe9")], json={})), step("fetchTask")
    bench = Bench.of(tmp_path, [look], saying)
    headers = [(TICKET_HEADER.encode(), look.ticket.encode()), (b"user-agent", b"caf\xe9")]
    response = await bench.calls.get("/suno/fetch/abc", headers=headers)
    assert (b"x-name", b"caf\xe9") in response.headers.raw
    assert (b"user-agent", b"caf\xe9") in saying.asked[0].headers.raw


async def test_compressed_response_is_forwarded_decoded(tmp_path: Path) -> None:
    """Nobody asked for it: `accept-encoding` is `identity`."""
    content = gzip.compress(b'{"code": "success"}')
    saying = Saying(httpx.Response(200, headers={"content-encoding": "gzip"}, content=content))
    look = step("fetchTask")
    bench = Bench.of(tmp_path, [look], saying)
    response = await bench.send(look)
    assert response.json() == {"code": "success"}
    assert "content-encoding" not in response.headers
    assert bench.exchanges[0].response.body == ExchangeBody("json", {"code": "success"})


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("POST", "/suno/persona/create/", "not-described"),
        ("DELETE", "/suno/persona/create", "not-described"),
        ("OPTIONS", "/suno/persona/create", "not-described"),
        ("GET", "/suno/fetch/a%2Fb", "not-described"),
        ("GET", "/suno/fetch/abc?key=1", "not-described"),
        ("POST", "/suno/submit/music", "no-ticket"),
        ("POST", "/suno/persona/create", "no-ticket"),
    ],
)
async def test_unplanned_request_is_not_counted(method: str, path: str, code: str, tmp_path: Path) -> None:
    stand_in, look = StandIn(), step("fetchTask")
    bench = Bench.of(tmp_path, [look], stand_in)
    response = await bench.calls.request(method, path, headers={TICKET_HEADER: look.ticket})
    assert response.status_code == PROXY_STATUS
    assert refusal(response) == code
    assert response.json()["proxy"]["sent"] is False
    assert (stand_in.count, bench.budget.calls, bench.budget.stopped) == (0, [], None)
    assert (await bench.send(look)).status_code == 400


async def test_service_cannot_imitate_the_proxy(tmp_path: Path) -> None:
    """Its mark is taken off, in whatever case it comes; its 599 keeps its body and has no mark."""
    headers = {"X-Live-Proxy": "cap-calls", "X-Other": "stays"}
    saying, look = Saying(httpx.Response(599, headers=headers, text="of the service")), step("fetchTask")
    response = await Bench.of(tmp_path, [look], saying).send(look)
    assert (response.status_code, response.text, response.headers["x-other"]) == (599, "of the service", "stays")
    assert PROXY_HEADER not in response.headers


async def test_redirect_is_not_followed(tmp_path: Path) -> None:
    saying, look = Saying(httpx.Response(307, headers={"location": "https://other.example/"})), step("fetchTask")
    response = await Bench.of(tmp_path, [look], saying).send(look)
    assert (response.status_code, response.headers["location"]) == (307, "https://other.example/")
    assert len(saying.asked) == 1


@pytest.mark.parametrize(
    "error",
    [httpx.ReadTimeout("t"), httpx.ReadError("r"), httpx.RemoteProtocolError("p"), httpx.WriteError("w"), OSError("o")],
)
async def test_unanswered_call_is_sent_once(error: Exception, tmp_path: Path) -> None:
    saying, persona = Saying(error), step("createPersona", uses=3)
    bench = Bench.of(tmp_path, [persona], saying, max_calls=3)
    response = await bench.send(persona, body=b"{}")
    assert (response.status_code, refusal(response)) == (PROXY_STATUS, "no-answer")
    assert response.json()["proxy"]["sent"] is True
    assert len(saying.asked) == len(bench.budget.calls) == 1
    assert "unknown" in bench.budget.calls[0].outcome
    assert bench.exchanges == []
    assert [json.loads(line)["event"] for line in bench.journal.splitlines()] == ["sending", "no answer"]
    assert bench.budget.stopped is None


async def test_unreachable_service_ends_the_run(tmp_path: Path) -> None:
    saying, look = Saying(httpx.ConnectError("[Errno 111] Connection refused")), step("fetchTask", uses=9)
    bench = Bench.of(tmp_path, [look], saying)
    assert (await bench.send(look)).json()["proxy"]["sent"] is False
    assert refusal(await bench.send(look)) == "unreachable"
    assert len(saying.asked) == 1
    assert bench.budget.stopped is not None
    assert "Connection refused" in bench.budget.stopped.message


async def test_dripping_response_ends_at_the_deadline(tmp_path: Path) -> None:
    async def drip() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.01)

    saying, look = Saying(httpx.Response(200, stream=_Stream(drip()))), step("fetchTask")
    bench = Bench.of(tmp_path, [look], saying, timeout=0.1)
    assert refusal(await bench.send(look)) == "no-answer"
    assert "no complete response within 0.1 s" in bench.budget.calls[0].outcome


async def test_endless_response_is_cut(tmp_path: Path) -> None:
    async def flood() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 1024 * 1024

    saying, look = Saying(httpx.Response(200, stream=_Stream(flood()))), step("fetchTask")
    bench = Bench.of(tmp_path, [look], saying)
    assert refusal(await bench.send(look)) == "no-answer"
    assert str(MAX_RECEIVED) in bench.budget.calls[0].outcome


async def test_oversized_request_is_not_sent(tmp_path: Path) -> None:
    stand_in, persona = StandIn(), step("createPersona")
    bench = Bench.of(tmp_path, [persona], stand_in)
    assert refusal(await bench.send(persona, body=b" " * (MAX_REQUEST + 1))) == "too-large"
    assert stand_in.count == 0


async def test_unexpected_success_ends_the_run(tmp_path: Path) -> None:
    """A service that takes a bad key may charge somebody."""
    stand_in, persona = StandIn(), step("createPersona", key=KeyChoice.BAD, tier=Tier.FREE, uses=2, must_fail=True)
    stand_in.gateway.faults.add("status=200")
    bench = Bench.of(tmp_path, [persona], stand_in)
    assert (await bench.send(persona, body=b"{}")).status_code == 200
    assert refusal(await bench.send(persona, body=b"{}")) == "accepted"
    assert stand_in.count == 1


async def test_rate_limit(tmp_path: Path) -> None:
    """Four calls at 50 a second take three gaps of 20 ms."""
    stand_in, look = StandIn(), step("fetchTask", uses=4)
    bench = Bench.of(tmp_path, [look], stand_in, rate=50)
    begin = asyncio.get_running_loop().time()
    await asyncio.gather(*(bench.send(look) for _ in range(4)))
    assert asyncio.get_running_loop().time() - begin >= 0.06
    assert stand_in.count == 4


async def test_cap_on_cost_for_concurrent_callers(tmp_path: Path) -> None:
    stand_in, song = StandIn(), step("submitMusic", uses=99)
    prices = {"submitMusic": Decimal("0.3")}
    bench = Bench.of(tmp_path, [song], stand_in, max_cost=Decimal(1), prices=prices)
    answers = await asyncio.gather(*(bench.send(song, body=b"{}") for _ in range(20)))
    assert stand_in.count == 3
    assert bench.budget.spent.known == Decimal("0.9")
    assert {refusal(answer) for answer in answers} == {"", "cap-cost"}


async def test_response_is_recorded_without_its_caller(tmp_path: Path) -> None:
    """A persona that was paid for is recorded, even if its caller is gone."""
    stand_in, persona = StandIn(), step("createPersona")
    stand_in.gateway.faults.add("delay=0.1")
    bench = Bench.of(tmp_path, [persona], stand_in)
    caller = asyncio.create_task(bench.send(persona, body=json.dumps(PERSONA).encode()))
    await asyncio.sleep(0.05)
    caller.cancel()
    await asyncio.wait({caller})
    assert caller.cancelled()
    assert bench.budget.in_flight() == 1
    await asyncio.to_thread(bench.budget.wait_idle, lambda: False)
    assert [exchange.response.status for exchange in bench.exchanges] == [200]


async def test_abandoned_call_is_journaled_as_unknown(tmp_path: Path) -> None:
    stand_in, persona = StandIn(), step("createPersona")
    stand_in.gateway.faults.add("delay=30")
    bench = Bench.of(tmp_path, [persona], stand_in)
    caller = asyncio.create_task(bench.send(persona, body=json.dumps(PERSONA).encode()))
    await asyncio.sleep(0.05)
    bench.proxy.abandon()
    assert refusal(await caller) == "no-answer"
    assert bench.budget.in_flight() == 0
    assert "outcome is unknown" in bench.budget.calls[0].outcome
    assert [json.loads(line)["event"] for line in bench.journal.splitlines()] == ["sending", "no answer"]


async def test_nothing_is_sent_without_a_journal(tmp_path: Path) -> None:
    stand_in, look = StandIn(), step("fetchTask", uses=2)
    bench = Bench.of(tmp_path, [look], stand_in)
    (bench.recorder.folder / "journal.jsonl").mkdir()
    assert refusal(await bench.send(look)) == "journal"
    assert refusal(await bench.send(look)) == "journal"
    assert stand_in.count == 0


async def test_unrecordable_response_ends_the_run(tmp_path: Path) -> None:
    stand_in, look = StandIn(), step("fetchTask", uses=2)
    bench = Bench.of(tmp_path, [look], stand_in)
    bench.recorder.recordings.rmdir()
    assert (await bench.send(look)).status_code == 400
    assert refusal(await bench.send(look)) == "recording"
    assert stand_in.count == 1


async def test_recording_matches_request_and_response(tmp_path: Path) -> None:
    stand_in, persona = StandIn(), step("createPersona")
    bench = Bench.of(tmp_path, [persona], stand_in)
    response = await bench.send(persona, body=json.dumps(PERSONA).encode(), authorization="Bearer mine")
    (exchange,) = bench.exchanges
    assert exchange.operation == "createPersona"
    assert (exchange.origin, exchange.target) == ("recorded", "stand-in")
    assert "authorization" not in exchange.request.headers
    assert exchange.request.body is not None
    assert exchange.response.body is not None
    assert exchange.request.body.value == PERSONA
    assert exchange.response.body.value.keys() == response.json().keys()
    assert (bench.recorder.private / "0001.createPersona.http").read_bytes().endswith(response.content)


class _Stream(httpx.AsyncByteStream):
    def __init__(self, parts: AsyncIterator[bytes]) -> None:
        self._parts = parts

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._parts


def test_filled_paths_have_no_parameters(operation: str) -> None:
    assert "{" not in filled(step(operation))
