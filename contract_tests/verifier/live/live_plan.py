"""The plan of a live run: every request and the highest cost, printed before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from attrs import field, frozen
from cometapi_suno._config import TOKEN_VARIABLE
from cometapi_suno_mock import Contract, DescriptionError

from contract_tests.verifier.exchange import VerifierInputError
from contract_tests.verifier.live.limits import Cost, Price, format_amount, price_of
from contract_tests.verifier.live.measured_cost import CostReads, plan_cost_reads
from contract_tests.verifier.live.paid_workflow import SONG_TIMEOUT, PaidWorkflow, plan_paid_workflow
from contract_tests.verifier.live.planned_requests import (
    KeyChoice,
    PlannedRequest,
    Tier,
    plan_free_requests,
    plan_read_requests,
)
from contract_tests.verifier.live.upstream import resolve_base_url


@frozen(kw_only=True)
class LiveOptions:
    """What the user asks of a live run.

    Attributes:
        tiers: How far it may go.
        ids: The ids to read, by the name of their path parameter.
        only: The operations to call of the tiers `free` and `read`; all of them when empty.
        prices: The highest price of a call by operationId.
        max_cost: What all calls may cost; `None` for no cap.
        max_calls: How many calls may be sent; `None` for as many as planned.
        rate: Calls per second at most.
        wait: Seconds that a song may take.
        timeout: Seconds until a response must be complete.
        base_url: The service; `None` for that of the environment or the description.
        out: The folder of all runs.
        port: The port of the proxy; 0 for a free one.
        judge: The folder of an earlier run whose recordings are judged; nothing is sent then.
        measure: Whether the key's usage is read to see what was charged.
        yes: Whether the plan is sent.
        keep_contents: Whether recordings keep what was sent and answered, not only its shape.
    """

    tiers: frozenset[Tier] = frozenset()
    ids: Mapping[str, Sequence[str]] = field(factory=dict[str, Sequence[str]])
    only: frozenset[str] = frozenset()
    prices: Mapping[str, Decimal] = field(factory=dict[str, Decimal])
    max_cost: Decimal | None = None
    max_calls: int | None = None
    rate: float = 2.0
    wait: float = SONG_TIMEOUT
    timeout: float = 120.0
    base_url: str | None = None
    out: Path = Path("build/live")
    port: int = 0
    judge: Path | None = None
    measure: bool = False
    yes: bool = False
    keep_contents: bool = False


@frozen(kw_only=True)
class LivePlan:
    """Every request, and the caps.

    Attributes:
        options: What the user asked for.
        base_url: The service, checked.
        checks: Requests that are known in advance, in their order.
        workflow: The paid requests; `None` without that tier.
        reads: The reads of what was charged; `None` without `--measure`.
        unasked: The calls that are left out, and why; empty if none.
    """

    options: LiveOptions
    base_url: str
    checks: Sequence[PlannedRequest]
    workflow: PaidWorkflow | None = None
    reads: CostReads | None = None
    unasked: str = ""

    @property
    def requests(self) -> list[PlannedRequest]:
        """All planned requests, in their order."""
        return [*self.checks, *(self.workflow or ()), *(self.reads.requests if self.reads else ())]

    @property
    def max_calls(self) -> int:
        """The most calls, by the plan and by the cap."""
        planned = sum(each.uses for each in self.requests)
        return planned if self.options.max_calls is None else min(planned, self.options.max_calls)

    @property
    def kept_back(self) -> int:
        """How many of the calls are for requests that close the run."""
        return sum(each.uses for each in self.requests if each.closing)

    @property
    def estimates(self) -> dict[str, str]:
        """What a call that may be charged is expected to cost, in words, by operationId."""
        found: dict[str, str] = {}
        for each in self.requests:
            price, amounts = self.options.prices.get(each.operation.id), _list_amounts(each)
            if price is not None:
                found[each.operation.id] = f"at most {format_amount(price)} was expected"
            elif amounts and each.may_be_charged:
                found[each.operation.id] = f"{' or '.join(f'{amount:g}' for amount in amounts)} USD is on record"
        return found

    @property
    def obstacle(self) -> str | None:
        """Why the cap on cost cannot be kept; `None` if it can."""
        unpriced = list(dict.fromkeys(each.operation.id for each in self.requests if self._price(each) is None))
        if self.options.max_cost is None or not unpriced:
            return None
        return (
            f"--max-cost cannot be kept: the price of {', '.join(unpriced)} is unknown. Give the highest price of a "
            f"call with --price {unpriced[0]}=AMOUNT, or cap by --max-calls instead. A price on record may be "
            "old, so it is not used here."
        )

    def render(self) -> str:
        """Render the plan for the terminal."""
        rows = [("", "tier", "request", "key", "calls", "cost", "purpose"), *self._rows()]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        return "\n".join([f"Plan for {self.base_url}", "", *lines, "", *self._totals()])

    def _price(self, planned: PlannedRequest) -> Price:
        return price_of(planned, self.options.prices)

    def _rows(self) -> Iterator[tuple[str, ...]]:
        for number, each in enumerate(self.requests, start=1):
            price = self._price(each)
            cost = _format_unknown(each) if price is None else format_amount(price * each.uses)
            calls = f"<= {each.uses}" if each.uses > 1 else "1"
            yield str(number), each.tier, f"{each.operation.method} {each.path}", each.key, calls, cost, each.note

    def _totals(self) -> Iterator[str]:
        options, calls = self.options, self.max_calls
        chargeable = min(calls, sum(each.uses for each in self.requests if each.may_be_charged))
        cost = Cost.of(self._price(each) for each in self.requests for _ in range(each.uses))
        yield f"At most: {calls} calls, {chargeable} that may be charged; cost: {cost}."
        cap = "no cap on cost" if options.max_cost is None else f"cost {format_amount(options.max_cost)}"
        yield f"Caps: {calls} calls, {cap}, {options.rate:g} calls per second. The first cap stops all calls."
        if calls < sum(each.uses for each in self.requests):
            paid = ", perhaps after paid calls" if self.workflow is not None else ""
            yield f"The cap on calls is lower than what the plan may need: the run may end early{paid}."
        if self.unasked:
            yield f"Not asked: {self.unasked}."
        if any(each.key is KeyChoice.BAD for each in self.requests):
            yield "The bad key belongs to no account, so these calls cannot be charged."
        if self.workflow is not None:
            yield "The workflow leaves two songs and a private persona in the account; no call removes them."


def _format_unknown(planned: PlannedRequest) -> str:
    """Say that no highest price was given, and which price is on record."""
    amounts = _list_amounts(planned)
    return f"price unknown ({amounts[-1]:g} USD on record)" if amounts else "price unknown"


def _list_amounts(planned: PlannedRequest) -> list[float]:
    """Return the prices on record of a call, the lowest first."""
    return sorted({price.amount for price in planned.operation.prices})


def make_plan(options: LiveOptions, contract: Contract, *, has_token: bool = False) -> LivePlan:
    """Plan what the user asks for.

    Args:
        options: What the user asks for.
        contract: The description.
        has_token: Whether there is an access token. Without one, the calls that need it are left out.

    Raises:
        ConfigurationError: The base URL cannot be used.
        VerifierInputError: A named operation does not exist, or nothing is left to send.
    """
    for name in (*options.only, *options.prices):
        if name not in contract.operations:
            raise VerifierInputError(f"{name!a} is not an operation; there are {', '.join(contract.operations)}.")
    try:
        workflow = plan_paid_workflow(contract, options.wait) if Tier.PAID in options.tiers else None
    except DescriptionError as error:
        raise VerifierInputError(str(error)) from None
    checks: list[PlannedRequest] = []
    if Tier.FREE in options.tiers:
        checks += plan_free_requests(contract)
    if Tier.READ in options.tiers:
        checks += plan_read_requests(contract, options.ids)
    checks = [each for each in checks if not options.only or each.operation.id in options.only]
    closed = [] if has_token else [each for each in checks if each.key is KeyChoice.TOKEN]
    checks = [each for each in checks if each not in closed]
    unasked = ""
    if closed:
        unasked = f"{', '.join(each.operation.id for each in closed)}: no access token; set {TOKEN_VARIABLE}"
    if not checks and workflow is None:
        reason = unasked or "the description has no such call for these tiers"
        raise VerifierInputError(f"nothing is left to send: {reason}.")
    base_url = resolve_base_url(options.base_url, str(contract.description["servers"][0]["url"]))
    planned = [*checks, *(workflow or ())]
    reads = plan_cost_reads(contract, planned, has_token=has_token) if options.measure else None
    plan = LivePlan(options=options, base_url=base_url, checks=checks, workflow=workflow, reads=reads, unasked=unasked)
    if plan.max_calls <= plan.kept_back:
        raise VerifierInputError(f"--max-calls {plan.max_calls}: --measure needs {plan.kept_back} of them at the end.")
    return plan
