"""One call on its way: what each exchange tells, whether it is sent again, and the error when it is not. No IO."""

from __future__ import annotations

import logging
from typing import Any

from ._clock import AsyncClock, SyncClock
from ._operation import Billing, Call
from ._read import error_of
from ._response import Response
from ._retry import Outcome, RetryPolicy, classify, may_repeat, next_delay, retry_after
from ._transport import Delivery, ExchangeFailed
from .errors import DeliveryError, NoAnswerError, NotDeliveredError, OutcomeUnknownError

log = logging.getLogger("cometapi_suno")


class Attempt:
    """Counts the sendings of one call and decides after each."""

    def __init__(self, call: Call[Any], policy: RetryPolicy, clock: SyncClock | AsyncClock) -> None:
        self._call = call
        self._policy = policy
        self._clock = clock
        self._sent = 0
        self._started = self._last = clock.monotonic()

    def answered(self, response: Response) -> float | None:
        """After an answer: seconds to wait before the next sending, or None when it is a 2xx.

        Raises:
            ResponseError: The answer is final.
            OutcomeUnknownError: It leaves open whether a call that may be charged was done.
        """
        self._note("%d, %d bytes", response.status_code, len(response.content))
        if 200 <= response.status_code <= 299:
            return None
        outcome = classify(response)
        delay = self._delay(outcome, retry_after(response, self._clock.wall()))
        if delay is not None:
            return delay
        error = error_of(self._call.operation.name, response)
        if outcome is Outcome.UNKNOWN and not may_repeat(self._call.operation, outcome):
            raise self._outcome_unknown(f"the answer was {error.status_code} {error.message}", response) from error
        raise error

    def failed(self, failure: ExchangeFailed) -> float:
        """After an exchange without a usable answer: seconds to wait before the next sending.

        Raises:
            DeliveryError: It is not sent again.
        """
        cause = failure.cause
        told = f"{type(cause).__name__}: {cause}".rstrip(": ")
        self._note("%s", told)
        never = failure.delivery is Delivery.NEVER
        outcome = Outcome.NEVER_DELIVERED if never else Outcome.UNKNOWN
        delay = self._delay(outcome, None)
        if delay is not None:
            return delay
        name = self._call.operation.name
        error: DeliveryError
        if never:
            error = NotDeliveredError(
                f"{name}: no connection was made ({told}), tried {self._times()}. Nothing was sent, nor charged.",
                operation=name,
                fingerprint=self._call.fingerprint,
            )
        elif may_repeat(self._call.operation, outcome):
            error = NoAnswerError(
                f"{name}: no usable answer came back ({told}), tried {self._times()}. It only reads: call it again.",
                operation=name,
                fingerprint=self._call.fingerprint,
            )
        else:
            error = self._outcome_unknown(told, None)
        raise error from cause

    def _delay(self, outcome: Outcome, hint: float | None) -> float | None:
        self._last = self._clock.monotonic()
        self._sent += 1
        if not may_repeat(self._call.operation, outcome):
            return None
        delay = next_delay(
            self._policy,
            attempt=self._sent,
            elapsed=self._last - self._started,
            hint=hint,
            draw=self._clock.random(),
        )
        if delay is not None:
            self._last += delay
            log.info("%s: %s, sent again in %.2f s", self._call.operation.name, outcome.name.lower(), delay)
        return delay

    def _outcome_unknown(self, told: str, response: Response | None) -> OutcomeUnknownError:
        operation = self._call.operation
        charged = "and charged" if operation.billing is Billing.PAID else "and perhaps charged"
        return OutcomeUnknownError(
            f"{operation.name}: outcome unknown: {told}. It may have been done, {charged}; it is not sent again. "
            f"Look for its result before you call again. Fingerprint {self._call.fingerprint}.",
            operation=operation.name,
            fingerprint=self._call.fingerprint,
            response=response,
        )

    def _times(self) -> str:
        return "once" if self._sent == 1 else f"{self._sent} times"

    def _note(self, told: str, *values: object) -> None:
        """Method, path and outcome; never a header, a query or a body."""
        if log.isEnabledFor(logging.DEBUG):
            operation = self._call.operation
            took = self._clock.monotonic() - self._last
            head = (operation.name, operation.method, self._call.path.partition("?")[0], self._call.fingerprint)
            log.debug(f"%s: %s %s [%s] -> {told} in %.3f s", *head, *values, took)
