"""A request body of the description."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from attrs import define

from .._model import RequestModel
from .._unset import UNSET, Unset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .music_model import MusicModel


@define(kw_only=True)
class SongFromStyle(RequestModel):
    """A song from a style, and perhaps a title, without lyrics.

    Attributes:
        tags: Styles, separated by commas.
        title: Title of the song.
        mv: Version of the model.
        negative_tags: Styles to keep away from.
        make_instrumental: Whether to leave the vocals out.
        notify_hook: Address that the result is POSTed to.
    """

    tags: str
    title: str | Unset = UNSET
    mv: MusicModel | str | Unset = UNSET
    negative_tags: str | Unset = UNSET
    make_instrumental: bool | Unset = UNSET
    notify_hook: str | Unset = UNSET

    retired_fields: ClassVar[Mapping[str, str]] = {"mv": "MusicModel"}
