"""A model of the description."""

from __future__ import annotations

from attrs import define

from .._model import Model, settle


@define(slots=False, kw_only=True, eq=False, repr=False)
class ClipConcatEntry(Model):
    """A clip that another one was joined from. No source names its fields."""


settle(ClipConcatEntry)
adopt_clip_concat_entry = ClipConcatEntry.adopt
