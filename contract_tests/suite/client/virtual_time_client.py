"""Either client under test control: virtual time, seeded randomness, scripted transport."""

from __future__ import annotations

import asyncio
import inspect
import selectors
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from threading import Condition
from typing import Any, TypeVar, cast

import httpx
from attrs import define, field
from cometapi_suno import AsyncClock, AsyncSunoClient, SunoClient, SyncClock

from contract_tests.suite.support.fake_transport import SERVER, Reply, fail_as_async_httpcore, fail_as_httpcore
from contract_tests.suite.support.secret_leaks import KEY

T = TypeVar("T")

WALL = 1_900_000_000.0
"""Unix time when a stage opens."""

Client = SunoClient | AsyncSunoClient
Act = Reply | type[httpx.HTTPError]
Script = Callable[[httpx.Request], Act]


@define
class Time:
    """Seconds since the stage opened; they pass only when someone waits."""

    now: float = 0.0


class _Selector(selectors.SelectSelector):
    """Has no patience: where a loop would sleep, time jumps."""

    def __init__(self, time: Time) -> None:
        super().__init__()
        self._time = time

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise AssertionError("nothing is left that could happen")
        if not ready and timeout:
            self._time.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is the stage's."""

    def __init__(self, time: Time) -> None:
        super().__init__(_Selector(time))
        self._virtual = time
        # Late in time, a float cannot tell the default of a nanosecond.
        self._clock_resolution = 1e-6

    def time(self) -> float:
        return self._virtual.now


def in_turn(*acts: Act) -> Script:
    """Return a script that answers with these, one after the other; one more request is one too many."""
    left = iter(acts)
    return lambda _: next(left)


@define
class Line(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Carries requests to the script, and says when.

    Attributes:
        time: The stage's.
        script: Answers.
        takes: Seconds that an exchange takes; none takes longer than its read timeout.
        requests: What was sent.
        times: When it was.
    """

    time: Time
    script: Script
    takes: float = 0.0
    requests: list[httpx.Request] = field(factory=list[httpx.Request])
    times: list[float] = field(factory=list[float])

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self._note(request)
        self.time.now += self._patience(request)
        act = self._find_act(request)
        return act.response() if isinstance(act, Reply) else fail_as_httpcore(request, act)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self._note(request)
        if self.takes:
            await asyncio.sleep(self._patience(request))
        act = self._find_act(request)
        if isinstance(act, Reply):
            return act.response()
        return await fail_as_async_httpcore(request, act)

    def _note(self, request: httpx.Request) -> None:
        self.requests.append(request)
        self.times.append(self.time.now)

    def _patience(self, request: httpx.Request) -> float:
        return min(self.takes, cast("float", request.extensions["timeout"]["read"]))

    def _find_act(self, request: httpx.Request) -> Act:
        return httpx.ReadTimeout if self._patience(request) < self.takes else self.script(request)


class Stage:
    """One of the two clients, with everything about it under control.

    Args:
        face: `sync` or `async`.
        script: What the wire answers.
        draw: What chance gives, in [0, 1).
        takes: Seconds that an exchange takes.
        time: What the script goes by.
        options: Further arguments of the client.
    """

    def __init__(
        self,
        face: str,
        script: Script,
        *,
        draw: float = 0.5,
        takes: float = 0.0,
        time: Time | None = None,
        **options: Any,
    ) -> None:
        self.face = face
        self.time = time or Time()
        self.line = Line(self.time, script, takes)
        self.slept: list[float] = []
        self.clock: dict[str, Any] = {
            "monotonic": lambda: self.time.now,
            "wall": lambda: WALL + self.time.now,
            "random": lambda: draw,
        }
        given: dict[str, Any] = {"api_key": KEY, "base_url": SERVER, "http_client": self.line} | options
        self.client: Client
        if face == "sync":
            self.client = SunoClient(**given, clock=SyncClock(**self.clock, sleep=self._sleep, wait=self._wait))
        else:
            self.client = AsyncSunoClient(**given, clock=AsyncClock(**self.clock, sleep=self._async_sleep))

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time.now += seconds

    async def _async_sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(seconds)

    def _wait(self, _: Condition, seconds: float) -> None:
        self.time.now += seconds

    def run(self, result: Awaitable[T] | T) -> T:
        """Run a call of the client to its end and return the result."""
        if not inspect.isawaitable(result):
            return result
        return self.drive(_awaited(cast("Awaitable[T]", result)))

    def drive(self, story: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in virtual time and return its result."""
        with asyncio.Runner(loop_factory=lambda: VirtualLoop(self.time)) as runner:
            return runner.run(story)

    def each(self, iterated: Any, see: Callable[[Any], object]) -> None:
        """Go through what an iterator of the client gives."""
        if self.face == "async":
            self.drive(_each(iterated, see))
            return
        for each in iterated:
            see(each)

    def events(self, iterated: Any) -> list[Any]:
        """Return everything that an iterator of the client yields."""
        found: list[Any] = []
        self.each(iterated, found.append)
        return found


async def _awaited(result: Awaitable[T]) -> T:
    return await result


async def _each(iterated: Any, see: Callable[[Any], object]) -> None:
    async for each in iterated:
        see(each)


def paths(requests: Iterable[httpx.Request]) -> list[str]:
    """Return the targets of requests, without scheme and host."""
    return [request.url.raw_path.decode("ascii") for request in requests]
