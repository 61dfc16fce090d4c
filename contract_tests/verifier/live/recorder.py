"""What a run leaves behind while it goes on: a line before each call, and each answer, scrubbed, in a file of its own.

Whatever ends the program, every file is whole: a journal of whole lines, and exchanges that appear under their names
when they are complete.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from attrs import frozen

from contract_tests.verifier.exchange.exchange import Body, Exchange, Request, Response, now
from contract_tests.verifier.exchange.recordings import write
from contract_tests.verifier.exchange.sanitize import GONE, Scrubber
from contract_tests.verifier.live.limits import Entry, Refusal
from contract_tests.verifier.live.live_prices import plain
from contract_tests.verifier.live.upstream import Answer

JOURNAL = "journal.jsonl"
RECORDINGS = "recordings"


@frozen
class Asked:
    """A request as it was sent, without its key.

    Attributes:
        method: HTTP method.
        path: Percent-encoded, without the query.
        query: Percent-encoded.
        headers: Names in lower case.
        body: Empty for none.
    """

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.path}?{self.query}" if self.query else self.path


class Recorder:
    """Writes into one folder.

    Args:
        out: Where the runs are. Nothing is made there before `open()`.
        target: Who answers, as recordings name it.
        scrubber: Takes out what nobody should read.

    Attributes:
        folder: The folder of this run.
    """

    def __init__(self, out: Path, target: str, scrubber: Scrubber) -> None:
        self.folder = out / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        self._target = target
        self._scrubber = scrubber

    @property
    def recordings(self) -> Path:
        """The folder of the exchanges."""
        return self.folder / RECORDINGS

    def open(self) -> None:
        """Make the folder of this run, a new one.

        Raises:
            OSError: It cannot be made.
        """
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        first = self.folder
        for number in count(2):
            try:
                self.folder.mkdir()
                break
            except FileExistsError:
                self.folder = first.with_name(f"{first.name}-{number}")
        self.recordings.mkdir()

    def sending(self, entry: Entry, asked: Asked) -> None:
        """Say that a call goes out now; on the disk when this returns.

        Raises:
            OSError: It cannot be written.
        """
        step = entry.step
        price = "unknown" if entry.price is None else plain(entry.price)
        self._note(
            entry.number,
            entry.date,
            event="sending",
            tier=step.tier.value,
            operation=step.operation.id,
            note=step.note,
            method=asked.method,
            path=asked.path,
            key=step.key.value,
            price=price,
        )

    def answered(self, entry: Entry, asked: Asked, answer: Answer) -> None:
        """Keep an answer.

        Raises:
            OSError: It cannot be written.
            ValueError: It cannot be said in the form of a recording.
        """
        exchange = self._exchange(entry, asked, answer)
        write(Exchange.parse(exchange.plain()), self.recordings, scrubber=self._scrubber)
        self._note(entry.number, now(), event="answered", status=answer.status, exchange=exchange.id)

    def lost(self, entry: Entry, reason: str) -> None:
        """Say that no answer came.

        Raises:
            OSError: It cannot be written.
        """
        self._note(entry.number, now(), event="no answer", reason=reason)

    def _exchange(self, entry: Entry, asked: Asked, answer: Answer) -> Exchange:
        step = entry.step
        headers = dict(asked.headers) | {"authorization": GONE}
        return Exchange(
            id=f"{self.folder.name}.{entry.number:04}.{step.operation.id}.{answer.status}",
            origin="recorded",
            target=self._target,
            date=now(),
            operation=step.operation.id,
            note=f"{step.tier}: {step.note}",
            request=Request(
                method=asked.method,
                path=asked.path,
                query=tuple(parse_qsl(asked.query, keep_blank_values=True)),
                headers=headers,
                body=Body.of(asked.body),
            ),
            response=Response(status=answer.status, headers=_joined(answer.headers), body=Body.of(answer.body)),
        )

    def ended(self, why: Refusal) -> None:
        """Say why nothing is sent any more.

        Raises:
            OSError: It cannot be written.
        """
        self._note(0, now(), event="ended", code=why.code, message=why.message)

    def _note(self, call: int, date: str, **said: Any) -> None:
        line = json.dumps({"call": call, "date": date, **said}, ensure_ascii=True) + "\n"
        descriptor = os.open(self.folder / JOURNAL, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if os.write(descriptor, line.encode("ascii")) != len(line):
                raise OSError(f"{JOURNAL}: a line was cut short")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _joined(headers: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Each name once; the values of a repeated one joined."""
    found: dict[str, str] = {}
    for name, value in headers:
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found
