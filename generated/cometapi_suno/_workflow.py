"""What calls that make several steps share: nothing that was reached is lost when a later step fails."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from .errors import TaskError

T = TypeVar("T")


@contextmanager
def keep_reached(reached: dict[str, Any]) -> Generator[None]:
    """Put what has been reached on whatever leaves the block: an error, one of the caller's own, a cancellation."""
    try:
        yield
    except BaseException as error:
        vars(error)["reached"] = reached
        if reached:
            names = (f"{name}={value!r}" if isinstance(value, str) else name for name, value in reached.items())
            error.add_note(f"Reached before, and kept in .reached: {', '.join(names)}.")
        raise


def find_items(task_id: str, task: object, value: object, kind: type[T]) -> list[T]:
    """The items of a kind that a task holds.

    Raises:
        TaskError: There are none.
    """
    items = cast("list[object]", value) if isinstance(value, list) else []
    found = [item for item in items if isinstance(item, kind)]
    if not found:
        raise TaskError(f"task {task_id} ended well but holds no {kind.__name__}", task_id=task_id, task=task)
    return found


def first_complete(items: Sequence[T]) -> T:
    """The first item whose status is `complete`, else the first."""
    return next((item for item in items if getattr(item, "status", None) == "complete"), items[0])
