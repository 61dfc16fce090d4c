"""The gateway as an ASGI application with a status page: reads a request, and sends the reply with its fault."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from contextlib import AbstractContextManager
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cometapi_suno_mock.contract import Source
from cometapi_suno_mock.gateway_core import GatewayCore
from cometapi_suno_mock.http_messages import DeliveryFault, HttpRequest
from cometapi_suno_mock.settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOCAL_ORIGIN = r"null|https?://(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?"
"""The origins of pages on this machine; that of a file is `null`."""
_HOST = re.compile(r"[\w.:\[\]-]{1,255}", re.ASCII)
_NO_LINGER = struct.pack("ii", 1, 0)


class Gateway(GatewayCore):
    """The mock gateway: an ASGI application that can be served or mounted.

    Requests are validated against the description, and so are the gateway's own replies: a reply that breaks the
    contract is sent, logged, and kept in `violations`. What a fault changes in a reply does not count.

    Args:
        description: The bundled description, its path or its contract; by default the installed or generated one.
        settings: Keys, seed, credits, speed and bounds.
    """

    def serve(self, *, host: str = "127.0.0.1", port: int = 0) -> AbstractContextManager[str]:
        """Serve in a thread for the length of a `with` block, which gets the base URL."""
        from cometapi_suno_mock.serving import serve_in_thread  # noqa: PLC0415 - uvicorn is not needed in-process

        return serve_in_thread(self, host=host, port=port)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the operations and the status page over ASGI."""
        if scope["type"] != "http":
            await _serve_lifespan(scope, receive, send)
            return
        path = _get_path(scope)
        if _is_status_page(scope["method"], path):
            await self._status_page(scope, receive, send)
        elif any(name == b"origin" for name, _ in scope["headers"]):
            await self._cross_origin(scope, receive, send)
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request."""
        message = await receive()
        body = message.get("body", b"")
        if message.get("more_body", False):
            message, body = await _read_rest(message, receive, self.settings.max_body)
        if message["type"] == "http.disconnect":
            return
        method, query = scope["method"], scope["query_string"].decode("latin-1")
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        base = _build_base(scope["scheme"], headers.get("host", ""), scope.get("root_path", ""))
        reply = self.respond(HttpRequest(method, _get_path(scope), query, headers, body, base))
        start = {"type": "http.response.start", "status": reply.status, "headers": reply.raw_headers}
        if reply.delivery is not None:
            await _deliver(reply.delivery, start, reply.body, receive, send)
            return
        await send(start)
        await send({"type": "http.response.body", "body": b"" if method == "HEAD" else reply.body})

    @cached_property
    def _cross_origin(self) -> ASGIApp:
        """Answers requests of pages: scripts of pages on this machine, which may be files, can read the answers."""
        from starlette.middleware.cors import CORSMiddleware  # noqa: PLC0415 - only browsers need it

        return CORSMiddleware(
            self._answer,
            allow_origin_regex=_LOCAL_ORIGIN,
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["*"],
        )

    @cached_property
    def _status_page(self) -> ASGIApp:
        from cometapi_suno_mock.status_page import build_status_page  # noqa: PLC0415 - imported when it is opened

        return build_status_page(self)


def create_app(description: Source | None = None, *, settings: Settings | None = None) -> Gateway:
    """Create a gateway as an ASGI application."""
    return Gateway(description, settings=settings)


def _is_status_page(method: str, path: str) -> bool:
    """Return whether a request is for the status page, the reference or the control endpoint."""
    own = ("/", "/docs", "/openapi.json")
    return path.startswith(("/__mock__/", "/docs/")) or (path in own and method in ("GET", "HEAD"))


def _get_path(scope: Scope) -> str:
    """Return the percent-encoded path below the mount point: decoded, `a%2Fb` would equal `a/b`."""
    raw: bytes | None = scope.get("raw_path")
    path = raw.partition(b"?")[0].decode("latin-1") if raw is not None else quote(scope["path"])
    return path.removeprefix(scope.get("root_path", ""))


async def _serve_lifespan(scope: Scope, receive: Receive, send: Send) -> None:
    """Confirm the lifespan events of the server, which need no work; refuse a web socket."""
    if scope["type"] != "lifespan":
        raise RuntimeError(f"{scope['type']} is not supported")
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


@lru_cache(maxsize=16)
def _build_base(scheme: str, host: str, root: str) -> str:
    return f"{scheme}://{host if _HOST.fullmatch(host) else '127.0.0.1'}{root}"


async def _read_rest(message: Message, receive: Receive, limit: int) -> tuple[Message, bytes]:
    """Return the last message and the body. Of a body above the limit, stop collecting once it is too long."""
    body = bytearray(message.get("body", b""))
    while message.get("more_body", False):
        message = await receive()
        if len(body) <= limit:
            body += message.get("body", b"")
    return message, bytes(body)


async def _deliver(delivery: DeliveryFault, start: dict[str, Any], body: bytes, receive: Receive, send: Send) -> None:
    """Send a reply with its delivery fault, as long as the client is connected."""
    if await _wait_for_disconnect(receive, delivery.delay):
        return
    if delivery.reset:
        await _close_connection(receive, send, reset=True)
        return
    await send(start)
    for piece in delivery.split_body(body):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        if await _wait_for_disconnect(receive, delivery.pause):
            return
    if delivery.is_broken_off(body):
        await _close_connection(receive, send, reset=False)
        return
    await send({"type": "http.response.body", "body": b""})


async def _wait_for_disconnect(receive: Receive, seconds: float) -> bool:
    """Wait for some seconds; return early with True when the client disconnects."""
    if not seconds:
        return False
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return False
    return True


async def _close_connection(receive: Receive, send: Send, *, reset: bool) -> None:
    """Close the connection within a response: after what was sent has arrived, or with a reset.

    ASGI has no message for it. uvicorn's `send` is a method of an object that holds the transport; with another server
    or behind a middleware, raise an error to make the server close the connection.
    """
    sender = getattr(send, "keywords", {}).get("send", send)  # for pages, Starlette's CORS middleware wraps it
    transport: Any = getattr(getattr(sender, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionAbortedError("the connection ends here on purpose")
    if reset:
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        transport.abort()
    else:
        transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass
