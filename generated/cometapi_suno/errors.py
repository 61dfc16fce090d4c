"""The exceptions of this package.

    SunoError
    ├── ConfigurationError          the key, the base URL or an option cannot be used; nothing was sent
    ├── InvalidRequestError         an argument cannot be sent; nothing was sent
    ├── CallRefusedError            the client does not send a call that may be charged
    │   ├── SpendingLimitError      it could exceed `max_spend` or `max_paid_calls`
    │   └── DuplicateCallError      the same request was made a short time ago
    ├── ModelError                  a JSON value does not match the model
    ├── DeliveryError               no usable response was received
    │   ├── NotDeliveredError       the server cannot have seen the request
    │   ├── NoAnswerError           a call that only reads got no usable response
    │   └── OutcomeUnknownError     a call that may be charged was sent; the server may have done it
    ├── TaskError                   a task failed or did not finish in time
    │   ├── TaskFailedError         it failed
    │   └── TaskTimeoutError        it did not finish in time; it continues on the server
    ├── DownloadError               no address gives the file of a clip
    └── ResponseError               the response is an error
        ├── RedirectError           3xx: redirects are never followed, because they would pass on the key
        ├── BadRequestError         400
        │   └── TaskNotFoundError   code task_not_exist, whatever the status
        ├── AuthenticationError     401
        ├── PermissionDeniedError   403
        │   └── QuotaError          code quota_not_enough or insufficient_user_quota, whatever the status
        ├── NotFoundError           404
        ├── PayloadTooLargeError    413
        ├── RateLimitError          429, or code upstream_load_saturated with any status
        ├── ServerError             5xx
        │   └── ServiceUnavailableError   503
        ├── EnvelopeError           2xx, but the body says that the call failed
        └── ResponseDecodeError     2xx, but the body does not match the model; the whole response is kept

All of them can be pickled and copied. None of them contains the API key.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ._response import Response

if TYPE_CHECKING:
    from ._lost_call import LostCall

# Whatever a terminal or a log takes for more than text, and what cannot be encoded.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def escape_controls(text: str) -> str:
    """Return a text on one line: ids, names and messages of the caller or the server may have line breaks."""
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


class SunoError(Exception):
    """The base class of all exceptions of this package.

    Attributes:
        reached: The results of the steps before the failed one, by name, for a call with several steps; else `None`.
    """

    reached: Any = None

    def __str__(self) -> str:
        return escape_controls(super().__str__())

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore_error, (type(self), self.args, self.__dict__)


def _restore_error(cls: type[SunoError], args: tuple[Any, ...], state: dict[str, Any]) -> SunoError:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigurationError(SunoError, ValueError):
    """The key, the base URL or an option cannot be used, or the client is closed. Nothing was sent."""


class InvalidRequestError(SunoError, ValueError):
    """An argument cannot be sent. Nothing was sent."""


class CallRefusedError(SunoError):
    """The client does not send a call that may be charged. Nothing was sent.

    Attributes:
        operation: Name of the call, such as `personas.create`.
        fingerprint: First ten hex digits of the SHA-256 of method, path and body; equal for equal requests.
    """

    def __init__(self, message: str, *, operation: str, fingerprint: str) -> None:
        super().__init__(message)
        self.operation = operation
        self.fingerprint = fingerprint


class SpendingLimitError(CallRefusedError):
    """The call could exceed `max_spend` or `max_paid_calls`. Nothing was sent."""


class DuplicateCallError(CallRefusedError):
    """The same request was made a short time ago, and `duplicate_guard` is on. Nothing was sent."""


class ModelError(SunoError, ValueError):
    """A JSON value does not match the model.

    Attributes:
        expected: What the description requires.
        got: What was found instead.
    """

    def __init__(self, *, expected: str, got: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__()
        self.expected = expected
        self.got = got
        self._path = path

    def under(self, *steps: str | int) -> ModelError:
        """Put `steps` before the path of the error and return it: the path now starts at an outer value."""
        self._path = (*steps, *self._path)
        return self

    @property
    def pointer(self) -> str:
        """JSON pointer (RFC 6901) to the wrong value; "" is the whole value."""
        return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in self._path)

    def __str__(self) -> str:
        return escape_controls(f"expected {self.expected} at {self.pointer or 'the top'}, got {self.got}")


class DeliveryError(SunoError):
    """No usable response was received.

    Attributes:
        operation: Name of the call, such as `personas.create`.
        fingerprint: First ten hex digits of the SHA-256 of method, path and body; equal for equal requests.
        response: What arrived of a response, as it arrived; `None` if nothing did. Its status is 0 if no status line
            could be read.
        body: The parsed JSON body of `response`; of one that was cut, its start; `None` if it is not JSON.
    """

    def __init__(
        self, message: str, *, operation: str, fingerprint: str, response: Response | None = None, body: Any = None
    ) -> None:
        super().__init__(message)
        self.operation = operation
        self.fingerprint = fingerprint
        self.response = response
        self.body = body


class NotDeliveredError(DeliveryError):
    """The server cannot have seen the request: no connection was made. Sending it again is safe."""


class NoAnswerError(DeliveryError):
    """A call that only reads got no usable response. Sending it again is safe."""


class OutcomeUnknownError(DeliveryError):
    """The request was sent, but no usable response was received: the server may have done it and charged for it.

    The client does not send it again. If there was a response that leaves the outcome open (5xx), `__cause__` is the
    error for that response. `client.account.reconcile(error)` looks in the account for what became of the call.

    Attributes:
        lost_call: What is known of the call, for `reconcile`; `None` in an error that was not made by a client.
    """

    lost_call: LostCall | None = None

    @property
    def request_id(self) -> str | None:
        """The gateway's id of the request, if there was a response with one."""
        return self.lost_call.request_id if self.lost_call else None


