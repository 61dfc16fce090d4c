"""A model of the description."""

from __future__ import annotations

from attrs import define

from .._model import Model, settle
from .._unset import ABSENT


@define(slots=False, kw_only=True, eq=False, repr=False)
class WavLink(Model):
    """Address of a WAV file, bare.

    Attributes:
        wav_file_url: Address of the file; empty while there is none.
    """

    wav_file_url: str | None = ABSENT


settle(WavLink)
adopt_wav_link = WavLink.adopt
