"""A model of the description."""

from __future__ import annotations

from typing import Any

from attrs import define

from .._model import Model, configure_model, make_model_error, new_instance
from .._unset import ABSENT, UNSET
from ..errors import ModelError


@define(slots=False, kw_only=True, eq=False, repr=False)
class Clip(Model):
    """A piece of audio, finished or in the making.

    Attributes:
        id: Id of the clip.
        entity_type: Kind of entity, such as `song_schema`.
        video_url: Address of the video; empty while there is none.
        audio_url: Address of the audio; empty while there is none. It may be a stream, or lead nowhere.
        media_urls: Addresses of the audio, on newer clips. No source shows their form.
        image_url: Address of the cover; null or absent while there is none.
        image_large_url: Address of the large cover; null or absent while there is none.
        major_model_version: Version of the model, such as `v4`.
        model_name: Name of the model, such as `chirp-v4`.
        metadata: How the clip was made.
        is_liked: Whether the owning account likes it.
        user_id: Id of the pooled Suno account that owns it, not of the caller.
        display_name: Display name of the pooled Suno account.
        handle: Handle of the pooled Suno account.
        is_handle_updated: Whether the handle was updated.
        avatar_image_url: Picture of the pooled Suno account.
        is_trashed: Whether it is in the bin.
        flag_count: Number of its flags.
        display_tags: Style tags as shown.
        created_at: When it was made, in ISO 8601 with milliseconds and `Z`.
        status: How far it is.
        title: Title of the clip.
        play_count: Number of its plays.
        upvote_count: Number of its upvotes.
        is_public: Whether it is public.
        allow_comments: Whether it may be commented on.
        reaction: Reaction of the owning account; often null.
        is_video_pending: Whether the video is still being made.
        state: State of the clip, on newer ones.
        clip_id: Id of the clip, on newer ones.
        duration: Length in seconds, on newer ones.
        tags: Style tags, on newer ones.
        prompt: Lyrics, on newer ones.
    """

    id: str
    entity_type: str | None = ABSENT
    video_url: str | None = ABSENT
    audio_url: str | None = ABSENT
    media_urls: Any | None = ABSENT
    image_url: str | None = ABSENT
    image_large_url: str | None = ABSENT
    major_model_version: str | None = ABSENT
    model_name: str | None = ABSENT
    metadata: ClipMetadata | None = ABSENT
    is_liked: bool | None = ABSENT
    user_id: str | None = ABSENT
    display_name: str | None = ABSENT
    handle: str | None = ABSENT
    is_handle_updated: bool | None = ABSENT
    avatar_image_url: str | None = ABSENT
    is_trashed: bool | None = ABSENT
    flag_count: int | None = ABSENT
    display_tags: str | None = ABSENT
    created_at: str | None = ABSENT
    status: ClipStatus | None = ABSENT
    title: str | None = ABSENT
    play_count: int | None = ABSENT
    upvote_count: int | None = ABSENT
    is_public: bool | None = ABSENT
    allow_comments: bool | None = ABSENT
    reaction: ClipReaction | None = ABSENT
    is_video_pending: bool | None = ABSENT
    state: str | None = ABSENT
    clip_id: str | None = ABSENT
    duration: float | None = ABSENT
    tags: str | None = ABSENT
    prompt: str | None = ABSENT


def adopt_clip(data: dict[str, Any]) -> Clip:
    """Make a model that uses `data` itself."""
    value: Any
    value = data.get("id", UNSET)
    if value.__class__ is not str:
        raise make_model_error("string", value, "id")
    value = data.get("metadata")
    if value.__class__ is dict:
        try:
            data["metadata"] = adopt_clip_metadata(value)
        except ModelError as error:
            raise error.under("metadata") from None
    value = data.get("status")
    if value.__class__ is str:
        data["status"] = known_clip_status(value) or ClipStatus(value)
    value = data.get("reaction")
    if value.__class__ is dict:
        try:
            data["reaction"] = adopt_clip_reaction(value)
        except ModelError as error:
            raise error.under("reaction") from None
    self = new_instance(Clip)
    self.__dict__ = data
    return self


configure_model(Clip, adopt_clip)

# Imported after the class, so that models can refer to each other.
from .clip_metadata import ClipMetadata, adopt_clip_metadata
from .clip_reaction import ClipReaction, adopt_clip_reaction
from .clip_status import ClipStatus, known_clip_status
