"""A run as Markdown: for a reader of files, and for the summary of a step in CI."""

from __future__ import annotations

from contract_tests.drift.findings import brief
from contract_tests.report.model import Run


def render(run: Run) -> str:
    """The whole report."""
    lines = [f"# {cell(run.sentence)}", "", f"Description {cell(run.version)}, {run.date.isoformat()}.", ""]
    for target, finding in run.findings():
        place = f"{finding.operation} {finding.status} {finding.instance_pointer or '/'}"
        told = f"{finding.kind.title}: described: {finding.expected}; came: {brief(finding.actual)}"
        lines.append(f"- {finding.severity} on {target.name}: {cell(place)}: {cell(told)}")
    return "\n".join([*lines, ""])


def cell(text: str) -> str:
    """Text that is text in Markdown, also in a cell of a table: no markup, no HTML, one line."""
    flat = " ".join(text.split()).replace("\\", "\\\\")
    for mark in "`*_{}[]()#+!|~<>":
        flat = flat.replace(mark, f"\\{mark}")
    return flat.replace("&", "&amp;")
