"""The gateway without a socket: an httpx transport, sync and async, that hands requests straight to it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import httpx
from cometapi_suno_mock.http_messages import Delivery, Reply, Request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from cometapi_suno_mock.gateway import Gateway


class GatewayTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Give it as `http_client=` to either client, or as `transport=` to an httpx client.

    Faults behave as over a socket: waits are waited for, up to the read timeout of the request, and a broken connection
    is the httpx error that it would be.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        reply = self._reply(request, request.read())
        delivery = reply.delivery
        if delivery is None:
            return httpx.Response(reply.status, headers=reply.raw_headers, content=reply.body, request=request)
        if delivery.delay:
            time.sleep(_patience(request, delivery.delay))
        _arrive(request, delivery)
        return httpx.Response(reply.status, headers=reply.raw_headers, stream=_Stream(request, reply, delivery))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        reply = self._reply(request, await request.aread())
        delivery = reply.delivery
        if delivery is None:
            return httpx.Response(reply.status, headers=reply.raw_headers, content=reply.body, request=request)
        if delivery.delay:
            await asyncio.sleep(_patience(request, delivery.delay))
        _arrive(request, delivery)
        return httpx.Response(reply.status, headers=reply.raw_headers, stream=_Stream(request, reply, delivery))

    def _reply(self, request: httpx.Request, body: bytes) -> Reply:
        return self._gateway.respond(
            Request(
                method=request.method,
                path=request.url.raw_path.partition(b"?")[0].decode("ascii"),
                query=request.url.query.decode("ascii"),
                headers={name.lower(): value for name, value in request.headers.items()},
                body=body,
            )
        )


class _Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that comes in pieces, or not to its end."""

    def __init__(self, request: httpx.Request, reply: Reply, delivery: Delivery) -> None:
        self._request = request
        self._delivery = delivery
        self._pieces = delivery.pieces(reply.body)
        self._whole = sum(map(len, self._pieces)) == len(reply.body)

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            yield piece
            if self._delivery.pause:
                time.sleep(_patience(self._request, self._delivery.pause))
                _wait(self._request, self._delivery.pause)
        self._end()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
            if self._delivery.pause:
                await asyncio.sleep(_patience(self._request, self._delivery.pause))
                _wait(self._request, self._delivery.pause)
        self._end()

    def _end(self) -> None:
        if not self._whole:
            message = "peer closed connection without sending complete message body"
            raise httpx.RemoteProtocolError(message, request=self._request)


def _arrive(request: httpx.Request, delivery: Delivery) -> None:
    _wait(request, delivery.delay)
    if delivery.reset:
        raise httpx.ReadError("connection reset by peer", request=request)


def _wait(request: httpx.Request, seconds: float) -> None:
    """Time out when the wait was longer than the request's patience."""
    if seconds > _patience(request, seconds):
        raise httpx.ReadTimeout("timed out", request=request)


def _patience(request: httpx.Request, seconds: float) -> float:
    """How long the request waits for something that takes so many seconds."""
    timeout: dict[str, float | None] = request.extensions.get("timeout", {})
    limit = timeout.get("read")
    return seconds if limit is None else min(limit, seconds)
