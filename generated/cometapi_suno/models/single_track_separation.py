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
class SingleTrackSeparation(RequestModel):
    """Vocals and instrumental of a clip, apart.

    Attributes:
        task_id: Task that made the clip.
        continue_clip_id: Clip to separate.
        task: Marks a separation.
        stem_type_id: Number of the kind of separation.
        stem_type_group_name: Name of the kind of separation.
        stem_task: Marks a separation into two.
        generation_type: Kind of generation.
        mv: Version of the model, `chirp-auk`.
        title: Title of the tracks.
        prompt: Empty: the song has no lyrics.
        make_instrumental: True, for a separation.
        continued_aligned_prompt: Null, for a separation.
        continue_at: Null, for a separation.
    """

    task_id: str
    continue_clip_id: str
    task: Literal["gen_stem"] = "gen_stem"
    stem_type_id: Literal[91] = 91
    stem_type_group_name: Literal["Two"] = "Two"
    stem_task: Literal["two"] = "two"
    generation_type: Literal["TEXT"] | Unset = UNSET
    mv: MusicModel | str | Unset = UNSET
    title: str | Unset = UNSET
    prompt: str | Unset = UNSET
    make_instrumental: bool | Unset = UNSET
    continued_aligned_prompt: str | Unset | None = UNSET
    continue_at: float | str | Unset | None = UNSET

    retired_fields: ClassVar[Mapping[str, str]] = {"mv": "MusicModel"}
