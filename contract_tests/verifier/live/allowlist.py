"""Which requests the proxy may send at all: those that are described, and that the plan has a ticket for. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import parse_qsl

from cometapi_suno_mock import Contract

from contract_tests.verifier.live.limits import Refusal
from contract_tests.verifier.live.planned_requests import SEGMENT, Step

TICKET: Final = "x-live-ticket"
"""The request header that says which step of the plan a request is. It decides whose key goes along."""
MARK: Final = "x-live-proxy"
"""The response header that every answer of the proxy itself carries, and none of the service's."""
LOCAL_STATUS: Final = 599
"""The status of the proxy's own answers, which no service uses."""


class Gate:
    """Lets through what the plan has.

    Args:
        contract: The description.
        steps: The plan.
    """

    def __init__(self, contract: Contract, steps: Iterable[Step]) -> None:
        self._contract = contract
        self._steps = {step.ticket: step for step in steps}

    def admit(self, method: str, path: str, query: str, tickets: list[str]) -> Step | Refusal:
        """The step that a request belongs to, or why it belongs to none.

        Args:
            method: HTTP method.
            path: Percent-encoded, without the query.
            query: Percent-encoded.
            tickets: The values of the header `TICKET`.
        """
        matched = self._contract.match(method, path)
        if matched is None or not all(SEGMENT.fullmatch(segment) for segment in path.split("/")[1:]):
            return Refusal("not-described", f"{method} {_printable(path)}: the description has no such request")
        operation = matched[0]
        described = {parameter.name for parameter in operation.parameters if parameter.place == "query"}
        if query and not {name for name, _ in parse_qsl(query, keep_blank_values=True) or [("", "")]} <= described:
            return Refusal("not-described", f"{operation.id}: the description has no such query")
        step = self._steps.get(tickets[0]) if len(tickets) == 1 else None
        if step is None:
            return Refusal("no-ticket", f"{operation.id}: the request is not in the plan")
        if step.operation.id != operation.id:
            return Refusal("no-ticket", f"{operation.id}: the ticket is for {step.operation.id}")
        return step


def _printable(text: str) -> str:
    return "".join(character if " " <= character <= "~" else "?" for character in text[:200])
