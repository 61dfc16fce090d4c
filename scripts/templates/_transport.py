"""Transport: sends one request through httpx, and returns a `Response` or raises `SendError`.

Requests go directly to an `HTTPTransport`, or to the pool within it unless a tool has patched the transport: the client
does not want the cookies, redirects and auth flows of `httpx.Client`, and without them a call takes half the time. An
injected client is used through its `send`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from os import getpid
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from ._arrived_response import accept_broken_response, make_response, receive_head
from ._connections import (
    ConnectionSettings,
    accept_long_headers,
    is_in_use,
    leave_behind,
    make_pool_options,
    prepare_async_pool,
    prepare_pool,
    release_cancelled,
)
from ._delivery import Delivery
from ._direct_pool import build_pool_request, convert_pool_error, find_direct_pool, send_directly, send_directly_async
from ._http_backends import BACKENDS, HTTPBackend, make_backend_transport
from ._http_library import (
    AsyncInjectedClient,
    AsyncInjectedTransport,
    HTTPLibrary,
    InjectedClient,
    InjectedTransport,
    PreparedRequest,
    build_request,
    find_library,
)
from ._network_stream import LATE_MESSAGE, StepTimeout
from ._response import Response
from ._response_end import check_async_connection, check_connection, find_unclean_connection
from ._timeout import Timeout
from .errors import ConfigurationError

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from ._http_library import httpx

OTHER_LOOP_MESSAGE = (
    "AsyncSunoClient: it is used in another event loop, which is still open; nothing was sent. Make a client per loop."
)
NO_LOOP_MESSAGE = (
    "AsyncSunoClient: it needs asyncio, and no asyncio event loop runs here; nothing was sent. "
    "Under trio, use SunoClient in trio.to_thread.run_sync."
)
_CLOSED_MESSAGE = "SunoClient: the client is closed; nothing was sent. Make a new one."
_MAX_REFUSED_CONNECTIONS = 100
"""How many used connections of an injected pool are closed at most until it makes a new one."""


class SyncTransport:
    """Sends requests through its own connection pools, or through an injected client or transport.

    One pool keeps its connections, the other makes one for each request. They belong to the process that made them:
    after a fork both processes would read from the same connections.
    """

    def __init__(
        self,
        connection: ConnectionSettings,
        injected: httpx.Client | httpx.BaseTransport | InjectedClient | InjectedTransport | HTTPBackend | None = None,
    ) -> None:
        self.keep: bool = connection.keep
        self._connection = connection
        self.library: HTTPLibrary = find_library(injected)
        library = self.library
        self._injected: Callable[[httpx.Request], httpx.Response] | None = None
        self._backend = injected if isinstance(injected, str) and injected in BACKENDS else None
        self._pools: dict[tuple[int, bool], httpx.BaseTransport] = {}
        self._interrupted: list[httpx.BaseTransport] = []
        self._is_closed = False
        if isinstance(injected, library.Client):
            client = injected
            self._injected = lambda request: client.send(request, stream=True, auth=None, follow_redirects=False)
        elif isinstance(injected, library.BaseTransport):
            transport = injected
            # Looked up in each call: tools patch it.
            self._injected = lambda request: transport.handle_request(request)  # noqa: PLW0108
        elif injected is not None and self._backend is None:
            raise TypeError(
                "SunoClient: http_client must be a Client or a transport of httpx or httpx2, "
                f"not {type(injected).__name__}"
            )
        elif connection.proxy or self._backend:
            self._open(new=False)  # reports what cannot be used when the client is made, not at the first call

    def _open(self, *, new: bool) -> httpx.BaseTransport:
        """Make the connection pool, unless another thread has made it. A lock could stay locked after a fork."""
        inherited = [key for key in self._pools if key[0] != getpid()]
        leave_behind([self._pools.pop(key) for key in inherited])
        pool: httpx.BaseTransport
        if self._backend is not None:
            pool = make_backend_transport(self._backend, self.library, self._connection, new=new, is_async=False)
        else:
            pool = self.library.HTTPTransport(**make_pool_options(self.library, self._connection, new=new))
            prepare_pool(pool)
        return self._pools.setdefault((getpid(), new), pool)

    def find_handler(self, delivery: Delivery) -> Callable[[httpx.Request], httpx.Response]:
        """Return what sends a request. It is looked up each time, since tools patch `HTTPTransport.handle_request`."""
        if self._injected is not None:
            return self._injected
        if self._is_closed:
            raise ConfigurationError(_CLOSED_MESSAGE)
        new = delivery.needs_new_connection
        pool = self._pools.get((getpid(), new)) or self._open(new=new)
        if self._backend is None:
            delivery.before_send = partial(accept_long_headers, pool)
        return pool.handle_request

    def send(self, prepared: PreparedRequest, timeout: Timeout, delivery: Delivery) -> Response:
        """Send a request and read the whole response.

        Raises:
            SendError: No usable response was received.
        """
        handle: Callable[[Any], Any] = self.find_handler(delivery)
        owned = self._injected is None
        steps: Mapping[str, float] = timeout.as_dict()
        deadline = None
        if timeout.total is not None:
            end = monotonic() + timeout.total
            deadline = StepTimeout(timeout.total, end)
            # pyreqwest takes the sum of the steps as the total.
            steps = {"read": deadline} if self._backend else {k: StepTimeout(v, end) for k, v in steps.items()}
        close = owned and delivery.needs_new_connection and self._backend is None
        build: Callable[..., Any] = build_request
        if pool := find_direct_pool(handle):
            build, handle = build_pool_request, partial(send_directly, pool)
        request = build(self.library, prepared, steps, delivery.trace, close=close)
        try:
            response = _hand_over(handle, request, delivery) if delivery.needs_new_connection else handle(request)
            stream = cast("httpx.SyncByteStream", response.stream)
            try:
                body = receive_head(response, delivery, self._connection.max_response)
                # A stream that was read must not be iterated again: httpcore would repeat it endlessly.
                if response.is_stream_consumed:
                    body.feed(response.content)
                    if unclean := find_unclean_connection(response, delivery):
                        unclean.close()
                else:
                    for chunk in stream if deadline is None else _iterate_until(stream, deadline):
                        body.feed(chunk)
                    check_connection(response, body, delivery, deadline)
            finally:
                # Does what `response.close()` does, which takes longer than reading the body.
                if not response.is_closed:
                    response.is_closed = True
                    stream.close()
            whole = make_response(response, body.finish(), self._connection)
        except Exception as error:
            if _is_test_failure(error, delivery, traced=self._injected is None and self._backend is None):
                raise
            return self._accept_broken(convert_pool_error(self.library, error) if pool else error, delivery)
        except BaseException:
            self.release()
            raise
        delivery.forget_response()
        return whole

    def release(self, _: object = None) -> None:
        """Use new pools after an interrupt: a lock of a connection may have stayed locked; see `prepare_pool`."""
        pools = self._interrupted + [self._pools.pop(key) for key in list(self._pools) if key[0] == getpid()]
        self._interrupted = [pool for pool in pools if is_in_use(pool)]  # by other threads
        for pool in pools:
            if pool not in self._interrupted:
                with suppress(Exception):  # nothing that goes wrong here may replace the interrupt
                    pool.close()

    def _accept_broken(self, error: Exception, delivery: Delivery) -> Response:
        owned = self._injected is None
        return accept_broken_response(self.library, error, delivery, self._connection, owned=owned)

    def abandon(self, delivery: Delivery) -> None:
        """Close the connection of a response that is not a result of the call: the true response may follow."""
        connection, delivery.connection = delivery.connection, None
        if connection is None:
            return
        # httpcore closes without its lock: a request that is about to begin would fail. Its lock stays locked when an
        # interrupt arrives within its `__enter__`. Nothing that goes wrong here may replace the error of the call.
        with suppress(Exception), connection._state_lock._lock:
            if connection.is_idle():
                connection.close()

    def close(self) -> None:
        """Close the client's connections for good; an injected client stays open."""
        self._is_closed = True
        pools = [pool for (process, _), pool in self._pools.items() if process == getpid()]
        for pool in (*pools, *self._interrupted):
            pool.close()


