"""A model of the description."""

from __future__ import annotations

from typing import Any, Literal, Self

from attrs import define

from .._model import Model, misfit, revive, settle
from .._unset import ABSENT, UNSET
from ..errors import ModelError


@define(slots=False, kw_only=True, eq=False, repr=False)
class Mp4Envelope(Model):
    """Envelope around the address of a video.

    Attributes:
        code: `success`. Anything else is an error, whatever the status.
        data: The address.
        message: Empty on success.
    """

    code: Literal["success"]
    data: Mp4File
    message: str | None = ABSENT

    @classmethod
    def adopt(cls, data: dict[str, Any]) -> Self:
        value = data.get("code", UNSET)
        kind = value.__class__
        if kind is not str:
            raise misfit("'success'", value, "code")
        value = data.get("data", UNSET)
        kind = value.__class__
        if kind is not dict:
            raise misfit("object", value, "data")
        at = ""
        try:
            at = "data"
            value = data.get(at)
            if value is not None:
                data[at] = Mp4File.adopt(value)
        except ModelError as error:
            raise error.under(at) from None
        return revive(cls, data)


settle(Mp4Envelope)

# Below the class, so that models may name each other.
from .mp_4_file import Mp4File
