"""Limits of a live run: which requests may be sent, how many, and at what cost. Each call is counted before it is sent.

`Allowlist` admits only described requests of the plan. `Budget` counts calls and cost; at the first cap it stops all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from decimal import Decimal
from threading import Condition, RLock
from typing import Final, TypeAlias
from urllib.parse import parse_qsl

from attrs import define, frozen
from cometapi_suno_mock import Contract

from contract_tests.verifier.exchange.exchange import now
from contract_tests.verifier.live.planned_requests import PATH_SEGMENT, KeyChoice, PlannedRequest
from scripts.text_and_files import format_count

ACCEPTED: Final = "accepted"
"""The code of the refusal that ends a run because the service accepted what it should refuse."""
ON_ITS_WAY: Final = "on its way"
FREE_OF_CHARGE: Final = Decimal(0)
CAPS: Final = frozenset({"cap-calls", "cap-cost"})
"""The codes of the refusals after which what was charged is still read."""

Price: TypeAlias = Decimal | None
"""The highest price of one call in US dollars; `None` if it is unknown."""


@frozen
class Cost:
    """The highest cost of several calls in US dollars.

    Attributes:
        known: The sum of the known prices.
        unknown: How many calls have an unknown price.
    """

    known: Decimal = FREE_OF_CHARGE
    unknown: int = 0

    @classmethod
    def of(cls, prices: Iterable[Price]) -> Cost:
        """Add prices up."""
        listed = list(prices)
        known = sum((price for price in listed if price is not None), FREE_OF_CHARGE)
        return cls(known, sum(price is None for price in listed))

    def __str__(self) -> str:
        if not self.unknown:
            return format_amount(self.known)
        calls = f"price unknown of {format_count(self.unknown, 'call')}"
        return f"{calls}, {format_amount(self.known)} for the others" if self.known else calls


def price_of(planned: PlannedRequest, prices: Mapping[str, Decimal]) -> Price:
    """Return the highest price of one call.

    Args:
        planned: What is called.
        prices: The highest price by operationId, as the user gives it: a price on record may be old.
    """
    if planned.key is KeyChoice.BAD:
        return FREE_OF_CHARGE
    return prices.get(planned.operation.id, FREE_OF_CHARGE if planned.operation.billing == "free" else None)


def format_amount(amount: Decimal) -> str:
    """Write an amount without an exponent and without trailing zeros."""
    return f"{amount.normalize():f}"


@frozen
class Refusal:
    """Why the proxy does not send a request.

    Attributes:
        code: A word for machines.
        message: A line for people.
    """

    code: str
    message: str


class Allowlist:
    """Admits the requests of the plan.

    Args:
        contract: The description.
        planned: The plan.
    """

    def __init__(self, contract: Contract, planned: Iterable[PlannedRequest]) -> None:
        self._contract = contract
        self._planned = {each.ticket: each for each in planned}

    def admit(self, method: str, path: str, query: str, tickets: list[str]) -> PlannedRequest | Refusal:
        """Return the planned request that a request belongs to, or why it is refused.

        Args:
            method: HTTP method.
            path: Percent-encoded, without the query.
            query: Percent-encoded.
            tickets: The tickets that the caller sent.
        """
        matched = self._contract.match(method, path)
        if matched is None or not all(PATH_SEGMENT.fullmatch(segment) for segment in path.split("/")[1:]):
            printable = "".join(character if " " <= character <= "~" else "?" for character in path[:200])
            return Refusal("not-described", f"{method} {printable} is not in the description")
        operation = matched[0]
        described = {parameter.name for parameter in operation.parameters if parameter.place == "query"}
        if query and not {name for name, _ in parse_qsl(query, keep_blank_values=True) or [("", "")]} <= described:
            return Refusal("not-described", f"{operation.id}: the description has no such query parameter")
        planned = self._planned.get(tickets[0]) if len(tickets) == 1 else None
        if planned is None:
            return Refusal("no-ticket", f"{operation.id}: the request is not in the plan")
        if planned.operation.id != operation.id:
            return Refusal("no-ticket", f"{operation.id}: the ticket is for {planned.operation.id}")
        return planned


@define
class CountedCall:
    """A call that was counted against the budget.

    Attributes:
        number: From 1.
        date: The second in which it was counted.
        tier: The tier that it belongs to.
        operation: The operationId.
        note: What it is for.
        price: The highest price.
        outcome: The status of the response, or why there is none.
        answered: Whether a response came.
        request_id: The id of the request that the service gave; empty if it gave none.
    """

    number: int
    date: str
    tier: str
    operation: str
    note: str
    price: Price
    outcome: str = ON_ITS_WAY
    answered: bool = False
    request_id: str = ""


class Budget:
    """Counts calls and their cost, from any thread.

    Args:
        max_calls: How many calls may be sent.
        max_cost: What they may cost; `None` for no such cap. With it, a call of unknown price is not sent.
        prices: The highest price by operationId.
        kept_back: How many of the calls are for requests that close the run.
    """

    def __init__(
        self,
        *,
        max_calls: int,
        max_cost: Decimal | None = None,
        prices: Mapping[str, Decimal] | None = None,
        kept_back: int = 0,
    ) -> None:
        self.max_calls = max_calls
        self._kept_back = kept_back
        self.max_cost = max_cost
        self._prices = dict(prices or {})
        self._charged = FREE_OF_CHARGE
        self._changed = Condition(RLock())
        self._calls: list[CountedCall] = []
        self._uses: Counter[str] = Counter()
        self._stopped: Refusal | None = None
        self._listeners: list[Callable[[], object]] = []

    @property
    def calls(self) -> list[CountedCall]:
        """The calls so far."""
        with self._changed:
            return list(self._calls)

    @property
    def stopped(self) -> Refusal | None:
        """Why no more calls are sent; `None` while they may be."""
        return self._stopped

    @property
    def spent(self) -> Cost:
        """The highest cost of the calls so far."""
        with self._changed:
            return Cost.of(call.price for call in self._calls)

    def reserve(self, planned: PlannedRequest) -> CountedCall | Refusal:
        """Count a call that is about to be sent; if a cap forbids it, stop all calls and return why."""
        price = price_of(planned, self._prices)
        with self._changed:
            refusal = None if self.permits(planned) else self._stopped
            refusal = refusal or self._find_exceeded_cap(planned, price)
            if refusal is not None:
                self.stop(refusal)
                return refusal
            number = len(self._calls) + 1
            call = CountedCall(number, now(), planned.tier.value, planned.operation.id, planned.note, price)
            self._calls.append(call)
            self._uses[planned.ticket] += 1
            return call

    def permits(self, planned: PlannedRequest) -> bool:
        """Return whether a request may be sent still; what closes the run may be after a cap has ended it."""
        stopped = self._stopped
        return stopped is None or (planned.closing and stopped.code in CAPS)

    def settle(self, call: CountedCall, outcome: str, *, answered: bool, request_id: str = "") -> None:
        """Record the outcome of a call."""
        with self._changed:
            call.outcome, call.answered, call.request_id = outcome, answered, request_id
            self._changed.notify_all()

    def record_price(self, operation: str, charged: Decimal) -> None:
        """Expect at least what a call was really charged of the next call of its operation."""
        with self._changed:
            if operation in self._prices:
                self._prices[operation] = max(self._prices[operation], charged)

    def record_charged(self, total: Decimal) -> None:
        """Count what was really charged so far; stop all calls when that is above the cap."""
        with self._changed:
            self._charged = total
        if self.max_cost is not None and total > self.max_cost:
            amounts = f"{format_amount(total)} were charged, and the cap is {format_amount(self.max_cost)}"
            self.stop(Refusal("cap-cost", amounts))

    def stop(self, reason: Refusal) -> None:
        """Stop all calls. The first reason is kept."""
        with self._changed:
            if self._stopped is not None:
                return
            self._stopped = reason
            listeners = list(self._listeners)
        for listener in listeners:
            listener()

    @contextmanager
    def notify(self, listener: Callable[[], object]) -> Generator[None]:
        """Call a function, in any thread, when all calls are stopped; at once if they already are."""
        with self._changed:
            self._listeners.append(listener)
            already = self._stopped is not None
        if already:
            listener()
        try:
            yield
        finally:
            with self._changed:
                self._listeners.remove(listener)

    def in_flight(self) -> int:
        """Return the number of calls without an outcome."""
        with self._changed:
            return sum(call.outcome == ON_ITS_WAY for call in self._calls)

    def wait_idle(self, give_up: Callable[[], bool]) -> bool:
        """Wait until every call has an outcome, or until `give_up()`; return whether every call has one."""
        with self._changed:
            while self.in_flight() and not give_up():
                self._changed.wait(0.05)
            return not self.in_flight()

    def _find_exceeded_cap(self, planned: PlannedRequest, price: Price) -> Refusal | None:
        operation = planned.operation.id
        if self._uses[planned.ticket] >= planned.uses:
            times = "once" if planned.uses == 1 else f"{planned.uses} times"
            return Refusal("cap-plan", f"the plan has {operation} ({planned.note}) {times}; one more was requested")
        kept_back = 0 if planned.closing else self._kept_back
        if len(self._calls) >= self.max_calls - kept_back:
            kept = f"; {kept_back} of them are for reading what was charged" if kept_back else ""
            return Refusal("cap-calls", f"the cap of {self.max_calls} calls is reached{kept}")
        if self.max_cost is None:
            return None
        if price is None:
            return Refusal("cap-cost", f"the price of {operation} is unknown, so the cap on cost cannot be kept")
        if max(self.spent.known, self._charged) + price > self.max_cost:
            amount, cap = format_amount(price), format_amount(self.max_cost)
            return Refusal("cap-cost", f"{operation} for {amount} would exceed the cap of {cap}")
        return None