def _hand_over(
    handle: Callable[[httpx.Request], httpx.Response], request: httpx.Request, delivery: Delivery
) -> httpx.Response:
    """Send a request on a new connection: an injected pool closes its used ones until it makes a new one."""
    for _ in range(_MAX_REFUSED_CONNECTIONS):
        try:
            return handle(request)
        except Exception:
            if not delivery.refused:
                raise
            delivery.refused = False
    delivery.needs_new_connection = False
    return handle(request)


class AsyncTransport:
    """Sends requests like `SyncTransport`, for asyncio. Its connections belong to one event loop too."""

    def __init__(
        self,
        connection: ConnectionSettings,
        injected: httpx.AsyncClient
        | httpx.AsyncBaseTransport
        | AsyncInjectedClient
        | AsyncInjectedTransport
        | HTTPBackend
        | None = None,
    ) -> None:
        self.keep: bool = connection.keep
        self._connection = connection
        self.library: HTTPLibrary = find_library(injected)
        library = self.library
        self._injected: Callable[[httpx.Request], Awaitable[httpx.Response]] | None = None
        self._backend = injected if isinstance(injected, str) and injected in BACKENDS else None
        self._pools: dict[bool, httpx.AsyncBaseTransport] = {}
        self._process = 0
        self._loop: AbstractEventLoop | None = None
        self._is_closed = False
        if isinstance(injected, library.AsyncClient):
            client = injected
            self._injected = lambda request: client.send(request, stream=True, auth=None, follow_redirects=False)
        elif isinstance(injected, library.AsyncBaseTransport):
            transport = injected
            # Looked up in each call: tools patch it.
            self._injected = lambda request: transport.handle_async_request(request)  # noqa: PLW0108
        elif injected is not None and self._backend is None:
            raise TypeError(
                "AsyncSunoClient: http_client must be an AsyncClient or an async transport of httpx or httpx2, "
                f"not {type(injected).__name__}"
            )
        elif connection.proxy or self._backend:
            self._open(new=False)  # reports what cannot be used when the client is made, not at the first call

    def _open(self, *, new: bool) -> httpx.AsyncBaseTransport:
        pool: httpx.AsyncBaseTransport
        if self._backend is not None:
            pool = make_backend_transport(self._backend, self.library, self._connection, new=new, is_async=True)
        else:
            pool = self.library.AsyncHTTPTransport(**make_pool_options(self.library, self._connection, new=new))
            prepare_async_pool(pool)
        self._pools[new] = pool
        return pool

    def find_handler(self, delivery: Delivery) -> Callable[[httpx.Request], Awaitable[httpx.Response]]:
        """Return what sends a request. In another loop, connections fail, perhaps after the request was sent."""
        loop = find_running_loop()
        if self._injected is not None:
            return self._injected
        if self._is_closed:
            raise ConfigurationError(_CLOSED_MESSAGE)
        if loop is not self._loop or self._process != getpid():
            if self._loop is not None:
                if self._process == getpid() and not self._loop.is_closed():
                    raise ConfigurationError(OTHER_LOOP_MESSAGE)
                if self._process != getpid():
                    leave_behind(self._pools.values())
                self._pools = {}
            self._loop, self._process = loop, getpid()
        new = delivery.needs_new_connection
        pool = self._pools.get(new) or self._open(new=new)
        if self._backend is None:
            delivery.before_send = partial(accept_long_headers, pool)
        return pool.handle_async_request

    async def send(self, prepared: PreparedRequest, timeout: Timeout, delivery: Delivery) -> Response:
        """Send a request and read the whole response, like `SyncTransport.send`."""
        handle = self.find_handler(delivery)
        if timeout.total is None:
            return await self._send(handle, prepared, timeout, delivery)
        from asyncio import timeout as limit_time

        try:
            async with limit_time(timeout.total):
                return await self._send(handle, prepared, timeout, delivery)
        except TimeoutError:
            return self._accept_broken(TimeoutError(LATE_MESSAGE), delivery)

    async def _send(
        self,
        handle: Callable[[Any], Awaitable[Any]],
        prepared: PreparedRequest,
        timeout: Timeout,
        delivery: Delivery,
    ) -> Response:
        owned = self._injected is None
        steps = timeout.as_dict()
        deadline = StepTimeout(timeout.total, monotonic() + timeout.total) if timeout.total is not None else None
        close = owned and delivery.needs_new_connection and self._backend is None
        build: Callable[..., Any] = build_request
        if pool := find_direct_pool(handle):
            build, handle = build_pool_request, partial(send_directly_async, pool)
        request = build(self.library, prepared, steps, delivery.trace_async, close=close)
        try:
            response = await (
                _hand_over_async(handle, request, delivery) if delivery.needs_new_connection else handle(request)
            )
            stream = cast("httpx.AsyncByteStream", response.stream)
            try:
                body = receive_head(response, delivery, self._connection.max_response)
                # A stream that was read must not be iterated again: httpcore would repeat it endlessly.
                if response.is_stream_consumed:
                    body.feed(response.content)
                    if unclean := find_unclean_connection(response, delivery):
                        await unclean.aclose()
                else:
                    async for chunk in stream:
                        body.feed(chunk)
                        if deadline is not None:  # buffered chunks leave the event loop no time to cancel
                            deadline.left()
                    await check_async_connection(response, body, delivery, deadline)
            finally:
                # Does what `response.close()` does, which takes longer than reading the body.
                if not response.is_closed:
                    response.is_closed = True
                    await stream.aclose()
            whole = make_response(response, body.finish(), self._connection)
        except Exception as error:
            if _is_test_failure(error, delivery, traced=self._injected is None and self._backend is None):
                raise
            return self._accept_broken(convert_pool_error(self.library, error) if pool else error, delivery)
        except GeneratorExit:  # its event loop has ended
            raise
        except BaseException:
            await self.release(request.extensions)
            raise
        delivery.forget_response()
        return whole

    async def release(self, extensions: object) -> None:
        """Close what a cancelled request, the one with these extensions, has left in the client's pools."""
        if self._backend is None:
            for pool in self._pools.values():
                with suppress(Exception):  # nothing that goes wrong here may replace the cancellation
                    await release_cancelled(pool, extensions)

    def _accept_broken(self, error: Exception, delivery: Delivery) -> Response:
        owned = self._injected is None
        return accept_broken_response(self.library, error, delivery, self._connection, owned=owned)

    async def abandon(self, delivery: Delivery) -> None:
        """Close the connection of a response that is not a result of the call, like `SyncTransport.abandon`."""
        connection, delivery.connection = delivery.connection, None
        if connection is not None and connection.is_idle():
            with suppress(Exception):  # nothing that goes wrong here may replace the error of the call
                await connection.aclose()

    async def aclose(self) -> None:
        """Close the client's connections for good; an injected client stays open."""
        self._is_closed = True
        # Connections of another loop or process cannot be closed here; they are closed with their loop.
        if self._pools and self._loop is find_running_loop() and self._process == getpid():
            for pool in self._pools.values():
                await pool.aclose()


