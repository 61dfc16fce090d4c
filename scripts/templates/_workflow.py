"""Calls with several steps: the results of earlier steps are kept when a later one fails."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from .errors import TaskError

T = TypeVar("T")


@contextmanager
def keep_reached(reached: dict[str, Any]) -> Generator[None]:
    """Attach `reached` to any exception that leaves the block, a cancellation or one from user code included."""
    try:
        yield
    except BaseException as error:
        vars(error)["reached"] = reached
        if reached:
            names = (f"{name}={value!r}" if isinstance(value, str) else name for name, value in reached.items())
            error.add_note(f"Results of the earlier steps are in .reached: {', '.join(names)}.")
        raise


def find_items(task_id: str, task: object, value: object, kind: type[T]) -> list[T]:
    """Return the items of a task that are of one class.

    Raises:
        TaskError: The task has none.
    """
    items = cast("list[object]", value) if isinstance(value, list) else []
    found = [item for item in items if isinstance(item, kind)]
    if not found:
        raise TaskError(
            f"task {task_id} succeeded but contains no {kind.__name__}. The task is in .task.",
            task_id=task_id,
            task=task,
        )
    return found


def first_complete(items: Sequence[T]) -> T:
    """Return the first item with the status `complete`; if there is none, the first item."""
    return next((item for item in items if getattr(item, "status", None) == "complete"), items[0])
