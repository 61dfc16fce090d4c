"""A model of the description."""

from __future__ import annotations

from typing import Any

from attrs import define

from .._model import Model, configure_model, new_instance
from .._unset import ABSENT


@define(slots=False, kw_only=True, eq=False, repr=False)
class ClipHistoryEntry(Model):
    """A clip that another one goes back to.

    Attributes:
        id: Id of the clip.
        continue_at: Where it was continued, in seconds.
        type_: Kind of generation.
        source: Where the clip comes from.
        infill: Whether a span was replaced.
        stem_type_id: Number of the kind of separation.
        stem_type_group_name: Name of the kind of separation, such as `Two`.
        stem_task: Separation that was asked for, such as `two`.
        stem_from_id: Clip that was separated.
    """

    id: str | None = ABSENT
    continue_at: float | None = ABSENT
    type_: str | None = ABSENT
    source: str | None = ABSENT
    infill: bool | None = ABSENT
    stem_type_id: int | None = ABSENT
    stem_type_group_name: str | None = ABSENT
    stem_task: str | None = ABSENT
    stem_from_id: str | None = ABSENT


def adopt_clip_history_entry(data: dict[str, Any]) -> ClipHistoryEntry:
    """Make a model that uses `data` itself."""
    self = new_instance(ClipHistoryEntry)
    self.__dict__ = data
    return self


configure_model(ClipHistoryEntry, adopt_clip_history_entry, {"type_": "type"})
