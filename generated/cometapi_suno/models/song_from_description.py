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
class SongFromDescription(RequestModel):
    """A song whose lyrics and style are made up from a description.

    Attributes:
        gpt_description_prompt: What the song is about.
        mv: Version of the model.
        make_instrumental: Whether to leave the vocals out.
        notify_hook: Address that the result is POSTed to.
    """

    gpt_description_prompt: str
    mv: MusicModel | str | Unset = UNSET
    make_instrumental: bool | Unset = UNSET
    notify_hook: str | Unset = UNSET

    retired_fields: ClassVar[Mapping[str, str]] = {"mv": "MusicModel"}
