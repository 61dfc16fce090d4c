"""Reconciliation: what became of a lost call, by the account's tasks and usage log. Pure: no clock, no IO.

A row can belong to the lost call when it is in the window in which the gateway may have done the call, and no other
call is known to have made it. The answer never chooses between two rows, and "not charged" waits until the log has
had time to show a charge.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, TypeVar

from attrs import evolve, frozen

from ._call_facts import TASK_KINDS
from ._lost_call import LostCall, mark_result
from ._model import to_json
from ._steps import Pause, Steps
from .errors import InvalidRequestError, OutcomeUnknownError, SunoError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._account_rows import AccountTask, Balance, Charge, PageReader
    from ._journal import Journal, JournalEntry

T = TypeVar("T")

MAX_SKEW = 6.0
"""Seconds by which the clocks of this machine and of the gateway may differ; times are cut to whole seconds."""
LATE_WORK = 120.0
"""Seconds for which the gateway may go on with a call after the client gave it up. A proxy gives up after 100."""
LOG_DELAY = 20.0
"""Seconds after which a charge is in the log, and in the usage."""
LONGEST_CALL = 600.0
"""Seconds after its start at which a call whose end is not known has ended."""
PLATFORM = "suno"
"""The platform of the tasks that this client submits, by CometAPI's own command line."""
_SAME_MOMENT = 3
"""Seconds between the row of a task and the row of its charge."""

Outcome: TypeAlias = Literal["charged", "not charged", "undecided"]


@frozen(kw_only=True)
class Reconciliation:
    """What became of a lost call.

    Attributes:
        outcome: `charged`, `not charged`, or `undecided`.
        reason: Why, in one sentence.
        task_id: The task that the call started: `client.tasks.wait(task_id)` returns the paid result. `None` if it is
            not known, or if the call starts no task: then the result cannot be retrieved.
        candidates: The tasks and charges that the call may have made, when it is not decided which.
        look_again: Unix time at which another look can decide; `None` if time does not help.
        lost_call: The call.
    """

    outcome: Outcome
    reason: str
    lost_call: LostCall
    task_id: str | None = None
    candidates: tuple[AccountTask | Charge, ...] = ()
    look_again: float | None = None


class Known(NamedTuple):
    """What is known in addition to the log.

    Attributes:
        task_ids: Tasks of other calls.
        request_ids: Requests of other calls.
        rivals: Other lost calls, which may have made the same rows.
        without_task: Other calls that were charged without a task: a charge without a request id may be theirs.
        alone: No other program used the account in the window.
        model: The model by which the call is in the log.
        price: US dollars that the call cost.
    """

    task_ids: frozenset[str] = frozenset()
    request_ids: frozenset[str] = frozenset()
    rivals: tuple[LostCall, ...] = ()
    without_task: tuple[LostCall, ...] = ()
    alone: bool = False
    model: str | None = None
    price: Decimal | None = None


class Window(NamedTuple):
    """When the gateway may have done a lost call, in Unix seconds by its own clock, and when the log is complete."""

    start: float
    end: float
    settled: float

    def contains(self, when: float | None) -> bool:
        """Check whether something may have happened in the window."""
        return when is None or self.start <= when <= self.end

    def overlaps(self, other: Window) -> bool:
        """Check whether two windows have a moment in common."""
        return self.start <= other.end and other.start <= self.end


def find_window(lost: LostCall) -> Window:
    """Return the window of a lost call."""
    ended = lost.started + LONGEST_CALL if lost.ended is None else lost.ended
    end = ended + LATE_WORK + MAX_SKEW
    return Window(lost.started - MAX_SKEW, end, end + LOG_DELAY)


def find_candidates(
    lost: LostCall, tasks: Sequence[AccountTask], charges: Sequence[Charge], known: Known
) -> tuple[list[AccountTask], list[Charge]]:
    """Return the tasks and the charges that the lost call may have made."""
    window, kind = find_window(lost), TASK_KINDS.get(lost.operation)
    starts_task = kind is not None or not lost.operation
    other_kinds = frozenset(TASK_KINDS.values()) - {kind} if lost.operation else frozenset[str]()

    def fits(model: str | None, cost: Decimal | None) -> bool:
        return (known.model is None or model in (None, known.model)) and (
            known.price is None or cost in (None, known.price)
        )

    found = [
        task
        for task in tasks
        if starts_task
        and window.contains(task.submitted_at)
        and task.task_id not in known.task_ids
        and (task.platform is None or task.platform.lower() == PLATFORM)
        and task.action not in other_kinds
        and fits(task.model, task.cost)
    ]
    unexplained = [
        charge
        for charge in charges
        if (charge.request_id is None or charge.request_id not in known.request_ids) and fits(charge.model, charge.cost)
    ]
    # A task explains one charge at its moment. One outside the window is taken first: what is left is what may be ours.
    for task in tasks:
        explained = [charge for charge in unexplained if _is_same_moment(task, charge)]
        if explained:
            unexplained.remove(min(explained, key=lambda charge: window.contains(charge.charged_at)))
    return found, [charge for charge in unexplained if window.contains(charge.charged_at)]


