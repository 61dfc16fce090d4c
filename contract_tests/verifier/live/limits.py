"""How much was sent, how much may still be, and whether anything may. Every call is counted before it is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from decimal import Decimal
from threading import Condition, RLock

from attrs import define, frozen

from contract_tests.verifier.exchange.exchange import now
from contract_tests.verifier.live.live_prices import NOTHING, Cost, Price, Prices, plain
from contract_tests.verifier.live.planned_requests import Step, WithKey

ON_ITS_WAY = "on its way"


@frozen
class Refusal:
    """Why the proxy does not send a request.

    Attributes:
        code: A word for machines.
        message: A line for people.
    """

    code: str
    message: str


@define
class Entry:
    """One call that was counted.

    Attributes:
        number: From 1.
        date: The second in which it was counted.
        step: What it belongs to.
        price: What it costs at most.
        outcome: The status that came, or what became of it instead.
        answered: Whether an answer came.
    """

    number: int
    date: str
    step: Step
    price: Price
    outcome: str = ON_ITS_WAY
    answered: bool = False


class Ledger:
    """Counts calls and spend, from any thread.

    Args:
        max_calls: Calls that may be sent.
        max_cost: What they may cost in all; `None` for no such cap. With one, a call of unknown price is not sent.
        prices: What a call costs at most.
    """

    def __init__(self, *, max_calls: int, max_cost: Decimal | None = None, prices: Prices | None = None) -> None:
        self.max_calls = max_calls
        self.max_cost = max_cost
        self._prices = prices or Prices()
        self._changed = Condition(RLock())
        self._entries: list[Entry] = []
        self._uses: Counter[str] = Counter()
        self._stopped: Refusal | None = None
        self._watchers: list[Callable[[], object]] = []

    @property
    def entries(self) -> list[Entry]:
        """The calls so far."""
        with self._changed:
            return list(self._entries)

    @property
    def stopped(self) -> Refusal | None:
        """Why nothing is sent any more; `None` while something may be."""
        return self._stopped

    @property
    def spent(self) -> Cost:
        """What the calls so far cost at most."""
        with self._changed:
            return Cost.of(entry.price for entry in self._entries)

    def price(self, step: Step) -> Price:
        """What one call of a step costs at most."""
        return NOTHING if step.key is WithKey.BAD else self._prices.of(step.operation.id, step.terms.charge)

    def reserve(self, step: Step) -> Entry | Refusal:
        """Count a call that is about to be sent, or say why it must not be; then nothing else is sent either."""
        price = self.price(step)
        with self._changed:
            refusal = self._stopped or self._over(step, price)
            if refusal is not None:
                self.stop(refusal)
                return refusal
            entry = Entry(len(self._entries) + 1, now(), step, price)
            self._entries.append(entry)
            self._uses[step.ticket] += 1
            return entry

    def settle(self, entry: Entry, outcome: str, *, answered: bool) -> None:
        """Say what became of a call."""
        with self._changed:
            entry.outcome, entry.answered = outcome, answered
            self._changed.notify_all()

    def stop(self, why: Refusal) -> None:
        """Let nothing be sent any more. The first reason stays."""
        with self._changed:
            if self._stopped is not None:
                return
            self._stopped = why
            watchers = list(self._watchers)
        for watcher in watchers:
            watcher()

    @contextmanager
    def watching(self, watcher: Callable[[], object]) -> Generator[None]:
        """Have something called, in whatever thread, when all is stopped."""
        with self._changed:
            self._watchers.append(watcher)
            late = self._stopped is not None
        if late:
            watcher()
        try:
            yield
        finally:
            with self._changed:
                self._watchers.remove(watcher)

    def in_flight(self) -> int:
        """Calls that were counted and have not ended."""
        with self._changed:
            return sum(entry.outcome == ON_ITS_WAY for entry in self._entries)

    def wait_idle(self, enough: Callable[[], bool]) -> bool:
        """Wait until no call is on its way, or until it is enough; tells whether it came to the former."""
        with self._changed:
            while self.in_flight() and not enough():
                self._changed.wait(0.05)
            return not self.in_flight()

    def _over(self, step: Step, price: Price) -> Refusal | None:
        """The cap that one more call would go over."""
        if self._uses[step.ticket] >= step.uses:
            times = "once" if step.uses == 1 else f"{step.uses} times"
            return Refusal(
                "cap-plan", f"the plan has {step.operation.id} ({step.note}) {times}, and more was asked for"
            )
        if len(self._entries) >= self.max_calls:
            return Refusal("cap-calls", f"the cap of {self.max_calls} calls is reached")
        if self.max_cost is None:
            return None
        if price is None:
            return Refusal(
                "cap-cost", f"the price of {step.operation.id} is unknown: the cap of cost could not be kept"
            )
        if Cost.of(entry.price for entry in self._entries).known + price > self.max_cost:
            told = f"{step.operation.id} for {plain(price)} would go over the cap of {plain(self.max_cost)}"
            return Refusal("cap-cost", told)
        return None
