"""The gateway without a socket: an httpx transport, sync and async, that calls it directly."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import httpx
from cometapi_suno_mock.gateway import Gateway
from cometapi_suno_mock.http_messages import DeliveryFault, HttpRequest, Reply


class GatewayTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Pass it as `http_client=` to either Suno client, or as `transport=` to an httpx client.

    Faults behave as over a socket: delays take their time, up to the read timeout of the request, and a broken
    connection raises the httpx error that a socket would raise.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        reply = self._respond(request, request.read())
        if reply.delivery is not None and reply.delivery.delay:
            time.sleep(_limit(request, reply.delivery.delay))
        return _build_response(request, reply)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        reply = self._respond(request, await request.aread())
        if reply.delivery is not None and reply.delivery.delay:
            await asyncio.sleep(_limit(request, reply.delivery.delay))
        return _build_response(request, reply)

    def _respond(self, request: httpx.Request, body: bytes) -> Reply:
        url = request.url
        return self._gateway.respond(
            HttpRequest(
                method=request.method,
                path=url.raw_path.partition(b"?")[0].decode("ascii"),
                query=url.query.decode("ascii"),
                headers={name.lower(): value for name, value in request.headers.items()},
                body=body,
                base=f"{url.scheme}://{url.netloc.decode('ascii')}",
            )
        )


class _FaultyStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that arrives in pieces, or not to its end."""

    def __init__(self, request: httpx.Request, reply: Reply, delivery: DeliveryFault) -> None:
        self._request = request
        self._delivery = delivery
        self._pieces = delivery.split_body(reply.body)
        self._whole = not delivery.is_broken_off(reply.body)

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            yield piece
            if self._delivery.pause:
                time.sleep(_limit(self._request, self._delivery.pause))
                _check_timeout(self._request, self._delivery.pause)
        self._check_end()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
            if self._delivery.pause:
                await asyncio.sleep(_limit(self._request, self._delivery.pause))
                _check_timeout(self._request, self._delivery.pause)
        self._check_end()

    def _check_end(self) -> None:
        if not self._whole:
            message = "peer closed connection without sending complete message body"
            raise httpx.RemoteProtocolError(message, request=self._request)


def _build_response(request: httpx.Request, reply: Reply) -> httpx.Response:
    """Build the response after its delay, or raise what the delivery fault causes."""
    delivery = reply.delivery
    if delivery is None:
        return httpx.Response(reply.status, headers=reply.raw_headers, content=reply.body, request=request)
    _check_timeout(request, delivery.delay)
    if delivery.reset:
        raise httpx.ReadError("connection reset by peer", request=request)
    return httpx.Response(reply.status, headers=reply.raw_headers, stream=_FaultyStream(request, reply, delivery))


def _check_timeout(request: httpx.Request, seconds: float) -> None:
    """Raise a timeout when a wait of so many seconds exceeds the read timeout."""
    if seconds > _limit(request, seconds):
        raise httpx.ReadTimeout("timed out", request=request)


def _limit(request: httpx.Request, seconds: float) -> float:
    """Return the seconds to wait: the given ones, at most the read timeout of the request."""
    timeout: dict[str, float | None] = request.extensions.get("timeout", {})
    limit = timeout.get("read")
    return seconds if limit is None else min(limit, seconds)
