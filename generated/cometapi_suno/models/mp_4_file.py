"""A model of the description."""

from __future__ import annotations

from attrs import define

from .._model import Model, settle
from .._unset import ABSENT


@define(slots=False, kw_only=True, eq=False, repr=False)
class Mp4File(Model):
    """Address of a video, in an envelope.

    Attributes:
        mp4_file_url: Address of the video; empty while there is none.
    """

    mp4_file_url: str | None = ABSENT


settle(Mp4File)
adopt_mp_4_file = Mp4File.adopt
