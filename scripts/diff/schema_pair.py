"""The old and the new schema of one place, and drafts of the changes in the values that they allow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from scripts.diff.containment import Containment, ContainmentVerdict
from scripts.diff.joined_descriptions import DocumentNode
from scripts.diff.normalized_schema import NormalizedSchema, SchemaNormalizer
from scripts.diff.policy import ChangeContext, ChangeDraft, Places, draft_in, name_relation


@attrs.frozen
class SchemaPair:
    """Two schemas of the same place.

    Attributes:
        views: Makes views of schemas.
        containment: Compares the values that schemas allow.
        compare: Compares two schemas inside.
        nodes: Both as they are written.
        before: The old one.
        after: The new one.
        context: Where they are used.
        whole: Whether the new one breaks users of the old one.
    """

    views: SchemaNormalizer
    containment: Containment
    compare: Callable[[DocumentNode, DocumentNode, ChangeContext], list[ChangeDraft]]
    nodes: tuple[DocumentNode, DocumentNode]
    before: NormalizedSchema
    after: NormalizedSchema
    context: ChangeContext
    whole: ContainmentVerdict

    def judge(self, variant: Any, base: Any = None) -> ContainmentVerdict:
        """Return what it means that the old schema, or `base`, has become a variant."""
        old = self.before.as_schema() if base is None else base
        return self.containment.compare(old, variant, self.context.direction, optional=self.context.optional)

    def draft_values(self, aspect: str, verdict: ContainmentVerdict, places: Places, said: str) -> ChangeDraft:
        """Return a change of which values are allowed."""
        relation = name_relation(self.context.direction, verdict, self.whole)
        kind = f"{aspect}-{verdict.relation}"
        return draft_in(self.context, kind, places, verdict=verdict, relation=relation, said=said)
