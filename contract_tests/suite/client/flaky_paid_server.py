"""A server on 127.0.0.1 that does the work, charges, and only then breaks the connection; it counts what it did."""

from __future__ import annotations

import asyncio
import json
import random
import re
import threading
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager, suppress
from typing import Any

import httpx
from attrs import define, field, frozen
from cometapi_suno import (
    BadRequestError,
    NotDeliveredError,
    OutcomeUnknownError,
    Persona,
    QuotaError,
    RateLimitError,
    ResponseDecodeError,
    RetryPolicy,
    ServerError,
    ServiceUnavailableError,
    SunoError,
    Timeout,
)

from contract_tests.suite.support.expected_results import success_examples
from contract_tests.suite.support.fake_transport import fail_as_async_httpcore, fail_as_httpcore
from contract_tests.suite.support.loaded_spec import CONTRACT
from contract_tests.suite.support.response_faults import PAGE

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_PERSONA: dict[str, Any] = next(body for _, body in success_examples(CONTRACT.operations["createPersona"]))

ATTEMPTS = 4
QUICK = RetryPolicy(attempts=ATTEMPTS, first_delay=0.001, max_delay=0.002)
IMPATIENT = Timeout(connect=5, read=0.5, write=5, pool=60)

Outcome = Persona | SunoError


@frozen
class Turn:
    """What one sending meets.

    Attributes:
        status: Status of the answer; 0 gives none.
        body: Its body; `None` is the persona.
        works: The work is done, and charged, first.
        ends: What becomes of the connection: `kept`, `closed`, `reset` or `held` until the caller goes away.
        keeps: Share of the answer that is sent.
        reached: The server is reached at all.
        moves_on: Nothing was done and the caller can know it, so that any call may be sent again.
    """

    status: int = 200
    body: str | None = None
    works: bool = False
    ends: str = "kept"
    keeps: float = 1.0
    reached: bool = True
    moves_on: bool = False

    def answer(self, name: str) -> bytes:
        """The bytes that are sent."""
        if not self.status:
            return b""
        body = (json.dumps({**_PERSONA, "name": name}) if self.body is None else self.body).encode()
        media = "text/html" if body.startswith(b"<") else "application/json"
        head = f"HTTP/1.1 {self.status} .\r\nContent-Type: {media}\r\nContent-Length: {len(body)}\r\n\r\n"
        whole = head.encode() + body
        return whole[: int(len(whole) * self.keeps)]


def _refusal(code: str) -> str:
    return json.dumps({"error": {"message": "no", "type": "comet_api_error", "param": "", "code": code}})


DONE = Turn(works=True)
PASSING: Mapping[str, Turn] = {
    "unreachable": Turn(reached=False, moves_on=True),
    "429, empty": Turn(429, "", moves_on=True),
    "429 with a code": Turn(429, _refusal("rate_limit"), moves_on=True),
    "503 without a channel": Turn(503, _refusal("model_not_found"), moves_on=True),
    "429, then closed": Turn(429, "", ends="closed", moves_on=True),
}
LAST: Mapping[str, Turn] = {
    "done": DONE,
    "done, then closed without a word": Turn(works=True, ends="closed"),
    "done, then reset": Turn(works=True, ends="reset"),
    "400": Turn(400, _refusal("fail_to_fetch_task")),
    "403 without quota": Turn(403, _refusal("quota_not_enough")),
    "500 invalid_request": Turn(500, _refusal("invalid_request")),
} | {
    f"{name}, {'after' if works else 'before'} the work": Turn(status, body, works, ends, keeps)
    for works in (True, False)
    for name, status, body, ends, keeps in (
        ("reset", 0, "", "reset", 1.0),
        ("closed", 0, "", "closed", 1.0),
        ("held", 0, "", "held", 1.0),
        ("half the head", 200, None, "closed", 0.001),
        ("half the body", 200, None, "closed", 0.5),
        ("half the body, reset", 200, None, "reset", 0.5),
        ("half the body, held", 200, None, "held", 0.5),
        ("500", 500, _refusal("get_channel_failed"), "kept", 1.0),
        ("500, a page", 500, PAGE, "closed", 1.0),
        ("502, a page", 502, PAGE, "kept", 1.0),
        ("503, a page", 503, PAGE, "kept", 1.0),
        ("504, empty", 504, "", "kept", 1.0),
        ("524, a page", 524, PAGE, "kept", 1.0),
        ("200, a page", 200, PAGE, "kept", 1.0),
        ("200, empty", 200, "", "kept", 1.0),
    )
}


