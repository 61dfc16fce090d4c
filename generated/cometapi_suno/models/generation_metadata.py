"""A request body of the description."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define

from .._model import RequestModel
from .._unset import UNSET, Unset

if TYPE_CHECKING:
    from .control_sliders import ControlSliders


@define(kw_only=True)
class GenerationMetadata(RequestModel):
    """Further settings of a song.

    Attributes:
        control_sliders: How closely to follow what is given.
        vocal_gender: Voice, such as `m` or `f`.
        is_remix: Whether it is a remix.
        create_mode: Mode of creation, such as `custom`.
    """

    control_sliders: ControlSliders | Unset = UNSET
    vocal_gender: str | Unset = UNSET
    is_remix: bool | Unset = UNSET
    create_mode: str | Unset = UNSET
