"""A model of the description."""

from __future__ import annotations

from attrs import define

from .._model import Model, settle


@define(slots=False, kw_only=True, eq=False, repr=False)
class ClipReactionType0(Model):
    """The account's reaction to the clip."""


settle(ClipReactionType0)
