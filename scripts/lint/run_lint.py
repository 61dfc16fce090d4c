"""Ask every rule, stage by stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.lint.description_index import Document
from scripts.lint.lint_finding import Finding
from scripts.lint.rules import SOUND, STAGES
from scripts.openapi_document import DescriptionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scripts.lint.rules import Rule
    from scripts.openapi_document import Description


def refuse_unsound(description: Description) -> None:
    """Ask only for what the other tools count on.

    Raises:
        DescriptionError: It is not there; the message is the first finding.
    """
    for each in lint(description, STAGES[:SOUND]):
        reason = f"{each.message}. {each.fix}. [{each.rule}]"
        raise DescriptionError(each.path, each.line, reason, each.pointer)


def lint(description: Description, stages: Iterable[Mapping[str, Rule]] = STAGES) -> list[Finding]:
    """Return what the rules find, in the order of the file; nothing after the first stage that finds something."""
    document = Document(description)
    for stage in stages:
        findings = [
            Finding(rule, description.path, description.line(problem.pointer), *problem)
            for rule, check in stage.items()
            for problem in check(document)
        ]
        if findings:
            return sorted(findings, key=lambda finding: (finding.line, finding.rule, finding.pointer))
    return []
