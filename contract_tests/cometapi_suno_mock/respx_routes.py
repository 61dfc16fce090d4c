"""The gateway behind respx: one route per operation, answered by the same gateway as everywhere else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cometapi_suno_mock.httpx_transport import GatewayTransport

if TYPE_CHECKING:
    from collections.abc import Mapping

    import respx
    from cometapi_suno_mock.gateway import Gateway

SERVICE = "https://api.cometapi.com"


def add_routes(router: respx.Router, gateway: Gateway, *, base_url: str = SERVICE) -> Mapping[str, respx.Route]:
    """Answer requests to `base_url` from a gateway.

    Each call is checked and answered as by the gateway itself; a path that it does not know gets its page. The routes
    are named by `operationId`, so that `router["createPersona"].calls` tells how it was called.

    Args:
        router: respx's router, such as its fixture `respx_mock`.
        gateway: Who answers.
        base_url: The address that the code under test sends to.

    Returns:
        The routes, by `operationId`.
    """
    answer = GatewayTransport(gateway).handle_request
    start = "^" + re.escape(base_url.rstrip("/"))
    routes = {
        operation.id: router.route(
            name=operation.id, method=operation.method, url__regex=start + _pattern(operation.path)
        ).mock(side_effect=answer)
        for operation in gateway.contract.operations.values()
    }
    router.route(url__regex=start + "(/|$)").mock(side_effect=answer)
    return routes


def _pattern(template: str) -> str:
    """The path of an operation as it stands in a URL, with or without a query."""
    parts = ("[^/?#]+" if part.startswith("{") else re.escape(part) for part in template.split("/"))
    return "/".join(parts) + r"(\?|$)"
