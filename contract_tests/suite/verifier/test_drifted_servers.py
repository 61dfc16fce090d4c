"""Are servers that changed found with kind, place and effect, and can each offered proposal be accepted?"""

from __future__ import annotations

import pytest

from contract_tests.suite.support.loaded_spec import CONTRACT
from contract_tests.suite.verifier.drifted_servers import BODIES, CLEAN, SERVERS
from contract_tests.verifier.drift.findings import DriftFinding
from contract_tests.verifier.drift_detector import DriftDetector
from contract_tests.verifier.trial.proposal_trial import ProposalTrial
from scripts import description_file


def _findings(name: str) -> list[DriftFinding]:
    return DriftDetector(CONTRACT).observe_all([SERVERS[name].exchange]).findings()


def test_there_are_enough_servers() -> None:
    assert len(SERVERS) >= 60
    assert len({server.kind for server in SERVERS.values()}) >= 13
    assert {server.operation for server in SERVERS.values()} == set(CONTRACT.operations)


@pytest.mark.parametrize("name", SERVERS)
def test_server_is_found(name: str) -> None:
    server, found = SERVERS[name], _findings(name)
    assert [(each.kind, each.effect) for each in found] == [(server.kind, server.effect)] * (1 + server.more)
    assert server.place in {each.instance_pointer for each in found}


@pytest.mark.parametrize("name", CLEAN)
def test_clean_server_is_silent(name: str) -> None:
    operation, status, body, headers = CLEAN[name]
    exchange = BODIES.exchange(CONTRACT.operations[operation], status, body, headers)
    assert DriftDetector(CONTRACT).observe_all([exchange]).findings() == []


@pytest.mark.parametrize("name", SERVERS)
def test_proposal_or_reason(name: str) -> None:
    """Each finding has either."""
    for finding in _findings(name):
        assert bool(finding.proposal) is not bool(finding.undecided)


# Proposals of each kind that are offered, and of each reason why they are not.
TRIED = {
    "created is 201": "",
    "error message is an object": "",
    "octet-stream": "several media types of a success",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TRIED)
def test_offered_proposal_can_be_accepted(name: str) -> None:
    """Applied to a copy, it is lint-clean, becomes a client, and that client reads the answers."""
    (finding,) = _findings(name)
    assert finding.proposal
    (tried,) = ProposalTrial(description_file.load(), [finding]).withdraw_failing()
    assert bool(tried.proposal) is (TRIED[name] == "")
    assert TRIED[name] in tried.undecided
