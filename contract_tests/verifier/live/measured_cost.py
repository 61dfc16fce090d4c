"""What a live run really cost, by the key's usage and the account's own rows, and the prices that follow from it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import httpx
from attrs import define, field, frozen
from cometapi_suno import AsyncSunoClient, SunoError
from cometapi_suno._account_rows import CHARGE, QUOTA_UNITS_PER_DOLLAR
from cometapi_suno_mock import Contract

from contract_tests.verifier.live.limits import FREE_OF_CHARGE, Budget, CountedCall, format_amount
from contract_tests.verifier.live.paid_workflow import TICKET_HEADER
from contract_tests.verifier.live.planned_requests import KeyChoice, PlannedRequest, Tier
from contract_tests.verifier.proposals.overlay_builder import OverlayBuilder
from scripts.openapi_document import is_array, is_object, join_pointer

OVERLAY: Final = "measured-prices.overlay.json"
_HUNDREDTHS: Final = 100
_PAGE: Final = 100
"""Rows of the account that are read; the newest come first."""


@define
class MeasuredCost:
    """What a run was charged. `CostMeter` adds to it as the run goes on.

    Attributes:
        steps: The operations that may be charged, in the order of their calls, each with what the usage grew by.
        total: What the usage grew by in all; `None` if it was not read twice.
        gap: Why it was not measured to the end; empty if it was.
        rows: The operations whose charge is in the account's usage log or tasks, in the order of their calls.
        rows_gap: Why rows are missing; empty if they are not, or were not asked for.
    """

    steps: list[tuple[str, Decimal]] = field(factory=list[tuple[str, Decimal]])
    total: Decimal | None = None
    gap: str = "add --measure to read the key's usage before and after"
    rows: list[tuple[str, Decimal]] = field(factory=list[tuple[str, Decimal]])
    rows_gap: str = ""

    @property
    def prices(self) -> dict[str, Decimal]:
        """The highest measured price by operationId, by the account's own rows where it has them."""
        by_usage, by_rows = (
            {name: max(cost for each, cost in found if each == name) for name, _ in found}
            for found in (self.steps, self.rows)
        )
        return by_usage | by_rows

    def find_basis(self, operation: str) -> str:
        """Return by what the price of an operation is known."""
        known = any(name == operation for name, _ in self.rows)
        return "the account's usage log and tasks" if known else "the key's usage before and after it"

    def render(self, estimates: Mapping[str, str]) -> Iterator[str]:
        """Yield lines for the terminal.

        Args:
            estimates: What a call was expected to cost, in words, by operationId.
        """
        if self.total is None:
            yield f"Not measured: {self.gap}."
        else:
            yield f"Charged, by the key's usage: {format_amount(self.total)} USD. Other users of the key count too."
            if self.gap:
                yield f"  It may be more: {self.gap}."
            yield from _render_steps(self.steps, estimates)
            late = self.total - sum(cost for _, cost in self.steps)
            if late:
                yield f"  {format_amount(late)} USD more, which no reading after a call showed."
        if self.rows:
            yield "Charged, by the usage log and the tasks of the account:"
            yield from _render_steps(self.rows, estimates)
        if self.rows_gap:
            yield f"Not complete: {self.rows_gap}."

    def as_json(self) -> dict[str, Any]:
        """Return the member of `summary.json`."""
        steps, rows = (
            [{"operation": name, "charged": format_amount(cost)} for name, cost in found]
            for found in (self.steps, self.rows)
        )
        total = None if self.total is None else format_amount(self.total)
        return {"total": total, "steps": steps, "rows": rows, "gap": self.gap, "rows_gap": self.rows_gap}


@frozen
class CostReads:
    """The reads of what was charged.

    Attributes:
        usage: The key's usage, before the first call and after each call that may be charged.
        usage_in_all: The key's usage, at the end.
        tasks: The tasks of the account, at the end; `None` without an access token.
        log: The usage log of the account, at the end; `None` without an access token.
    """

    usage: PlannedRequest
    usage_in_all: PlannedRequest
    tasks: PlannedRequest | None = None
    log: PlannedRequest | None = None

    @property
    def requests(self) -> list[PlannedRequest]:
        """All of them."""
        return [each for each in (self.usage, self.usage_in_all, self.tasks, self.log) if each is not None]


