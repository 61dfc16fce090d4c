"""The forwarding proxy: everything that reaches the service goes through here, counted, capped and recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from contract_tests.verifier.live.allowlist import LOCAL_STATUS, MARK, TICKET, Gate
from contract_tests.verifier.live.api_key import Key
from contract_tests.verifier.live.limits import ON_ITS_WAY, Entry, Ledger, Refusal
from contract_tests.verifier.live.recorder import Asked, Recorder
from contract_tests.verifier.live.upstream import Answer, NoAnswer, Upstream

LARGEST_REQUEST: Final = 1024 * 1024
"""Bytes of a request above which it is not sent."""

_LEFT_OUT = frozenset({
    "connection", "content-encoding", "content-length", "keep-alive", "proxy-authenticate", "te", "trailer",
    "transfer-encoding", "upgrade", MARK,
})  # fmt: skip
"""Headers of an answer that speak of the connection to the service, and the one that no service may send."""
_PASSED_ON = frozenset({"accept", "content-type", "user-agent"})
"""Headers of a request that go along; the caller's key and everything else stay behind."""


class Pace:
    """Spaces calls out.

    Args:
        rate: Calls per second at most.
    """

    def __init__(self, rate: float) -> None:
        self._gap = 1 / rate
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for one's turn."""
        now = asyncio.get_running_loop().time()
        start = max(now, self._next)
        self._next = start + self._gap
        await asyncio.sleep(start - now)


class Proxy:
    """An ASGI application that sends what the plan has, and nothing else.

    Args:
        gate: Knows the plan.
        ledger: Counts and caps.
        upstream: Sends.
        recorder: Writes down.
        rate: Calls per second at most.
    """

    def __init__(self, gate: Gate, ledger: Ledger, upstream: Upstream, recorder: Recorder, rate: float) -> None:
        self._gate = gate
        self._ledger = ledger
        self._upstream = upstream
        self._recorder = recorder
        self._pace = Pace(rate)
        self._flights: set[asyncio.Task[Answer | NoAnswer]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            raise RuntimeError(f"{scope['type']} is not served here")
        self._loop = asyncio.get_running_loop()
        try:
            response = await self._respond(Request(scope, receive))
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    def abandon(self) -> None:
        """Wait no longer for answers that are on their way. From any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(lambda: [flight.cancel() for flight in self._flights])

    async def _respond(self, request: Request) -> Response:
        asked = await _read(request)
        if isinstance(asked, Refusal):
            return _refused(asked)
        step = self._gate.admit(asked.method, asked.path, asked.query, request.headers.getlist(TICKET))
        if isinstance(step, Refusal):
            return _refused(step)
        if _holds(self._upstream.key, asked):
            return _refused(Refusal("key", "the request holds the key, which is the proxy's alone"))
        if self._ledger.stopped is None:
            await self._pace.turn()
        # From here to the start of the flight nothing else runs: what is counted is sent, and nothing else is.
        entry = self._ledger.reserve(step)
        if isinstance(entry, Refusal):
            return _refused(entry)
        try:
            self._recorder.sending(entry, asked)
        except OSError as error:
            refusal = Refusal("journal", f"the journal cannot be written: {error.strerror or type(error).__name__}")
            self._ledger.settle(entry, "not sent", answered=False)
            self._ledger.stop(refusal)
            return _refused(refusal)
        flight = asyncio.create_task(self._fly(entry, asked))
        self._flights.add(flight)
        flight.add_done_callback(lambda done: self._landed(entry, done))
        await asyncio.wait({flight})  # a caller that goes away does not take the flight along: its answer is paid for
        if flight.cancelled() or flight.exception() is not None:
            return _passed_on(NoAnswer("given up", delivered=True))
        return _passed_on(flight.result())

    async def _fly(self, entry: Entry, asked: Asked) -> Answer | NoAnswer:
        """Send a counted call and keep what comes."""
        try:
            answer = await self._upstream.send(asked.method, asked.target, asked.headers, asked.body, entry.step.key)
        except asyncio.CancelledError:
            self._lost(entry, "given up: it was sent, and its outcome is unknown")
            raise
        if isinstance(answer, NoAnswer):
            unknown = "; its outcome is unknown" if answer.delivered else "; the service has not seen it"
            self._lost(entry, answer.reason + unknown)
            if not answer.delivered:
                self._ledger.stop(Refusal("unreachable", f"the service cannot be reached: {answer.reason}"))
            return answer
        try:
            self._recorder.answered(entry, asked, answer)
        except (OSError, ValueError, RecursionError) as error:
            self._ledger.stop(Refusal("recording", f"an answer cannot be recorded: {type(error).__name__}"))
        if entry.step.must_fail and 200 <= answer.status < 300:
            told = f"{entry.step.operation.id} ({entry.step.note}) was answered {answer.status}: it should be refused"
            self._ledger.stop(Refusal("accepted", told))
        self._ledger.settle(entry, str(answer.status), answered=True)
        return self._without_key(answer)

    def _landed(self, entry: Entry, flight: asyncio.Task[Answer | NoAnswer]) -> None:
        """Whatever ended a flight, its call is settled; an error of our own ends the run."""
        self._flights.discard(flight)
        error = None if flight.cancelled() else flight.exception()
        if error is not None:
            self._ledger.stop(Refusal("proxy", f"the proxy failed: {type(error).__name__}"))
        if entry.outcome == ON_ITS_WAY:
            self._lost(entry, "broken off; its outcome is unknown")

    def _lost(self, entry: Entry, reason: str) -> None:
        try:
            self._recorder.lost(entry, reason)
        except OSError as error:
            told = f"the journal cannot be written: {error.strerror or type(error).__name__}"
            self._ledger.stop(Refusal("journal", told))
        self._ledger.settle(entry, reason, answered=False)

    def _without_key(self, answer: Answer) -> Answer:
        """The answer as callers may see it: a service that quotes the key must not give it to them."""
        key = self._upstream.key
        headers = [(name, key.cross_out(value.encode("latin-1")).decode("latin-1")) for name, value in answer.headers]
        return Answer(answer.status, headers, key.cross_out(answer.body))


async def _read(request: Request) -> Asked | Refusal:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_REQUEST:
            return Refusal("too-large", f"the request has more than {LARGEST_REQUEST} bytes")
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in request.headers.raw]
    return Asked(
        method=request.method,
        path=raw.partition(b"?")[0].decode("latin-1"),
        query=request.url.query,
        headers=tuple(pair for pair in headers if pair[0] in _PASSED_ON),
        body=bytes(body),
    )


def _holds(key: Key, asked: Asked) -> bool:
    words = [asked.target, *(f"{name}: {value}" for name, value in asked.headers)]
    return key.is_in("\n".join(words).encode("latin-1", "replace")) or key.is_in(asked.body)


def _refused(refusal: Refusal) -> Response:
    return _local({"refused": refusal.code, "message": refusal.message, "sent": False}, refusal.code)


def _passed_on(answer: Answer | NoAnswer) -> Response:
    if isinstance(answer, NoAnswer):
        told = {"refused": "no-answer", "message": answer.reason, "sent": answer.delivered}
        return _local(told, "no-answer")
    response = Response(answer.body or None, answer.status)
    response.raw_headers += _lines(answer.headers)
    return response


def _local(told: Mapping[str, object], code: str) -> Response:
    return JSONResponse({"proxy": told}, LOCAL_STATUS, headers={MARK: code})


def _lines(headers: Sequence[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in headers if name not in _LEFT_OUT]
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in kept]
