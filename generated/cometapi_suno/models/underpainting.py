"""A request body of the description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from attrs import define

from .._model import RequestModel
from .._unset import UNSET, Unset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .music_model import MusicModel


@define(kw_only=True)
class Underpainting(RequestModel):
    """Underpainting of a span of a clip. One copy of CometAPI's guide has it, and no other source.

    Attributes:
        underpainting_clip_id: Clip to work on.
        task: Marks this mode.
        underpainting_start_s: Start of the span, in seconds.
        underpainting_end_s: End of the span, in seconds.
        override_fields: Fields to override. No source says of what type.
        prompt: Lyrics, with section tags such as `[Verse]`.
        mv: Version of the model.
        title: Title of the song.
        tags: Styles, separated by commas.
        notify_hook: Address that the result is POSTed to.
    """

    underpainting_clip_id: str
    task: Literal["underpainting"] = "underpainting"
    underpainting_start_s: float | Unset = UNSET
    underpainting_end_s: float | Unset = UNSET
    override_fields: Any | Unset = UNSET
    prompt: str | Unset = UNSET
    mv: MusicModel | str | Unset = UNSET
    title: str | Unset = UNSET
    tags: str | Unset = UNSET
    notify_hook: str | Unset = UNSET

    retired_fields: ClassVar[Mapping[str, str]] = {"mv": "MusicModel"}
