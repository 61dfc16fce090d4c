"""The summary of a live run: what was sent, what it cost at most, what was created, and why the run ended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from attrs import asdict, evolve, field, frozen
from jsonschema_rs import Draft202012Validator

from contract_tests.verifier.exchange import VerifierInputError
from contract_tests.verifier.exchange.exchange import UNDATED, find_problem
from contract_tests.verifier.exchange.recordings import read_text
from contract_tests.verifier.exchange.sanitize import Sanitizer
from contract_tests.verifier.live.limits import ACCEPTED, ON_ITS_WAY, Cost, CountedCall, format_amount
from contract_tests.verifier.live.measured_cost import OVERLAY, MeasuredCost
from contract_tests.verifier.live.recorder import JOURNAL
from scripts.strict_parsing import parse_json
from scripts.text_and_files import format_path, write_atomically

SUMMARY: Final = "summary.json"


@frozen(kw_only=True)
class RunSummary:
    """The summary of a live run. An interrupted run is summarized from its journal, which knows less.

    Attributes:
        date: The second of the first call; of the end if there was none.
        base_url: The service; empty if unknown.
        calls: What was sent.
        max_calls: The cap on calls; `None` if unknown.
        max_cost: The cap on cost; `None` if there was none or it is unknown.
        ended: Why no more calls are sent.
        complete: Whether the whole plan was sent.
        objection: What the service did that breaks the contract, though no answer shows it; empty if nothing.
        created: What now exists in the account.
        failures: Steps that failed: `step: error: what the service said`.
        folder: The folder of the recordings and the journal.
        private: The folder of the responses as they came; `None` for an earlier run.
        measured: What was really charged.
        estimates: What a call was expected to cost, in words, by operationId.
        unasked: Which calls the plan had to leave out, and why; empty if none.
    """

    date: str
    base_url: str
    calls: Sequence[CountedCall]
    max_calls: int | None
    max_cost: Decimal | None = None
    ended: str
    complete: bool
    objection: str = ""
    created: Sequence[str] = field(factory=tuple[str, ...])
    failures: Sequence[str] = field(factory=tuple[str, ...])
    folder: Path
    private: Path | None = None
    measured: MeasuredCost = field(factory=MeasuredCost)
    estimates: Mapping[str, str] = field(factory=dict[str, str])
    unasked: str = ""

    @property
    def spent(self) -> Cost:
        """The highest cost of the calls."""
        return Cost.of(call.price for call in self.calls)

    @property
    def spending(self) -> str:
        """The highest cost of the calls, with the cap."""
        return str(self.spent) if self.max_cost is None else f"{self.spent} (cap: {format_amount(self.max_cost)})"

    @property
    def charged(self) -> str:
        """What was really charged; empty if it was not measured."""
        total = self.measured.total
        return "" if total is None else f"{format_amount(total)} USD, by the key's usage"

    @property
    def proposal(self) -> Path | None:
        """The overlay with the measured prices; `None` if there is none."""
        overlay = self.folder / OVERLAY
        return overlay if overlay.exists() else None

    @property
    def as_planned(self) -> bool:
        """Whether the plan was sent to its end and every call got a response."""
        return self.complete and not self.failures and all(call.answered for call in self.calls)

    @property
    def gap(self) -> str:
        """What a run that did not go as planned lacks, in words."""
        answered = sum(call.answered for call in self.calls)
        planned = "" if self.max_calls is None else f" of at most {self.max_calls}"
        failed = f"; {'; '.join(self.failures)}" if self.failures else ""
        return f"{answered}{planned} calls were answered: {self.ended}{failed}"

    def render(self) -> str:
        """Render the summary for the terminal."""
        return "\n".join(self._lines())

    def as_json(self) -> dict[str, Any]:
        """Return the content of `summary.json`."""
        return {
            "date": self.date,
            "base": self.base_url,
            "sent": len(self.calls),
            "cap": self.max_calls,
            "max_cost": None if self.max_cost is None else format_amount(self.max_cost),
            "spent": {"known": format_amount(self.spent.known), "calls_of_unknown_price": self.spent.unknown},
            "measured": self.measured.as_json(),
            "ended": self.ended,
            "complete": self.complete,
            "reached": list(self.created),
            "failures": list(self.failures),
            "not_asked": self.unasked,
            "calls": list(map(_call_as_json, self.calls)),
        }

    def sanitize(self, sanitizer: Sanitizer) -> RunSummary:
        """Return a copy with pseudonyms for what the service answered, the same as in the recordings."""
        parted = [failure.split(": ", 2) for failure in self.failures]
        failures = [": ".join((*known[:2], *map(sanitizer.sanitize_note, known[2:]))) for known in parted]
        return evolve(self, created=tuple(map(sanitizer.sanitize_note, self.created)), failures=failures)

    def write(self, folder: Path) -> None:
        """Write `summary.json`, complete or not at all.

        Raises:
            OSError: It cannot be written.
        """
        write_atomically(folder / SUMMARY, json.dumps(self.as_json(), indent=2) + "\n")

    def _lines(self) -> Iterator[str]:
        cap = "" if self.max_calls is None else f" of at most {self.max_calls}"
        where = f" to {self.base_url}" if self.base_url else ""
        yield f"Sent: {len(self.calls)}{cap} calls{where}."
        yield f"Spent, at most: {self.spending}."
        yield from self.measured.render(self.estimates)
        if self.unasked:
            yield f"Not asked: {self.unasked}."
        yield f"Ended: {self.ended}."
        yield from (f"Failed: {failure}" for failure in self.failures)
        for call in self.calls:
            if not call.answered:
                yield f"No response: call {call.number}, {call.operation} ({call.note}): {call.outcome}."
        yield from (f"Created: {thing}." for thing in self.created)
        yield f"Recorded: {format_path(self.folder)}."
        if self.proposal is not None:
            yield f"Proposed, to put the measured prices on record: {format_path(self.proposal)}."
        if self.private is not None:
            yield f"As received, with the true ids in {SUMMARY}, for you only: {self.private}."


def read_journal(folder: Path) -> RunSummary:
    """Summarize an earlier run from its journal, even if the run was killed.

    Raises:
        VerifierInputError: The journal is missing, or a line of it cannot be read.
    """
    path = folder / JOURNAL
    events: list[Mapping[str, Any]] = []
    lines = read_text(path).split("\n")[:-1]  # a line without an end was not acted on
    for number, line in enumerate(lines, start=1):
        try:
            events.append(parse_json(line))
            problem = find_problem(_line_validator(), events[-1])
        except ValueError as error:
            problem = str(error)
        if problem:
            raise VerifierInputError(f"{format_path(path)}:{number}: not a line of a journal: {problem}")
    killed = {"code": "", "message": "unknown: the journal has no end, so the run was killed"}
    end = next((each for each in reversed(events) if each["event"] == "ended"), killed)
    return RunSummary(
        date=str(events[0]["date"]) if events else UNDATED,
        base_url="",
        calls=list(_read_calls(events)),
        max_calls=None,
        ended=end["message"],
        complete=end["code"] == "finished",
        unasked=str(end.get("unasked", "")),
        objection=end["message"] if end["code"] == ACCEPTED else "",
        folder=folder,
    )


def _call_as_json(call: CountedCall) -> dict[str, Any]:
    members = asdict(call, filter=lambda attribute, _: attribute.name != "request_id")  # the account's id of it
    price = None if call.price is None else format_amount(call.price)
    return {"call": members.pop("number"), **members, "price": price}


def _read_calls(events: Iterable[Mapping[str, Any]]) -> Iterator[CountedCall]:
    ends = {each["call"]: each for each in events if each["event"] in ("answered", "no answer")}
    killed = {"reason": f"{ON_ITS_WAY} when the run was killed; its outcome is unknown"}
    for each in events:
        if each["event"] == "sending":
            end = ends.get(each["call"], killed)
            answered = "status" in end
            outcome = str(end["status"] if answered else end["reason"])
            price = None if each["price"] == "unknown" else Decimal(each["price"])
            known = (each["call"], each["date"], each["tier"], each["operation"], each["note"])
            yield CountedCall(*known, price, outcome, answered)


@cache
def _line_validator() -> Draft202012Validator:
    text: dict[str, Any] = {"type": "string"}
    price = {"type": "string", "pattern": r"^(unknown|[0-9]+(\.[0-9]+)?)$"}
    events: Mapping[str, dict[str, Any]] = {
        "sending": {"tier": text, "operation": text, "note": text, "price": price},
        "answered": {"status": {"type": "integer"}},
        "no answer": {"reason": text},
        "ended": {"code": text, "message": text},
    }
    kinds = [
        {
            "type": "object",
            "required": ["call", "date", "event", *members],
            "properties": {"call": {"type": "integer"}, "date": text, "event": {"const": event}, **members},
        }
        for event, members in events.items()
    ]
    return Draft202012Validator({"anyOf": kinds})
