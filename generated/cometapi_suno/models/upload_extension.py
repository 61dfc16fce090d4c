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
class UploadExtension(RequestModel):
    """An uploaded clip, continued.

    Attributes:
        continue_clip_id: Uploaded clip to continue.
        task: Marks the continuation of an upload.
        task_id: Task that brought the clip in.
        continue_at: Where to continue, in seconds.
        prompt: Lyrics of the continuation.
        mv: Version of the model.
        title: Title of the song.
        tags: Styles, separated by commas.
        negative_tags: Styles to keep away from.
        notify_hook: Address that the result is POSTed to.
    """

    continue_clip_id: str
    task: Literal["upload_extend"] = "upload_extend"
    task_id: str | Unset = UNSET
    continue_at: float | str | Unset | None = UNSET
    prompt: str | Unset = UNSET
    mv: MusicModel | str | Unset = UNSET
    title: str | Unset = UNSET
    tags: str | Unset = UNSET
    negative_tags: str | Unset = UNSET
    notify_hook: str | Unset = UNSET

    retired_fields: ClassVar[Mapping[str, str]] = {"mv": "MusicModel"}
