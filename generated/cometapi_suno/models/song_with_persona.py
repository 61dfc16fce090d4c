"""A request body of the description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from attrs import define

from .._model import RequestModel
from .._unset import UNSET, Unset

if TYPE_CHECKING:
    from .tau_model import TauModel


@define(kw_only=True)
class SongWithPersona(RequestModel):
    """A song sung with a persona.

    Attributes:
        persona_id: Id that `personas.create` returned.
        artist_clip_id: Clip that the persona is built from.
        prompt: Lyrics, with section tags such as `[Verse]`.
        tags: Styles, separated by commas.
        mv: Version of the model.
        title: Title of the song.
        task: Marks a song with a persona.
        generation_type: Kind of generation. CometAPI's guide requires it.
        negative_tags: Styles to keep away from. CometAPI's guide requires it; it may be empty.
        vocal_gender: Voice: `m` or `f`.
        notify_hook: Address that the result is POSTed to.
    """

    persona_id: str
    artist_clip_id: str
    prompt: str
    tags: str
    mv: TauModel | str
    title: str
    task: Literal["artist_consistency"] = "artist_consistency"
    generation_type: Literal["TEXT"] | Unset = "TEXT"
    negative_tags: str | Unset = UNSET
    vocal_gender: Literal["m", "f"] | Unset = UNSET
    notify_hook: str | Unset = UNSET
