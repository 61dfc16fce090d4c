"""A request body of the description."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define

from .._model import RequestModel
from .._unset import UNSET, Unset

if TYPE_CHECKING:
    pass


@define(kw_only=True)
class ControlSliders(RequestModel):
    """How closely to follow the style and the audio, and how far to depart. No source gives their range.

    Attributes:
        style_weight: Weight of the style.
        weirdness_constraint: How unusual the song may be.
        audio_weight: Weight of the audio that is given.
    """

    style_weight: float | Unset = UNSET
    weirdness_constraint: float | Unset = UNSET
    audio_weight: float | Unset = UNSET
