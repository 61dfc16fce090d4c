"""Engines of both clients: send a call until it has an outcome, and return its result or raise its error."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from os import getpid
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from ._arrived_response import SendError
from ._body_decoder import ACCEPT_ENCODING
from ._clock import AsyncClock, SyncClock
from ._config import TOKEN_VARIABLE
from ._delivery import Delivery
from ._http_library import PreparedRequest
from ._operation import Call, Operation
from ._options import CallOptions, check_option_names, encode_headers, override_headers
from ._response_parsing import Answer
from ._retry import Outcome, RetryPolicy, may_retry, parse_retries
from ._retry_state import RetryState
from ._secret import Secret
from ._timeout import Timeout, parse_timeout
from ._transport import AsyncTransport, SyncTransport
from ._version import __version__
from .errors import ConfigurationError, ResponseError

if TYPE_CHECKING:
    from ._spending import CallRecord, Spending

T = TypeVar("T")


class ClientSettings(NamedTuple):
    """Settings of all calls of a client: base URL, key, timeout, retries, headers and grace of new tasks."""

    base_url: str
    key: Secret
    timeout: Timeout
    retries: RetryPolicy
    extra_headers: list[tuple[bytes, bytes]]
    default_headers: tuple[tuple[bytes, bytes], ...]
    access_token: Secret | None = None
    task_grace: float = 30.0

    def choose_grace(self, grace: float | None) -> float:
        """Return the grace of a wait: that of the client if the caller gives none."""
        return self.task_grace if grace is None else grace

    def with_options(self, owner: str, options: CallOptions) -> ClientSettings:
        """Return the settings with the options of a call or of a derived client.

        Raises:
            ConfigurationError: An option cannot be used.
            InvalidRequestError: A header cannot be sent.
        """
        check_option_names(owner, options)
        return self._replace(
            timeout=parse_timeout(options.get("timeout", self.timeout)),
            retries=parse_retries(options.get("retries", self.retries)),
            extra_headers=override_headers(self.extra_headers, encode_headers(owner, options.get("headers", {}))),
        )

    def prepare_request(self, call: Call[T]) -> PreparedRequest:
        """Make the HTTP request of a call.

        Raises:
            ConfigurationError: The call needs the access token, and the client has none.
        """
        operation, path, content, call_headers = call
        headers = [*self.default_headers, *override_headers(self.extra_headers, call_headers)]
        if content is not None:
            headers.append((b"Content-Type", content.media))
        return PreparedRequest(
            operation.method,
            self.base_url + path,
            headers,
            None if content is None else content.data,
            cache_url=path == operation.path,
            authorize=self._find_secret(operation).header,
        )

    def _find_secret(self, operation: Operation[T]) -> Secret:
        if operation.credential == "api_key":
            return self.key
        if self.access_token is None:
            raise ConfigurationError(
                f"{operation.name}: it needs the access token of the account, which is not the API key. Pass "
                f"access_token=... or set {TOKEN_VARIABLE}. Nothing was sent."
            )
        return self.access_token


class _Attempts(Generic[T]):
    """One call, its request, and how it went so far."""

    __slots__ = ("call", "delivery", "key", "request", "state")

    def __init__(self, call: Call[T], key: Secret, request: PreparedRequest, state: RetryState) -> None:
        self.call = call
        self.key = key
        self.request = request
        self.state = state
        self.delivery: Delivery = state.start_attempt(key.hide, keep=False)


def _record(
    spending: Spending | None, call: Call[Any], clock: SyncClock | AsyncClock
) -> AbstractContextManager[CallRecord | None]:
    """Return what writes a call into the journal; nothing for a call that is free, or without a journal."""
    if spending is None or may_retry(call.operation, Outcome.UNKNOWN):
        return nullcontext()
    return spending.record(call, clock.wall)


class SyncEngine:
    """Runs the calls of `SunoClient`."""

    def __init__(
        self,
        settings: ClientSettings,
        transport: SyncTransport,
        clock: SyncClock,
        spending: Spending | None = None,
    ) -> None:
        self.settings = settings
        self.transport = transport
        self.clock = clock
        self.spending = spending
        self._waiters: dict[int, dict[str, Any]] = {}

    @property
    def waiters(self) -> dict[str, Any]:
        """What waits for tasks, by name. After a fork there is nothing: the thread or loop that polls is elsewhere."""
        return self._waiters.setdefault(getpid(), {})

    def run(self, call: Call[T], options: CallOptions) -> T:
        """Send a call and return its result."""
        attempts = self._start(call, options)
        with _record(self.spending, call, self.clock) as record:
            while True:
                try:
                    if record is None:
                        return (self._exchange(attempts)).parse()
                    return record.parse(self._exchange(attempts))
                except ResponseError as error:
                    if error.status_code // 100 != 2:
                        raise
                    self.transport.abandon(attempts.delivery)
                    delay = attempts.state.handle_refusal(error, attempts.delivery)
                self.clock.sleep(delay)

    def send(self, call: Call[T], options: CallOptions) -> Answer[T]:
        """Send a call, and send it again as the retry policy allows, until there is a 2xx response."""
        attempts = self._start(call, options)
        with _record(self.spending, call, self.clock) as record:
            answer = self._exchange(attempts)
            if record is not None:
                record.note(answer)
            return answer

    def _start(self, call: Call[T], options: CallOptions) -> _Attempts[T]:
        settings = self.settings.with_options(call.operation.name, options) if options else self.settings
        state = RetryState(call, settings.retries, settings.timeout, self.clock)
        return _Attempts(call, settings.key, settings.prepare_request(call), state)

    def _exchange(self, attempts: _Attempts[T]) -> Answer[T]:
        state = attempts.state
        while True:
            delivery = attempts.delivery = state.start_attempt(attempts.key.hide, keep=self.transport.keep)
            failure: SendError | None = None
            delay = 0.0
            # Its error is raised outside: it would lead to the frames of the transport, which hold what arrived.
            try:
                response = self.transport.send(attempts.request, state.limit_timeout(), delivery)
            except SendError as error:
                failure = error.with_traceback(None)
            except BaseException as error:
                state.note_interrupt(error, delivery)
                raise
            else:
                response.hide(attempts.key)
                pause = state.handle_response(response, delivery)
                if pause is None:
                    return Answer(attempts.call.operation, response)
                delay = pause
            if failure is not None:
                failure.hide(attempts.key)
                delay = state.handle_failure(failure)
            self.clock.sleep(delay)

    def derive(self, options: CallOptions) -> SyncEngine:
        """Return an engine with other defaults that shares the connections and the waiters."""
        settings = self.settings.with_options("with_options", options)
        engine = SyncEngine(settings, self.transport, self.clock, self.spending)
        engine._waiters = self._waiters
        return engine


class AsyncEngine:
    """Runs the calls of `AsyncSunoClient`."""

    def __init__(
        self,
        settings: ClientSettings,
        transport: AsyncTransport,
        clock: AsyncClock,
        spending: Spending | None = None,
    ) -> None:
        self.settings = settings
        self.transport = transport
        self.clock = clock
        self.spending = spending
        self._waiters: dict[int, dict[str, Any]] = {}

    @property
    def waiters(self) -> dict[str, Any]:
        """What waits for tasks, by name. After a fork there is nothing: the thread or loop that polls is elsewhere."""
        return self._waiters.setdefault(getpid(), {})

    async def run(self, call: Call[T], options: CallOptions) -> T:
        """Send a call and return its result."""
        attempts = self._start(call, options)
        with _record(self.spending, call, self.clock) as record:
            while True:
                try:
                    if record is None:
                        return (await self._exchange(attempts)).parse()
                    return record.parse(await self._exchange(attempts))
                except ResponseError as error:
                    if error.status_code // 100 != 2:
                        raise
                    await self.transport.abandon(attempts.delivery)
                    delay = attempts.state.handle_refusal(error, attempts.delivery)
                await self.clock.sleep(delay)

    async def send(self, call: Call[T], options: CallOptions) -> Answer[T]:
        """Send a call, and send it again as the retry policy allows, until there is a 2xx response."""
        attempts = self._start(call, options)
        with _record(self.spending, call, self.clock) as record:
            answer = await self._exchange(attempts)
            if record is not None:
                record.note(answer)
            return answer

    def _start(self, call: Call[T], options: CallOptions) -> _Attempts[T]:
        settings = self.settings.with_options(call.operation.name, options) if options else self.settings
        state = RetryState(call, settings.retries, settings.timeout, self.clock)
        return _Attempts(call, settings.key, settings.prepare_request(call), state)

    async def _exchange(self, attempts: _Attempts[T]) -> Answer[T]:
        state = attempts.state
        while True:
            delivery = attempts.delivery = state.start_attempt(attempts.key.hide, keep=self.transport.keep)
            failure: SendError | None = None
            delay = 0.0
            # Its error is raised outside: it would lead to the frames of the transport, which hold what arrived.
            try:
                response = await self.transport.send(attempts.request, state.limit_timeout(), delivery)
            except SendError as error:
                failure = error.with_traceback(None)
            except BaseException as error:
                state.note_interrupt(error, delivery)
                raise
            else:
                response.hide(attempts.key)
                pause = state.handle_response(response, delivery)
                if pause is None:
                    return Answer(attempts.call.operation, response)
                delay = pause
            if failure is not None:
                failure.hide(attempts.key)
                delay = state.handle_failure(failure)
            await self.clock.sleep(delay)

    def derive(self, options: CallOptions) -> AsyncEngine:
        """Return an engine with other defaults that shares the connections and the waiters."""
        settings = self.settings.with_options("with_options", options)
        engine = AsyncEngine(settings, self.transport, self.clock, self.spending)
        engine._waiters = self._waiters
        return engine


def make_default_headers(agent: str) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers that every request has; `agent` is name and version of the HTTP library."""
    python = ".".join(map(str, sys.version_info[:3]))
    return (
        (b"Accept", b"application/json"),
        (b"Accept-Encoding", ACCEPT_ENCODING),
        (b"User-Agent", f"cometapi-suno/{__version__} (python {python}; {agent})".encode()),
    )
