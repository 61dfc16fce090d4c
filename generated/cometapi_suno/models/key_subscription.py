"""A model of the description."""

from __future__ import annotations

from typing import Any

from attrs import define

from .._model import Model, configure_model, make_model_error, new_instance
from .._unset import ABSENT, UNSET


@define(slots=False, kw_only=True, eq=False, repr=False)
class KeySubscription(Model):
    """The limit of a key.

    Attributes:
        hard_limit_usd: What the key may spend in all, in US dollars; 100,000,000 and more means unlimited.
        object_: Always `billing_subscription`.
    """

    hard_limit_usd: float
    object_: str | None = ABSENT


def adopt_key_subscription(data: dict[str, Any]) -> KeySubscription:
    """Make a model that uses `data` itself."""
    value: Any
    value = data.get("hard_limit_usd", UNSET)
    if value.__class__ not in (int, float):
        raise make_model_error("number", value, "hard_limit_usd")
    self = new_instance(KeySubscription)
    self.__dict__ = data
    return self


configure_model(KeySubscription, adopt_key_subscription, {"object_": "object"})
