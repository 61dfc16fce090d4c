"""A model of the description."""

from __future__ import annotations

from typing import Any, Self

from attrs import define

from .._model import Model, revive, settle
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

    @classmethod
    def adopt(cls, data: dict[str, Any]) -> Self:
        at = ""
        try:
            at = "clip"
            value = data.get(at)
            if value is not None:
                kind = value.__class__
                data[at] = Clip.adopt(value) if kind is dict else value
        except ModelError as error:
            raise error.under(at) from None
        return revive(cls, data)


settle(PersonaClip)

# Below the class, so that models may name each other.
from .clip import Clip
