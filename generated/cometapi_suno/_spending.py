"""Spending: the limits and the journal of a client, asked before each call that may be charged."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, TypeVar

from ._call_facts import PRICED_NAMES
from ._journal import Journal, Limits
from ._json_parser import parse_json
from ._lost_call import LostCall, mark_request
from .errors import (
    ConfigurationError,
    EnvelopeError,
    OutcomeUnknownError,
    ResponseDecodeError,
    ResponseError,
    SunoError,
)

if TYPE_CHECKING:
    from ._journal import CallOutcome
    from ._operation import Call
    from ._response_parsing import Answer

T = TypeVar("T")
log = logging.getLogger("cometapi_suno")

DUPLICATE_WINDOW = 600.0
"""Seconds in which `duplicate_guard=True` refuses the same request."""
ANY_CALL = "*"
"""The name in `prices` for every call without a price."""


class Spending:
    """The limits, prices and journal of a client and of those derived from it."""

    def __init__(self, journal: Journal, limits: Limits, prices: Mapping[str, Decimal]) -> None:
        self.journal = journal
        self._limits = limits
        self._prices = prices

    @contextmanager
    def record(self, call: Call[Any], now: Callable[[], float]) -> Generator[CallRecord]:
        """Write down that a call begins, and at the end its outcome.

        Raises:
            CallRefusedError: The call is not to be sent.
            ConfigurationError: The journal cannot be written.
        """
        name = call.operation.name
        lost = LostCall(name, call.fingerprint, now(), marks=mark_request(call.content.data if call.content else None))
        priced, price = self._find_price(call)
        record = CallRecord(self.journal, self.journal.begin(lost, price, self._limits, priced), now)
        try:
            yield record
        except OutcomeUnknownError as error:
            if error.lost_call is not None:  # the start is what distinguishes equal calls in the journal
                error.lost_call = error.lost_call._replace(started=lost.started)
            record.end("unknown", note=str(error), request_id=error.request_id)
            raise
        except ResponseDecodeError as error:
            record.end("done", note=str(error), request_id=error.request_id)
            raise
        except SunoError as error:
            request_id = error.request_id if isinstance(error, ResponseError) else None
            record.end("failed", note=str(error), request_id=request_id)
            raise
        except BaseException as error:
            record.end("unknown", note=type(error).__name__)
            raise

    def _find_price(self, call: Call[Any]) -> tuple[str, Decimal | None]:
        """Return the name in `prices` for a call, and what it counts for: the most that it may cost."""
        variant = _find_unpriced(call)
        name = variant or call.operation.name
        described = None if variant or call.operation.price is None else Decimal(call.operation.price)
        return name, self._prices.get(name, self._prices.get(ANY_CALL) if described is None else described)


def _find_unpriced(call: Call[Any]) -> str | None:
    """Return the variant of a request that may cost more than the price of its operation."""
    if not call.operation.unpriced or call.content is None:
        return None
    body = parse_json(call.content.data)
    found = (name for name, pairs in call.operation.unpriced if any(body.get(key) == value for key, value in pairs))
    return next(found, None)


class CallRecord:
    """The row of one call in the journal."""

    def __init__(self, journal: Journal, number: int, now: Callable[[], float]) -> None:
        self._journal = journal
        self._number = number
        self._now = now

    def parse(self, answer: Answer[T]) -> T:
        """Parse an answer, and write down the ids in it.

        Raises:
            ResponseError: The answer is an error, or does not match the model.
        """
        operation, request_id = answer.operation, answer.response.headers.get("x-oneapi-request-id")
        try:
            result = answer.parse()
        except SunoError:
            del answer  # it leads to the response as it came, and crash reporters show the variables of frames
            raise
        made = getattr(result, "id", None)
        self.end(
            "done",
            task_id=result if operation.task and isinstance(result, str) else None,
            result_id=made if isinstance(made, str) else None,
            request_id=request_id,
        )
        return result

    def note(self, answer: Answer[Any]) -> None:
        """Write down that a call was answered whose answer is not parsed by the client."""
        try:
            self.parse(answer)
        except EnvelopeError as error:
            self.end("failed", note=str(error), request_id=error.request_id)
        except ResponseError as error:
            self.end("done", note=str(error), request_id=error.request_id)

    def end(self, outcome: CallOutcome, **details: str | None) -> None:
        """Write down the outcome. A result that was paid for is not lost because that fails."""
        try:
            self._journal.end(self._number, outcome, self._now(), **details)
        except ConfigurationError as error:
            log.warning("the outcome of a call (%s) is not in the journal: %s", outcome, error)


def make_spending(
    max_spend: float | Decimal | None,
    max_paid_calls: int | None,
    journal: str | os.PathLike[str] | Journal | None,
    duplicate_guard: bool | float,
    prices: Mapping[str, float | Decimal] | None,
) -> Spending:
    """Make what the arguments of a client ask for. Without a journal, the calls are kept in a temporary file.

    Raises:
        ConfigurationError: An argument cannot be used.
    """
    if max_paid_calls is not None and (not isinstance(max_paid_calls, int) or max_paid_calls < 0):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigurationError(f"SunoClient: max_paid_calls is {max_paid_calls!r}. It must be a whole number.")
    window = DUPLICATE_WINDOW if duplicate_guard is True else _parse_amount("duplicate_guard", duplicate_guard or None)
    limits = Limits(
        max_spend=_parse_amount("max_spend", max_spend),
        max_calls=max_paid_calls,
        duplicate_window=None if window is None else float(window),
    )
    for name in prices or ():
        # A name that is never looked up would leave the cap to the price on record.
        if name not in (ANY_CALL, *PRICED_NAMES) and not str(name).startswith("request "):
            raise ConfigurationError(
                f"SunoClient: prices has {name!r}. Its names are {', '.join(PRICED_NAMES)}, {ANY_CALL} for every call "
                "without a price, and `request` with a method, such as `request POST`."
            )
    amounts = {name: _parse_amount(f"prices[{name!r}]", price) or Decimal(0) for name, price in (prices or {}).items()}
    if journal is None:
        journal = Journal.temporary()
    return Spending(journal if isinstance(journal, Journal) else Journal(journal), limits, amounts)


def _parse_amount(name: str, value: float | Decimal | None) -> Decimal | None:
    if value is None:
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    if isinstance(value, str | bool) or not amount.is_finite() or amount < 0:
        raise ConfigurationError(f"SunoClient: {name} is {value!r}. It must be a number of at least 0.")
    return amount
