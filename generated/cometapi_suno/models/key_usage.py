"""A model of the description."""

from __future__ import annotations

from typing import Any

from attrs import define

from .._model import Model, configure_model, make_model_error, new_instance
from .._unset import ABSENT, UNSET


@define(slots=False, kw_only=True, eq=False, repr=False)
class KeyUsage(Model):
    """What a key has spent.

    Attributes:
        total_usage: What the key has spent in hundredths of a US dollar.
        object_: Always `list`.
    """

    total_usage: float
    object_: str | None = ABSENT


def adopt_key_usage(data: dict[str, Any]) -> KeyUsage:
    """Make a model that uses `data` itself."""
    value: Any
    value = data.get("total_usage", UNSET)
    if value.__class__ not in (int, float):
        raise make_model_error("number", value, "total_usage")
    self = new_instance(KeyUsage)
    self.__dict__ = data
    return self


configure_model(KeyUsage, adopt_key_usage, {"object_": "object"})
