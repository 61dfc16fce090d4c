"""Journal: a SQLite file with a row for each call that may be charged, written before the call is sent.

Each access opens the file again, so that threads, forked processes and several programs can share one file. A process
that is killed leaves the row of its call without an outcome.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from decimal import ROUND_UP, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, TypeVar
from weakref import finalize

from attrs import fields_dict, frozen

from ._lost_call import LostCall
from .errors import CallRefusedError, ConfigurationError, DuplicateCallError, SpendingLimitError

if TYPE_CHECKING:
    import sqlite3

T = TypeVar("T")
CallOutcome: TypeAlias = Literal["open", "unknown", "done", "failed"]

_VERSION = 1
_TABLE = """
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY,
    process INTEGER NOT NULL,
    operation TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    marks TEXT NOT NULL,
    started REAL NOT NULL,
    price INTEGER,
    outcome TEXT NOT NULL DEFAULT 'open',
    ended REAL,
    task_id TEXT,
    result_id TEXT,
    request_id TEXT,
    note TEXT,
    repeatable INTEGER NOT NULL DEFAULT 0
)
"""
_PATIENCE = 30.0  # seconds to wait for another process that writes
_SCALE = 10**9  # prices are kept as whole billionths of a dollar: sums of floats are not exact


@frozen
class JournalEntry:
    """One row of the journal.

    Attributes:
        id: Number of the row.
        process: Id of the process that made the call.
        operation: Name of the call, such as `personas.create`.
        fingerprint: The fingerprint of the request: equal for equal requests.
        started: When the call began, in Unix seconds.
        ended: When its outcome was written; `None` without one.
        outcome: `open`: it runs, or its process ended before it did. `unknown`: it may have been done and charged.
            `done`: it was answered. `failed`: it was refused, or never sent; nothing was charged.
        price: What it counts for, in US dollars; `None` if the price is not known.
        task_id: The task that it started.
        result_id: The id of what it made, such as a persona.
        request_id: The gateway's id of the request.
        note: The error, when there was one.
        marks: Hashes of the texts by which `client.account.reconcile` knows the call again.
    """

    id: int
    process: int
    operation: str
    fingerprint: str
    started: float
    ended: float | None
    outcome: CallOutcome
    price: Decimal | None
    task_id: str | None
    result_id: str | None
    request_id: str | None
    note: str | None
    marks: Mapping[str, str]

    @property
    def lost_call(self) -> LostCall:
        """What `client.account.reconcile` needs to know of the call."""
        return LostCall(self.operation, self.fingerprint, self.started, self.ended, self.marks, self.request_id)


class Limits(NamedTuple):
    """What a new call must not exceed.

    Attributes:
        max_spend: US dollars that all calls together may cost.
        max_calls: How many calls there may be.
        duplicate_window: Seconds in which the same request is refused.
    """

    max_spend: Decimal | None = None
    max_calls: int | None = None
    duplicate_window: float | None = None


class Journal:
    """A journal of the calls that may be charged, in a SQLite file that processes can share.

    Args:
        path: The file; it is made when it is missing. Not on a network drive: SQLite cannot lock files there.

    Raises:
        ConfigurationError: The file cannot be used.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        try:
            self.path: Path = Path(path).absolute()  # the process may go to another folder
            os.fsencode(self.path)
        except (TypeError, UnicodeEncodeError):
            raise ConfigurationError(f"journal: the path is {path!r}. It must be a string or a path.") from None
        self._transact(self._prepare)

    def _prepare(self, database: sqlite3.Connection) -> None:
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, _VERSION):
            raise ConfigurationError(
                f"journal {self.path}: version {version}, which another release of cometapi-suno wrote. "
                "Use that release, or another file."
            )
        database.execute(_TABLE)
        database.execute(f"PRAGMA user_version = {_VERSION}")

    @classmethod
    def temporary(cls) -> Journal:
        """Make a journal that is deleted with the object, or at the end of the process that made it."""
        from tempfile import mkstemp

        handle, name = mkstemp(prefix="cometapi-suno-", suffix=".journal")
        os.close(handle)
        journal = cls(name)
        finalize(journal, _delete, name, os.getpid())
        return journal

    def calls(self) -> list[JournalEntry]:
        """Return all calls, in the order in which they began."""
        return self._select("1")

    def open_calls(self) -> list[JournalEntry]:
        """Return the calls without a known end: those that run, that a crash cut off, and those of unknown outcome.

        Find out what became of one with `client.account.reconcile(entry)`, and write it down with `settle`.
        """
        return self._select("outcome IN ('open', 'unknown')")

    def spent(self) -> Decimal:
        """Return what the calls cost in US dollars, by their prices. Calls without a known end count too."""
        return _to_dollars(self._transact(_count)[1])

    def settle(self, entry: JournalEntry, *, charged: bool, task_id: str | None = None) -> None:
        """Write down what became of a call without a known end.

        Args:
            entry: The call.
            charged: Whether it was charged. If not, it counts no longer.
            task_id: The task that it started.
        """
        self._execute(
            "UPDATE calls SET outcome = ?, task_id = ? WHERE id = ?",
            ("done" if charged else "failed", task_id, entry.id),
        )

    def allow_again(self, fingerprint: str) -> None:
        """Let the duplicate guard accept the same request once more."""
        self._execute("UPDATE calls SET repeatable = 1 WHERE fingerprint = ?", (fingerprint,))

    def begin(self, call: LostCall, price: Decimal | None, limits: Limits, priced: str = "") -> int:
        """Write down that a call begins, and return the number of its row.

        Args:
            call: The call.
            price: What it counts for; `None` if that is not known.
            limits: What it must not exceed.
            priced: The name in `prices` for such a call; by default that of the call.

        Raises:
            SpendingLimitError: The call could exceed a limit.
            DuplicateCallError: The same request was made within the window of the duplicate guard.
            ConfigurationError: The file cannot be written.
        """
        cost = None if price is None else int((price * _SCALE).to_integral_value(ROUND_UP))

        def insert(database: sqlite3.Connection) -> int:
            _check_limits(database, call, cost, limits, priced or call.operation)
            row = database.execute(
                "INSERT INTO calls (process, operation, fingerprint, marks, started, price) VALUES (?, ?, ?, ?, ?, ?)",
                (os.getpid(), call.operation, call.fingerprint, json.dumps(call.marks), call.started, cost),
            )
            return int(row.lastrowid or 0)

        return self._transact(insert)

    def end(self, number: int, outcome: CallOutcome, ended: float, **details: str | None) -> None:
        """Write down the outcome of a call: its ids, and a note.

        Raises:
            ConfigurationError: The file cannot be written.
        """
        values = {name: details.get(name) for name in ("task_id", "result_id", "request_id", "note")}
        self._execute(
            "UPDATE calls SET outcome = :outcome, ended = :ended, task_id = :task_id, result_id = :result_id, "
            "request_id = :request_id, note = :note WHERE id = :id",
            {"id": number, "outcome": outcome, "ended": ended, **values},
        )

    def _select(self, condition: str) -> list[JournalEntry]:
        rows = self._execute(f"SELECT * FROM calls WHERE {condition} ORDER BY id")  # noqa: S608
        return [_read_entry(row) for row in rows]

    def _execute(self, statement: str, values: Any = ()) -> list[Any]:
        return self._transact(lambda database: database.execute(statement, values).fetchall())

    def _transact(self, action: Callable[[sqlite3.Connection], T]) -> T:
        """Open the file for one transaction, which other threads and processes wait for, and return its result.

        A context manager could not: an interrupt between its `__enter__` and the block would leave the file locked.
        """
        import sqlite3

        try:
            database = sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)
            try:
                database.row_factory = sqlite3.Row
                database.execute("BEGIN IMMEDIATE")
                result = action(database)
                database.execute("COMMIT")
                return result
            finally:
                database.close()  # rolls back what is not committed
        except sqlite3.Error as error:
            if str(error).startswith("no such table"):
                raise ConfigurationError(
                    f"journal {self.path}: the file was deleted or replaced while it was in use. Put it back; "
                    "a new client with this path begins a new journal."
                ) from None
            raise ConfigurationError(
                f"journal {self.path}: {error}. Pass a path at which a SQLite file can be written."
            ) from None


