"""A model of the description."""

from __future__ import annotations

from typing import Any

from attrs import define

from .._model import Model, configure_model, new_instance
from .._unset import ABSENT


@define(slots=False, kw_only=True, eq=False, repr=False)
class Lyrics(Model):
    """Lyrics that were written.

    Attributes:
        id: Id of the lyrics.
        text: The lyrics, with section tags such as `[Verse]`.
        title: Title for the song.
        status: How far they are, such as `complete`.
        tags: Styles that suit them.
        error_message: What failed.
    """

    id: str | None = ABSENT
    text: str | None = ABSENT
    title: str | None = ABSENT
    status: str | None = ABSENT
    tags: list[str] | None = ABSENT
    error_message: str | None = ABSENT


def adopt_lyrics(data: dict[str, Any]) -> Lyrics:
    """Make a model that uses `data` itself."""
    self = new_instance(Lyrics)
    self.__dict__ = data
    return self


configure_model(Lyrics, adopt_lyrics)
