"""What errors mean, by `x-error-codes` of the description: the only table of their classes by meaning."""

from __future__ import annotations

from collections.abc import Mapping

from . import errors
from ._body_codes import ERROR_MEANINGS
from ._status_errors import RANGE_ERRORS, STATUS_ERRORS

# A longer message is a whole page or a nested body.
_LONGEST_TEXT = 10_000

MEANING_ERRORS: Mapping[str, type[errors.ResponseError]] = {
    "quota": errors.QuotaError,
    "saturated": errors.RateLimitError,
    "unknown-task": errors.TaskNotFoundError,
}


def find_meaning(status: int, code: object = None, message: str | None = None) -> str | None:
    """Return what the description says that an error means, by its code, else by its message; `None` if nothing."""
    rows = [row for row in ERROR_MEANINGS if not row.statuses or status in row.statuses]
    for row in rows:
        if str(code) in row.codes:
            return row.means
    text = (message or "")[:_LONGEST_TEXT].lower()
    return next((row.means for row in rows if any(part in text for part in row.texts)), None)


def find_error_class(status: int, code: object = None, message: str | None = None) -> type[errors.ResponseError]:
    """Return the class of the error for a status and the body's error code and message."""
    return (
        MEANING_ERRORS.get(find_meaning(status, code, message) or "")
        or STATUS_ERRORS.get(status)
        or RANGE_ERRORS.get(status // 100, errors.ResponseError)
    )
