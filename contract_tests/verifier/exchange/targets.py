"""Whose exchanges are judged: the mock's, recorded ones, or those of a server that was asked."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx
from attrs import evolve
from cometapi_suno_mock import DEMO_KEY, Contract, Gateway, OperationContract, Settings
from cometapi_suno_mock import description as descriptions
from cometapi_suno_mock.faults import HEADER
from cometapi_suno_mock.handlers import HANDLERS
from cometapi_suno_mock.httpx_transport import GatewayTransport

from contract_tests.verifier.exchange import recordings
from contract_tests.verifier.exchange.example_calls import example_calls, path_examples
from contract_tests.verifier.exchange.exchange import UNDATED, Exchange
from contract_tests.verifier.exchange.har import HOST, import_har
from contract_tests.verifier.exchange.httpx_transports import Recorder
from contract_tests.verifier.exchange.links import read_links, walk
from contract_tests.verifier.exchange.raw_http import Caller


class Target(Protocol):
    """Whose exchanges are judged.

    Attributes:
        name: The column that it has in a report.
    """

    @property
    def name(self) -> str: ...

    def exchanges(self) -> Iterable[Exchange]:
        """Its exchanges, each once, as they come."""
        ...


class TargetError(Exception):
    """There is no such target. The message is one line."""


class RecordedTarget:
    """Exchanges that were recorded.

    Args:
        path: A file or a folder of recordings.
    """

    name = "recorded"

    def __init__(self, path: Path = recordings.RECORDINGS) -> None:
        self._path = path

    def exchanges(self) -> Iterable[Exchange]:
        """Its exchanges.

        Raises:
            RecordingError: Something in it is no exchange.
        """
        return recordings.read(self._path)


class ArchiveTarget:
    """Exchanges of an HTTP Archive.

    Args:
        path: The archive.
        host: Whose exchanges are taken.
        description: The bundled description, which tells the operations.
    """

    name = "recorded"

    def __init__(self, path: Path, host: str, description: Mapping[str, Any]) -> None:
        self._path = path
        self._host = host
        self._description = description

    def exchanges(self) -> Iterable[Exchange]:
        """Its exchanges with that host.

        Raises:
            RecordingError: It is no HAR, or nothing in it is with that host.
        """
        return import_har(self._path, Contract(self._description), self._host)


class MockTarget:
    """The mock gateway: every example call, every link, and every described status.

    What the mock does not do by itself is done by a fault. It is asked in-process, or where it is served; only the
    key of the mock is sent.

    Args:
        description: The bundled description; by default the generated one.
        served: What the mock serves, where that is another description: a server that has drifted.
        base_url: Where it is served, on this machine; by default it is asked without a socket.
    """

    name = "mock"

    def __init__(
        self,
        description: Mapping[str, Any] | None = None,
        served: Mapping[str, Any] | None = None,
        base_url: str | None = None,
    ) -> None:
        self._description = descriptions.load() if description is None else description
        self._served = self._description if served is None else served
        self._base_url = base_url

    def exchanges(self) -> Iterable[Exchange]:
        """Its exchanges; without a socket the same every time.

        Raises:
            TargetError: No mock answers where it should be served.
        """
        found: list[Exchange] = []
        contract = Contract(self._description)
        with ExitStack() as stack:
            enter = stack.enter_context
            able = enter(self._calling(contract, found.append))
            dear = Settings(credits=0, prices=dict.fromkeys(contract.operations, 1))
            poor = enter(self._calling(contract, found.append, dear)) if self._base_url is None else None
            try:
                walk(able, read_links(self._description, contract.operations))
                if all(each.response.status == 401 for each in found):
                    raise TargetError(f"{self._base_url}: no mock: it refuses the mock's key. Name the target live")
                for operation in contract.operations.values():
                    for status in operation.statuses:
                        if status == 403 and poor is not None and self._is_too_dear(poor, operation):
                            continue
                        if status != 200:
                            _provoke(able, self._description, operation, status)
            except httpx.TransportError as error:
                told = " ".join(str(error).split()) or type(error).__name__
                raise TargetError(f"{self._base_url}: the mock does not answer: {told}") from None
        return found

    def _is_too_dear(self, poor: Caller, operation: OperationContract) -> bool:
        """Call an operation without credits; whether it is refused."""
        _, path, body = next(iter(example_calls(self._description, operation)))
        return poor.call(operation, path, body).status == 403

    @contextmanager
    def _calling(
        self, contract: Contract, tell: Callable[[Exchange], object], settings: Settings | None = None
    ) -> Generator[Caller]:
        """A caller that tells every exchange."""
        inner: httpx.BaseTransport = (
            GatewayTransport(Gateway(self._served, settings=settings))
            if self._base_url is None
            else httpx.HTTPTransport(trust_env=False)
        )
        recorder = Recorder(
            inner,
            lambda exchange: tell(_without_fault(exchange)),
            origin="mock",
            target="mock",
            contract=contract,
            date=UNDATED,
        )
        base = self._base_url or "http://127.0.0.1"
        with httpx.Client(transport=recorder, base_url=base, trust_env=False) as http:
            yield Caller(contract, http)


def open_target(
    name: str, description: Mapping[str, Any] | None = None, *, base_url: str | None = None, host: str = HOST
) -> Target:
    """A target that can be asked at once.

    Args:
        name: `mock`, `recorded`, or the path of a recording, of a folder of them, or of an HTTP Archive.
        description: The bundled description; by default the generated one.
        base_url: Where the mock is served.
        host: Whose exchanges are taken from an archive.

    Raises:
        TargetError: There is no such target, or it is nowhere else than here.
    """
    path = Path(name)
    if base_url is not None and name != "mock":
        raise TargetError(f"{name} is at no URL: leave {base_url} out, or name the target mock or live")
    if name == "mock":
        return MockTarget(description, base_url=None if base_url is None else _of_this_machine(base_url))
    if name == "recorded":
        return RecordedTarget()
    if not name or not path.exists():
        raise TargetError(f"{name!a} is no target: there are mock, recorded, live, and the path of a recording or HAR")
    if path.suffix == ".har":
        return ArchiveTarget(path, host, descriptions.load() if description is None else description)
    return RecordedTarget(path)


def _of_this_machine(base_url: str) -> str:
    """The URL, when a mock may be served there: what it is asked for would be charged elsewhere."""
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme != "http" or url.host not in ("127.0.0.1", "::1", "localhost"):
        raise TargetError(f"{base_url!a}: a mock is served on this machine, as at http://127.0.0.1:4010")
    return base_url


def _provoke(caller: Caller, description: Mapping[str, Any], operation: OperationContract, status: int) -> None:
    """Make a call that ends in a status; for what a gateway has no reason for, a fault stands in."""
    _, path, body = next(iter(example_calls(description, operation)))
    if status == 401:
        caller.call(operation, path, body, key="sk-nobody")
    elif status == 400 and (operation.body is not None or operation.id in HANDLERS):
        unknown = dict.fromkeys(path_examples(description, operation), "nobody")
        wrong = b"{}" if operation.id in HANDLERS else b"{"
        caller.send(operation, unknown, None if operation.body is None else wrong, key=DEMO_KEY)
    else:
        caller.call(operation, path, body, fault=f"status={status}")
        for content in operation.answers[status].content:
            if "html" in content:
                caller.call(operation, path, body, fault=f"status={status}; body=html")
        if operation.answers[status].may_be_empty:
            caller.call(operation, path, body, fault=f"status={status}; body=empty")


def _without_fault(exchange: Exchange) -> Exchange:
    """The exchange without the headers by which the mock is asked, and tells, to do something wrong."""

    def kept(headers: Mapping[str, str]) -> dict[str, str]:
        return {name: value for name, value in headers.items() if name != HEADER.lower()}

    return evolve(
        exchange,
        request=evolve(exchange.request, headers=kept(exchange.request.headers)),
        response=evolve(exchange.response, headers=kept(exchange.response.headers)),
    )
