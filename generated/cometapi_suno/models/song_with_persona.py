"""A request body of the description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from attrs import define

from .._model import RequestModel
from .._unset import UNSET, Unset

if TYPE_CHECKING:
    from .persona_model import PersonaModel


@define(kw_only=True)
class SongWithPersona(RequestModel):
    """A song sung with a persona.

    Attributes:
        persona_id: Id that `createPersona` returned.
        artist_clip_id: Clip that the persona was built from.
        prompt: Lyrics, with section tags such as `[Verse]`.
        tags: Style tags, separated by commas.
        negative_tags: Styles to keep away from, separated by commas.
        mv: Model version.
        title: Title of the song.
        task: Marks a song with a persona.
        generation_type: Kind of generation.
        vocal_gender: Gender of the voice.
        notify_hook: Address that is POSTed the result.
    """

    persona_id: str
    artist_clip_id: str
    prompt: str
    tags: str
    negative_tags: str
    mv: PersonaModel | str
    title: str
    task: Literal["artist_consistency"] = "artist_consistency"
    generation_type: Literal["TEXT"] = "TEXT"
    vocal_gender: Literal["m", "f"] | Unset = UNSET
    notify_hook: str | Unset = UNSET
