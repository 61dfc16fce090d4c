"""A run as SARIF 2.1.0, for code scanning: findings at their line of the description, failed tests at theirs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from contract_tests.verifier.drift.findings import Kind
from contract_tests.verifier.report.finding_rows import Entry, places, tolerated
from contract_tests.verifier.report.run_model import Run, SuiteFailure
from contract_tests.verifier.report.text_escaping import line, visible

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT: Final = "%SRCROOT%"
_SUITE: Final = "suite-failure"


def render(run: Run) -> str:
    """The file."""
    told: dict[str, Any] = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": "cometapi-suno contract", "semanticVersion": run.version, "rules": _rules()}
                },
                "automationDetails": {"id": "contract/"},
                "columnKind": "unicodeCodePoints",
                "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": list(_unknown(run))}],
                "results": list(_results(run)),
            }
        ],
    }
    return json.dumps(told, indent=2) + "\n"


def message(text: str) -> dict[str, str]:
    """A message as plain text: no part of it is a link, and none is a place for an argument."""
    told = re.sub(r"([\\\[\]])", r"\\\1", visible(text))
    return {"text": re.sub(r"\{(\d+)\}", r"{{\1}}", told)}


def _rules() -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = [
        {
            "id": kind.slug,
            "name": "".join(word.capitalize() for word in kind.slug.split("-")),
            "shortDescription": {"text": kind.title},
            "defaultConfiguration": {"level": kind.severity.value},
        }
        for kind in Kind
    ]
    suite = {"id": _SUITE, "name": "SuiteFailure", "shortDescription": {"text": "failed test of the contract suite"}}
    return [*rules, {**suite, "defaultConfiguration": {"level": "error"}}]


def _unknown(run: Run) -> Iterator[dict[str, Any]]:
    """What was not asked, so that nobody takes its silence for consent."""
    for target in run.targets:
        if target.report is None:
            yield {"level": "note", "message": message(f"{target.name} was not run. {target.reason}".strip())}


def _results(run: Run) -> Iterator[dict[str, Any]]:
    for place in places(run):
        yield from (_result(run, entry) for entry in place.entries)
    for entry in tolerated(run):
        assert entry.tolerated is not None
        reason = f"{line(entry.tolerated.reason)} Until {entry.tolerated.expires}."
        suppressed = [{"kind": "external", "status": "accepted", "justification": reason}]
        yield {**_result(run, entry), "suppressions": suppressed}
    if run.suite is not None:
        yield from map(_failure, run.suite.failures)


def _result(run: Run, entry: Entry) -> dict[str, Any]:
    finding = entry.finding
    client = f"{entry.worst.effect} {entry.worst.effect_note}".strip()
    told = (
        f"{finding.operation} {finding.status}: {finding.kind.title} {entry.where}. Described: {finding.expected}; "
        f"actual: {entry.came}. Client: {client}. Seen on {', '.join(entry.targets)}."
    )
    logical = {"fullyQualifiedName": finding.spec_pointer, "kind": "element"}
    return {
        "ruleId": finding.kind.slug,
        "ruleIndex": list(Kind).index(finding.kind),
        "level": entry.severity.value,
        "message": message(told),
        "locations": [{**_location(run.file, entry.line), "logicalLocations": [logical]}],
        "partialFingerprints": {"finding/v1": finding.id},
        "properties": {
            "targets": list(entry.targets),
            "clientEffect": entry.worst.effect.value,
            "hasProposal": bool(finding.proposal),
        },
    }


def _failure(failure: SuiteFailure) -> dict[str, Any]:
    return {
        "ruleId": _SUITE,
        "ruleIndex": len(Kind),
        "level": "error",
        "message": message(f"{failure.test}: {failure.message}"),
        "locations": [_location(failure.file or failure.test.partition("::")[0], failure.line)],
    }


def _location(file: str, number: int) -> dict[str, Any]:
    artifact = {"uri": file, "uriBaseId": _ROOT}
    return {"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": max(1, number)}}}
