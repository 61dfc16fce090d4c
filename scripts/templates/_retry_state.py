"""Retry state of one call: whether to send it again after a response or a failure, else which error to raise. No IO."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

from ._arrived_response import SendError
from ._clock import AsyncClock, SyncClock
from ._delivery import Delivery
from ._lost_call import LostCall, mark_request
from ._operation import Billing, Call
from ._response import Response
from ._response_parsing import DESCRIBED, LONGEST_ERROR, make_response_error
from ._retry import Outcome, RetryPolicy, classify_meaning, classify_response, may_retry, next_delay, parse_retry_after
from ._timeout import Timeout
from .errors import (
    DeliveryError,
    NoAnswerError,
    NotDeliveredError,
    OutcomeUnknownError,
    ResponseDecodeError,
    ResponseError,
    escape_controls,
)

log = logging.getLogger("cometapi_suno")

# A body without a length ends with the connection: then a second response is in the body of the first.
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] \d{3}[ \r]")


class RetryState:
    """Counts the attempts of one call and decides after each what follows."""

    def __init__(self, call: Call[Any], policy: RetryPolicy, timeout: Timeout, clock: SyncClock | AsyncClock) -> None:
        self._call = call
        self._policy = policy
        self._timeout = timeout
        self._clock = clock
        self._attempts = 0
        self._charged = not may_retry(call.operation, Outcome.UNKNOWN)
        self._started = self._last_sent = clock.monotonic()

    def start_attempt(self, hide: Callable[[bytes], bytes], *, keep: bool) -> Delivery:
        """Return what the transport notes about the next attempt.

        A call that may be charged goes out on a new connection. On a used one, bytes that belong to another call may
        arrive as its response, or the server may close it just as the call goes out. With `keep` it may be a used one.
        """
        return Delivery(charged=self._charged, needs_new_connection=self._charged and not keep, hide=hide)

    def limit_timeout(self) -> Timeout:
        """Return the timeout of the next attempt: less than that of the call when some of its time has passed."""
        total = self._timeout.total
        if total is None:
            return self._timeout
        return self._timeout.at_most(max(total - (self._clock.monotonic() - self._started), 0.001))

    def handle_response(self, response: Response, delivery: Delivery) -> float | None:
        """Return the seconds to wait before the next attempt; None after a 2xx response.

        Raises:
            ResponseError: The response is final.
            OutcomeUnknownError: The response leaves open whether a call that may be charged was done.
        """
        self._log_exchange("%d, %d bytes", response.status_code, len(response.content))
        if 200 <= response.status_code <= 299:
            return None
        outcome = classify_response(response, charged=self._charged)
        return self._retry_or_raise(outcome, make_response_error(self._call.operation.name, response), delivery)

    def handle_refusal(self, error: ResponseError, delivery: Delivery) -> float:
        """Return the seconds to wait before the next attempt, after a 2xx response whose body is an error.

        Raises:
            ResponseError: The call is not sent again.
            OutcomeUnknownError: The response may belong to another call.
        """
        if isinstance(error, ResponseDecodeError):
            raise error
        outcome = classify_meaning(error.status_code, error.code, error.message)
        return self._retry_or_raise(Outcome.REFUSED if outcome is Outcome.REFUSED else Outcome.FINAL, error, delivery)

    def _retry_or_raise(self, outcome: Outcome, error: ResponseError, delivery: Delivery) -> float:
        doubt = _describe_doubt(outcome, error.response, delivery)
        if doubt:
            outcome = Outcome.UNKNOWN
        delay = self._next_delay(outcome, parse_retry_after(error.response, self._clock.wall()))
        if delay is not None:
            return delay
        if outcome is Outcome.UNKNOWN and self._charged:
            text = error.message.removeprefix(DESCRIBED)
            raise self._make_outcome_unknown_error(
                f"the response was {error.status_code}: {text}{doubt}", error.response
            ) from error
        raise error

    def handle_failure(self, failure: SendError) -> float:
        """Return the seconds to wait before the next attempt, after one without a usable response.

        Raises:
            DeliveryError: The call is not sent again.
        """
        cause = failure.cause
        reason = f"{type(cause).__name__}: {cause}".rstrip(": ")
        self._log_exchange("%s", escape_controls(reason))
        outcome = Outcome.NEVER_DELIVERED if failure.never_delivered else Outcome.UNKNOWN
        delay = self._next_delay(outcome, None)
        if delay is not None:
            return delay
        response = failure.response
        if not failure.never_delivered and self._charged:
            raise self._make_outcome_unknown_error(reason, response) from cause
        raise self._make_failure_error(failure, reason, response) from cause

    def note_interrupt(self, error: BaseException, delivery: Delivery) -> None:
        """Say when a call is cancelled or interrupted that it may have been done, unless it is free or was not sent."""
        if isinstance(error, Exception) or not self._charged or (delivery.connecting and not delivery.sent):
            return
        call = f"{self._call.fingerprint!r}, since={int(self._find_start())}"
        text = self._describe_unknown(type(error).__name__, call)
        error.add_note(text)
        log.warning("%s", text)  # a task group, or a cancel scope of anyio, drops a cancellation

    def _make_failure_error(self, failure: SendError, reason: str, response: Response | None) -> DeliveryError:
        """Make the error of a call that was not done, or that only reads."""
        name = self._call.operation.name
        times = self._format_count()
        if failure.never_delivered:
            through = f" through the proxy {failure.proxy}" if failure.proxy else ""
            kind: type[DeliveryError] = NotDeliveredError
            text = f"no connection was made{through} ({reason}), tried {times}. Nothing was sent or charged."
        else:
            kind = NoAnswerError
            text = f"no usable response ({reason}), tried {times}. The call only reads: call it again."
        return kind(
            f"{name}: {text}",
            operation=name,
            fingerprint=self._call.fingerprint,
            response=response,
            body=response and response.parse_start(),
        )

    def _next_delay(self, outcome: Outcome, hint: float | None) -> float | None:
        self._last_sent = self._clock.monotonic()
        self._attempts += 1
        if not may_retry(self._call.operation, outcome):
            return None
        delay = next_delay(
            self._policy,
            attempt=self._attempts,
            elapsed=self._last_sent - self._started,
            hint=hint,
            draw=self._clock.random(),
            total=self._timeout.total,
        )
        if delay is not None:
            self._last_sent += delay
            log.info("%s: %s, sending it again in %.2f s", self._call.operation.name, outcome.name.lower(), delay)
        return delay

    def _make_outcome_unknown_error(self, reason: str, response: Response | None) -> OutcomeUnknownError:
        operation, fingerprint = self._call.operation, self._call.fingerprint
        error = OutcomeUnknownError(
            f"{self._describe_unknown(reason, 'error')} "
            f"Fingerprint {fingerprint}: equal calls have equal ones: it tells which call it was.",
            operation=operation.name,
            fingerprint=fingerprint,
            response=response,
            body=response and response.parse_start(),
        )
        error.lost_call = LostCall(
            operation.name,
            fingerprint,
            started=self._find_start(),
            ended=self._clock.wall(),
            marks=mark_request(self._call.content.data if self._call.content else None),
            request_id=response.headers.get("x-oneapi-request-id") if response else None,
        )
        return error

    def _describe_unknown(self, reason: str, call: str) -> str:
        """Describe a call of unknown outcome; `call` is what `reconcile` gets."""
        charged = "charged" if self._call.operation.billing is Billing.PAID else "perhaps charged"
        return (
            f"{self._call.operation.name}: outcome unknown: {reason.rstrip('.')}. The call may have been done and "
            f"{charged}; it is not sent again. Before you call again, look for its result: "
            f"client.account.reconcile({call})."
        )

    def _find_start(self) -> float:
        """Return when the call began, in Unix seconds."""
        return self._clock.wall() - (self._clock.monotonic() - self._started)

    def _format_count(self) -> str:
        return "once" if self._attempts == 1 else f"{self._attempts} times"

    def _log_exchange(self, reason: str, *values: object) -> None:
        """Log method, path and result, but never a header, a query or a body."""
        if log.isEnabledFor(logging.DEBUG):
            operation = self._call.operation
            took = self._clock.monotonic() - self._last_sent
            head = (operation.name, operation.method, self._call.path.partition("?")[0], self._call.fingerprint)
            log.debug(f"%s: %s %s [%s] -> {reason} in %.3f s", *head, *values, took)


def _describe_doubt(outcome: Outcome, response: Response, delivery: Delivery) -> str:
    """Return why a response may belong to another call, or is not enough to send the call again; "" without a doubt."""
    if response.interrupted_by and outcome is Outcome.REFUSED:
        return ", so that the refusal is not certain"
    if delivery.unrequested or _STATUS_LINE.search(response.content):
        return ", and unrequested bytes followed"
    if outcome is Outcome.REFUSED and response.status_code < 300 and len(response.content) > LONGEST_ERROR:
        return ", in a body so long that its end was not waited for"
    if delivery.reused and outcome is Outcome.REFUSED:
        return ", on a connection that carried another call before"
    return ""
