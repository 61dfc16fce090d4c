"""The gateway: its core as an ASGI application with a status page."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from cometapi_suno_mock.asgi import answer_request, get_path, is_status_page, serve_lifespan
from cometapi_suno_mock.gateway_core import GatewayCore

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from cometapi_suno_mock.contract import Source
    from cometapi_suno_mock.settings import Settings
    from starlette.types import ASGIApp, Receive, Scope, Send

_LOCAL_ORIGIN = r"null|https?://(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?"
"""The origins of pages on this machine; that of a file is `null`."""


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
            await serve_lifespan(scope, receive, send)
            return
        path = get_path(scope)
        if is_status_page(scope["method"], path):
            await self._status_page(scope, receive, send)
        elif any(name == b"origin" for name, _ in scope["headers"]):
            await self._cross_origin(scope, receive, send)
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        await answer_request(self.respond, self.settings.max_body, scope, receive, send, path=get_path(scope))

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
