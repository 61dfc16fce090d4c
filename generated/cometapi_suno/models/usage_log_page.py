"""A model of the description."""

from __future__ import annotations

from typing import Any

from attrs import define

from .._model import Model, adopt_items, configure_model, make_model_error, new_instance
from .._unset import ABSENT, UNSET
from ..errors import ModelError


@define(slots=False, kw_only=True, eq=False, repr=False)
class UsageLogPage(Model):
    """A page of the usage log.

    Attributes:
        items: The rows.
        page: Number of the page.
        page_size: Rows of a full page.
        total: Rows on all pages.
    """

    items: list[UsageLogEntry] | None
    page: int | None = ABSENT
    page_size: int | None = ABSENT
    total: int | None = ABSENT


def adopt_usage_log_page(data: dict[str, Any]) -> UsageLogPage:
    """Make a model that uses `data` itself."""
    value: Any
    value = data.get("items", UNSET)
    if value.__class__ not in (list, type(None)):
        raise make_model_error("array or null", value, "items")
    value = data.get("items")
    if value.__class__ is list:
        try:
            data["items"] = adopt_items(adopt_usage_log_entry, value)
        except ModelError as error:
            raise error.under("items") from None
    self = new_instance(UsageLogPage)
    self.__dict__ = data
    return self


configure_model(UsageLogPage, adopt_usage_log_page)

# Imported after the class, so that models can refer to each other.
from .usage_log_entry import UsageLogEntry, adopt_usage_log_entry
