"""Calls with several steps: the results of earlier steps are kept when a later one fails."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ._model import to_json
from ._unset import UNSET
from .errors import InvalidRequestError, TaskError

if TYPE_CHECKING:
    from ._enum import OpenEnum

T = TypeVar("T")


class _Placeholder:
    """An item that does not exist yet: each of its fields is a text."""

    def __getattr__(self, name: str) -> str:
        return name


PLACEHOLDER = _Placeholder()


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


def take_task_id(call: str, submitted: Any, reached: dict[str, Any]) -> str:
    """Return what a submit returned, if it is the id of a task.

    Raises:
        TaskError: It is the result itself, without a task to wait for. It is put into `reached`.
    """
    if isinstance(submitted, str):
        return submitted
    reached["submitted"] = submitted
    raise TaskError(
        f"{call}: the service returned a {type(submitted).__name__} in place of a task's id, so there is nothing to "
        "wait for.",
        task_id="",
    )


def meet_requirements(call: str, request: object, required: Mapping[str, object]) -> Any:
    """Return the request as a JSON object, with the values that a later step requires.

    Raises:
        InvalidRequestError: The request has another value.
    """
    body: dict[str, Any] = to_json(request)
    if not isinstance(body, dict):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidRequestError(f"{call}: the request is {request!r}. It must be a request model.")
    for name, value in required.items():
        given = body.get(name)
        if given is not None and given is not UNSET and given != value:
            raise InvalidRequestError(
                f"{call}: {name} is {given!r}, but a later step requires {value!r}. Nothing was sent. "
                f"Leave {name} out, or pass check_request=False to submit the request as it is."
            )
    return {**body, **required}


def fill_from(
    call: str, name: str, value: object, paths: Mapping[type[Any], Mapping[str, str]], given: Mapping[str, str | None]
) -> dict[str, Any]:
    """Return the fields of a request that come from an earlier result; what the caller gives takes precedence.

    Args:
        call: Name of the call.
        name: Name of the argument.
        value: The earlier result, or its id.
        paths: By class of the value: the attribute of it that each field is; "" for the value itself.
        given: Fields that the caller may give.

    Raises:
        InvalidRequestError: The value is of another class, or a field is missing.
    """
    fields = next((fields for kind, fields in paths.items() if isinstance(value, kind)), None)
    if fields is None:
        kinds = ", ".join(kind.__name__ for kind in paths)
        raise InvalidRequestError(f"{call}: {name} is {value!r}. Pass one of {kinds}. Nothing was sent.")
    filled: dict[str, Any] = {field: attrgetter(path)(value) if path else value for field, path in fields.items()}
    filled |= {field: each for field, each in given.items() if each is not None}
    for field in (*fields, *given):
        if not isinstance(filled.get(field), str) or not filled[field]:
            way = f"{field}=..." if field in given else name
            raise InvalidRequestError(f"{call}: {field} is {filled.get(field)!r}. Pass {way}. Nothing was sent.")
    return filled


def check_known(call: str, name: str, value: object, kind: type[OpenEnum]) -> None:
    """Check that a value is one of those that the description lists.

    Raises:
        InvalidRequestError: It is another value.
    """
    if value not in (known := list(kind)):
        raise InvalidRequestError(
            f"{call}: {name} is {value!r}, but must be one of {', '.join(known)}. Nothing was sent. "
            f"Leave {name} out, or pass check_request=False to submit the request as it is."
        )


def find_items(task_id: str, task: object, value: object, kind: type[T], required: Mapping[str, object]) -> list[T]:
    """Return the items of a task that are of one class, and have the values that the next step requires.

    Raises:
        TaskError: The task has none.
    """
    items = cast("list[object]", value) if isinstance(value, list) else []
    found = [item for item in items if isinstance(item, kind)]
    usable = [item for item in found if not _find_mismatch(item, required)]
    if not usable:
        problem = f": {_find_mismatch(found[0], required)}" if found else ""
        raise TaskError(
            f"task {task_id} succeeded but contains no usable {kind.__name__}{problem}. The task is in .task.",
            task_id=task_id,
            task=task,
        )
    return usable


def check_picked(task_id: str, task: object, item: object, kind: type[T], required: Mapping[str, object]) -> T:
    """Return the item that the caller picked.

    Raises:
        TaskError: It is of another class, or does not have the values that the next step requires.
    """
    if not isinstance(item, kind):
        problem = f"pick returned {type(item).__name__}, not {kind.__name__}"
        raise TaskError(f"task {task_id}: {problem}. The task is in .task.", task_id=task_id, task=task)
    if problem := _find_mismatch(item, required):
        raise TaskError(f"task {task_id}: the picked item cannot be used: {problem}.", task_id=task_id, task=task)
    return item


def pick_first(items: Sequence[T]) -> T:
    """Return the first item."""
    return items[0]


def _find_mismatch(item: object, required: Mapping[str, object]) -> str:
    """Describe the first field without the required value; "" if there is none."""
    for name, value in required.items():
        given = getattr(item, name, None)
        if given != value:
            return f"{name} is {None if given is None else str(given)!r}, and must be {value!r}"
    return ""
