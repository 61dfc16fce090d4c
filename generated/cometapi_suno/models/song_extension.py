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
class SongExtension(RequestModel):
    """A clip, continued from a point in time.

    Attributes:
        task_id: Task that made the clip.
        continue_clip_id: Clip to continue.
        continue_at: Where to continue, in seconds.
        task: Marks an extension.
        prompt: Lyrics of the continuation.
        mv: Version of the model.
        title: Title of the song.
        tags: Styles, separated by commas.
        negative_tags: Styles to keep away from.
        notify_hook: Address that the result is POSTed to.
    """

    task_id: str
    continue_clip_id: str
    continue_at: float | str | None
    task: Literal["extend"] = "extend"
    prompt: str | Unset = UNSET
    mv: MusicModel | str | Unset = UNSET
    title: str | Unset = UNSET
    tags: str | Unset = UNSET
    negative_tags: str | Unset = UNSET
    notify_hook: str | Unset = UNSET

    retired_fields: ClassVar[Mapping[str, str]] = {"mv": "MusicModel"}
