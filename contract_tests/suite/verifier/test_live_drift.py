"""Drift that is switched on at the stand-in is named, from what a live run recorded of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract_tests.suite.support.loaded_spec import CONTRACT
from contract_tests.suite.support.secret_leaks import KEY
from contract_tests.suite.verifier.stand_in_gateway import StandIn, execute
from contract_tests.verifier.drift.findings import DriftKind
from contract_tests.verifier.drift_detector import DriftDetector, DriftReport
from contract_tests.verifier.live.live_run import read_run
from contract_tests.verifier.live.run_summary import read_journal

SEND = ("--tier", "free", "--tier", "paid", "--max-calls", "60", "--rate", "1000", "--yes")

# Where the fault is, and what it is called: operation, status, kind, and the place in the body.
DRIFT = {
    "an undescribed field": (
        "add=/surprise; operation=createPersona; nth=5",
        ("createPersona", 200, DriftKind.UNDOCUMENTED_FIELD, "/surprise"),
    ),
    "an undescribed field deep in a task": (
        "add=/data/data/0/metadata/surprise; operation=fetchTask; nth=3",
        ("fetchTask", 200, DriftKind.UNDOCUMENTED_FIELD, "/data/data/0/metadata/surprise"),
    ),
    "a persona without its id": (
        "drop=/id; operation=createPersona; nth=5",
        ("createPersona", 200, DriftKind.MISSING_REQUIRED, "/id"),
    ),
    "a name that is a number": (
        "retype=/name; operation=createPersona; nth=5",
        ("createPersona", 200, DriftKind.WRONG_TYPE, "/name"),
    ),
    "a name that is null": (
        "null=/name; operation=createPersona; nth=5",
        ("createPersona", 200, DriftKind.UNEXPECTED_NULL, "/name"),
    ),
    "an unknown status of a task": (
        "enum=/data/data/1/status; operation=fetchTask; nth=3",
        ("fetchTask", 200, DriftKind.NEW_ENUM_VALUE, "/data/data/1/status"),
    ),
    "a status that is not described": (
        "status=418; operation=getMp4",
        ("getMp4", 418, DriftKind.UNDOCUMENTED_STATUS, ""),
    ),
    "a redirect": (
        "status=307; operation=createPersona; nth=1",
        ("createPersona", 307, DriftKind.UNDOCUMENTED_STATUS, ""),
    ),
    "another content type": (
        "content-type=text/csv; operation=getWav",
        ("getWav", 401, DriftKind.CONTENT_TYPE, ""),
    ),
    "JSON that breaks off": (
        "invalid-json; operation=submitUpload; nth=1",
        ("submitUpload", 401, DriftKind.UNREADABLE_BODY, ""),
    ),
    "no body": (
        "status=401; body=empty; operation=submitConcat; nth=2",
        ("submitConcat", 401, DriftKind.EMPTY_BODY, ""),
    ),
    "an undescribed header": (
        "delay=0.001; operation=submitLyrics; nth=1",
        ("submitLyrics", 401, DriftKind.UNDOCUMENTED_HEADER, ""),
    ),
}
# Faults of one answer, which has room for one at a time. The others are also named together, in one run.
ALONE = {"a persona without its id", "a name that is a number", "a name that is null"}


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[StandIn]:
    """The service, and an environment with its address and the key."""
    stand_in = StandIn()
    monkeypatch.chdir(tmp_path)
    with stand_in.serve() as base:
        monkeypatch.setenv("COMETAPI_KEY", KEY)
        monkeypatch.setenv("COMETAPI_BASE_URL", base)
        yield stand_in


def reported() -> DriftReport:
    """Return the detector's report on the only run."""
    (folder,) = Path("build/live").iterdir()
    return DriftDetector(CONTRACT).observe_all(read_run(read_journal(folder))).report()


def test_conforming_service_has_no_findings(stand_in: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    """Of another seed, over sockets, recorded and scrubbed: still as described, to the last field."""
    assert execute(*SEND) == 0
    report = reported()
    assert [str(finding) for finding in report.findings] == []
    assert report.exchanges == stand_in.count
    assert "The contract holds: " in capsys.readouterr().out


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name == "a persona without its id" else pytest.mark.slow) for name in DRIFT]
)
@pytest.mark.usefixtures("untried_proposals")
def test_drift_is_found(name: str, stand_in: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    fault, (operation, status, kind, place) = DRIFT[name]
    stand_in.gateway.faults.add(fault)
    execute(*SEND)
    found = [
        finding
        for finding in reported().findings
        for seen in finding.sightings
        if (seen.operation, seen.status, finding.kind, seen.instance_pointer) == (operation, status, kind, place)
    ]
    assert found, [str(finding) for finding in reported().findings]
    out = capsys.readouterr().out
    assert any(f"[{each.id}]" in out for each in found)


@pytest.mark.usefixtures("untried_proposals")
def test_drift_of_many_operations_is_found(stand_in: StandIn) -> None:
    """Of the faults of the persona that is made, one only: each call has one answer.

    A fault does not count the calls that another one meets, so the third look of the later one is the fourth of all.
    """
    chosen = [case for name, case in DRIFT.items() if name not in ALONE]
    for fault, _ in chosen:
        stand_in.gateway.faults.add(fault)
    assert execute(*SEND) == 1
    places = {
        (seen.operation, seen.status, finding.kind, seen.instance_pointer)
        for finding in reported().findings
        for seen in finding.sightings
    }
    assert len(chosen) == 9
    assert {place for _, place in chosen} <= places
