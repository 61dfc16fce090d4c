"""A model of the description."""

from __future__ import annotations

from typing import Any

from attrs import define

from .._model import Model, configure_model, is_whole_float, make_model_error, new_instance
from .._unset import ABSENT, UNSET


@define(slots=False, kw_only=True, eq=False, repr=False)
class UsageLogEntry(Model):
    """A row of the usage log.

    Attributes:
        created_at: When it was charged, in Unix seconds.
        quota: What was charged in quota units.
        type_: Kind of the row: 2 is a charge, 6 a refund.
        model_name: Model that was charged for.
        token_name: Name of the key.
        request_id: Id of the request; only in newer builds.
        content: What the charge was for.
    """

    created_at: int
    quota: int
    type_: int | None = ABSENT
    model_name: str | None = ABSENT
    token_name: str | None = ABSENT
    request_id: str | None = ABSENT
    content: str | None = ABSENT


def adopt_usage_log_entry(data: dict[str, Any]) -> UsageLogEntry:
    """Make a model that uses `data` itself."""
    value: Any
    value = data.get("created_at", UNSET)
    if value.__class__ is not int:
        if not is_whole_float(value):
            raise make_model_error("integer", value, "created_at")
        data["created_at"] = int(value)
    value = data.get("quota", UNSET)
    if value.__class__ is not int:
        if not is_whole_float(value):
            raise make_model_error("integer", value, "quota")
        data["quota"] = int(value)
    self = new_instance(UsageLogEntry)
    self.__dict__ = data
    return self


configure_model(UsageLogEntry, adopt_usage_log_entry, {"type_": "type"})
