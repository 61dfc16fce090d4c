"""A request body of the description."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from attrs import define

from .._model import RequestModel
from .._unset import UNSET, Unset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .music_model import MusicModel


@define(kw_only=True)
class InstrumentalSong(RequestModel):
    """A song without vocals, from a style.

    Attributes:
        make_instrumental: Leaves the vocals out.
        prompt: Empty: the song has no lyrics.
        mv: Version of the model.
        title: Title of the song.
        tags: Styles, separated by commas.
        negative_tags: Styles to keep away from.
        notify_hook: Address that the result is POSTed to.
    """

    make_instrumental: Literal[True] = True
    prompt: str | Unset = UNSET
    mv: MusicModel | str | Unset = UNSET
    title: str | Unset = UNSET
    tags: str | Unset = UNSET
    negative_tags: str | Unset = UNSET
    notify_hook: str | Unset = UNSET

    retired_fields: ClassVar[Mapping[str, str]] = {"mv": "MusicModel"}
