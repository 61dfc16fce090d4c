"""The commands that show what was paid: the rows of the account, and what became of the calls of the journal."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from ._cli_arguments import to_flag_name
from ._cli_commands import COMMANDS
from ._cli_output import print_fields, print_json, print_result, write_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._journal import Journal, JournalEntry

_MOST_ROWS: Final = 100
_COLUMNS: Final = (
    "task_id",
    "charged_at",
    "cost",
    "status",
    "submitted_at",
    "action",
    "model",
    "request_id",
    "token_name",
)
_UNKNOWN: Final = 3  # the exit status


def print_list(rows: Iterator[Any], limit: int | None, *, as_json: bool) -> None:
    """Print the first rows of a list; for a reader, the columns of `_COLUMNS` that they have."""
    most = _MOST_ROWS if limit is None else limit
    found = list(islice(rows, most))
    if as_json:
        print_json(found)
    else:
        print_result([{name: getattr(row, name) for name in _COLUMNS if hasattr(row, name)} for row in found])
    if next(rows, None) is not None:
        write_line(f"There are more than {most}: use --limit or --since.")


def reconcile_calls(account: Any, journal: Journal, values: dict[str, Any], *, as_json: bool) -> int:
    """Find out what became of one call, or of each call of the journal without a known end, and write it down.

    Returns the exit status.
    """
    given = values.pop("call", None)
    entries: list[JournalEntry] = [each for each in journal.open_calls() if given in (None, each.fingerprint)]
    found: list[dict[str, Any]] = []
    tasks: list[tuple[str, str | None]] = []
    for call in entries or ([given] if given else []):
        result = account.reconcile(call, **values)
        # A charge may be proven before its task shows in the log.
        if entries and result.outcome != "undecided" and result.look_again is None:
            journal.settle(call, charged=result.outcome == "charged", task_id=result.task_id)
        lost = result.lost_call
        row = {"operation": lost.operation, "fingerprint": lost.fingerprint, "started": lost.started}
        row |= {name: getattr(result, name) for name in ("outcome", "task_id", "reason", "look_again", "candidates")}
        found.append(row)
        is_done = result.outcome != "not charged"
        tasks.append(_find_task(journal, lost.operation, result.task_id, None if is_done else call))
    if as_json:
        print_json(found)
    for row, task in zip(found, tasks, strict=True):
        if not as_json:
            print_fields({name: value for name, value in row.items() if name != "candidates"})
            if row["candidates"]:
                print_list(iter(row["candidates"]), None, as_json=False)
        _hint_at_next(*task)
        if row["look_again"]:
            write_line("Look again later, or add --wait-timeout 900: the log may not show everything yet.")
    if not found:
        _describe_last(journal)
    return _UNKNOWN if any(row["outcome"] == "undecided" or row["look_again"] for row in found) else 0


def _describe_last(journal: Journal) -> None:
    """Say that nothing is open, and what the last call made: its command may have ended before it was printed."""
    write_line("Every call of the journal has a known end.")
    for last in journal.calls()[-1:]:
        made = " ".join(part for part in (last.task_id and f"task {last.task_id}", last.result_id) if part)
        write_line(f"The last one: {last.operation}, {last.outcome}{made and f', {made}'}.")
        is_done = last.outcome != "failed"
        _hint_at_next(*_find_task(journal, last.operation, last.task_id, None if is_done else last))


def _find_task(journal: Journal, operation: str, task_id: str | None, call: object) -> tuple[str, str | None]:
    """Return a call's operation and task, or those of the last call before it that its command made with a task."""
    from ._journal import JournalEntry

    if task_id is None and isinstance(call, JournalEntry):
        before = [each for each in journal.calls() if each.id < call.id and each.process == call.process]
        for each in reversed(before):
            if each.task_id:
                return each.operation, each.task_id
    return operation, task_id


def _hint_at_next(operation: str, task_id: str | None) -> None:
    """Name the command that waits for a task, and the workflows that go on with it."""
    if not task_id:
        return
    write_line(f"Get its result with: cometapi-suno tasks wait {task_id}")
    names = [
        f"{command.resource} {to_flag_name(command.method)}"
        for command in COMMANDS
        if any(argument.name == "resume" for argument in command.arguments) and f"`{operation}`" in command.doc
    ]
    if names:
        write_line(
            f"If {' or '.join(names)} was interrupted, repeat that command with --resume {task_id}: "
            f"it does not pay for {operation} again."
        )
