"""What a run would send, and what that may cost at worst. Printed before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from attrs import field, frozen

from contract_tests.verifier.live.limits import Ledger
from contract_tests.verifier.live.live_prices import Cost, Prices, plain
from contract_tests.verifier.live.paid_workflow import Workflow
from contract_tests.verifier.live.planned_requests import Step, WithKey


@frozen(kw_only=True)
class Plan:
    """Every request, and the caps.

    Attributes:
        base: Where it goes.
        checks: Requests that are known beforehand, in their order.
        workflow: What is paid for; `None` without that tier.
        wait: Seconds that a song may take.
        prices: What a call costs at most.
        max_calls: Calls that may be sent; `None` for as many as the plan has.
        max_cost: What they may cost; `None` for no cap.
        rate: Calls per second at most.
    """

    base: str
    checks: Sequence[Step]
    workflow: Workflow | None = None
    wait: float
    prices: Prices = field(factory=Prices)
    max_calls: int | None = None
    max_cost: Decimal | None = None
    rate: float

    @property
    def steps(self) -> list[Step]:
        """All of them, in their order."""
        return [*self.checks, *(self.workflow.steps if self.workflow is not None else ())]

    @property
    def calls(self) -> int:
        """Calls at worst, by the plan and by the cap."""
        planned = sum(step.uses for step in self.steps)
        return planned if self.max_calls is None else min(planned, self.max_calls)

    @property
    def chargeable(self) -> int:
        """Calls at worst that may be charged."""
        return min(self.calls, sum(step.uses for step in self.steps if step.may_be_charged))

    @property
    def cost(self) -> Cost:
        """What the whole plan costs at worst; the caps may end it earlier."""
        ledger = self.ledger()
        return Cost.of(ledger.price(step) for step in self.steps for _ in range(step.uses))

    @property
    def unpriced(self) -> list[str]:
        """The operations whose price is unknown."""
        ledger = self.ledger()
        return list(dict.fromkeys(step.operation.id for step in self.steps if ledger.price(step) is None))

    @property
    def obstacle(self) -> str | None:
        """Why the caps cannot be kept; `None` when they can."""
        if self.max_cost is None or not self.unpriced:
            return None
        return (
            f"--max-cost cannot be kept: the price of {', '.join(self.unpriced)} is unknown. Say what a call costs at "
            f"most with --price {self.unpriced[0]}=AMOUNT, or leave --max-cost out and cap by --max-calls."
        )

    def ledger(self) -> Ledger:
        """A new ledger with the caps."""
        return Ledger(max_calls=self.calls, max_cost=self.max_cost, prices=self.prices)

    def text(self) -> str:
        """For the terminal."""
        rows = [("", "tier", "request", "key", "calls", "cost", "what for"), *self._rows()]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        return "\n".join([f"Plan for {self.base}", "", *lines, "", *self._totals()])

    def _rows(self) -> Iterator[tuple[str, ...]]:
        ledger = self.ledger()
        for number, step in enumerate(self.steps, start=1):
            price = ledger.price(step)
            cost = "price unknown" if price is None else plain(price * step.uses)
            calls = f"<= {step.uses}" if step.uses > 1 else "1"
            request = f"{step.operation.method} {step.path}"
            yield str(number), step.tier, request, step.key, calls, cost, step.note

    def _totals(self) -> Iterator[str]:
        yield f"At worst: {self.calls} calls, {self.chargeable} that may be charged; cost: {self.cost}."
        cost = "no cap of cost" if self.max_cost is None else f"cost {plain(self.max_cost)}"
        yield f"Caps: {self.calls} calls, {cost}, {self.rate:g} calls a second. At the first cap everything stops."
        if self.calls < sum(step.uses for step in self.steps):
            what = " and perhaps after something was paid for" if self.workflow is not None else ""
            yield f"The cap of calls is below what the plan may need: it may end early{what}."
        if any(step.key is WithKey.BAD for step in self.steps):
            yield "Calls with a bad key are sent with one that nobody has: there is nobody to charge."
        if self.workflow is not None:
            yield "The workflow leaves two songs and a private persona in the account; no call removes them."
