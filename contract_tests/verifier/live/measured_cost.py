"""What a live run really cost: the key's usage before and after each step, and the prices that follow from it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import httpx
from attrs import define, field, frozen
from cometapi_suno_mock import Contract
from cometapi_suno_mock.media import is_array, is_object
from cometapi_suno_mock.pointers import join_pointer, look_up

from contract_tests.verifier.live.limits import Budget, format_amount
from contract_tests.verifier.live.paid_workflow import TICKET_HEADER
from contract_tests.verifier.live.planned_requests import KeyChoice, OperationTerms, PlannedRequest, Tier
from scripts.overlay.overlay_actions import format_jsonpath

OVERLAY: Final = "measured-prices.overlay.json"
_READS: Final = "account.usage"
_HUNDREDTHS: Final = 100


@frozen
class MeasuredCost:
    """What a run was charged.

    Attributes:
        steps: The operations that may be charged, in the order of their calls, each with what the usage grew by.
        total: What the usage grew by in all; `None` if it was not read twice.
        gap: Why it was not measured; empty if it was.
    """

    steps: Sequence[tuple[str, Decimal]] = ()
    total: Decimal | None = None
    gap: str = "add --measure to read the key's usage before and after"

    @property
    def prices(self) -> dict[str, Decimal]:
        """The highest measured price by operationId."""
        return {name: max(cost for each, cost in self.steps if each == name) for name, _ in self.steps}

    def render(self, prices: Mapping[str, Decimal]) -> Iterator[str]:
        """Yield lines for the terminal.

        Args:
            prices: The highest prices that the user gave, by operationId.
        """
        if self.total is None:
            yield f"Not measured: {self.gap}."
            return
        yield f"Charged, by the key's usage: {format_amount(self.total)} USD. Other users of the key count too."
        for name, cost in self.steps:
            limit = f"; at most {format_amount(prices[name])} was expected" if name in prices else ""
            yield f"  {name}: {format_amount(cost)} USD{limit}."
        late = self.total - sum(cost for _, cost in self.steps)
        if late:
            yield f"  {format_amount(late)} USD showed only after its call."

    def as_json(self) -> dict[str, Any]:
        """Return the member of `account.json`."""
        steps = [{"operation": name, "charged": format_amount(cost)} for name, cost in self.steps]
        return {"total": None if self.total is None else format_amount(self.total), "steps": steps, "gap": self.gap}


@define
class UsageMeter:
    """Reads the key's usage through the proxy, as a line of the plan.

    Attributes:
        planned: That line; `None` if the user did not ask for it.
        budget: Counts what was charged.
    """

    planned: PlannedRequest | None
    budget: Budget
    _first: Decimal | None = field(default=None, init=False)
    _last: Decimal | None = field(default=None, init=False)
    _steps: list[tuple[str, Decimal]] = field(factory=list[tuple[str, Decimal]], init=False)
    _gap: str = field(default="the key's usage was not read", init=False)

    async def read(self, http: httpx.AsyncClient, operation: str = "") -> None:
        """Read the usage, before the first call or after a call of an operation that may be charged."""
        if self.planned is None or self.budget.stopped is not None:
            return
        response = await http.get(self.planned.path, headers={TICKET_HEADER: self.planned.ticket})
        used = _parse_usage(response)
        if used is None:
            self._gap = f"the key's usage cannot be read (status {response.status_code})"
            return
        if self._last is not None and self._first is not None:
            if operation:
                self._steps.append((operation, used - self._last))
                self.budget.record_price(operation, used - self._last)
            self.budget.record_charged(used - self._first)
        self._first = used if self._first is None else self._first
        self._last = used

    @property
    def cost(self) -> MeasuredCost:
        """What was measured so far."""
        if self.planned is None:
            return MeasuredCost()
        if self._first is None or self._last is None:
            return MeasuredCost(gap=self._gap)
        return MeasuredCost(tuple(self._steps), self._last - self._first, "")


def plan_usage_reads(contract: Contract, planned: Sequence[PlannedRequest]) -> PlannedRequest | None:
    """Plan the reads: before the first call, after each call that may be charged, and at the end."""
    found = next((each for each in contract.operations.values() if each.sdk == _READS), None)
    if found is None:
        return None
    uses = 2 + sum(each.uses for each in planned if each.may_be_charged)
    terms = OperationTerms.of(contract.description, found)
    return PlannedRequest(Tier.FREE, found, terms, "what was charged so far", KeyChoice.REAL, uses)


def propose_prices(
    description: Mapping[str, Any], operations: Mapping[str, str], cost: MeasuredCost, base_url: str, day: str
) -> dict[str, Any] | None:
    """Return an overlay that puts measured prices on record as observed; `None` if all are on record.

    Args:
        description: The description.
        operations: The pointer of each operation, by operationId.
        cost: What was measured.
        base_url: The service.
        day: When.
    """
    source = f"live-{day}"
    actions: list[dict[str, Any]] = []
    for name, amount in cost.prices.items():
        billing = join_pointer(operations[name], "x-billing")
        known: Any = look_up(description, billing).get("prices")
        listed: list[Mapping[str, Any]] = [each for each in known if is_object(each)] if is_array(known) else []
        on_record = {Decimal(str(each["amount"])) for each in listed if "variant" not in each}
        if amount <= 0 or amount in on_record:
            continue
        price = {"amount": float(amount), "currency": "USD", "source": source, "read": day}
        says = f"A call was charged {format_amount(amount)} USD, by the key's usage before and after it."
        if known is not None:
            actions.append({"target": format_jsonpath(description, join_pointer(billing, "prices")), "remove": True})
        prices = [price, *(each for each in listed if "variant" in each)]
        actions.append({"target": format_jsonpath(description, billing), "update": {"prices": prices}})
        evidence = format_jsonpath(description, join_pointer(operations[name], "x-evidence"))
        actions.append({"target": evidence, "update": {"source": source, "says": says, "status": "observed"}})
    if not actions:
        return None
    title = f"Charges of {base_url}, observed by this project"
    described = {"title": title, "kind": "observation", "weight": "primary", "date": day, "read": day}
    if source not in description["x-sources"]:
        actions.insert(0, {"target": "$['x-sources']", "update": {source: described}})
    info = {"title": "Prices that a live run measured", "version": day}
    return {"overlay": "1.0.0", "info": info, "actions": actions}


def _parse_usage(response: httpx.Response) -> Decimal | None:
    try:
        body = json.loads(response.content, parse_float=Decimal, parse_int=Decimal)
    except ValueError:
        return None
    total = body.get("total_usage") if response.is_success and is_object(body) else None
    return total / _HUNDREDTHS if isinstance(total, Decimal) else None
