"""A valid call of an operation, as its handler gets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from cometapi_suno_mock.refusal_rules import RefusalRule

if TYPE_CHECKING:
    from cometapi_suno_mock.credits import CreditAccount
    from cometapi_suno_mock.state import GatewayState
    from cometapi_suno_mock.state_records import TaskRecord


class OperationCall(NamedTuple):
    """The state, the caller's account, and the parameters and body, which fit the contract."""

    state: GatewayState
    account: CreditAccount
    path: Mapping[str, str]
    body: Any
    size: int
    """Bytes of the encoded body."""
    cost: int
    query: Mapping[str, str]
    base: str
    """The URL of the gateway as the caller wrote it."""

    def submit(self, **task: Any) -> TaskRecord:
        """Submit a task for the caller, at the price of this call."""
        submitted = self.state.submit(self.account, cost=self.cost, size=self.size, **task)
        if self.state.on_submit is not None and submitted.notify_hook:
            self.state.on_submit(submitted, self.base)
        return submitted


Handler: TypeAlias = Callable[[OperationCall], Any]
"""Returns the JSON value of the 200 reply."""
Precheck: TypeAlias = Callable[[Any], RefusalRule | None]
"""Returns the rule that refuses a body before it is validated."""


def wrap(data: Any) -> dict[str, Any]:
    """Wrap data in the success envelope."""
    return {"code": "success", "message": "", "data": data}


def get_text(body: Any, field: str) -> str:
    """Return a string field, empty when it is absent or not a string."""
    value = body.get(field)
    return value if isinstance(value, str) else ""
