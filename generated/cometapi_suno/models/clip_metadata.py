"""A model of the description."""

from __future__ import annotations

from attrs import define

from .._model import Model, settle
from .._unset import ABSENT


@define(slots=False, kw_only=True, eq=False, repr=False)
class ClipMetadata(Model):
    """How a clip was made.

    Attributes:
        tags: Style tags.
        prompt: Lyrics; empty for an instrumental.
        gpt_description_prompt: Description that the song was made from.
        type_: Kind of generation, such as `gen` or `stem`.
        duration: Length in seconds; null or absent while it is not known.
        refund_credits: Whether credits were refunded.
        stream: Whether the clip was streamed while made.
        can_remix: Whether the clip may be remixed.
        is_remix: Whether the clip is a remix.
        priority: Priority of the generation.
        task: Task of the submit call that made the clip.
        persona_id: Persona that sang the clip.
        artist_clip_id: Clip that the persona was built from.
        has_vocal: Whether the clip has vocals.
        audio_prompt_id: Id of the audio that the clip started from.
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
    audio_prompt_id: str | None = ABSENT
    error_type: str | None = ABSENT
    error_message: str | None = ABSENT


settle(ClipMetadata, {"type_": "type"})
