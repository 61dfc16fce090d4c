"""A model of the description."""

from __future__ import annotations

from typing import Any, Self

from attrs import define

from .._model import Model, each_object, misfit, revive, settle
from .._unset import ABSENT, UNSET
from ..errors import ModelError


@define(slots=False, kw_only=True, eq=False, repr=False)
class SeparatedTracks(Model):
    """The tracks of a clip, as they stand right after the call.

    Attributes:
        clips: One clip for each track.
        id: Id of the separation.
        metadata: How the tracks are made.
    """

    clips: list[Clip]
    id: str | None = ABSENT
    metadata: ClipMetadata | None = ABSENT

    @classmethod
    def adopt(cls, data: dict[str, Any]) -> Self:
        value = data.get("clips", UNSET)
        kind = value.__class__
        if kind is not list:
            raise misfit("array", value, "clips")
        at = ""
        try:
            at = "clips"
            value = data.get(at)
            if value is not None:
                data[at] = each_object(Clip.adopt, value)
            at = "metadata"
            value = data.get(at)
            if value is not None:
                kind = value.__class__
                data[at] = ClipMetadata.adopt(value) if kind is dict else value
        except ModelError as error:
            raise error.under(at) from None
        return revive(cls, data)


settle(SeparatedTracks)

# Below the class, so that models may name each other.
from .clip import Clip
from .clip_metadata import ClipMetadata
