"""A model of the description."""

from __future__ import annotations

from typing import Any

from attrs import define

from .._model import Model, configure_model, new_instance
from .._unset import ABSENT


@define(slots=False, kw_only=True, eq=False, repr=False)
class WavFile(Model):
    """Address of a WAV file, in an envelope.

    Attributes:
        wav_file_url: Address of the file; empty while there is none.
    """

    wav_file_url: str | None = ABSENT


def adopt_wav_file(data: dict[str, Any]) -> WavFile:
    """Make a model that uses `data` itself."""
    self = new_instance(WavFile)
    self.__dict__ = data
    return self


configure_model(WavFile, adopt_wav_file)
