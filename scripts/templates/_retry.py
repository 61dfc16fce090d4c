"""What may be sent again, and when. Pure: no clock, no sleep, no IO."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from typing import Any

from ._operation import Billing, Effect, Operation
from ._response import Response
from ._response_parsing import extract_response_error
from ._timeout import is_finite_number
from .errors import ConfigurationError


class Outcome(Enum):
    """What is known of a call after one exchange."""

    NEVER_DELIVERED = auto()  # the server cannot have seen it
    REFUSED = auto()  # the server saw it and did no work
    UNKNOWN = auto()  # it may have been done, and charged
    FINAL = auto()  # done, or wrong: sending it again changes nothing


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """How often a call is sent again, and how long that may take.

    What may be sent again is no choice: a call that may have been charged never is.

    Attributes:
        attempts: How often a call is sent at most, the first time included; 1 never repeats.
        budget: Seconds after the first sending in which a call may be sent again.
        first_delay: Upper bound of the first wait, in seconds. It doubles each time; the wait is drawn from the whole
            range (full jitter).
        max_delay: Upper bound of any wait of ours, in seconds.
        max_retry_after: The longest `Retry-After` that is waited for, in seconds; with a longer one the call fails.
    """

    attempts: int = 4
    budget: float = 60.0
    first_delay: float = 0.5
    max_delay: float = 8.0
    max_retry_after: float = 30.0

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not is_finite_number(value) or value < 0:
                raise ConfigurationError(f"retries: {name} is {value!r}; it must be a number of at least 0.")
        if not isinstance(self.attempts, int) or self.attempts < 1:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigurationError(f"retries: attempts is {self.attempts!r}; it must be a whole number above 0.")


DEFAULT_RETRIES = RetryPolicy()


def parse_retries(value: RetryPolicy | int) -> RetryPolicy:
    """A number of repetitions as a policy; 0 never repeats."""
    if isinstance(value, RetryPolicy):
        return value
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigurationError(f"retries is {value!r}; it must be a number of repetitions or a RetryPolicy.")
    return RetryPolicy(attempts=value + 1)


def classify_response(response: Response) -> Outcome:
    """What an answer tells about the call.

    Sources: CometAPI's error page (429, 500, 503, 504 and 524 are passing; a 500 whose code is `invalid_request` is a
    bad request), the gateway's source (429 and a 503 without a channel come before any work).
    """
    status = response.status_code
    if status == 429:
        return Outcome.REFUSED
    if status < 500:
        return Outcome.FINAL
    code, message = extract_response_error(response)
    if status == 503 and (code == "model_not_found" or "no available channel" in (message or "").lower()):
        return Outcome.REFUSED
    return Outcome.FINAL if status == 500 and code == "invalid_request" else Outcome.UNKNOWN


def may_retry(operation: Operation[Any], outcome: Outcome) -> bool:
    """Whether sending the same call again is safe."""
    if outcome is Outcome.UNKNOWN:
        return operation.effect is Effect.READS and operation.billing is Billing.FREE
    return outcome is not Outcome.FINAL


def next_delay(policy: RetryPolicy, *, attempt: int, elapsed: float, hint: float | None, draw: float) -> float | None:
    """Seconds to wait before the next sending, or None when there is none.

    Args:
        policy: How often and how long.
        attempt: How often the call was sent.
        elapsed: Seconds since the first sending.
        hint: Seconds that the server asked to wait.
        draw: A random number in [0, 1).
    """
    if attempt >= policy.attempts or (hint is not None and hint > policy.max_retry_after):
        return None
    # An attempt count that a user made huge must not overflow the power.
    ceiling = min(policy.max_delay, policy.first_delay * 2.0 ** min(attempt - 1, 60))
    delay = draw * ceiling if hint is None else hint
    return delay if elapsed + delay <= policy.budget else None


def parse_retry_after(response: Response, now: float) -> float | None:
    """Seconds that the `Retry-After` header asks to wait, given as seconds or as a date; None without a usable one.

    Args:
        response: The answer.
        now: Unix time, for the date form.
    """
    value = response.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        date = parsedate_to_datetime(value)
        # Without a zone, as in the oldest of HTTP's three forms, it is universal time all the same.
        return max(0.0, (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now)
    except (ValueError, OverflowError):
        return None
