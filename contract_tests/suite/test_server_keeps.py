"""Does a server keep the contract? Runs schemathesis against the mock, in process and over a socket.

`support/schemathesis_runner.py` lists the checks, and why one is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from cometapi_suno_mock import Contract, Gateway, Settings

from contract_tests.suite.support.gateway_callers import find_missing_statuses, open_status_callers
from contract_tests.suite.support.schemathesis_runner import run_schemathesis
from contract_tests.suite.support.stateful_walk import run_random_walks
from contract_tests.verifier.exchange.http_caller import StatusCallers

Checked = Callable[[int], None]


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """Base URL of a gateway on 127.0.0.1."""
    gateway = Gateway()
    with gateway.serve() as url:
        yield url
    assert list(gateway.violations) == []


@pytest.fixture(scope="module")
def callers(contract: Contract) -> Iterator[StatusCallers]:
    """Callers of gateways with a real cause for each refusal."""
    with open_status_callers(contract) as callers:
        yield callers


def test_operation_keeps_contract(
    operation: str, gateway: Gateway, description: Mapping[str, Any], contract: Contract, checked: Checked
) -> None:
    """Examples, and valid and invalid cases for each schema keyword."""
    found = run_schemathesis(description, contract, operation, gateway, phases=("examples", "coverage"))
    assert not found.failures, "\n\n".join(map(str, found.failures))
    assert found.accepted, "no valid request was accepted"
    assert found.refused, "nothing was refused"
    checked(found.exchanges)


def test_operation_keeps_contract_over_socket(
    operation: str, served: str, description: Mapping[str, Any], contract: Contract, checked: Checked
) -> None:
    """Generated requests; authentication is checked in process."""
    phases, without = ("examples", "fuzzing"), ("ignored_auth",)
    found = run_schemathesis(description, contract, operation, served, phases=phases, examples=1, without=without)
    assert not found.failures, "\n\n".join(map(str, found.failures))
    assert found.accepted, "no valid request was accepted"
    checked(found.exchanges)


def test_each_status_is_answered_as_described(
    operation: str, callers: StatusCallers, contract: Contract, checked: Checked
) -> None:
    """`StatusCallers` explains which statuses come from a fault."""
    described = contract.operations[operation]
    assert not find_missing_statuses(callers, described)
    checked(len(described.statuses))


def test_random_walks_keep_contract(description: Mapping[str, Any], checked: Checked) -> None:
    """Each call takes its values from an earlier answer, in random order."""
    gateway = Gateway(settings=Settings(polls=0))
    found = run_random_walks(description, gateway, walks=5, steps=10)
    assert not found.failures, "\n\n".join(map(str, found.failures))
    assert not gateway.violations
    assert found.deepest >= 3, "music, task, persona and song are three links in a row; no walk was as long"
    checked(found.exchanges)