def decide(
    lost: LostCall,
    tasks: Sequence[AccountTask],
    charges: Sequence[Charge],
    *,
    marks: Mapping[str, Mapping[str, Collection[str]]],
    known: Known,
    now: float,
) -> Reconciliation:
    """Return what became of a lost call, by the rows of its window and the marks of candidates' results by task id."""
    window = find_window(lost)
    found, unexplained = find_candidates(lost, tasks, charges, known)
    others = known.without_task if any(charge.request_id is None for charge in unexplained) else ()
    rivals = [each for each in (*known.rivals, *others) if find_window(each).overlaps(window)]
    look_again = window.settled if now < window.settled else None

    own = [charge for charge in charges if lost.request_id and charge.request_id == lost.request_id]
    if own:
        near = tuple(task for task in found if _is_same_moment(task, own[0]))
        return Reconciliation(
            outcome="charged",
            reason=f"The usage log has a charge with the request id {lost.request_id}.",
            lost_call=lost,
            task_id=near[0].task_id if len(near) == 1 and look_again is None else None,
            candidates=near if len(near) > 1 else (),
            look_again=look_again if lost.operation in TASK_KINDS else None,
        )
    candidates: tuple[AccountTask | Charge, ...] = (*found, *unexplained)
    if look_again is not None:
        return Reconciliation(
            outcome="undecided",
            reason="The gateway may still do the call, or the log may not show it yet.",
            lost_call=lost,
            candidates=candidates,
            look_again=look_again,
        )
    if not candidates:
        reason = "Neither the tasks nor the usage log have a row that the call may have made."
        return Reconciliation(outcome="not charged", reason=reason, lost_call=lost)
    same = [task for task in found if is_result_of(lost, marks.get(task.task_id, {}))]
    if len(same) == 1 and not any(rival.marks == lost.marks for rival in rivals):
        reason = "The result of one task has the texts of the request."
        return Reconciliation(outcome="charged", reason=reason, lost_call=lost, task_id=same[0].task_id)
    if known.alone and not rivals and len(candidates) == 1:
        task_id = found[0].task_id if found else None
        reason = "One row may be that of the call, and nothing else used the account."
        return Reconciliation(outcome="charged", reason=reason, lost_call=lost, task_id=task_id)
    rows = "One row" if len(candidates) == 1 else f"{len(candidates)} rows"
    reason = f"{rows} may be of this call, or of another {'call of the journal' if rivals else 'program'}."
    return Reconciliation(outcome="undecided", reason=reason, lost_call=lost, candidates=candidates)


def decide_by_usage(lost: LostCall, before: Balance | None, after: Balance, known: Known, now: float) -> Reconciliation:
    """Return what became of a lost call by what the key had spent before and has now, without an access token."""
    window, rivals = find_window(lost), [each for each in known.rivals if find_window(each).overlaps(find_window(lost))]
    if before is None or before.used is None or after.used is None:
        reason = (
            "Without an access token only the usage of the key can tell. Pass before=, a balance from before the call."
        )
    elif not known.alone or rivals:
        reason = f"The key's usage grew by {after.used - before.used} US dollars, but other calls may have changed it."
    elif after.used > before.used:
        reason = (
            f"The key's usage grew by {after.used - before.used} US dollars, and nothing else used the key. "
            "An access token is needed to find the task."
        )
        return Reconciliation(outcome="charged", reason=reason, lost_call=lost)
    elif now < window.settled:
        reason = "The gateway may still do the call, or the usage may not show it yet."
        return Reconciliation(outcome="undecided", reason=reason, lost_call=lost, look_again=window.settled)
    else:
        reason = "The key's usage did not grow, and nothing else used the key."
        return Reconciliation(outcome="not charged", reason=reason, lost_call=lost)
    return Reconciliation(outcome="undecided", reason=reason, lost_call=lost)


def is_result_of(lost: LostCall, marks: Mapping[str, Collection[str]]) -> bool:
    """Check whether a result has the texts of a request: in each field that both have, and in one at least."""
    shared = [name for name in lost.marks if name in marks]
    return bool(shared) and all(lost.marks[name] in marks[name] for name in shared)


def _is_same_moment(task: AccountTask, charge: Charge) -> bool:
    when = task.submitted_at
    return task.quota == charge.quota and when is not None and abs(when - charge.charged_at) <= _SAME_MOMENT


