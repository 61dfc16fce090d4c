"""A model of the description."""

from __future__ import annotations

from typing import Any

from attrs import define

from .._model import Model, configure_model, make_model_error, new_instance
from .._unset import UNSET


@define(slots=False, kw_only=True, eq=False, repr=False)
class Mp4Link(Model):
    """Address of a video, bare.

    Attributes:
        mp4: Address of the video; empty while there is none.
    """

    mp4: str


def adopt_mp_4_link(data: dict[str, Any]) -> Mp4Link:
    """Make a model that uses `data` itself."""
    value: Any
    value = data.get("mp4", UNSET)
    if value.__class__ is not str:
        raise make_model_error("string", value, "mp4")
    self = new_instance(Mp4Link)
    self.__dict__ = data
    return self


configure_model(Mp4Link, adopt_mp_4_link)
