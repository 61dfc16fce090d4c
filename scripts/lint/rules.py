"""The table of rules. A rule is a function from a document to its problems; its docstring is what it asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

from scripts.lint import (
    evidence_rules,
    example_rules,
    link_rules,
    openapi_validity,
    operation_rules,
    required_structure,
    schema_rules,
)
from scripts.lint.description_index import Document
from scripts.lint.lint_finding import Problem

Rule: TypeAlias = Callable[[Document], Iterable[Problem]]

# So many stages ask for what the other tools count on; then comes the validator from PyPI, which is slow, then our own.
SOUND: Final = 3
# Each stage is asked only when the one before found nothing: a rule may count on what came before it.
STAGES: Final[tuple[Mapping[str, Rule], ...]] = (
    {"openapi-shape": required_structure.shape},
    {"ref-broken": openapi_validity.references, "schema-invalid": openapi_validity.schemas},
    {"schema-default": openapi_validity.defaults},
    {"openapi-invalid": openapi_validity.openapi},
    {
        "operation-id": operation_rules.identifiers,
        "operation-summary": operation_rules.summaries,
        "operation-tag": operation_rules.tags,
        "operation-security": operation_rules.security,
        "operation-billing": operation_rules.billing,
        "operation-effect": operation_rules.effects,
        "operation-sdk": operation_rules.sdk_names,
        "response-status": operation_rules.statuses,
        "coverage": operation_rules.coverage,
        "evidence-missing": evidence_rules.missing,
        "evidence-shape": evidence_rules.shape,
        "doubt-unmarked": evidence_rules.doubts_marked,
        "doubt-unbacked": evidence_rules.doubts_backed,
        "source-unknown": evidence_rules.sources_known,
        "source-shape": evidence_rules.sources_shape,
        "source-tally": evidence_rules.sources_tally,
        "drift-number": evidence_rules.drift,
        "example-missing": example_rules.missing,
        "example-variant": example_rules.variants_shown,
        "example-parameter": example_rules.parameters_shown,
        "example-inline": example_rules.written,
        "example-name": example_rules.names,
        "example-unreadable": example_rules.readable,
        "example-invalid": example_rules.valid,
        "example-orphan": example_rules.orphans,
        "link-target": link_rules.targets,
        "link-expression": link_rules.expressions,
        "link-body": link_rules.bodies,
        "link-workflow": link_rules.workflow,
        "undescribed": schema_rules.described,
        "schema-missing": schema_rules.present,
        "schema-keyword": schema_rules.known,
        "schema-unnamed": schema_rules.named,
        "component-unused": schema_rules.used,
        "schema-shared": schema_rules.apart,
        "required-undescribed": schema_rules.required_described,
        "required-unexplained": schema_rules.required_explained,
        "response-closed": schema_rules.open_to_more,
    },
)
