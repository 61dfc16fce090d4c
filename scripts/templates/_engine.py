"""Engines of both clients: send a call until it has an outcome, and return its result or raise its error."""

from __future__ import annotations

import sys
from os import getpid
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from ._body_decoder import ACCEPT_ENCODING
from ._clock import AsyncClock, SyncClock
from ._config import TOKEN_VARIABLE
from ._http_library import PreparedRequest
from ._operation import Call, Operation
from ._options import CallOptions, check_option_names, encode_headers, override_headers
from ._response_parsing import Answer
from ._retry import Outcome, RetryPolicy, may_retry, parse_retries
from ._retry_state import RetryState
from ._secret import Secret
from ._timeout import Timeout, parse_timeout
from ._transport import AsyncTransport, SendError, SyncTransport
from ._version import __version__
from .errors import ConfigurationError

if TYPE_CHECKING:
    from ._spending import Spending

T = TypeVar("T")


class ClientSettings(NamedTuple):
    """Settings of all calls of a client: base URL, key, timeout, retries and headers."""

    base_url: str
    key: Secret
    timeout: Timeout
    retries: RetryPolicy
    extra_headers: list[tuple[bytes, bytes]]
    default_headers: tuple[tuple[bytes, bytes], ...]
    access_token: Secret | None = None

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
        return self.send(call, options).parse()

    def send(self, call: Call[T], options: CallOptions) -> Answer[T]:
        """Send a call, and send it again as the retry policy allows, until there is a 2xx response."""
        settings = self.settings.with_options(call.operation.name, options) if options else self.settings
        request = settings.prepare_request(call)
        if self.spending is None or may_retry(call.operation, Outcome.UNKNOWN):
            return self._send(call, settings, request)
        with self.spending.record(call, self.clock.wall) as record:
            answer = self._send(call, settings, request)
            record.answer(answer)
        return answer

    def _send(self, call: Call[T], settings: ClientSettings, request: PreparedRequest) -> Answer[T]:
        state = RetryState(call, settings.retries, settings.timeout, self.clock)
        while True:
            delivery = state.start_attempt(keep=self.transport.keep)
            try:
                response = self.transport.send(request, state.limit_timeout(), delivery)
            except SendError as failure:
                failure.hide(settings.key)
                delay = state.handle_failure(failure)
            else:
                response.hide(settings.key)
                pause = state.handle_response(response, delivery)
                if pause is None:
                    return Answer(call.operation, response)
                delay = pause
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
        return (await self.send(call, options)).parse()

    async def send(self, call: Call[T], options: CallOptions) -> Answer[T]:
        """Send a call, and send it again as the retry policy allows, until there is a 2xx response."""
        settings = self.settings.with_options(call.operation.name, options) if options else self.settings
        request = settings.prepare_request(call)
        if self.spending is None or may_retry(call.operation, Outcome.UNKNOWN):
            return await self._send(call, settings, request)
        with self.spending.record(call, self.clock.wall) as record:
            answer = await self._send(call, settings, request)
            record.answer(answer)
        return answer

    async def _send(self, call: Call[T], settings: ClientSettings, request: PreparedRequest) -> Answer[T]:
        state = RetryState(call, settings.retries, settings.timeout, self.clock)
        while True:
            delivery = state.start_attempt(keep=self.transport.keep)
            try:
                response = await self.transport.send(request, state.limit_timeout(), delivery)
            except SendError as failure:
                failure.hide(settings.key)
                delay = state.handle_failure(failure)
            else:
                response.hide(settings.key)
                pause = state.handle_response(response, delivery)
                if pause is None:
                    return Answer(call.operation, response)
                delay = pause
            await self.clock.sleep(delay)

    def derive(self, options: CallOptions) -> AsyncEngine:
        """Return an engine with other defaults that shares the connections and the waiters."""
        settings = self.settings.with_options("with_options", options)
        engine = AsyncEngine(settings, self.transport, self.clock, self.spending)
        engine._waiters = self._waiters
        return engine


def make_default_headers(agent: str) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers that every request has.

    Args:
        agent: Name and version of the HTTP library.
    """
    python = ".".join(map(str, sys.version_info[:3]))
    return (
        (b"Accept", b"application/json"),
        (b"Accept-Encoding", ACCEPT_ENCODING),
        (b"User-Agent", f"cometapi-suno/{__version__} (python {python}; {agent})".encode()),
    )
