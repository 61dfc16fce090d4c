"""Recordings played back to the generated client: a transport that answers what was recorded, without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import httpx
from cometapi_suno_mock import Contract
from cometapi_suno_mock.description import load
from cometapi_suno_mock.media import parse_media_type

from contract_tests.verifier.exchange.exchange import Body, Exchange, Origin, Request, Response, now

SERVER: str = load()["servers"][0]["url"]
_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding"})
"""Headers that tell how a body travelled, and not what it is."""


class NotRecordedError(LookupError):
    """Nothing was recorded for a request."""


class Answering(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that always gives one response."""

    def __init__(self) -> None:
        self.response = Response(204)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return answer(self.response)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return answer(self.response)


class Replay(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that answers from recordings, by method, path and body; of several, in their order.

    Args:
        exchanges: What was recorded.
    """

    def __init__(self, exchanges: Iterable[Exchange]) -> None:
        self._waiting = list(exchanges)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._answer(request, request.read())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self._answer(request, await request.aread())

    def _answer(self, request: httpx.Request, content: bytes) -> httpx.Response:
        path = request.url.raw_path.partition(b"?")[0].decode("ascii")
        body = Body.of(content)
        for place, exchange in enumerate(self._waiting):
            asked = exchange.request
            if (asked.method, asked.path) == (request.method, path) and asked.body in (body, None):
                if len([each for each in self._waiting if each.request == asked]) > 1:
                    del self._waiting[place]
                return answer(exchange.response)
        raise NotRecordedError(f"{request.method} {path}: nothing recorded for this request")


class Recorder(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that hands on to another one, and tells every exchange. It does not scrub: writing does.

    Args:
        inner: Where requests go.
        tell: Gets each exchange.
        origin: `recorded` or `mock`.
        target: Who answers.
        contract: Tells the operation of a request.
        date: The date of each exchange; by default when it was.
    """

    def __init__(
        self,
        inner: Any,
        tell: Callable[[Exchange], object],
        *,
        origin: Origin,
        target: str,
        contract: Contract,
        date: str | None = None,
    ) -> None:
        self._inner = inner
        self._tell = tell
        self._origin: Origin = origin
        self._target = target
        self._contract = contract
        self._date = date
        self._count = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        content = request.read()
        response: httpx.Response = self._inner.handle_request(request)
        response.read()
        return self._told(request, content, response)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        content = await request.aread()
        response: httpx.Response = await self._inner.handle_async_request(request)
        await response.aread()
        return self._told(request, content, response)

    def close(self) -> None:
        self._inner.close()

    async def aclose(self) -> None:
        await self._inner.aclose()

    def _told(self, request: httpx.Request, content: bytes, response: httpx.Response) -> httpx.Response:
        self._count += 1
        path = request.url.raw_path.partition(b"?")[0].decode("ascii")
        matched = self._contract.match(request.method, path)
        operation = None if matched is None else matched[0].id
        exchange = Exchange(
            id=f"{self._target}.{self._count}.{operation or 'undescribed'}.{response.status_code}",
            origin=self._origin,
            target=self._target,
            date=self._date or now(),
            operation=operation,
            request=Request(
                method=request.method,
                path=path,
                query=tuple(request.url.params.multi_items()),
                headers={name.lower(): value for name, value in request.headers.items()},
                body=Body.of(content),
            ),
            response=Response(
                status=response.status_code,
                headers={name.lower(): value for name, value in response.headers.items()},
                body=Body.of(response.content),
            ),
        )
        self._tell(exchange)
        return response


def answer(response: Response) -> httpx.Response:
    """A recorded response as httpx has it."""
    headers = {name: value for name, value in response.headers.items() if name not in _OF_THE_WIRE}
    if response.body is not None and not parse_media_type(headers.get("content-type", "")):
        headers.pop("content-type", None)
    content = response.body.content if response.body is not None else b""
    return httpx.Response(response.status, headers=headers, stream=httpx.ByteStream(content))
