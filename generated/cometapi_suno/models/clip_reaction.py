"""A model of the description."""

from __future__ import annotations

from typing import Any

from attrs import define

from .._model import Model, configure_model, new_instance
from .._unset import ABSENT


@define(slots=False, kw_only=True, eq=False, repr=False)
class ClipReaction(Model):
    """Reaction of the owning account to a clip.

    Attributes:
        clip: Null in the only example.
        play_count: Number of plays by the account.
        skip_count: Number of times the account skipped it.
        flagged: Whether the account flagged it.
        flagged_reason: Why it was flagged.
        feedback_reason: Reason of the feedback.
        reaction_type: Kind of reaction.
        updated_at: When it was changed, in ISO 8601 with milliseconds and `Z`.
    """

    clip: Any | None = ABSENT
    play_count: int | None = ABSENT
    skip_count: int | None = ABSENT
    flagged: bool | None = ABSENT
    flagged_reason: str | None = ABSENT
    feedback_reason: str | None = ABSENT
    reaction_type: str | None = ABSENT
    updated_at: str | None = ABSENT


def adopt_clip_reaction(data: dict[str, Any]) -> ClipReaction:
    """Make a model that uses `data` itself."""
    self = new_instance(ClipReaction)
    self.__dict__ = data
    return self


configure_model(ClipReaction, adopt_clip_reaction)