async def _hand_over_async(
    handle: Callable[[httpx.Request], Awaitable[httpx.Response]], request: httpx.Request, delivery: Delivery
) -> httpx.Response:
    """Send a request on a new connection: an injected pool closes its used ones until it makes a new one."""
    for _ in range(_MAX_REFUSED_CONNECTIONS):
        try:
            return await handle(request)
        except Exception:
            if not delivery.refused:
                raise
            delivery.refused = False
    delivery.needs_new_connection = False
    return await handle(request)


def _iterate_until(stream: Iterable[bytes], deadline: StepTimeout) -> Iterator[bytes]:
    """Yield the chunks of a body until a deadline, which a stream of an injected client does not know."""
    for chunk in stream:
        yield chunk
        deadline.left()


def _is_test_failure(error: Exception, delivery: Delivery, *, traced: bool) -> bool:
    """Check whether a mock that takes the place of the network says that a test has failed.

    A transport that does not report what it sends (is not `traced`) may have sent a call that is charged before an
    assertion of it failed.
    """
    if not isinstance(error, AssertionError) or delivery.connecting or delivery.sent:
        return False
    return traced or not delivery.charged


def find_running_loop() -> AbstractEventLoop:
    """Return the running event loop.

    Raises:
        ConfigurationError: There is none.
    """
    from asyncio import get_running_loop

    try:
        return get_running_loop()
    except RuntimeError:
        raise ConfigurationError(NO_LOOP_MESSAGE) from None
