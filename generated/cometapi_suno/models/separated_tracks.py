"""A model of the description."""

from __future__ import annotations

from typing import Any

from attrs import define

from .._model import Model, adopt_items, configure_model, make_model_error, new_instance
from .._unset import ABSENT, UNSET
from ..errors import ModelError


@define(slots=False, kw_only=True, eq=False, repr=False)
class SeparatedTracks(Model):
    """The tracks of a clip, or the clips of a song, as they are right after the call.

    Attributes:
        clips: One clip for each track, or the clips of the song.
        id: Id of the separation, or of the song.
        metadata: How the clips are made.
        major_model_version: Version of the model, such as `v4`.
        status: Status of the batch, such as `running` or `complete`. It says nothing of the clips.
        created_at: When it was made, in ISO 8601 with milliseconds and `Z`.
        batch_size: Size of the batch; 1 in a real answer with two clips.
    """

    clips: list[Clip]
    id: str | None = ABSENT
    metadata: ClipMetadata | None = ABSENT
    major_model_version: str | None = ABSENT
    status: str | None = ABSENT
    created_at: str | None = ABSENT
    batch_size: int | None = ABSENT


def adopt_separated_tracks(data: dict[str, Any]) -> SeparatedTracks:
    """Make a model that uses `data` itself."""
    value: Any
    value = data.get("clips", UNSET)
    if value.__class__ is not list:
        raise make_model_error("array", value, "clips")
    value = data.get("clips")
    if value.__class__ is list:
        try:
            data["clips"] = adopt_items(adopt_clip, value)
        except ModelError as error:
            raise error.under("clips") from None
    value = data.get("metadata")
    if value.__class__ is dict:
        try:
            data["metadata"] = adopt_clip_metadata(value)
        except ModelError as error:
            raise error.under("metadata") from None
    self = new_instance(SeparatedTracks)
    self.__dict__ = data
    return self


configure_model(SeparatedTracks, adopt_separated_tracks)

# Imported after the class, so that models can refer to each other.
from .clip import Clip, adopt_clip
from .clip_metadata import ClipMetadata, adopt_clip_metadata
