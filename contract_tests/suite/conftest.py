"""What the contract suite shares: the bundled description, its validator, and who a test speaks of.

A test names its operation by a parameter called `operation` (an operationId) or by `@pytest.mark.operation("...")`;
one that names none speaks of the whole. It tells how many exchanges or values it judged through `checked`.
"""

from __future__ import annotations

import gc
import ssl
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pytest
from cometapi_suno import AsyncSunoClient, SunoClient
from cometapi_suno_mock import DEMO_KEY, Contract, Gateway, Settings
from cometapi_suno_mock.httpx_transport import GatewayTransport

from contract_tests.suite.support.browser import VIEWPORTS, launch_chromium
from contract_tests.suite.support.fake_transport import CLIENT_KINDS
from contract_tests.suite.support.loaded_spec import CONTRACT, DESCRIPTION

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext


def pytest_configure(config: pytest.Config) -> None:
    gc.disable()  # what is imported stays: looking through it for garbage is a quarter of the collection
    config.addinivalue_line("markers", "operation(*ids): the operationIds that a test speaks of")


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        ids = [each for marker in item.iter_markers("operation") for each in marker.args]
        parameters: dict[str, Any] = getattr(getattr(item, "callspec", None), "params", {})
        if isinstance(parameters.get("operation"), str):
            ids.append(parameters["operation"])
            if _is_left_to_the_slow_tests(item, parameters):
                item.add_marker(pytest.mark.slow)
        item.user_properties.extend(("operation", each) for each in ids)


def pytest_collection_finish() -> None:
    """What was imported is never looked through again: that would be a seventh of a run."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `operation` runs once for every operation of the description."""
    if "operation" in metafunc.fixturenames and not any(
        "operation" in str(mark.args[0]).split(",") for mark in metafunc.definition.iter_markers("parametrize")
    ):
        metafunc.parametrize("operation", list(CONTRACT.operations))


def _is_left_to_the_slow_tests(item: pytest.Item, parameters: dict[str, Any]) -> bool:
    """Whether it is the other client's turn: of operation x client, every run asks the one half of a chessboard."""
    faces = [
        value for name, value in parameters.items() if name in {"face", "real_face", "kind"} and value in CLIENT_KINDS
    ]
    if not faces:
        return False
    turn = list(CONTRACT.operations).index(parameters["operation"]) + crc32(getattr(item, "originalname", "").encode())
    return bool(faces[0] != CLIENT_KINDS[turn % len(CLIENT_KINDS)])


@pytest.fixture(scope="session", autouse=True)
def one_tls_context() -> Iterator[None]:
    """The authorities are read once: nearly every HTTP client that a test makes reads them for nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", cache(ssl.create_default_context))
        yield


@pytest.fixture(scope="session")
def description() -> dict[str, Any]:
    """The bundled description."""
    return dict(DESCRIPTION)


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The validator of the description."""
    return CONTRACT


@pytest.fixture
def checked(request: pytest.FixtureRequest) -> Callable[[int], None]:
    """Say how many exchanges or values were judged; the verdict adds them up."""
    return lambda count: request.node.user_properties.append(("checks", count))


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """A fresh mock gateway. What it answered against the description fails the test."""
    gateway = Gateway(settings=Settings())
    yield gateway
    assert list(gateway.violations) == []


@pytest.fixture
def suno_client(gateway: Gateway) -> Iterator[SunoClient]:
    """A client that talks to `gateway` without a socket."""
    with SunoClient(api_key=DEMO_KEY, base_url="http://127.0.0.1", http_client=GatewayTransport(gateway)) as client:
        yield client


@pytest.fixture
def async_suno_client(gateway: Gateway) -> AsyncSunoClient:
    """The same for asyncio."""
    return AsyncSunoClient(api_key=DEMO_KEY, base_url="http://127.0.0.1", http_client=GatewayTransport(gateway))


@pytest.fixture
def anyio_backend() -> str:
    """What `@pytest.mark.anyio` tests run on."""
    return "asyncio"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    with launch_chromium() as browser:
        yield browser


@pytest.fixture(params=VIEWPORTS, ids=[f"{width}-{scheme}" for width, scheme in VIEWPORTS])
def place(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    """Where a page is looked at: at a desk and on a phone, by day and by night."""
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    yield context
    context.close()
