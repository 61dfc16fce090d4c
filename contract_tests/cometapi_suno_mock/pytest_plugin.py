"""Pytest fixtures: a fresh gateway for each test, without a socket, and clients connected to it.

Pytest loads this module wherever the package is installed; the gateway is imported when a test uses a fixture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    import respx
    from cometapi_suno import AsyncSunoClient, SunoClient
    from cometapi_suno_mock import Gateway, Settings

_BASE = "http://127.0.0.1"  # never connected to


@pytest.fixture
def suno_mock_settings() -> Settings:
    """Return the settings of `suno_mock`, with which a wait ends at its first poll. Override this to change them."""
    from cometapi_suno_mock import Settings  # noqa: PLC0415

    return Settings(polls=0)


@pytest.fixture
def suno_mock(suno_mock_settings: Settings) -> Generator[Gateway]:
    """Yield a fresh mock gateway: add `faults`, inspect `state`, `exchanges` and `violations`."""
    try:
        from cometapi_suno_mock import Gateway  # noqa: PLC0415
    except ModuleNotFoundError as error:  # the extra is not installed
        pytest.fail(str(error), pytrace=False)

    gateway = Gateway(settings=suno_mock_settings)
    yield gateway
    bugs = [str(bug.violation) for bug in gateway.violations]
    assert not bugs, f"the mock gateway broke the contract, which is a bug of cometapi-suno: {bugs}"


@pytest.fixture
def suno_client(suno_mock: Gateway) -> Generator[SunoClient]:
    """Yield a client that is connected to `suno_mock` without a socket. A wait for an unknown task ends at once."""
    from cometapi_suno import SunoClient  # noqa: PLC0415

    with SunoClient(**_build_arguments(suno_mock)) as client:
        yield client


@pytest.fixture
def async_suno_client(suno_mock: Gateway) -> AsyncSunoClient:
    """Return the same for asyncio. It holds no connection, so it need not be closed."""
    from cometapi_suno import AsyncSunoClient  # noqa: PLC0415

    return AsyncSunoClient(**_build_arguments(suno_mock))


@pytest.fixture
def suno_mock_url(suno_mock: Gateway) -> Generator[str]:
    """Serve `suno_mock` on this machine and yield its base URL, for code that makes its own client."""
    with suno_mock.serve() as url:
        yield url


@pytest.fixture
def suno_routes(suno_mock: Gateway, respx_mock: respx.MockRouter) -> Mapping[str, respx.Route]:
    """Add routes for `suno_mock` to `respx_mock` and return them by `operationId`."""
    from cometapi_suno_mock.respx_routes import add_routes  # noqa: PLC0415

    return add_routes(respx_mock, suno_mock)


def _build_arguments(gateway: Gateway) -> dict[str, Any]:
    from cometapi_suno_mock.httpx_transport import GatewayTransport  # noqa: PLC0415

    settings = gateway.settings
    return {
        "http_client": GatewayTransport(gateway),
        "api_key": settings.keys[0],
        "access_token": (settings.access_tokens or settings.keys)[0],
        "base_url": _BASE,
        "task_grace": 0,
    }
