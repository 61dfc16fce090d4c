"""A run as JUnit XML: a test suite for each target and for the contract suite. What is unknown is skipped."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from contract_tests.verifier.drift.findings import DriftFinding, DriftSeverity
from contract_tests.verifier.drift_detector import DriftReport
from contract_tests.verifier.report.curl import format_curl
from contract_tests.verifier.report.matrix import OperationRows, make_matrix
from contract_tests.verifier.report.run_model import (
    WHOLE,
    QuestionResult,
    SuiteQuestion,
    SuiteResults,
    TargetRun,
    VerificationRun,
)
from contract_tests.verifier.report.text_escaping import format_json, shorten
from scripts.text_and_files import escape_invisible


def render(run: VerificationRun) -> str:
    """Render the file."""
    root = ET.Element("testsuites", name="contract")
    matrix = make_matrix(run)
    suites = [_target_suite(run, target, matrix) for target in run.targets]
    if run.suite is not None:
        suites.append(_contract_suite(run, run.suite))
    for suite in suites:
        cases = suite.findall("testcase")
        _set_counts(suite, cases)
        suite.set("skipped", str(sum(case.find("skipped") is not None for case in cases)))
        root.append(suite)
    _set_counts(root, root.findall("testsuite/testcase"))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _set_counts(element: ET.Element, cases: Sequence[ET.Element]) -> None:
    element.set("tests", str(len(cases)))
    element.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    element.set("errors", "0")


def _target_suite(run: VerificationRun, target: TargetRun, matrix: Sequence[OperationRows]) -> ET.Element:
    """Make a case for each operation and status."""
    suite = _make_suite(run, target.name)
    for group in matrix:
        for row in group.rows:
            case = _add_case(suite, f"{group.operation} {row.status}", f"{target.name}.{group.called}")
            if target.report is None:
                _skip(case, f"not run. {target.hint}".strip())
            else:
                _add_findings(run, case, target.report, group.operation, row.status)
    if target.summary is not None:
        case = _add_case(suite, "the run", target.name)
        if not target.summary.as_planned:
            _fail(case, "run", target.summary.ended, target.summary.render())
    return suite


def _add_findings(run: VerificationRun, case: ET.Element, report: DriftReport, operation: str, status: int) -> None:
    found = report.at(operation, status)
    notes = [_describe(run, finding) for finding in found if finding.severity is DriftSeverity.NOTE]
    for finding in found:
        if finding.severity is not DriftSeverity.NOTE:
            _fail(case, finding.kind.slug, finding.kind.title, _describe(run, finding))
    if not report.coverage.answered(operation, status) and not found:
        _skip(case, "not exercised")
    if notes:
        ET.SubElement(case, "system-out").text = escape_invisible("\n".join(notes))


def _describe(run: VerificationRun, finding: DriftFinding) -> str:
    place = f"{run.file}:{run.description.line(finding.spec_pointer)}"
    return (
        f"{place}: {finding.kind.title} at {shorten(finding.instance_pointer or finding.subject)}\n"
        f"described: {finding.expected}\nactual: {format_json(finding.actual)}\n"
        f"client: {finding.effect} {finding.worst.effect_note}\n"
        f"evidence: {finding.evidence.exchange} {finding.evidence.date}\nfinding: {finding.id}\n"
        f"again: {format_curl(run, finding)}"
    )


def _contract_suite(run: VerificationRun, suite: SuiteResults) -> ET.Element:
    """Make a case for each question and operation, or for the whole."""
    element = _make_suite(run, "suite")
    for question in suite.questions:
        for operation in (*run.operations, WHOLE):
            result = suite.results.get((operation, question.name))
            if result is not None or question.is_due(operation):
                case = _add_case(element, operation, f"suite.{question.name}")
                _add_result(suite, case, operation, question, result)
    return element


def _add_result(
    suite: SuiteResults, case: ET.Element, operation: str, question: SuiteQuestion, result: QuestionResult | None
) -> None:
    if result is None:
        _fail(case, "not-asked", "not asked", question.text)
    elif result.failed:
        messages = [
            f"{failure.test}\n{failure.message}"
            for failure in suite.failures
            if failure.question == question.name and operation in (failure.operations or (WHOLE,))
        ]
        _fail(case, "test", f"{result.failed} of {result.tests} tests failed", "\n\n".join(messages))


def _make_suite(run: VerificationRun, name: str) -> ET.Element:
    return ET.Element("testsuite", name=escape_invisible(name), timestamp=f"{run.date.isoformat()}T00:00:00")


def _add_case(suite: ET.Element, name: str, owner: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", name=escape_invisible(name), classname=escape_invisible(owner))


def _fail(case: ET.Element, kind: str, message: str, text: str) -> None:
    ET.SubElement(case, "failure", type=kind, message=escape_invisible(message)).text = escape_invisible(text)


def _skip(case: ET.Element, reason: str) -> None:
    ET.SubElement(case, "skipped", message=escape_invisible(reason))
