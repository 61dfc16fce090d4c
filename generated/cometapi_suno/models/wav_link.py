"""A model of the description."""

from __future__ import annotations

from typing import Any

from attrs import define

from .._model import Model, configure_model, new_instance
from .._unset import ABSENT


@define(slots=False, kw_only=True, eq=False, repr=False)
class WavLink(Model):
    """Address of a WAV file, bare.

    Attributes:
        wav_file_url: Address of the file; empty while there is none.
    """

    wav_file_url: str | None = ABSENT


def adopt_wav_link(data: dict[str, Any]) -> WavLink:
    """Make a model that uses `data` itself."""
    self = new_instance(WavLink)
    self.__dict__ = data
    return self


configure_model(WavLink, adopt_wav_link)
