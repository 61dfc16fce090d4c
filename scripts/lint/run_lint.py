"""The table of rules, and the run through them. A rule is a function from a description to its problems."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, TypeAlias

import attrs

from scripts.description_file import Description, DescriptionFileError
from scripts.lint import (
    contradiction_rules,
    evidence_rules,
    example_rules,
    link_rules,
    openapi_validity,
    operation_rules,
    schema_rules,
    sdk_rules,
)
from scripts.lint.description_index import DescriptionIndex, Problem
from scripts.text_and_files import format_path

Rule: TypeAlias = Callable[[DescriptionIndex], Iterable[Problem]]

STAGES: Final[tuple[Mapping[str, Rule], ...]] = (
    {"openapi-shape": openapi_validity.check_structure},
    {"ref-broken": openapi_validity.check_references},
    {"schema-invalid": openapi_validity.check_schemas},
    {"schema-default": openapi_validity.check_defaults},
    {"openapi-invalid": openapi_validity.check_openapi},
    {
        "operation-id": operation_rules.check_ids,
        "operation-summary": operation_rules.check_summaries,
        "operation-tag": operation_rules.check_tags,
        "operation-security": operation_rules.check_security,
        "operation-billing": operation_rules.check_billing,
        "operation-effect": operation_rules.check_effects,
        "operation-sdk": operation_rules.check_sdk_names,
        "sdk-poll": sdk_rules.check_polls,
        "sdk-workflow": sdk_rules.check_workflows,
        "sdk-follow-up": sdk_rules.check_follow_ups,
        "sdk-defaults": sdk_rules.check_defaults,
        "sdk-address": sdk_rules.check_addresses,
        "sdk-derived": sdk_rules.check_derived_fields,
        "request-media": operation_rules.check_request_media,
        "response-status": operation_rules.check_statuses,
        "coverage": operation_rules.check_coverage,
        "evidence-missing": evidence_rules.check_missing,
        "evidence-shape": evidence_rules.check_entries,
        "doubt-unmarked": evidence_rules.check_doubts_marked,
        "doubt-unbacked": evidence_rules.check_doubts_backed,
        "source-unknown": evidence_rules.check_sources_known,
        "source-shape": evidence_rules.check_sources,
        "availability": evidence_rules.check_availability,
        "price": operation_rules.check_prices,
        "source-read": evidence_rules.check_reading,
        "source-unused": evidence_rules.check_sources_used,
        "error-codes": evidence_rules.check_error_codes,
        "drift-number": evidence_rules.check_drift_numbers,
        "example-missing": example_rules.check_missing,
        "example-variant": example_rules.check_variants,
        "example-parameter": example_rules.check_parameters,
        "example-inline": example_rules.check_inline,
        "example-name": example_rules.check_names,
        "example-unreadable": example_rules.check_readable,
        "example-invalid": example_rules.check_valid,
        "example-orphan": example_rules.check_orphans,
        "link-target": link_rules.check_targets,
        "link-expression": link_rules.check_expressions,
        "link-body": link_rules.check_bodies,
        "link-workflow": link_rules.check_workflow,
        "undescribed": schema_rules.check_descriptions,
        "schema-missing": schema_rules.check_bodies,
        "schema-keyword": schema_rules.check_keywords,
        "schema-unnamed": schema_rules.check_names,
        "schema-value": contradiction_rules.check_values,
        "schema-bound": contradiction_rules.check_bounds,
        "schema-choice": contradiction_rules.check_choices,
        "media-type": contradiction_rules.check_media_types,
        "extension-unknown": contradiction_rules.check_extensions,
        "server-url": operation_rules.check_servers,
        "wire-name": operation_rules.check_wire_names,
        "path-twice": operation_rules.check_paths,
        "response-missing": operation_rules.check_responses,
        "schema-memberless": schema_rules.check_free_objects,
        "component-unused": schema_rules.check_used,
        "schema-shared": schema_rules.check_shared,
        "required-undescribed": schema_rules.check_required_described,
        "required-unexplained": schema_rules.check_required_explained,
        "response-closed": schema_rules.check_open,
        "schema-access": schema_rules.check_access,
    },
)
"""Rules by id. A stage runs only when the one before found nothing: its rules may rely on what that one checked."""

_RELIED_ON: Final = ("price", "availability", "sdk-")
"""The rules of the keys that the generator reads; a description without these keys breaks none."""
_SOUND: Final = (
    *STAGES[:4],
    {rule: check for rule, check in STAGES[-1].items() if rule.startswith(_RELIED_ON)},
)
"""What the other tools rely on, without the validator from PyPI, which is slow."""


@attrs.frozen
class LintFinding:
    """A problem with its place in the file and the id of the rule that found it."""

    rule: str
    path: Path
    line: int
    pointer: str
    message: str
    fix: str

    @property
    def advice(self) -> str:
        """What is wrong, how to fix it, and the rule."""
        return f"{self.message}. {self.fix}{'.' * (not self.fix.endswith('?'))} [{self.rule}]"

    def __str__(self) -> str:
        return f"{format_path(self.path)}:{self.line}: {self.pointer or '/'}: {self.advice}"


def lint(description: Description, stages: Iterable[Mapping[str, Rule]] = STAGES) -> list[LintFinding]:
    """Return what the rules find, in the order of the file; nothing after the first stage that finds something."""
    index = DescriptionIndex(description)
    for stage in stages:
        findings = [
            LintFinding(rule, description.path, description.line(problem.pointer), *problem)
            for rule, check in stage.items()
            for problem in check(index)
        ]
        if findings:
            return sorted(findings, key=lambda finding: (finding.line, finding.rule, finding.pointer))
    return []


def refuse_unsound(description: Description, stages: Iterable[Mapping[str, Rule]] = _SOUND) -> None:
    """Check only what a tool relies on; by default what all of them do.

    Raises:
        DescriptionFileError: It is not there; the message is the first finding.
    """
    for each in lint(description, stages):
        raise DescriptionFileError(each.path, each.line, each.advice, each.pointer)
