"""Every exception of this package.

    SunoError
    ├── ConfigurationError          the key, the base URL or an option cannot be used; nothing was sent
    ├── InvalidRequestError         an argument cannot be sent; nothing was sent
    ├── ModelError                  a JSON object does not fit the model that should read it
    ├── DeliveryError               no usable answer came back
    │   ├── NotDeliveredError       the server cannot have seen the request
    │   ├── NoAnswerError           a call that only reads got no answer
    │   └── OutcomeUnknownError     a call that may be charged went out; it may have been done
    ├── TaskError                   a task did not end well
    │   ├── TaskFailedError         it ended in failure
    │   └── TaskTimeoutError        it did not end in time; it goes on
    └── ResponseError               an answer came, and it is not the wanted one
        ├── RedirectError           3xx: redirects are never followed with credentials
        ├── BadRequestError         400
        │   └── TaskNotFoundError   400 with code task_not_exist
        ├── AuthenticationError     401
        ├── PermissionDeniedError   403
        │   └── QuotaError          403 with code quota_not_enough or insufficient_user_quota
        ├── NotFoundError           404
        ├── PayloadTooLargeError    413
        ├── RateLimitError          429
        ├── ServerError             5xx
        │   └── ServiceUnavailableError   503
        ├── EnvelopeError           2xx whose body says that the call failed
        └── ResponseDecodeError     2xx whose body does not fit the model; the whole response is kept

All of them can be pickled and copied. None of them holds the API key.
"""

from __future__ import annotations

from typing import Any

from ._response import Response


class SunoError(Exception):
    """Base of every exception of this package.

    Attributes:
        reached: What a call that makes several steps had reached when this was raised; `None` for a single step.
    """

    reached: Any = None

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive, (type(self), self.args, self.__dict__)


def _revive(cls: type[SunoError], args: tuple[Any, ...], state: dict[str, Any]) -> SunoError:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigurationError(SunoError, ValueError):
    """The key, the base URL, an option or the client itself cannot be used: it is closed, say. Nothing was sent."""


class InvalidRequestError(SunoError, ValueError):
    """An argument cannot be sent. Nothing was sent."""


class ModelError(SunoError, ValueError):
    """A JSON object does not fit the model that should read it.

    Attributes:
        expected: What the description asks for.
        got: What came.
    """

    def __init__(self, *, expected: str, got: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__()
        self.expected = expected
        self.got = got
        self._path = path

    def under(self, *steps: str | int) -> ModelError:
        """The same error, seen from the object that holds the place."""
        self._path = (*steps, *self._path)
        return self

    @property
    def pointer(self) -> str:
        """JSON pointer (RFC 6901) of the place; "" is the object itself."""
        return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in self._path)

    def __str__(self) -> str:
        return f"expected {self.expected} at {self.pointer or 'the top'}, got {self.got}"


class DeliveryError(SunoError):
    """No usable answer came back.

    Attributes:
        operation: Name of the call, such as `personas.create`.
        fingerprint: First ten hex digits of the SHA-256 of method, path and body: the same request, the same digits.
    """

    def __init__(self, message: str, *, operation: str, fingerprint: str) -> None:
        super().__init__(message)
        self.operation = operation
        self.fingerprint = fingerprint


class NotDeliveredError(DeliveryError):
    """The server cannot have seen the request: no connection was made. Sending it again is safe."""


class NoAnswerError(DeliveryError):
    """A call that only reads got no usable answer. Sending it again is safe."""


class OutcomeUnknownError(DeliveryError):
    """The request went out and no usable answer came back: it may have been done, and charged.

    It was not sent again. When an answer came that leaves the outcome open (5xx), `__cause__` is the error of that
    answer.

    Attributes:
        response: The answer that left the outcome open; `None` when none came.
    """

    def __init__(self, message: str, *, operation: str, fingerprint: str, response: Response | None = None) -> None:
        super().__init__(message, operation=operation, fingerprint=fingerprint)
        self.response = response


class TaskError(SunoError):
    """A task did not end well.

    Attributes:
        task_id: Its id; waiting goes on with it.
        task: The task as it was last seen; `None` when it was never seen.
    """

    def __init__(self, message: str, *, task_id: str, task: Any = None) -> None:
        super().__init__(message)
        self.task_id = task_id
        self.task = task


class TaskFailedError(TaskError):
    """The task ended in failure. What it had reserved is given back by the gateway."""


class TaskTimeoutError(TaskError, TimeoutError):
    """The task did not end in time. It goes on: wait again with the same id."""


class ResponseError(SunoError):
    """An answer came, and it is not the wanted one.

    Attributes:
        status_code: HTTP status, as a plain int (524 is one).
        code: The body's `code` or `error.code`; `None` when there is none.
        message: The body's `message` or `error.message`, or a line that says what came instead.
        request_id: From the header `X-Oneapi-Request-Id`, else from the `(request id: ...)` in the message.
        body: The parsed JSON body, or the text when it is not JSON; `None` when it is empty.
        response: Status, headers and bytes as they came.
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
        told = f"{operation}: {response.status_code}"
        if code not in (None, ""):
            told += f" {code}"
        told += f": {message}"
        if request_id and request_id not in message:
            told += f" (request id: {request_id})"
        super().__init__(told)
        self.status_code = response.status_code
        self.code = code
        self.message = message
        self.request_id = request_id
        self.body = body
        self.response = response
        self.operation = operation


class RedirectError(ResponseError):
    """3xx. Redirects are never followed: the key would go along."""


class BadRequestError(ResponseError):
    """400: the request, or a clip or task that it names, is refused."""


class TaskNotFoundError(BadRequestError):
    """400 with code `task_not_exist`: no such task under this key."""


class AuthenticationError(ResponseError):
    """401: the key is missing, wrong, expired, or used up."""


class PermissionDeniedError(ResponseError):
    """403: this key or account may not do this."""


class QuotaError(PermissionDeniedError):
    """403: the balance does not cover the call. Nothing was charged."""


class NotFoundError(ResponseError):
    """404."""


class PayloadTooLargeError(ResponseError):
    """413: the request body is too large."""


class RateLimitError(ResponseError):
    """429: too many requests, or the upstream is saturated. No work was done."""


class ServerError(ResponseError):
    """5xx: the gateway, or what stands before or behind it, failed."""


class ServiceUnavailableError(ServerError):
    """503: no channel takes the call. No work was done."""


class EnvelopeError(ResponseError):
    """2xx whose body says that the call failed."""


class ResponseDecodeError(ResponseError):
    """2xx whose body does not fit the model. What was paid for is not lost: the whole response is here.

    Attributes:
        pointer: JSON pointer of the place in the body; "" is the body itself.
        expected: What the description asks for there.
        got: What came.
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
    ) -> None:
        place = f"at {pointer}" if pointer else "as the body"
        message = f"expected {expected} {place}, got {got}; the whole response is in .response"
        super().__init__(response=response, operation=operation, message=message, request_id=request_id, body=body)
        self.pointer = pointer
        self.expected = expected
        self.got = got