def _check_limits(database: sqlite3.Connection, call: LostCall, cost: int | None, limits: Limits, priced: str) -> None:
    def refuse(kind: type[CallRefusedError], problem: str) -> CallRefusedError:
        return kind(f"{call.operation}: {problem}", operation=call.operation, fingerprint=call.fingerprint)

    number, spent = _count(database)
    if limits.max_calls is not None and number >= limits.max_calls:
        problem = f"max_paid_calls is {limits.max_calls}, and {number} may have been charged already. Nothing was sent."
        raise refuse(SpendingLimitError, problem)
    if limits.max_spend is not None:
        if cost is None:
            problem = (
                "its price is not known, so it could exceed max_spend. Nothing was sent. "
                f'Pass prices={{"{priced}": <US dollars>}}, or "*" for every call without a price. On the '
                f"command line: --prices {priced}=<US dollars>."
            )
            raise refuse(SpendingLimitError, problem)
        if _to_dollars(spent + cost) > limits.max_spend:
            problem = (
                f"{_to_dollars(spent)} US dollars were spent, and {_to_dollars(cost)} more would "
                f"exceed max_spend, which is {limits.max_spend}. Nothing was sent."
            )
            raise refuse(SpendingLimitError, problem)
    if limits.duplicate_window is not None:
        earlier = database.execute(
            "SELECT started, outcome FROM calls WHERE fingerprint = ? AND started > ? AND outcome <> 'failed' "
            "AND NOT repeatable ORDER BY id DESC",
            (call.fingerprint, call.started - limits.duplicate_window),
        ).fetchone()
        if earlier is not None:
            problem = (
                f"the same request was made {call.started - earlier['started']:.0f} s ago, and its "
                f"outcome is: {earlier['outcome']}. Nothing was sent. To make it again, call "
                f"client.journal.allow_again({call.fingerprint!r}) first."
            )
            raise refuse(DuplicateCallError, problem)


def _count(database: sqlite3.Connection) -> tuple[int, int]:
    """Return how many calls were or may have been charged, and their prices."""
    number, spent = database.execute(
        "SELECT COUNT(*), COALESCE(SUM(price), 0) FROM calls WHERE outcome <> 'failed'"
    ).fetchone()
    return int(number), int(spent)


def _to_dollars(billionths: int) -> Decimal:
    return (Decimal(billionths) / _SCALE).normalize() + Decimal(0)


def _read_entry(row: Mapping[str, Any]) -> JournalEntry:
    values = {column: row[column] for column in fields_dict(JournalEntry)}
    values["price"] = None if row["price"] is None else _to_dollars(row["price"])
    values["marks"] = json.loads(row["marks"])
    return JournalEntry(**values)


def _delete(name: str, process: int) -> None:
    if os.getpid() == process:
        Path(name).unlink(missing_ok=True)
