"""A model of the description."""

from __future__ import annotations

from typing import Any

from attrs import define

from .._model import Model, configure_model, new_instance
from .._unset import ABSENT


@define(slots=False, kw_only=True, eq=False, repr=False)
class AlignedWord(Model):
    """A word and when it is sung.

    Attributes:
        word: The word, with section tags and line breaks around it.
        success: Whether the word could be aligned.
        start_s: Where it starts, in seconds.
        end_s: Where it ends, in seconds.
        p_align: A figure of the word's alignment.
    """

    word: str | None = ABSENT
    success: bool | None = ABSENT
    start_s: float | None = ABSENT
    end_s: float | None = ABSENT
    p_align: float | None = ABSENT


def adopt_aligned_word(data: dict[str, Any]) -> AlignedWord:
    """Make a model that uses `data` itself."""
    self = new_instance(AlignedWord)
    self.__dict__ = data
    return self


configure_model(AlignedWord, adopt_aligned_word)