@define
class CostMeter:
    """Reads what was charged through the proxy, as lines of the plan.

    Attributes:
        reads: Those lines; `None` if the user did not ask for them.
        budget: Counts what was charged.
        cost: What was measured so far.
    """

    reads: CostReads | None
    budget: Budget
    cost: MeasuredCost = field(factory=MeasuredCost, init=False)
    _first: Decimal | None = field(default=None, init=False)
    _tasks: list[tuple[str, str]] = field(factory=list[tuple[str, str]], init=False)

    def __attrs_post_init__(self) -> None:
        if self.reads is not None:
            self.cost.gap = "the key's usage was not read"

    async def read(self, http: httpx.AsyncClient, operation: str = "") -> None:
        """Read the usage, before the first call or after a call of an operation that may be charged."""
        if self.reads is not None:
            await self._read_usage(http, self.reads.usage, operation)

    def add_task(self, operation: str, task_id: str) -> None:
        """Note which task a call has started."""
        self._tasks.append((operation, task_id))

    async def close(self, http: httpx.AsyncClient, client: AsyncSunoClient) -> None:
        """Read the usage for the last time, and what the account says of each call."""
        if self.reads is None:
            return
        measured = len(self.cost.steps)
        charged = [call.operation for call in self._list_charged()]
        # What the usage grew by since the last reading is the cost of a call only if it was the only one.
        left = charged[measured] if len(charged) == measured + 1 else ""
        await self._read_usage(http, self.reads.usage_in_all, left)
        if self.reads.log is not None and self.reads.tasks is not None:
            await self._read_rows(client, self.reads.log, self.reads.tasks)

    async def _read_rows(self, client: AsyncSunoClient, log: PlannedRequest, tasks: PlannedRequest) -> None:
        """Find what each call was charged: by its request id in the usage log, else by its task."""
        calls = self._list_charged()
        if not calls or not self.budget.permits(log):
            return
        try:
            charges = await client.account.charge_page(
                page_size=_PAGE, type_=CHARGE, headers={TICKET_HEADER: log.ticket}
            )
            rows = await client.account.task_page(page_size=_PAGE, headers={TICKET_HEADER: tasks.ticket})
        except SunoError as error:
            self.cost.rows_gap = f"the account cannot be read: {type(error).__name__}"
            return
        by_request: Counter[str] = Counter()
        for charge in charges if isinstance(charges, list) else charges.items or []:
            by_request[charge.request_id or ""] += charge.quota
        by_task = {row.task_id: row.quota for row in (rows if isinstance(rows, list) else rows.items or [])}
        found = list(self._match_rows(calls, by_request, by_task))
        self.cost.rows = [(name, Decimal(units) / QUOTA_UNITS_PER_DOLLAR) for name, units in found]
        if len(found) < len(calls):
            self.cost.rows_gap = "not every call is in the account's usage log or tasks yet"

    def _match_rows(
        self, calls: Iterable[CountedCall], by_request: Mapping[str, int], by_task: Mapping[str, int | None]
    ) -> Iterator[tuple[str, int]]:
        """Yield each call that the account shows, with its quota units."""
        left = list(self._tasks)
        for call in calls:
            started = next((each for each in left if each[0] == call.operation), ("", ""))
            if started[1]:
                left.remove(started)
            units = by_request.get(call.request_id) if call.request_id else None
            units = by_task.get(started[1]) if units is None else units
            if units is not None:
                yield call.operation, units

    def _list_charged(self) -> list[CountedCall]:
        """Return the calls that may have been charged: not those that were refused."""
        return [
            call
            for call in self.budget.calls
            if call.price != FREE_OF_CHARGE and not (call.answered and not call.outcome.startswith("2"))
        ]

    async def _read_usage(self, http: httpx.AsyncClient, planned: PlannedRequest, operation: str) -> None:
        if not self.budget.permits(planned):
            self.cost.gap = "the key's usage was not read at the end"
            return
        response = await http.get(planned.path, headers={TICKET_HEADER: planned.ticket})
        used = _parse_usage(response)
        if used is None:
            self.cost.gap = f"the key's usage cannot be read (status {response.status_code})"
            return
        self.cost.gap = ""
        self._first = used if self._first is None else self._first
        before, self.cost.total = self.cost.total, used - self._first
        if before is None:  # the first reading
            return
        if operation:
            charged = self.cost.total - before
            self.cost.steps.append((operation, charged))
            self.budget.record_price(operation, charged)
        self.budget.record_charged(self.cost.total)


