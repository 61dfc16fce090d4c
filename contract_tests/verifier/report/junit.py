"""A run as JUnit XML: a test suite for each target and for the contract suite.

What breaks the contract is a failure; what was not asked is skipped. What makes a run incomplete is an error: not a
failure, because the contract may hold, and not skipped, because CI that reads only this file would take it for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from attrs import evolve

from contract_tests.verifier.drift.findings import DriftSeverity
from contract_tests.verifier.drift_detector import DriftReport
from contract_tests.verifier.report.finding_rows import FindingRow, list_findings
from contract_tests.verifier.report.matrix import OperationRows, make_matrix
from contract_tests.verifier.report.run_model import (
    WHOLE,
    QuestionResult,
    SuiteQuestion,
    SuiteResults,
    TargetRun,
    VerificationRun,
)
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
    root.set("time", f"{sum(float(suite.get('time', 0)) for suite in suites):.3f}")
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _set_counts(element: ET.Element, cases: Sequence[ET.Element]) -> None:
    element.set("tests", str(len(cases)))
    element.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    element.set("errors", str(sum(case.find("error") is not None for case in cases)))


def _target_suite(run: VerificationRun, target: TargetRun, matrix: Sequence[OperationRows]) -> ET.Element:
    """Make a case for each operation and status, and one for the run of the target as a whole."""
    suite = _make_suite(run, target.name, target.seconds)
    rows = list_findings(evolve(run, targets=(target,)))
    for group in matrix:
        for row in group.rows:
            place = (group.operation, row.status)
            seconds = target.report.seconds.get(place, 0.0) if target.report is not None else 0.0
            case = _add_case(suite, f"{group.operation} {row.status}", f"{target.name}.{group.called}", seconds)
            if target.report is None:
                _skip(case, f"not run. {target.hint}".strip())
            else:
                _add_findings(case, run, target.report, rows, place)
    if target.report is not None:
        case = _add_case(suite, "the run", target.name, 0.0)
        summary = "" if target.summary is None else target.summary.render()
        if target.summary is not None and target.summary.objection:
            _add_outcome(case, "failure", "run", target.summary.objection, summary)
        for gap in target.find_gaps(run.operations):
            _add_outcome(case, "error", "incomplete", gap, summary)
        if target.report.unmatched:
            unmatched = (f"no operation: {what} (x{times})" for what, times in target.report.unmatched.items())
            ET.SubElement(case, "system-out").text = escape_invisible("\n".join(unmatched))
    return suite


def _add_findings(
    case: ET.Element, run: VerificationRun, report: DriftReport, rows: Sequence[FindingRow], place: tuple[str, int]
) -> None:
    here = {finding.id for finding in report.at(*place)}
    found = [row for row in rows if row.finding.id in here]
    for row in found:
        if row.severity is not DriftSeverity.NOTE:
            _add_outcome(case, "failure", row.finding.kind.slug, row.finding.kind.title, _describe(run, row))
    if not report.coverage.answered(*place) and not found:
        _skip(case, "not exercised")
    if notes := [_describe(run, row) for row in found if row.severity is DriftSeverity.NOTE]:
        ET.SubElement(case, "system-out").text = escape_invisible("\n".join(notes))


def _describe(run: VerificationRun, row: FindingRow) -> str:
    facts = "\n".join(f"{label}: {text}" for label, text in row.facts)
    return f"{run.file}:{row.line}: {row.finding.kind.title} at {row.where}\n{facts}\nfinding: {row.finding.id}"


def _contract_suite(run: VerificationRun, suite: SuiteResults) -> ET.Element:
    """Make a case for each question and operation, or for the whole."""
    element = _make_suite(run, "suite", sum(result.seconds for result in suite.results.values()))
    for question in suite.questions:
        for operation in (*run.operations, WHOLE):
            result = suite.results.get((operation, question.name))
            if result is not None or question.is_due(operation):
                seconds = 0.0 if result is None else result.seconds
                case = _add_case(element, operation, f"suite.{question.name}", seconds)
                _add_result(suite, case, operation, question, result)
    return element


def _add_result(
    suite: SuiteResults, case: ET.Element, operation: str, question: SuiteQuestion, result: QuestionResult | None
) -> None:
    if result is None:
        _add_outcome(case, "error", "incomplete", "not asked", question.text)
    elif result.failed:
        messages = [
            f"{failure.test}\n{failure.message}"
            for failure in suite.failures
            if failure.question == question.name and operation in (failure.operations or (WHOLE,))
        ]
        _add_outcome(case, "failure", "test", f"{result.failed} of {result.tests} tests failed", "\n\n".join(messages))


def _make_suite(run: VerificationRun, name: str, seconds: float) -> ET.Element:
    stamp = f"{run.date.isoformat()}T00:00:00"
    return ET.Element("testsuite", name=escape_invisible(name), timestamp=stamp, time=f"{seconds:.3f}")


def _add_case(suite: ET.Element, name: str, owner: str, seconds: float) -> ET.Element:
    names = {"name": escape_invisible(name), "classname": escape_invisible(owner)}
    return ET.SubElement(suite, "testcase", names, time=f"{seconds:.3f}")


def _add_outcome(case: ET.Element, outcome: str, kind: str, message: str, text: str) -> None:
    ET.SubElement(case, outcome, type=kind, message=escape_invisible(message)).text = escape_invisible(text)


def _skip(case: ET.Element, reason: str) -> None:
    ET.SubElement(case, "skipped", message=escape_invisible(reason))
