"""A model of the description."""

from __future__ import annotations

from typing import Any

from attrs import define

from .._model import Model, configure_model, make_model_error, new_instance
from .._unset import UNSET


@define(slots=False, kw_only=True, eq=False, repr=False)
class WavLink(Model):
    """Address of a WAV file, bare.

    Attributes:
        wav_file_url: Address of the file; empty while there is none.
    """

    wav_file_url: str


def adopt_wav_link(data: dict[str, Any]) -> WavLink:
    """Make a model that uses `data` itself."""
    value: Any
    value = data.get("wav_file_url", UNSET)
    if value.__class__ is not str:
        raise make_model_error("string", value, "wav_file_url")
    self = new_instance(WavLink)
    self.__dict__ = data
    return self


configure_model(WavLink, adopt_wav_link)
