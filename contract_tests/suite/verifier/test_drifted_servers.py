"""Are servers that changed found with kind, place and effect, and can each offered overlay be lived with?"""

from __future__ import annotations

import json
import re
from itertools import takewhile
from pathlib import Path

import pytest
from attrs import evolve

from contract_tests.suite.support.loaded_spec import CONTRACT
from contract_tests.suite.verifier.drifted_servers import BODIES, CLEAN, SERVERS
from contract_tests.verifier.drift.findings import DriftFinding
from contract_tests.verifier.drift_detector import DriftDetector
from contract_tests.verifier.trial.proposal_trial import ProposalTrial
from scripts import openapi_document as source
from scripts.tests.repository.console_blocks import CONTRIBUTING, parse_commands, run_command
from scripts.tests.repository.scratch_clone import ScratchClone


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
    (tried,) = ProposalTrial(source.load(), [finding]).withdraw_failing()
    assert bool(tried.proposal) is (TRIED[name] == "")
    assert TRIED[name] in tried.undecided


@pytest.mark.slow
def test_overlay_and_added_operation_leave_make_green(tmp_path: Path) -> None:
    """In a clone, `make` asks everything of what is offered for two servers of each kind and of a new operation.

    The operation is the one that CONTRIBUTING.md adds, by its own commands.
    """
    clone = ScratchClone(tmp_path)
    servers = list(SERVERS.values())
    kinds = [[each for each in servers if each.kind is kind] for kind in dict.fromkeys(each.kind for each in servers)]
    two_of_each = [server for same in kinds for server in (same[0], same[-1])]
    seen = [
        evolve(server.exchange, id=f"server-{number}", origin="recorded", target="api.cometapi.com", date="2026-11-27")
        for number, server in enumerate(two_of_each)
    ]
    (clone.root / "build").mkdir()
    lines = "".join(f"{json.dumps(each.to_json())}\n" for each in seen)
    (clone.root / "build" / "seen.jsonl").write_text(lines, "utf-8")
    clone.python("-m", "contract_tests.verifier", "--target", "build/seen.jsonl", status=1)
    overlay = (clone.root / "build" / "report" / "overlay.yaml").read_text("utf-8")
    assert overlay.count("x-finding") >= 16
    clone.make("apply-overlay", "FILE=build/report/overlay.yaml")
    assert clone.git("diff", "--stat", "openapi/suno.yaml")
    section = CONTRIBUTING.read_text("utf-8").partition("## To add an operation")[2].partition("\n## ")[0]
    edits = [command for command, _ in takewhile(lambda each: not each[1], parse_commands(section))]
    assert len(edits) > 5
    assert [run_command(clone, command) for command in edits] == [""] * len(edits)
    verdict = clone.make("verdict")
    assert "\nThe contract holds: " in verdict
    assert re.search(r"^clips\.midi +✔ \w.*? +✔", verdict, re.MULTILINE)
