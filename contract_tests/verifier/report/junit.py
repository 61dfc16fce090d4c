"""A run as JUnit XML: a suite for each target and for the contract suite; what is not known is skipped, not passed."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from contract_tests.verifier.drift.detector import Report
from contract_tests.verifier.drift.findings import Finding, Severity
from contract_tests.verifier.report.matrix import groups
from contract_tests.verifier.report.run_model import WHOLE, Question, Run, Suite, SuiteCell, TargetRun
from contract_tests.verifier.report.text_escaping import short, value, visible


def render(run: Run) -> str:
    """The file."""
    root = ET.Element("testsuites", name="contract")
    suites = [_target(run, target) for target in run.targets]
    if run.suite is not None:
        suites.append(_suite(run, run.suite))
    for suite in suites:
        cases = suite.findall("testcase")
        _count(suite, cases)
        suite.set("skipped", str(sum(case.find("skipped") is not None for case in cases)))
        root.append(suite)
    _count(root, root.findall("testsuite/testcase"))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _count(element: ET.Element, cases: Sequence[ET.Element]) -> None:
    element.set("tests", str(len(cases)))
    element.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    element.set("errors", "0")


def _target(run: Run, target: TargetRun) -> ET.Element:
    """A case for each operation and status."""
    suite = _started(run, target.name)
    for group in groups(run):
        for row in group.rows:
            case = _case(suite, f"{group.operation} {row.status}", f"{target.name}.{group.called}")
            if target.report is None:
                _skip(case, f"not run. {target.reason}".strip())
            else:
                _judged(run, case, target.report, group.operation, row.status)
    if target.account is not None:
        case = _case(suite, "the run", target.name)
        if not target.account.clean:
            _fail(case, "run", target.account.ended, target.account.text())
    return suite


def _judged(run: Run, case: ET.Element, report: Report, operation: str, status: int) -> None:
    found = report.at(operation, status)
    for finding in found:
        if finding.severity is not Severity.NOTE:
            _fail(case, finding.kind.slug, finding.kind.title, _told(run, finding))
    notes = [_told(run, finding) for finding in found if finding.severity is Severity.NOTE]
    if not report.coverage.answered(operation, status) and not found:
        _skip(case, "not exercised")
    if notes:
        ET.SubElement(case, "system-out").text = visible("\n".join(notes))


def _told(run: Run, finding: Finding) -> str:
    place = f"{run.file}:{run.description.line(finding.spec_pointer)}"
    return (
        f"{place}: {finding.kind.title} at {short(finding.instance_pointer or finding.subject)}\n"
        f"described: {finding.expected}\nactual: {value(finding.actual)}\n"
        f"client: {finding.effect} {finding.worst.effect_note}\n"
        f"evidence: {finding.evidence.exchange} {finding.evidence.date}\nfinding: {finding.id}"
    )


def _suite(run: Run, suite: Suite) -> ET.Element:
    """A case for each operation and question, or for the whole."""
    element = _started(run, "suite")
    for question in suite.questions:
        for operation in (*run.operations, WHOLE):
            cell = suite.cells.get((operation, question.name))
            if cell is not None or _is_asked(question, operation):
                _answered(suite, _case(element, operation, f"suite.{question.name}"), operation, question, cell)
    return element


def _is_asked(question: Question, operation: str) -> bool:
    return question.each is not (operation == WHOLE)


def _answered(suite: Suite, case: ET.Element, operation: str, question: Question, cell: SuiteCell | None) -> None:
    if cell is None:
        _fail(case, "not-asked", "not asked", question.text)
    elif cell.failed:
        mine = [
            f"{failure.test}\n{failure.message}"
            for failure in suite.failures
            if failure.question == question.name and operation in (failure.operations or (WHOLE,))
        ]
        _fail(case, "test", f"{cell.failed} of {cell.tests} tests failed", "\n\n".join(mine))


def _started(run: Run, name: str) -> ET.Element:
    return ET.Element("testsuite", name=visible(name), timestamp=f"{run.date.isoformat()}T00:00:00")


def _case(suite: ET.Element, name: str, owner: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", name=visible(name), classname=visible(owner))


def _fail(case: ET.Element, kind: str, message: str, text: str) -> None:
    ET.SubElement(case, "failure", type=kind, message=visible(message)).text = visible(text)


def _skip(case: ET.Element, why: str) -> None:
    ET.SubElement(case, "skipped", message=visible(why))
