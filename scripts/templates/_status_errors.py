"""Error classes by HTTP status: the only table of them."""

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
RANGE_ERRORS: Mapping[int, type[errors.ResponseError]] = {
    2: errors.EnvelopeError,
    3: errors.RedirectError,
    5: errors.ServerError,
}
