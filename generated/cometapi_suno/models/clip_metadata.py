"""A model of the description."""

from __future__ import annotations

from typing import Any

from attrs import define

from .._model import Model, adopt_items, configure_model, new_instance
from .._unset import ABSENT
from ..errors import ModelError


@define(slots=False, kw_only=True, eq=False, repr=False)
class ClipMetadata(Model):
    """How a clip was made.

    Attributes:
        tags: Style tags.
        prompt: Lyrics; empty for an instrumental.
        gpt_description_prompt: Description that the song was made from.
        type_: Kind of generation, such as `gen` or `stem`.
        duration: Length in seconds; null or absent while it is not known.
        refund_credits: Whether credits were given back.
        stream: Whether it was streamed while being made.
        can_remix: Whether it may be remixed.
        is_remix: Whether it is a remix.
        priority: Priority of the generation.
        task: The `task` of the submit call.
        persona_id: Persona that sings.
        artist_clip_id: Clip that the persona is built from.
        has_vocal: Whether there are vocals.
        infill: Whether a span was replaced.
        is_audio_upload_tos_accepted: Whether the terms of uploads were accepted.
        audio_prompt_id: Audio that the clip started from.
        stem_from_id: Clip that the track was separated from.
        history: Clips that this one goes back to.
        concat_history: Clips that this one was joined from.
        error_type: Kind of failure.
        error_message: What failed.
    """

    tags: str | None = ABSENT
    prompt: str | None = ABSENT
    gpt_description_prompt: str | None = ABSENT
    type_: str | None = ABSENT
    duration: float | None = ABSENT
    refund_credits: bool | None = ABSENT
    stream: bool | None = ABSENT
    can_remix: bool | None = ABSENT
    is_remix: bool | None = ABSENT
    priority: int | None = ABSENT
    task: str | None = ABSENT
    persona_id: str | None = ABSENT
    artist_clip_id: str | None = ABSENT
    has_vocal: bool | None = ABSENT
    infill: bool | None = ABSENT
    is_audio_upload_tos_accepted: bool | None = ABSENT
    audio_prompt_id: str | None = ABSENT
    stem_from_id: str | None = ABSENT
    history: list[ClipHistoryEntry] | None = ABSENT
    concat_history: list[ClipConcatEntry] | None = ABSENT
    error_type: str | None = ABSENT
    error_message: str | None = ABSENT


def adopt_clip_metadata(data: dict[str, Any]) -> ClipMetadata:
    """Make a model that uses `data` itself."""
    value: Any
    if "history" in data and (value := data["history"]).__class__ is list:
        try:
            data["history"] = adopt_items(adopt_clip_history_entry, value)
        except ModelError as error:
            raise error.under("history") from None
    if "concat_history" in data and (value := data["concat_history"]).__class__ is list:
        try:
            data["concat_history"] = adopt_items(adopt_clip_concat_entry, value)
        except ModelError as error:
            raise error.under("concat_history") from None
    self = new_instance(ClipMetadata)
    self.__dict__ = data
    return self


configure_model(ClipMetadata, adopt_clip_metadata, {"type_": "type"})

# Imported after the class, so that models can refer to each other.
from .clip_concat_entry import ClipConcatEntry, adopt_clip_concat_entry
from .clip_history_entry import ClipHistoryEntry, adopt_clip_history_entry
