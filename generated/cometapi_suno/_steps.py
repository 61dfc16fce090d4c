"""Steps: a sequence of calls, written once as a generator that does no IO, and run by either client.

The generator yields calls and pauses. It gets the result of each call, or its error raised at the `yield`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Generator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

from .errors import SunoError

if TYPE_CHECKING:
    from ._engine import AsyncEngine, SyncEngine
    from ._operation import Call
    from ._options import CallOptions

T = TypeVar("T")


class Pause(NamedTuple):
    """A number of seconds to wait."""

    seconds: float


Steps: TypeAlias = "Generator[Call[Any] | Pause, Any, T]"


async def await_result(returned: object) -> None:
    """Wait for what a function of the user's has returned, if it is awaitable."""
    if isinstance(returned, Awaitable):
        await returned


def run_steps(engine: SyncEngine, steps: Steps[T], options: CallOptions) -> T:
    """Run the steps and return their result."""
    result: Any = None
    error: SunoError | None = None
    while True:
        try:
            step = steps.throw(error) if error else steps.send(result)
        except StopIteration as end:
            value: T = end.value
            return value
        result = error = None
        try:
            result = engine.clock.sleep(step.seconds) if isinstance(step, Pause) else engine.run(step, options)
        except SunoError as failure:
            error = failure


async def run_steps_async(engine: AsyncEngine, steps: Steps[T], options: CallOptions) -> T:
    """Run the steps and return their result."""
    result: Any = None
    error: SunoError | None = None
    while True:
        try:
            step = steps.throw(error) if error else steps.send(result)
        except StopIteration as end:
            value: T = end.value
            return value
        result = error = None
        try:
            result = await (engine.clock.sleep(step.seconds) if isinstance(step, Pause) else engine.run(step, options))
        except SunoError as failure:
            error = failure
