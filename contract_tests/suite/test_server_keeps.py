"""Does a server keep the contract? schemathesis against the mock, in-process and over a socket.

Which checks are asked, and which one is not and why, stands in `support/probing.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from cometapi_suno_mock import Contract, Gateway, Settings

from contract_tests.suite.support.provoke_status import Gateways, missing
from contract_tests.suite.support.schemathesis_runner import probe
from contract_tests.suite.support.stateful_walk import wander

Checked = Callable[[int], None]


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The base URL of a gateway that listens on this machine."""
    gateway = Gateway()
    with gateway.serve() as url:
        yield url
    assert list(gateway.violations) == []


@pytest.fixture(scope="module")
def gateways(contract: Contract) -> Gateways:
    """Gateways that have their reasons to refuse."""
    return Gateways.of(contract)


def test_operation_keeps_contract(
    operation: str, gateway: Gateway, description: Mapping[str, Any], contract: Contract, checked: Checked
) -> None:
    """Asked with its examples, and with a case for each keyword of its schemas, kept and broken."""
    found = probe(description, contract, operation, gateway, phases=("examples", "coverage"))
    assert not found.failures, "\n\n".join(map(str, found.failures))
    assert found.accepted, "no valid request was accepted"
    assert found.refused, "nothing was refused"
    checked(found.exchanges)


def test_operation_keeps_contract_over_socket(
    operation: str, served: str, description: Mapping[str, Any], contract: Contract, checked: Checked
) -> None:
    """With made-up requests; that no key opens nothing was asked in-process."""
    phases, without = ("examples", "fuzzing"), ("ignored_auth",)
    found = probe(description, contract, operation, served, phases=phases, examples=5, without=without)
    assert not found.failures, "\n\n".join(map(str, found.failures))
    assert found.accepted, "no valid request was accepted"
    checked(found.exchanges)


def test_each_status_is_answered_as_described(operation: str, gateways: Gateways, checked: Checked) -> None:
    """By itself where the gateway has a reason, else by a fault: see `support/statuses.py`."""
    described = gateways.contract.operations[operation]
    assert not missing(gateways, described)
    checked(len(described.statuses))


def test_random_walks_keep_contract(description: Mapping[str, Any], checked: Checked) -> None:
    """What one answer supplies, the next call takes, in orders that nobody thought of."""
    gateway = Gateway(settings=Settings(looks=0))
    found = wander(description, gateway, walks=7, steps=10)
    assert not found.failures, "\n\n".join(map(str, found.failures))
    assert not gateway.violations
    assert found.deepest >= 3, "music, task, persona and song are three links in a row; no walk was as long"
    checked(found.exchanges)
