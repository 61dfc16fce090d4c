"""A model of the description."""

from __future__ import annotations

from typing import Any

from attrs import define

from .._model import Model, configure_model, is_whole_float, make_model_error, new_instance
from .._unset import ABSENT, UNSET


@define(slots=False, kw_only=True, eq=False, repr=False)
class AccountUser(Model):
    """The balance of an account, in quota units.

    Attributes:
        quota: What is left.
        used_quota: What was spent.
    """

    quota: int
    used_quota: int | None = ABSENT


def adopt_account_user(data: dict[str, Any]) -> AccountUser:
    """Make a model that uses `data` itself."""
    value: Any
    value = data.get("quota", UNSET)
    if value.__class__ is not int:
        if not is_whole_float(value):
            raise make_model_error("integer", value, "quota")
        data["quota"] = int(value)
    self = new_instance(AccountUser)
    self.__dict__ = data
    return self


configure_model(AccountUser, adopt_account_user)