@define
class Plan:
    """What each request meets at each sending, drawn at random.

    Attributes:
        turns: Name of the persona -> turns that are left.
        done: Name of the persona -> how often it was made, and charged.
        sent: Name of the persona -> how often its request was seen.
    """

    turns: dict[str, list[Turn]] = field(factory=dict[str, list[Turn]])
    done: Counter[str] = field(factory=Counter[str])
    sent: Counter[str] = field(factory=Counter[str])

    @classmethod
    def drawn(cls, runs: int, seed: int) -> Plan:
        """A plan for so many requests. Held connections are rarer: each costs its caller a read timeout."""
        chance = random.Random(seed)
        held = [turn for turn in LAST.values() if turn.ends == "held"]
        quick = [turn for turn in LAST.values() if turn.ends != "held"]
        plan = cls()
        for number in range(runs):
            passing = chance.choices(list(PASSING.values()), k=chance.choice((0, 0, 0, 1, 1, 2, 3, 4)))
            last = DONE if chance.random() < 0.4 else chance.choice(held if chance.random() < 0.06 else quick)
            plan.turns[f"run {seed}.{number}"] = [*passing, last]
        return plan

    def meet(self, name: str) -> Turn:
        """What the next sending meets. One that was not foreseen gets the work done: that is what is looked for."""
        left = self.turns[name][self.sent[name] :]
        return left[0] if left else DONE

    def decisive(self, name: str, attempts: int) -> Turn:
        """The turn at which a request ends that is sent at most so often."""
        turns = self.turns[name][:attempts]
        return next((turn for turn in turns if not turn.moves_on), turns[-1])


class Gate(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Stands before the connections, and lets nothing through while the server cannot be reached."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._sync = httpx.HTTPTransport()
        self._async = httpx.AsyncHTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not self._reaches(request.read()):
            fail_as_httpcore(request, httpx.ConnectError)
        return self._sync.handle_request(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not self._reaches(await request.aread()):
            await fail_as_async_httpcore(request, httpx.ConnectError)
        return await self._async.handle_async_request(request)

    def _reaches(self, content: bytes) -> bool:
        name: str = json.loads(content)["name"]
        if self._plan.meet(name).reached:
            return True
        self._plan.sent[name] += 1
        return False

    def close(self) -> None:
        self._sync.close()

    async def aclose(self) -> None:
        await self._async.aclose()


@contextmanager
def charging(plan: Plan) -> Generator[str]:
    """The URL of a server that follows the plan, for as long as the block runs."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    callers: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        callers.add(writer)
        with closing(writer), suppress(OSError, asyncio.IncompleteReadError):
            while await _answer(plan, reader, writer):
                pass

    async def start() -> asyncio.Server:
        return await asyncio.start_server(serve, "127.0.0.1", 0)

    async def stop() -> None:
        server.close()
        for writer in callers:
            writer.transport.abort()
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))

    server = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _answer(plan: Plan, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Answer one request; whether the connection is good for another."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    name: str = json.loads(await reader.readexactly(int(length[1]) if length else 0))["name"]
    turn = plan.meet(name)
    plan.sent[name] += 1
    if turn.works:
        plan.done[name] += 1
    writer.write(turn.answer(name))
    await writer.drain()
    if turn.ends == "held":
        await reader.read()
    if turn.ends == "reset":
        writer.transport.abort()
    return turn.ends == "kept"


def _expected(turn: Turn) -> type[Outcome]:
    """What a caller can know of a request that ended like this."""
    if not turn.reached:
        return NotDeliveredError
    if turn.status == 200 and turn.keeps == 1:
        return Persona if turn.body is None else ResponseDecodeError
    kinds: dict[int, type[SunoError]] = {400: BadRequestError, 403: QuotaError, 429: RateLimitError}
    if turn.status in kinds:
        return kinds[turn.status]
    if turn.status == 503 and turn.moves_on:
        return ServiceUnavailableError
    return ServerError if turn.body is not None and "invalid_request" in turn.body else OutcomeUnknownError


def _is_truthful(outcome: Outcome, name: str, done: int) -> bool:
    """Return whether what the caller learns agrees with what the server did."""
    if isinstance(outcome, Persona):
        return (outcome.name, done) == (name, 1)
    open_ended = isinstance(outcome, OutcomeUnknownError | ResponseDecodeError)
    return done <= 1 if open_ended else done == 0


def judge(plan: Plan, outcomes: dict[str, Outcome]) -> None:
    """Assert that nothing was made twice and that every caller learned what the server knows."""
    doubled = {name: count for name, count in plan.done.items() if count > 1}
    assert not doubled, f"{len(doubled)} of {len(plan.turns)} were made twice"
    wrong = {name: outcome for name, outcome in outcomes.items() if not _is_truthful(outcome, name, plan.done[name])}
    assert not wrong
    as_planned = [name for name in outcomes if type(outcomes[name]) is _expected(plan.decisive(name, ATTEMPTS))]
    # A machine that is busy for half a second makes a caller give up an answer that would have come.
    others = Counter(type(outcomes[name]) for name in outcomes.keys() - set(as_planned))
    assert set(others) <= {OutcomeUnknownError}
    assert len(as_planned) >= 0.5 * len(outcomes), others
