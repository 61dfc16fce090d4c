"""A run as SARIF 2.1.0 for code scanning: findings at their line of the description, failed tests at theirs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from contract_tests.verifier.drift.findings import DriftKind
from contract_tests.verifier.report.finding_rows import FindingRow, group_findings, list_tolerated
from contract_tests.verifier.report.run_model import FailedTest, Verdict, VerificationRun
from scripts.sarif_parts import format_sarif, make_location, make_message
from scripts.text_and_files import to_line

_SUITE_FAILURE: Final = "suite-failure"


def render(run: VerificationRun) -> str:
    """Render the file."""
    driver = {"name": "cometapi-suno contract", "semanticVersion": run.version, "rules": _rules()}
    invocation = {
        "executionSuccessful": run.verdict is not Verdict.INCOMPLETE,
        "exitCode": run.verdict.value,
        "exitCodeDescription": run.headline,
        "toolExecutionNotifications": list(_notifications(run)),
    }
    content = {
        "tool": {"driver": driver},
        "automationDetails": {"id": "contract/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "results": list(_results(run)),
        "properties": {"newestEvidence": dict(run.evidence_days)},
    }
    return f"{format_sarif(content)}\n"


def _rules() -> list[dict[str, Any]]:
    rules = [(kind.slug, kind.title, kind.severity.value) for kind in DriftKind]
    rules.append((_SUITE_FAILURE, "failed test of the contract suite", "error"))
    return [
        {
            "id": slug,
            "name": "".join(word.capitalize() for word in slug.split("-")),
            "shortDescription": {"text": title},
            "defaultConfiguration": {"level": level},
        }
        for slug, title, level in rules
    ]


def _notifications(run: VerificationRun) -> Iterator[dict[str, Any]]:
    """Yield what was not asked, or proves nothing: no result for it does not mean that it holds."""
    notes = [f"{each.name} was not run. {each.hint}".strip() for each in run.targets if each.report is None]
    notes += [f"no operation: {what} on {each.name}" for each, report in run.judged for what in report.unmatched]
    for level, texts in (("warning", run.find_gaps()), ("note", notes)):
        yield from ({"level": level, "message": make_message(to_line(each))} for each in texts)


def _results(run: VerificationRun) -> Iterator[dict[str, Any]]:
    for group in group_findings(run):
        yield from (_result(run, row) for row in group.rows)
    for row, entry in list_tolerated(run):
        reason = f"{to_line(entry.reason)} Until {entry.expires}."
        suppressed = [{"kind": "external", "status": "accepted", "justification": reason}]
        yield {**_result(run, row), "suppressions": suppressed}
    if run.suite is not None:
        yield from map(_failed_test, run.suite.failures)


def _result(run: VerificationRun, row: FindingRow) -> dict[str, Any]:
    finding = row.finding
    facts = "\n".join(f"{label.capitalize()}: {text}" for label, text in row.facts)
    place = f"{finding.operation} {finding.status}: {finding.kind.title} {row.where}".rstrip()
    text = f"{place}.\n{facts}\nSeen on {', '.join(row.targets)}."
    logical = {"fullyQualifiedName": finding.spec_pointer, "kind": "element"}
    return {
        "ruleId": finding.kind.slug,
        "ruleIndex": list(DriftKind).index(finding.kind),
        "level": row.severity.value,
        "message": make_message(text),
        "locations": [{**make_location(run.file, row.line), "logicalLocations": [logical]}],
        "partialFingerprints": {"finding/v1": finding.id},
        "properties": {
            "targets": list(row.targets),
            "clientEffect": row.worst.effect.value,
            "hasProposal": bool(finding.proposal),
            "curl": row.curl,
        },
    }


def _failed_test(failure: FailedTest) -> dict[str, Any]:
    return {
        "ruleId": _SUITE_FAILURE,
        "ruleIndex": len(DriftKind),
        "level": "error",
        "message": make_message(f"{failure.test}: {failure.message}"),
        "locations": [make_location(failure.file, failure.line)],
    }
