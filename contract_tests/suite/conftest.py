"""What the contract suite shares: the bundled description, its validator, and the operation that a test is about.

A test names its operation by a parameter called `operation` (an operationId) or by `@pytest.mark.operation("...")`;
without one it is about the description as a whole. It reports how many exchanges or values it checked with `checked`.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cometapi_suno import AsyncSunoClient, SunoClient
from cometapi_suno_mock import DEMO_KEY, Contract, Gateway, Settings
from cometapi_suno_mock.httpx_transport import GatewayTransport

from contract_tests.suite.support.browser import VIEWPORTS, launch_chromium
from contract_tests.suite.support.loaded_spec import CONTRACT, DESCRIPTION
from contract_tests.suite.support.secret_leaks import KEY
from contract_tests.suite.support.wheel import build_once

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext


MOCK_ACCOUNT: dict[str, Any] = {
    "api_key": DEMO_KEY,
    "access_token": DEMO_KEY,
    "base_url": "http://127.0.0.1",
}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "operation(*ids): the operationIds that a test is about")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for path in {item.path for item in items if item.get_closest_marker("slow")}:
        if "mark.slow" not in path.read_text("utf-8"):
            raise pytest.UsageError(f"{path}: `make slow` would miss its slow tests; write `pytest.mark.slow` in it")
    for item in items:
        ids = [each for marker in item.iter_markers("operation") for each in marker.args]
        parameters: dict[str, Any] = getattr(getattr(item, "callspec", None), "params", {})
        if isinstance(parameters.get("operation"), str):
            ids.append(parameters["operation"])
        item.user_properties.extend(("operation", each) for each in ids)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes `operation` once for every operation of the description."""
    if "operation" in metafunc.fixturenames and not any(
        "operation" in str(mark.args[0]).split(",") for mark in metafunc.definition.iter_markers("parametrize")
    ):
        metafunc.parametrize("operation", list(CONTRACT.operations))


@pytest.fixture(scope="session", autouse=True)
def one_tls_context() -> Iterator[None]:
    """Load the certificate authorities once. Nearly every HTTP client in a test would load them, without using them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", cache(ssl.create_default_context))
        yield


@pytest.fixture(scope="session", autouse=True)
def access_token() -> Iterator[None]:
    """Give every client an access token, since some operations need it; whatever holds for the key holds for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMETAPI_ACCESS_TOKEN", KEY)
        yield


@pytest.fixture(scope="session")
def description() -> dict[str, Any]:
    """The bundled description."""
    return dict(DESCRIPTION)


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The validator of the description."""
    return CONTRACT


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, built once for all workers."""
    folder = tmp_path_factory.getbasetemp()
    return build_once(folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder)


@pytest.fixture
def checked(request: pytest.FixtureRequest) -> Callable[[int], None]:
    """Report how many exchanges or values were checked; the verdict adds them up."""
    return lambda count: request.node.user_properties.append(("checks", count))


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """A fresh mock gateway. A response that breaks the description fails the test."""
    gateway = Gateway(settings=Settings())
    yield gateway
    assert list(gateway.violations) == []


@pytest.fixture
def suno_client(gateway: Gateway) -> Iterator[SunoClient]:
    """A client that talks to `gateway` without a socket."""
    with SunoClient(http_client=GatewayTransport(gateway), **MOCK_ACCOUNT) as client:
        yield client


@pytest.fixture
def async_suno_client(gateway: Gateway) -> AsyncSunoClient:
    """An asyncio client that talks to `gateway` without a socket."""
    return AsyncSunoClient(http_client=GatewayTransport(gateway), **MOCK_ACCOUNT)


@pytest.fixture
def anyio_backend() -> str:
    """The event loop of `@pytest.mark.anyio` tests."""
    return "asyncio"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window. While it is open, its event loop runs: asyncio tests of other modules would fail."""
    with launch_chromium() as browser:
        yield browser


@pytest.fixture(params=VIEWPORTS, ids=[f"{width}-{scheme}" for width, scheme in VIEWPORTS])
def place(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    """Where a page is looked at: at a desk and on a phone, by day and by night."""
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    yield context
    context.close()


@pytest.fixture(scope="session", autouse=True)
def own_state_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the private files of live runs out of the user's folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield
