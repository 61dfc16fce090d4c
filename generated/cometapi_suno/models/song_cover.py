"""A request body of the description."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from attrs import define

from .._model import RequestModel
from .._unset import UNSET, Unset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .generation_metadata import GenerationMetadata
    from .music_model import MusicModel


@define(kw_only=True)
class SongCover(RequestModel):
    """A clip, sung again in another style.

    Attributes:
        cover_clip_id: Clip to sing again.
        task: Marks a cover.
        prompt: Lyrics, with section tags such as `[Verse]`.
        mv: Version of the model.
        title: Title of the song.
        tags: Styles, separated by commas.
        negative_tags: Styles to keep away from.
        metadata: Further settings of the song.
        notify_hook: Address that the result is POSTed to.
    """

    cover_clip_id: str
    task: Literal["cover"] = "cover"
    prompt: str | Unset = UNSET
    mv: MusicModel | str | Unset = UNSET
    title: str | Unset = UNSET
    tags: str | Unset = UNSET
    negative_tags: str | Unset = UNSET
    metadata: GenerationMetadata | Unset = UNSET
    notify_hook: str | Unset = UNSET

    retired_fields: ClassVar[Mapping[str, str]] = {"mv": "MusicModel"}
