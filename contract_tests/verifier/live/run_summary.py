"""The account of a run: what was sent, what that cost at most, what came of it, and why it ended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from attrs import field, frozen
from cometapi_suno_mock.pointers import pointer
from jsonschema_rs import Draft202012Validator

from contract_tests.verifier.exchange.exchange import UNDATED
from contract_tests.verifier.exchange.recordings import RecordingError, loads, read_text
from contract_tests.verifier.live.limits import ON_ITS_WAY, Entry
from contract_tests.verifier.live.live_prices import Cost, Price, plain
from contract_tests.verifier.live.recorder import JOURNAL
from scripts.openapi_document import shown

_UNKNOWN_END = "the journal does not tell: the run was broken off"


@frozen
class Call:
    """One call that was sent.

    Attributes:
        number: From 1.
        tier: Which tier it belongs to.
        operation: The operationId.
        note: What it was for.
        price: What it cost at most.
        outcome: The status that came, or what became of it instead.
        answered: Whether an answer came.
    """

    number: int
    tier: str
    operation: str
    note: str
    price: Price
    outcome: str
    answered: bool

    @classmethod
    def of(cls, entry: Entry) -> Call:
        """What the ledger knows of it."""
        step = entry.step
        known = (entry.number, step.tier.value, step.operation.id, step.note)
        return cls(*known, entry.price, entry.outcome, entry.answered)


@frozen(kw_only=True)
class Account:
    """What is told at the end.

    Attributes:
        date: When it was: the second of the first call, or of the end when there was none.
        base: Where it went; empty when that is not known any more.
        calls: What was sent.
        cap: Calls that might have been sent; `None` when that is not known any more.
        max_cost: What the calls might have cost; `None` for no such cap, and when that is not known any more.
        ended: Why nothing is sent any more.
        complete: Whether the plan was sent to its end.
        reached: What exists now.
        failures: What did not go on.
        folder: Where the recordings and the journal are.
    """

    date: str
    base: str
    calls: Sequence[Call]
    cap: int | None
    max_cost: Decimal | None = None
    ended: str
    complete: bool
    reached: Sequence[str] = field(factory=tuple[str, ...])
    failures: Sequence[str] = field(factory=tuple[str, ...])
    folder: Path

    @property
    def spent(self) -> Cost:
        """What the calls cost at most."""
        return Cost.of(call.price for call in self.calls)

    @property
    def spending(self) -> str:
        """What the calls cost at most, and what they might have cost."""
        return str(self.spent) if self.max_cost is None else f"{self.spent} (cap: {plain(self.max_cost)})"

    @property
    def unanswered(self) -> list[Call]:
        """Calls whose outcome is unknown."""
        return [call for call in self.calls if not call.answered]

    @property
    def clean(self) -> bool:
        """Whether all of it went as planned."""
        return self.complete and not self.failures and not self.unanswered

    def text(self) -> str:
        """For the terminal."""
        return "\n".join(self._lines())

    def plain(self) -> dict[str, Any]:
        """For machines."""
        return {
            "date": self.date,
            "base": self.base,
            "sent": len(self.calls),
            "cap": self.cap,
            "max_cost": None if self.max_cost is None else plain(self.max_cost),
            "spent": {"known": plain(self.spent.known), "calls_of_unknown_price": self.spent.unknown},
            "ended": self.ended,
            "complete": self.complete,
            "reached": list(self.reached),
            "failures": list(self.failures),
            "calls": [
                {
                    "call": call.number,
                    "tier": call.tier,
                    "operation": call.operation,
                    "note": call.note,
                    "price": None if call.price is None else plain(call.price),
                    "outcome": call.outcome,
                    "answered": call.answered,
                }
                for call in self.calls
            ],
        }

    def _lines(self) -> Iterator[str]:
        most = "" if self.cap is None else f" of at most {self.cap}"
        where = f" to {self.base}" if self.base else ""
        yield f"Sent: {len(self.calls)}{most} calls{where}."
        yield f"Spent, at most: {self.spending}."
        yield f"Ended: {self.ended}."
        yield from (f"Failed: {failure}" for failure in self.failures)
        yield from (
            f"No answer: call {call.number}, {call.operation} ({call.note}): {call.outcome}."
            for call in self.unanswered
        )
        yield from (f"Exists now: {thing}." for thing in self.reached)
        yield f"Recorded: {shown(self.folder)}."


def from_journal(folder: Path) -> Account:
    """The account of an earlier run, also of one that was killed.

    Raises:
        RecordingError: The journal is not there, or is none.
    """
    path = folder / JOURNAL
    said: list[Mapping[str, Any]] = []
    lines = read_text(path, RecordingError).split("\n")[:-1]  # one that does not end was cut short, and not acted on
    for number, line in enumerate(lines, start=1):
        try:
            said.append(_line(loads(line)))
        except (ValueError, RecursionError) as error:
            raise RecordingError(f"{shown(path)}:{number}: not a line of a journal: {error}") from None
    ends = [each for each in said if each["event"] == "ended"]
    return Account(
        date=str(said[0]["date"]) if said else UNDATED,
        base="",
        calls=list(_calls(said)),
        cap=None,
        ended=str(ends[-1]["message"]) if ends else _UNKNOWN_END,
        complete=bool(ends) and ends[-1]["code"] == "finished",
        folder=folder,
    )


def write(account: Account, path: Path) -> None:
    """Write it for machines; the file is there whole or not."""
    scratch = path.with_name(path.name + ".new")
    scratch.write_text(json.dumps(account.plain(), indent=2) + "\n", "utf-8")
    scratch.replace(path)


def _line(value: Any) -> Mapping[str, Any]:
    for error in _journal_line().iter_errors(value):
        raise ValueError(f"{pointer(error.instance_path) or '/'}: {' '.join(error.message.split())[:160]}")
    found: Mapping[str, Any] = value
    return found


@cache
def _journal_line() -> Draft202012Validator:
    text: dict[str, Any] = {"type": "string"}
    members: Mapping[str, dict[str, Any]] = {
        "sending": {
            "tier": text,
            "operation": text,
            "note": text,
            "price": {"type": "string", "pattern": r"^(unknown|[0-9]+(\.[0-9]+)?)$"},
        },
        "answered": {"status": {"type": "integer"}},
        "no answer": {"reason": text},
        "ended": {"code": text, "message": text},
    }
    kinds = [
        {
            "type": "object",
            "required": ["call", "date", "event", *named],
            "properties": {"call": {"type": "integer"}, "date": text, "event": {"const": event}, **named},
        }
        for event, named in members.items()
    ]
    return Draft202012Validator({"anyOf": kinds})


def _calls(said: Iterable[Mapping[str, Any]]) -> Iterator[Call]:
    ends = {each["call"]: each for each in said if each["event"] in ("answered", "no answer")}
    for each in said:
        if each["event"] == "sending":
            end = ends.get(
                each["call"], {"reason": f"{ON_ITS_WAY} when the run was broken off; its outcome is unknown"}
            )
            answered = "status" in end
            outcome = str(end["status"] if answered else end["reason"])
            price = None if each["price"] == "unknown" else Decimal(each["price"])
            yield Call(each["call"], each["tier"], each["operation"], each["note"], price, outcome, answered)
