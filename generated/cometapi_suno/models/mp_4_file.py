"""A model of the description."""

from __future__ import annotations

from typing import Any

from attrs import define

from .._model import Model, configure_model, new_instance
from .._unset import ABSENT


@define(slots=False, kw_only=True, eq=False, repr=False)
class Mp4File(Model):
    """Address of a video, in an envelope.

    Attributes:
        mp4_file_url: Address of the video; empty while there is none.
    """

    mp4_file_url: str | None = ABSENT


def adopt_mp_4_file(data: dict[str, Any]) -> Mp4File:
    """Make a model that uses `data` itself."""
    self = new_instance(Mp4File)
    self.__dict__ = data
    return self


configure_model(Mp4File, adopt_mp_4_file)
