"""The gateway behind respx: one route per operation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cometapi_suno_mock.gateway import Gateway
from cometapi_suno_mock.httpx_transport import GatewayTransport

if TYPE_CHECKING:
    import respx

SERVICE = "https://api.cometapi.com"


def add_routes(router: respx.Router, gateway: Gateway, *, base_url: str = SERVICE) -> Mapping[str, respx.Route]:
    """Let a gateway answer the requests to `base_url`, with its checks and its page for unknown paths.

    Each route is named by its `operationId`, so `router["createPersona"].calls` lists the calls of the operation.

    Args:
        router: respx's router, such as its fixture `respx_mock`.
        gateway: The gateway that answers.
        base_url: The address to which the code under test sends its requests.

    Returns:
        The routes, by `operationId`.
    """
    answer = GatewayTransport(gateway).handle_request
    start = "^" + re.escape(base_url.rstrip("/"))
    routes = {
        operation.id: router.route(
            name=operation.id, method=operation.method, url__regex=start + _build_pattern(operation.path)
        ).mock(side_effect=answer)
        for operation in gateway.contract.operations.values()
    }
    router.route(url__regex=start + "(/|$)").mock(side_effect=answer)
    return routes


def _build_pattern(template: str) -> str:
    """Return a pattern for the path of an operation, with or without a query."""
    parts = ("[^/?#]+" if part.startswith("{") else re.escape(part) for part in template.split("/"))
    return "/".join(parts) + r"(\?|$)"