class DownloadError(SunoError):
    """No address gives the file of a clip. What was received is not kept.

    Attributes:
        url: The address that was tried last; `None` if there is none.
        status: The HTTP status of an error response.
    """

    def __init__(self, message: str, *, url: str | None, status: int | None = None) -> None:
        super().__init__(message)
        self.url = url
        self.status = status


class TaskError(SunoError):
    """A task failed or did not finish in time.

    Attributes:
        task_id: Id of the task; use it to wait again.
        task: The task as last seen; `None` if it was never seen.
    """

    def __init__(self, message: str, *, task_id: str, task: Any = None) -> None:
        super().__init__(message)
        self.task_id = task_id
        self.task = task


class TaskFailedError(TaskError):
    """The task failed. The gateway refunds the credits that it had reserved."""


class TaskTimeoutError(TaskError, TimeoutError):
    """The task did not finish in time. It continues on the server: wait again with the same id."""


class ResponseError(SunoError):
    """The response is an error.

    Attributes:
        status_code: HTTP status as an int; it may be one without a name, such as 524.
        code: The body's `code` or `error.code`, or that of JSON text within its message; `None` if it has none.
        message: The message that belongs to the code; if there is none, a description of the body.
        request_id: From the header `X-Oneapi-Request-Id`, else from `(request id: ...)` in the message.
        body: The parsed JSON body; its text if it is not JSON, `None` if it is empty.
        response: Status, headers and body as received.
        operation: Name of the call, such as `personas.create`.
    """

    def __init__(
        self,
        *,
        response: Response,
        operation: str,
        message: str,
        code: str | int | None = None,
        request_id: str | None = None,
        body: Any = None,
    ) -> None:
        text = f"{operation}: {response.status_code}"
        if code not in (None, ""):
            text += f" {code}"
        text += f": {message}"
        if request_id and request_id not in message:
            text += f" (request id: {request_id})"
        super().__init__(text)
        self.status_code: int = response.status_code
        self.code = code
        self.message = message
        self.request_id = request_id
        self.body = body
        self.response = response
        self.operation = operation


class RedirectError(ResponseError):
    """3xx. Redirects are never followed: they would pass on the key."""


class BadRequestError(ResponseError):
    """400: the request is invalid, or a clip or task that it names cannot be used."""


class TaskNotFoundError(BadRequestError):
    """The code is `task_not_exist`: this account has no such task."""


class AuthenticationError(ResponseError):
    """401: the key is missing, wrong, expired or used up."""


class PermissionDeniedError(ResponseError):
    """403: the key or the account is not allowed to do this."""


class QuotaError(PermissionDeniedError):
    """The balance does not cover the call, by the code of the error. Nothing was charged."""


class NotFoundError(ResponseError):
    """404: nothing was found at this path."""


class PayloadTooLargeError(ResponseError):
    """413: the request body is too large."""


class RateLimitError(ResponseError):
    """429, or the upstream is saturated, by the code of the error. No work was done."""


class ServerError(ResponseError):
    """5xx: the gateway, its upstream or a proxy in front of it failed."""


class ServiceUnavailableError(ServerError):
    """503: no upstream provider takes the call. No work was done."""


class EnvelopeError(ResponseError):
    """2xx, but the body says that the call failed."""


class ResponseDecodeError(ResponseError):
    """2xx, but the body does not match the model. A paid result is not lost: `response` holds all of it.

    Attributes:
        pointer: JSON pointer to the wrong value in the body; "" is the whole body.
        expected: What the description requires there.
        got: What was found instead.
    """

    def __init__(
        self,
        *,
        response: Response,
        operation: str,
        pointer: str,
        expected: str,
        got: str,
        request_id: str | None = None,
        body: Any = None,
        charged: bool = False,
    ) -> None:
        place = f"at {pointer}" if pointer else "as the body"
        message = f"expected {expected} {place}, got {got}; the whole response is in .response"
        if charged:
            message += ". The call was perhaps done and charged: look there before you call again"
        super().__init__(response=response, operation=operation, message=message, request_id=request_id, body=body)
        self.pointer = pointer
        self.expected = expected
        self.got = got
