"""Error classes by HTTP status and error code: the only table of them."""

from __future__ import annotations

from collections.abc import Mapping

from . import errors

STATUS_ERRORS: Mapping[int, type[errors.ResponseError]] = {
    400: errors.BadRequestError,
    401: errors.AuthenticationError,
    403: errors.PermissionDeniedError,
    404: errors.NotFoundError,
    413: errors.PayloadTooLargeError,
    429: errors.RateLimitError,
    503: errors.ServiceUnavailableError,
}
CODE_ERRORS: Mapping[tuple[int, str], type[errors.ResponseError]] = {
    (400, "task_not_exist"): errors.TaskNotFoundError,
    (403, "quota_not_enough"): errors.QuotaError,
    (403, "insufficient_user_quota"): errors.QuotaError,
}
RANGE_ERRORS: Mapping[int, type[errors.ResponseError]] = {
    2: errors.EnvelopeError,
    3: errors.RedirectError,
    5: errors.ServerError,
}


def find_error_class(status: int, code: object = None) -> type[errors.ResponseError]:
    """Return the class of the error for a status and the body's error code."""
    return (
        CODE_ERRORS.get((status, str(code)))
        or STATUS_ERRORS.get(status)
        or RANGE_ERRORS.get(status // 100, errors.ResponseError)
    )
