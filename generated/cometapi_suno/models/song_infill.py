"""A request body of the description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from attrs import define

from .._model import RequestModel
from .._unset import UNSET, Unset

if TYPE_CHECKING:
    from .tau_model import TauModel


@define(kw_only=True)
class SongInfill(RequestModel):
    """A clip, with a span of it sung again.

    Attributes:
        task_id: Task that made the clip.
        continue_clip_id: Clip to change.
        infill_start_s: Start of the span, in seconds.
        infill_end_s: End of the span, in seconds.
        task: Marks an infill.
        continued_aligned_prompt: Lyrics of the clip as they are aligned.
        prompt: Lyrics of the span.
        mv: Version of the model.
        title: Title of the song.
        tags: Styles, separated by commas.
        negative_tags: Styles to keep away from.
        notify_hook: Address that the result is POSTed to.
    """

    task_id: str
    continue_clip_id: str
    infill_start_s: float | None
    infill_end_s: float | None
    task: Literal["infill"] = "infill"
    continued_aligned_prompt: str | Unset | None = UNSET
    prompt: str | Unset = UNSET
    mv: TauModel | str | Unset = UNSET
    title: str | Unset = UNSET
    tags: str | Unset = UNSET
    negative_tags: str | Unset = UNSET
    notify_hook: str | Unset = UNSET
