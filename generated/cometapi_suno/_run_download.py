"""Carries out the actions of a download: sends requests, reads files, waits and reports, for either client."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from ._delivery import Delivery
from ._download import Actions, BrokenError, Fetch, Head, Read, Report
from ._request_encoding import check_callable
from ._steps import Pause, await_result
from .errors import SunoError

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from ._engine import AsyncEngine, SyncEngine
    from ._http_library import httpx
    from ._options import CallOptions

T = TypeVar("T")
Progress: TypeAlias = "Callable[[int, int | None], object]"
AsyncProgress: TypeAlias = "Callable[[int, int | None], Awaitable[object] | object]"


class _FileConnection:
    """The response with a file that `SunoClient` reads."""

    def __init__(self, engine: SyncEngine, name: str, options: CallOptions) -> None:
        self._transport = engine.transport
        self._timeout = engine.settings.with_options(name, options).timeout
        self._delivery = Delivery(needs_new_connection=False, charged=False, hide=engine.settings.key.hide)
        self._stream: Any = None
        self._chunks: Any = None
        self.extensions: Any = None

    def fetch(self, action: Fetch) -> Head:
        """Send the request of a file."""
        self.close()
        library = self._transport.library
        handle = self._transport.find_handler(self._delivery)
        extensions = {"timeout": self._timeout.as_dict()}
        request = library.Request("GET", action.url, headers=action.headers, extensions=extensions)
        self.extensions = request.extensions
        try:
            response = handle(request)
        except (library.RequestError, OSError) as error:
            raise BrokenError(type(error).__name__) from None
        self._stream = response.stream
        self._chunks = iter((response.content,)) if response.is_stream_consumed else iter(self._stream)
        return _read_head(response)

    def read(self) -> bytes | None:
        """Read the next bytes; return `None` at the end."""
        try:
            chunk: bytes | None = next(self._chunks, None)
        except (self._transport.library.RequestError, OSError) as error:
            raise BrokenError(type(error).__name__) from None
        return chunk

    def close(self) -> None:
        """Close the response."""
        if self._stream is not None:
            with suppress(Exception):  # the file is whole, or the error that it broke off with is raised
                self._stream.close()


def run_download(
    engine: SyncEngine, name: str, actions: Actions[T], on_progress: Progress | None, options: CallOptions
) -> T:
    """Carry out the actions of the method of this name, and return their result."""
    check_callable(name, "on_progress", on_progress, "two arguments", optional=True)
    connection = _FileConnection(engine, name, options)
    result: Any = None
    error: Exception | None = None
    try:
        try:
            while True:
                try:
                    action = actions.throw(error) if error else actions.send(result)
                except StopIteration as end:
                    value: T = end.value
                    return value
                result = error = None
                try:
                    match action:
                        case Pause():
                            engine.clock.sleep(action.seconds)
                        case Report():
                            if on_progress is not None:
                                on_progress(action.received, action.total)
                        case Read():
                            result = connection.read()
                        case Fetch():
                            result = connection.fetch(action)
                        case _:
                            result = engine.run(action, options)
                except (SunoError, BrokenError) as failure:
                    error = failure
        finally:
            actions.close()
            connection.close()
    except (Exception, GeneratorExit):
        raise
    except BaseException:
        engine.transport.release(connection.extensions)
        raise


class _AsyncFileConnection:
    """The response with a file that `AsyncSunoClient` reads."""

    def __init__(self, engine: AsyncEngine, name: str, options: CallOptions) -> None:
        self._transport = engine.transport
        self._timeout = engine.settings.with_options(name, options).timeout
        self._delivery = Delivery(needs_new_connection=False, charged=False, hide=engine.settings.key.hide)
        self._stream: Any = None
        self._chunks: Any = None
        self.extensions: Any = None

    async def fetch(self, action: Fetch) -> Head:
        """Send the request of a file."""
        await self.close()
        library = self._transport.library
        handle = self._transport.find_handler(self._delivery)
        extensions = {"timeout": self._timeout.as_dict()}
        request = library.Request("GET", action.url, headers=action.headers, extensions=extensions)
        self.extensions = request.extensions
        try:
            response = await handle(request)
        except (library.RequestError, OSError) as error:
            raise BrokenError(type(error).__name__) from None
        self._stream = response.stream
        self._chunks = _iterate_once(response.content) if response.is_stream_consumed else aiter(self._stream)
        return _read_head(response)

    async def read(self) -> bytes | None:
        """Read the next bytes; return `None` at the end."""
        try:
            chunk: bytes | None = await anext(self._chunks, None)
        except (self._transport.library.RequestError, OSError) as error:
            raise BrokenError(type(error).__name__) from None
        return chunk

    async def close(self) -> None:
        """Close the response."""
        if self._stream is not None:
            with suppress(Exception):  # the file is whole, or the error that it broke off with is raised
                await self._stream.aclose()


async def run_download_async(
    engine: AsyncEngine, name: str, actions: Actions[T], on_progress: AsyncProgress | None, options: CallOptions
) -> T:
    """Carry out the actions of the method of this name, and return their result."""
    check_callable(name, "on_progress", on_progress, "two arguments", optional=True)
    connection = _AsyncFileConnection(engine, name, options)
    result: Any = None
    error: Exception | None = None
    try:
        try:
            while True:
                try:
                    action = actions.throw(error) if error else actions.send(result)
                except StopIteration as end:
                    value: T = end.value
                    return value
                result = error = None
                try:
                    match action:
                        case Pause():
                            await engine.clock.sleep(action.seconds)
                        case Report():
                            if on_progress is not None:
                                await await_result(on_progress(action.received, action.total))
                        case Read():
                            result = await connection.read()
                        case Fetch():
                            result = await connection.fetch(action)
                        case _:
                            result = await engine.run(action, options)
                except (SunoError, BrokenError) as failure:
                    error = failure
        finally:
            actions.close()
            await connection.close()
    except (Exception, GeneratorExit):
        raise
    except BaseException:
        await engine.transport.release(connection.extensions)
        raise


def _read_head(response: httpx.Response) -> Head:
    return Head(response.status_code, {name.lower(): value for name, value in response.headers.items()})


async def _iterate_once(content: bytes) -> AsyncIterator[bytes]:
    yield content
