"""One valid call, as an operation's handler gets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from cometapi_suno_mock.refusal_rules import Rule

if TYPE_CHECKING:
    from cometapi_suno_mock.credits import Account
    from cometapi_suno_mock.state import World
    from cometapi_suno_mock.state_records import Task


class Call(NamedTuple):
    """Who asks for what; `body` has passed the schema."""

    world: World
    account: Account
    path: Mapping[str, str]
    body: Any
    size: int
    """Bytes of the body as it came."""
    cost: int

    def submit(self, **task: Any) -> Task:
        """Begin a task of the caller's, at the price of this call."""
        return self.world.submit(self.account, cost=self.cost, size=self.size, **task)


Handler: TypeAlias = Callable[[Call], Any]
Precheck: TypeAlias = Callable[[Any], Rule | None]


def envelope(data: Any) -> dict[str, Any]:
    """The success envelope."""
    return {"code": "success", "message": "", "data": data}


def text(body: Any, field: str) -> str:
    """A text field, empty when it is absent or no text."""
    value = body.get(field)
    return value if isinstance(value, str) else ""
