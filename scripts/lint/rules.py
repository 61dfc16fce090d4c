"""The table of rules. A rule is a function from a document to its problems; its docstring is what it asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

from scripts.lint import evidence, examples, links, operations, schemas, shape, structure
from scripts.lint.document import Document
from scripts.lint.finding import Problem

Rule: TypeAlias = Callable[[Document], Iterable[Problem]]

# So many stages ask for what the other tools count on; then comes the validator from PyPI, which is slow, then our own.
SOUND: Final = 3
# Each stage is asked only when the one before found nothing: a rule may count on what came before it.
STAGES: Final[tuple[Mapping[str, Rule], ...]] = (
    {"openapi-shape": shape.shape},
    {"ref-broken": structure.references, "schema-invalid": structure.schemas},
    {"schema-default": structure.defaults},
    {"openapi-invalid": structure.openapi},
    {
        "operation-id": operations.identifiers,
        "operation-summary": operations.summaries,
        "operation-tag": operations.tags,
        "operation-security": operations.security,
        "operation-billing": operations.billing,
        "operation-effect": operations.effects,
        "operation-sdk": operations.sdk_names,
        "response-status": operations.statuses,
        "coverage": operations.coverage,
        "evidence-missing": evidence.missing,
        "evidence-shape": evidence.shape,
        "doubt-unmarked": evidence.doubts_marked,
        "doubt-unbacked": evidence.doubts_backed,
        "source-unknown": evidence.sources_known,
        "source-shape": evidence.sources_shape,
        "source-tally": evidence.sources_tally,
        "drift-number": evidence.drift,
        "example-missing": examples.missing,
        "example-variant": examples.variants_shown,
        "example-parameter": examples.parameters_shown,
        "example-inline": examples.written,
        "example-name": examples.names,
        "example-unreadable": examples.readable,
        "example-invalid": examples.valid,
        "example-orphan": examples.orphans,
        "link-target": links.targets,
        "link-expression": links.expressions,
        "link-body": links.bodies,
        "link-workflow": links.workflow,
        "undescribed": schemas.described,
        "schema-missing": schemas.present,
        "schema-keyword": schemas.known,
        "schema-unnamed": schemas.named,
        "component-unused": schemas.used,
        "schema-shared": schemas.apart,
        "required-undescribed": schemas.required_described,
        "required-unexplained": schemas.required_explained,
        "response-closed": schemas.open_to_more,
    },
)