def find_lost_call(
    call: OutcomeUnknownError | LostCall | JournalEntry | str, since: float | None, journal: Journal | None
) -> LostCall:
    """Return what is known of a call, given as an error, a row of the journal, or its fingerprint.

    Raises:
        InvalidRequestError: The error has no call, or a fingerprint is neither in the journal nor given with a time.
    """
    if isinstance(call, LostCall):
        return call
    if isinstance(call, OutcomeUnknownError):
        if call.lost_call is None:
            raise InvalidRequestError("account.reconcile: the error was not made by a client: pass a LostCall.")
        return call.lost_call
    if not isinstance(call, str):
        return call.lost_call
    entries = [entry for entry in (journal.calls() if journal else ()) if entry.fingerprint == call]
    if entries:
        return next((entry for entry in reversed(entries) if entry.outcome != "failed"), entries[-1]).lost_call
    if since is None:
        raise InvalidRequestError(
            f"account.reconcile: the fingerprint {call!r} is not in a journal of this client. Pass since=, the time at "
            "which the call began."
        )
    return LostCall("", call, since)


def collect_known(
    lost: LostCall,
    journal: Journal | None,
    *,
    task_ids: Iterable[str],
    alone: bool,
    model: str | None,
    price: float | Decimal | None,
) -> Known:
    """Return what is known besides the log: what the caller says, and the other calls of the journal."""
    others = [
        entry
        for entry in (journal.calls() if journal else ())
        if (entry.fingerprint, entry.started) != (lost.fingerprint, lost.started)
    ]
    return Known(
        task_ids=frozenset(task_ids) | {entry.task_id for entry in others if entry.task_id},
        request_ids=frozenset(entry.request_id for entry in others if entry.request_id and entry.outcome == "done"),
        rivals=tuple(entry.lost_call for entry in others if entry.outcome in ("open", "unknown")),
        without_task=tuple(entry.lost_call for entry in others if entry.outcome == "done" and not entry.task_id),
        alone=alone,
        model=model,
        price=None if price is None else Decimal(str(price)),
    )


def reconcile(
    lost: LostCall,
    known: Known,
    before: Balance | None,
    *,
    wait_timeout: float,
    now: Callable[[], float],
    has_token: bool,
) -> Steps[Reconciliation]:
    """Look in the account until it is decided what became of a call, or the time is over."""
    deadline = now() + wait_timeout
    while True:
        found = yield from (_look_in_log(lost, known, now) if has_token else _look_at_usage(lost, before, known, now))
        if found.look_again is None or found.look_again > deadline:
            return found
        yield Pause(max(1.0, found.look_again - now()))


def _look_at_usage(
    lost: LostCall, before: Balance | None, known: Known, now: Callable[[], float]
) -> Steps[Reconciliation]:
    from ._account_rows import get_balance

    moment = now()
    return decide_by_usage(lost, before, (yield from get_balance("key")), known, moment)


def _look_in_log(lost: LostCall, known: Known, now: Callable[[], float]) -> Steps[Reconciliation]:
    from ._account_rows import read_charges, read_tasks
    from .operations import tasks as operations

    moment, window = now(), find_window(lost)
    # Wider than the window: a charge just outside it may be that of a task inside it.
    span = {"start_timestamp": int(window.start) - 60, "end_timestamp": int(window.end) + 60}
    skews = [0.0]
    tasks: list[AccountTask] = yield from _read_all(read_tasks(**span), now, skews)
    charges: list[Charge] = yield from _read_all(read_charges(**span), now, skews)
    skew = max(skews)
    if skew > MAX_SKEW:
        known = known._replace(alone=False)
    marks: dict[str, Mapping[str, Collection[str]]] = {}
    if moment >= window.settled and lost.marks:
        for task in find_candidates(lost, tasks, charges, known)[0]:
            try:
                result = yield operations.build_get(task.task_id)
            except SunoError:
                continue  # without its result it stays a candidate
            marks[task.task_id] = mark_result(to_json(result))
    found = decide(lost, tasks, charges, marks=marks, known=known, now=moment)
    if skew > MAX_SKEW and found.outcome == "not charged":
        reason = (
            f"The clocks of this machine and of the gateway differ by {skew:.0f} seconds, so a row of the call may lie "
            "outside the window. Set the clock, and look at client.account.tasks()."
        )
        return evolve(found, outcome="undecided", reason=reason)
    return found


def _read_all(pages: PageReader[T], now: Callable[[], float], skews: list[float]) -> Steps[list[T]]:
    """Return the rows of all pages; note by how much the clocks differ at least, by the `Date` of each response."""
    rows: list[T] = []
    while not pages.ended:
        sent = now()
        page = yield pages.next_call()
        skews.append(find_skew(getattr(page, "_headers", {}).get("date"), sent, now()))
        rows += pages.take(page)
    return rows


def find_skew(date: str | None, sent: float, received: float) -> float:
    """Return by how many seconds two clocks differ at least; 0 if the header `Date` is missing or no date.

    Args:
        date: The header of a response, which is cut to whole seconds.
        sent: When the request was sent, by this machine's clock.
        received: When its response had arrived.
    """
    try:
        answered = parsedate_to_datetime(date or "").timestamp()
    except (ValueError, OverflowError):
        return 0.0
    return max(0.0, answered - received, sent - answered - 1)
