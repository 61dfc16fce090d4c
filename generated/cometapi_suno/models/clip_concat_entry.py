"""A model of the description."""

from __future__ import annotations

from typing import Any

from attrs import define

from .._model import Model, configure_model, new_instance


@define(slots=False, kw_only=True, eq=False, repr=False)
class ClipConcatEntry(Model):
    """A clip that another one was joined from. No source names its fields."""


def adopt_clip_concat_entry(data: dict[str, Any]) -> ClipConcatEntry:
    """Make a model that uses `data` itself."""
    self = new_instance(ClipConcatEntry)
    self.__dict__ = data
    return self


configure_model(ClipConcatEntry, adopt_clip_concat_entry)