def plan_cost_reads(contract: Contract, planned: Sequence[PlannedRequest], *, has_token: bool) -> CostReads | None:
    """Plan the reads; `None` if the description has no usage of a key.

    Args:
        contract: The description.
        planned: The other requests.
        has_token: Whether there is an access token.
    """
    by_call = {each.sdk: each for each in contract.operations.values()}

    def plan(call: str, note: str, uses: int = 1, *, closing: bool = True) -> PlannedRequest | None:
        operation = by_call.get(call)
        if operation is None or (operation.credential == "access_token" and not has_token):
            return None
        return PlannedRequest(Tier.FREE, operation, note, KeyChoice.of(operation), uses, closing=closing)

    uses = 1 + sum(each.uses for each in planned if each.may_be_charged)
    usage = plan("account.usage", "what was charged so far", uses, closing=False)
    usage_in_all = plan("account.usage", "what was charged in all")
    if usage is None or usage_in_all is None:
        return None
    tasks = plan("account.task_page", "what each task cost")
    return CostReads(usage, usage_in_all, tasks, plan("account.charge_page", "what each call was charged"))


def propose_prices(contract: Contract, cost: MeasuredCost, base_url: str, day: str) -> dict[str, Any] | None:
    """Return an overlay that puts measured prices on record as observed; `None` if all are on record.

    Args:
        contract: The description.
        cost: What was measured.
        base_url: The service.
        day: When.
    """
    source, builder = f"live-{day}", OverlayBuilder(contract.description)
    for name, amount in cost.prices.items():
        operation = contract.operations[name].pointer
        billing = join_pointer(operation, "x-billing")
        known: Any = builder.at(billing).get("prices")
        listed: list[Mapping[str, Any]] = [each for each in known if is_object(each)] if is_array(known) else []
        on_record = {Decimal(str(each["amount"])) for each in listed if "variant" not in each}
        if amount <= 0 or amount in on_record:
            continue
        price = {"amount": float(amount), "currency": "USD", "source": source, "read": day}
        says = f"A call was charged {format_amount(amount)} USD, by {cost.find_basis(name)}."
        builder.set_members(billing, prices=[price, *(each for each in listed if "variant" in each)])
        builder.update(f"{operation}/x-evidence", {"source": source, "says": says, "status": "observed"})
    actions = list(builder.take_actions())
    if not actions:
        return None
    title = f"Charges of {base_url}, observed by this project"
    described = {"title": title, "kind": "observation", "weight": "primary", "date": day, "read": day}
    if not builder.has(f"/x-sources/{source}"):
        actions.insert(0, {"target": "$['x-sources']", "update": {source: described}})
    info = {"title": "Prices that a live run measured", "version": day}
    return {"overlay": "1.0.0", "info": info, "actions": actions}


def _render_steps(steps: Iterable[tuple[str, Decimal]], estimates: Mapping[str, str]) -> Iterator[str]:
    for name, cost in steps:
        expected = f"; {estimates[name]}" if name in estimates else ""
        yield f"  {name}: {format_amount(cost)} USD{expected}."


def _parse_usage(response: httpx.Response) -> Decimal | None:
    try:
        body = json.loads(response.content, parse_float=Decimal, parse_int=Decimal)
    except ValueError:
        return None
    total = body.get("total_usage") if response.is_success and is_object(body) else None
    return total / _HUNDREDTHS if isinstance(total, Decimal) else None
