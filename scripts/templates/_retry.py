"""Retry policy: which outcomes may be sent again, and when. Pure: no clock, no sleep, no IO."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from typing import Any

from ._error_meanings import find_meaning
from ._operation import Billing, Effect, Operation
from ._response import Response
from ._response_parsing import extract_response_error
from ._timeout import is_finite_number
from .errors import ConfigurationError


class Outcome(Enum):
    """What the client knows about a call after sending it once."""

    NEVER_DELIVERED = auto()  # the server cannot have seen the request
    REFUSED = auto()  # the server rejected it before doing any work
    UNKNOWN = auto()  # it may have been done, and charged
    FINAL = auto()  # sending it again changes nothing


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """How many times a call is sent again, and how long that may take.

    A policy does not decide what may be sent again: a call that may have been charged never is.

    Attributes:
        attempts: Maximum number of attempts, the first one included; 1 turns retries off.
        budget: Seconds after the first attempt in which another one may start.
        first_delay: Upper bound of the first delay, in seconds. It doubles with each attempt; the delay is drawn from
            the whole range (full jitter).
        max_delay: Upper bound of every delay without a `Retry-After`, in seconds.
        max_retry_after: Longest `Retry-After` that the client waits for, in seconds; with a longer one the call fails.
    """

    attempts: int = 4
    budget: float = 60.0
    first_delay: float = 0.5
    max_delay: float = 8.0
    max_retry_after: float = 30.0

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not is_finite_number(value) or value < 0:
                raise ConfigurationError(f"retries: {name} is {value!r}. It must be a number of at least 0.")
        if not isinstance(self.attempts, int) or self.attempts < 1:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigurationError(f"retries: attempts is {self.attempts!r}. It must be a whole number above 0.")


DEFAULT_RETRIES = RetryPolicy()


def parse_retries(value: RetryPolicy | int) -> RetryPolicy:
    """Return a policy; a number is how many times a call may be sent again.

    Raises:
        ConfigurationError: The value is not a `RetryPolicy` or a whole number of at least 0.
    """
    if isinstance(value, RetryPolicy):
        return value
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigurationError(
            f"retries is {value!r}. It must be a whole number of at least 0, or a cometapi_suno.RetryPolicy."
        )
    return RetryPolicy(attempts=value + 1)


# 408 and 425 ask to send the request again (RFC 9110 and 8470), but a proxy may answer so after the gateway got it.
_ASKS_TO_REPEAT = (408, 425)
# "See other" points to the result of what was done, "conflict" may mean that it was done before (RFC 9110). No request
# asks to switch protocols. nginx notes 499 when its caller went away, which may be a proxy, while the gateway worked.
_UNCLEAR_IF_CHARGED = (101, 303, 409, 499)
# By `x-error-codes` of the description, whatever the status.
_MEANING_OUTCOMES = {
    "quota": Outcome.FINAL,
    "saturated": Outcome.REFUSED,
    "no-channel": Outcome.REFUSED,
    "unknown-task": Outcome.FINAL,
    "invalid": Outcome.FINAL,
}


def classify_meaning(status: int, code: object, message: str | None) -> Outcome | None:
    """Return the outcome of a call by what the description says about its error; `None` if it says nothing."""
    return _MEANING_OUTCOMES.get(find_meaning(status, code, message) or "")


def classify_response(response: Response, *, charged: bool = False) -> Outcome:
    """Return the outcome of a call whose response is not 2xx.

    Sources: CometAPI's error page (429, 500, 503, 504 and 524 are transient; a 500 whose code is `invalid_request` is
    a bad request), the gateway's source (429 and a 503 without a channel are sent before any work).
    """
    status = response.status_code
    outcome = classify_meaning(status, *extract_response_error(response))
    if outcome is not None:
        return outcome
    if status == 429:
        return Outcome.REFUSED
    if status in _ASKS_TO_REPEAT or (charged and status in _UNCLEAR_IF_CHARGED):
        return Outcome.UNKNOWN
    return Outcome.FINAL if status < 500 else Outcome.UNKNOWN


def may_retry(operation: Operation[Any], outcome: Outcome) -> bool:
    """Check whether it is safe to send the same call again."""
    if outcome is Outcome.UNKNOWN:
        return operation.effect is Effect.READS and operation.billing is Billing.FREE
    return outcome is not Outcome.FINAL


def next_delay(
    policy: RetryPolicy,
    *,
    attempt: int,
    elapsed: float,
    hint: float | None,
    draw: float,
    total: float | None = None,
) -> float | None:
    """Return the seconds to wait before the next attempt; None if there is none.

    Args:
        policy: Limits of attempts and time.
        attempt: Number of attempts so far.
        elapsed: Seconds since the first attempt.
        hint: Seconds that the server asks to wait.
        draw: A random number in [0, 1).
        total: Seconds that the whole call may take.
    """
    if attempt >= policy.attempts or (hint is not None and hint > policy.max_retry_after):
        return None
    # A huge number of attempts must not overflow the power.
    ceiling = min(policy.max_delay, policy.first_delay * 2.0 ** min(attempt - 1, 60))
    delay = draw * ceiling if hint is None else hint
    if total is not None and elapsed + delay >= total:
        return None
    return delay if elapsed + delay <= policy.budget else None


def parse_retry_after(response: Response, now: float) -> float | None:
    """Parse the `Retry-After` header, a number of seconds or a date; return None if it is missing or invalid."""
    value = response.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        date = parsedate_to_datetime(value)
        # The oldest of HTTP's three date formats has no zone; it means UTC.
        return max(0.0, (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now)
    except (ValueError, OverflowError):
        return None
