"""A model of the description."""

from __future__ import annotations

from typing import Any

from attrs import define

from .._model import Model, adopt_items, configure_model, make_model_error, new_instance
from .._unset import ABSENT, UNSET
from ..errors import ModelError


@define(slots=False, kw_only=True, eq=False, repr=False)
class Timing(Model):
    """When the words of a clip are sung.

    Attributes:
        aligned_words: The words, in the order they are sung.
        waveform_data: Numbers that draw the waveform.
        hoot_cer: A figure of the alignment; what it measures is not documented.
        is_streamed: Whether the clip was streamed.
    """

    aligned_words: list[AlignedWord]
    waveform_data: list[float] | None = ABSENT
    hoot_cer: float | None = ABSENT
    is_streamed: bool | None = ABSENT


def adopt_timing(data: dict[str, Any]) -> Timing:
    """Make a model that uses `data` itself."""
    value: Any
    value = data.get("aligned_words", UNSET)
    if value.__class__ is not list:
        raise make_model_error("array", value, "aligned_words")
    value = data.get("aligned_words")
    if value.__class__ is list:
        try:
            data["aligned_words"] = adopt_items(adopt_aligned_word, value)
        except ModelError as error:
            raise error.under("aligned_words") from None
    self = new_instance(Timing)
    self.__dict__ = data
    return self


configure_model(Timing, adopt_timing)

# Imported after the class, so that models can refer to each other.
from .aligned_word import AlignedWord, adopt_aligned_word
