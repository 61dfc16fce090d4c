"""Whose exchanges are judged: the mock's, recorded ones, or those of a server that was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import httpx
from attrs import evolve
from cometapi_suno_mock import DEMO_KEY, Contract, Gateway, OperationContract, Settings
from cometapi_suno_mock import description as descriptions
from cometapi_suno_mock.faults import HEADER
from cometapi_suno_mock.inprocess import GatewayTransport

from contract_tests.drift import files
from contract_tests.drift.exchange import UNDATED, Exchange
from contract_tests.drift.replay import Recorder
from contract_tests.support.described import example_calls, path_examples
from contract_tests.support.exchanges import Caller
from contract_tests.support.links import read_links, walk


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

    def __init__(self, path: Path = files.RECORDINGS) -> None:
        self._path = path

    def exchanges(self) -> Iterable[Exchange]:
        """Its exchanges.

        Raises:
            RecordingError: Something in it is no exchange.
        """
        return files.read(self._path)


class MockTarget:
    """The mock gateway, in-process: every example call, every link, and every described status.

    What the mock does not do by itself is done by a fault.

    Args:
        description: The bundled description; by default the generated one.
        served: What the mock serves, where that is another description: a server that has drifted.
    """

    name = "mock"

    def __init__(self, description: Mapping[str, Any] | None = None, served: Mapping[str, Any] | None = None) -> None:
        self._description = descriptions.load() if description is None else description
        self._served = self._description if served is None else served

    def exchanges(self) -> Iterable[Exchange]:
        """Its exchanges; the same every time."""
        contract = Contract(self._description)
        found: list[Exchange] = []
        able = Gateway(self._served)
        walk(self._caller(contract, able, found.append), read_links(self._description, contract.operations))
        poor = Gateway(self._served, settings=Settings(credits=0, prices=dict.fromkeys(contract.operations, 1)))
        for operation in contract.operations.values():
            for status in operation.statuses:
                if status != 200:
                    server = poor if status == 403 else able
                    _provoke(self._caller(contract, server, found.append), self._description, operation, status)
        return found

    def _caller(self, contract: Contract, gateway: Gateway, tell: Callable[[Exchange], object]) -> Caller:
        recorder = Recorder(
            GatewayTransport(gateway),
            lambda exchange: tell(_without_fault(exchange)),
            origin="mock",
            target="mock",
            contract=contract,
            date=UNDATED,
        )
        return Caller(contract, httpx.Client(transport=recorder, base_url="http://127.0.0.1", trust_env=False))


TARGETS: Mapping[str, Callable[[], Target]] = {"mock": MockTarget, "recorded": RecordedTarget}
"""The targets that need nothing to be told."""


def open_target(name: str) -> Target:
    """A target by its name.

    Raises:
        TargetError: None has it.
    """
    if name not in TARGETS:
        raise TargetError(f"{name}: no such target; there are {', '.join(TARGETS)}")
    return TARGETS[name]()


def _provoke(caller: Caller, description: Mapping[str, Any], operation: OperationContract, status: int) -> None:
    """Make a call that ends in a status; for what a gateway has no reason for, a fault stands in."""
    _, path, body = next(iter(example_calls(description, operation)))
    if status == 401:
        caller.call(operation, path, body, key="sk-nobody")
    elif status == 400:
        unknown = dict.fromkeys(path_examples(description, operation), "nobody")
        caller.send(operation, unknown, None if operation.body is None else b"{}", key=DEMO_KEY)
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
