"""A model of the description."""

from __future__ import annotations

from typing import Any

from attrs import define

from .._model import Model, adopt_items, configure_model, make_model_error, new_instance
from .._unset import ABSENT, UNSET
from ..errors import ModelError


@define(slots=False, kw_only=True, eq=False, repr=False)
class Persona(Model):
    """A persona. Its `id` is the `persona_id` of later songs.

    Attributes:
        id: Id of the persona.
        name: Title of the persona.
        description: Text shown with the persona.
        image_s3_id: Cover of the persona, as a key or as an address.
        root_clip_id: Id of the clip that the persona is built from.
        clip: The clip that the persona is built from.
        user_display_name: Display name of the Suno account that owns the persona.
        user_handle: Handle of the Suno account that owns the persona.
        user_image_url: Picture of the Suno account that owns the persona.
        persona_clips: Clips that belong to the persona.
        is_suno_persona: Whether it is a persona of Suno's own.
        is_trashed: Whether it is in the bin.
        is_owned: Whether the asking account owns it.
        is_public: Whether it is public.
        is_public_approved: Whether its being public is approved.
        is_loved: Whether the asking account loves it.
        upvote_count: Number of its upvotes.
        clip_count: Number of its clips.
        persona_type: Type of the persona, such as `vox`; on newer ones.
        vox_audio_id: Audio of the voice; on newer ones.
        vocal_start_s: Where the voice starts in that audio, in seconds; on newer ones.
        vocal_end_s: Where the voice ends in that audio, in seconds; on newer ones.
        user_input_styles: Styles that the user gave; on newer ones. No source says of what type.
    """

    id: str
    name: str | None = ABSENT
    description: str | None = ABSENT
    image_s3_id: str | None = ABSENT
    root_clip_id: str | None = ABSENT
    clip: Clip | None = ABSENT
    user_display_name: str | None = ABSENT
    user_handle: str | None = ABSENT
    user_image_url: str | None = ABSENT
    persona_clips: list[PersonaClip] | None = ABSENT
    is_suno_persona: bool | None = ABSENT
    is_trashed: bool | None = ABSENT
    is_owned: bool | None = ABSENT
    is_public: bool | None = ABSENT
    is_public_approved: bool | None = ABSENT
    is_loved: bool | None = ABSENT
    upvote_count: int | None = ABSENT
    clip_count: int | None = ABSENT
    persona_type: str | None = ABSENT
    vox_audio_id: str | None = ABSENT
    vocal_start_s: float | None = ABSENT
    vocal_end_s: float | None = ABSENT
    user_input_styles: Any | None = ABSENT


def adopt_persona(data: dict[str, Any]) -> Persona:
    """Make a model that uses `data` itself."""
    value: Any
    value = data.get("id", UNSET)
    if value.__class__ is not str:
        raise make_model_error("string", value, "id")
    value = data.get("clip")
    if value.__class__ is dict:
        try:
            data["clip"] = adopt_clip(value)
        except ModelError as error:
            raise error.under("clip") from None
    if "persona_clips" in data and (value := data["persona_clips"]).__class__ is list:
        try:
            data["persona_clips"] = adopt_items(adopt_persona_clip, value)
        except ModelError as error:
            raise error.under("persona_clips") from None
    self = new_instance(Persona)
    self.__dict__ = data
    return self


configure_model(Persona, adopt_persona)

# Imported after the class, so that models can refer to each other.
from .clip import Clip, adopt_clip
from .persona_clip import PersonaClip, adopt_persona_clip
