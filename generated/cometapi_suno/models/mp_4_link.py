"""A model of the description."""

from __future__ import annotations

from attrs import define

from .._model import Model, settle
from .._unset import ABSENT


@define(slots=False, kw_only=True, eq=False, repr=False)
class Mp4Link(Model):
    """Address of a video, bare.

    Attributes:
        mp4: Address of the video; empty while there is none.
    """

    mp4: str | None = ABSENT


settle(Mp4Link)
adopt_mp_4_link = Mp4Link.adopt
