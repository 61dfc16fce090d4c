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
class SongFromLyrics(RequestModel):
    """A song from your lyrics, title and style.

    Attributes:
        prompt: Lyrics, with section tags such as `[Verse]`.
        mv: Version of the model.
        title: Title of the song.
        tags: Styles, separated by commas.
        negative_tags: Styles to keep away from.
        make_instrumental: Whether to leave the vocals out.
        generation_type: Kind of generation.
        metadata: Further settings of the song.
        notify_hook: Address that the result is POSTed to.
    """

    prompt: str
    mv: MusicModel | str | Unset = UNSET
    title: str | Unset = UNSET
    tags: str | Unset = UNSET
    negative_tags: str | Unset = UNSET
    make_instrumental: bool | Unset = UNSET
    generation_type: Literal["TEXT"] | Unset = UNSET
    metadata: GenerationMetadata | Unset = UNSET
    notify_hook: str | Unset = UNSET

    retired_fields: ClassVar[Mapping[str, str]] = {"mv": "MusicModel"}
