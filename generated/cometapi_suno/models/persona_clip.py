"""A model of the description."""

from __future__ import annotations

from typing import Any

from attrs import define

from .._model import Model, configure_model, new_instance
from .._unset import ABSENT
from ..errors import ModelError


@define(slots=False, kw_only=True, eq=False, repr=False)
class PersonaClip(Model):
    """A clip that belongs to a persona.

    Attributes:
        clip: The clip.
        id: Number of the entry, not the id of the clip.
    """

    clip: Clip | None = ABSENT
    id: int | None = ABSENT


def adopt_persona_clip(data: dict[str, Any]) -> PersonaClip:
    """Make a model that uses `data` itself."""
    value: Any
    value = data.get("clip")
    if value.__class__ is dict:
        try:
            data["clip"] = adopt_clip(value)
        except ModelError as error:
            raise error.under("clip") from None
    self = new_instance(PersonaClip)
    self.__dict__ = data
    return self


configure_model(PersonaClip, adopt_persona_clip)

# Imported after the class, so that models can refer to each other.
from .clip import Clip, adopt_clip
