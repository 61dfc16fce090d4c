"""The gateway without a socket: an httpx transport, sync and async, that hands requests straight to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
from cometapi_suno_mock.messages import Request

if TYPE_CHECKING:
    from cometapi_suno_mock.gateway import Gateway


class GatewayTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Give it as `http_client=` to either client, or as `transport=` to an httpx client."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._answer(request, request.read())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self._answer(request, await request.aread())

    def _answer(self, request: httpx.Request, body: bytes) -> httpx.Response:
        too_large = len(body) > self._gateway.settings.max_body
        reply = self._gateway.respond(
            Request(
                method=request.method,
                path=request.url.raw_path.partition(b"?")[0].decode("ascii"),
                query=request.url.query.decode("ascii"),
                headers={name.lower(): value for name, value in request.headers.items()},
                body=b"" if too_large else body,
                too_large=too_large,
            )
        )
        return httpx.Response(reply.status, headers=reply.headers, content=reply.body, request=request)
