"""The files of a live run: a journal line before and after each call, and each exchange, sanitized, as a file.

Every file is complete whatever ends the program: the journal has whole lines, and an exchange is renamed into place.
All that came over the connection is first kept in a private file outside of the project, without the key.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final
from urllib.parse import parse_qsl

from cometapi_suno._config import find_state_folder

from contract_tests.verifier.exchange.exchange import (
    ExchangeRequest,
    ExchangeResponse,
    HttpExchange,
    join_headers,
    now,
    parse_body,
)
from contract_tests.verifier.exchange.recordings import write_recording
from contract_tests.verifier.exchange.sanitize import Sanitizer
from contract_tests.verifier.live.limits import CountedCall, Refusal, format_amount
from contract_tests.verifier.live.planned_requests import PlannedRequest
from contract_tests.verifier.live.upstream import CallerRequest, ServiceResponse
from scripts.openapi_document import is_array, is_object

JOURNAL = "journal.jsonl"
RECORDINGS = "recordings"
MAX_JUDGED: Final = 1024 * 1024
"""Bytes of a body that is recorded; a longer one is only in the private file."""

_DEEPEST: Final = 100
"""Levels of JSON that is recorded; more are beyond what the validators can follow."""


class LiveRecorder:
    """Writes the files of one run. Every method raises OSError if it cannot.

    Args:
        out: The folder of all runs.
        target: The name of the service in recordings.
        scrubber: Replaces contents and secrets; also an attribute.

    Attributes:
        folder: The folder of this run.
        private: The folder of what came, which only the user can read.
    """

    def __init__(self, out: Path, target: str, scrubber: Sanitizer) -> None:
        self.folder = out / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        self.private = find_state_folder() / "live" / self.folder.name
        self._target = target
        self.scrubber = scrubber

    @property
    def recordings(self) -> Path:
        """The folder of the exchanges."""
        return self.folder / RECORDINGS

    def open(self) -> None:
        """Make new folders for this run."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        first = self.folder
        for number in count(2):
            try:
                self.folder.mkdir()
                break
            except FileExistsError:
                self.folder = first.with_name(f"{first.name}-{number}")
        self.recordings.mkdir()
        self.private.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.private = Path(mkdtemp(prefix=f"{self.folder.name}-", dir=self.private.parent))

    def keep_received(self, call: CountedCall, content: bytes) -> None:
        """Write what came for a call to its private file."""
        path = self.private / f"{call.number:04}.{call.operation}.http"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)

    def record_sending(self, call: CountedCall, planned: PlannedRequest, asked: CallerRequest) -> None:
        """Write that a call is about to be sent; the line is on the disk when this returns."""
        self._journal(
            call.number,
            call.date,
            event="sending",
            tier=call.tier,
            operation=call.operation,
            note=call.note,
            method=asked.method,
            path=self.scrubber.sanitize_path(asked.path),
            key=planned.key.value,
            price="unknown" if call.price is None else format_amount(call.price),
        )

    def record_response(self, call: CountedCall, asked: CallerRequest, answer: ServiceResponse) -> None:
        """Write an exchange.

        Raises:
            ValueError: It cannot be expressed as a recording.
        """
        exchange = self._exchange(call, asked, answer)
        write_recording(HttpExchange.parse(exchange.to_json()), self.recordings, sanitizer=self.scrubber)
        self._journal(
            call.number, now(), event="answered", status=answer.status, exchange=exchange.id, problem=answer.problem
        )

    def record_no_response(self, call: CountedCall, reason: str) -> None:
        """Write that no response came."""
        self._journal(call.number, now(), event="no answer", reason=reason)

    def record_end(self, reason: Refusal, unasked: str = "") -> None:
        """Write why no more calls are sent, and which the plan had to leave out."""
        self._journal(0, now(), event="ended", code=reason.code, message=reason.message, unasked=unasked)

    def _exchange(self, call: CountedCall, asked: CallerRequest, answer: ServiceResponse) -> HttpExchange:
        body, remark = None, answer.problem
        if len(answer.body) <= MAX_JUDGED:
            body = parse_body(answer.body)
        if body is not None and body.kind == "json" and _is_deeper(body.value, _DEEPEST):
            body = None
        is_known = body is not None or not answer.body
        if not is_known:
            remark = remark or f"a body of {len(answer.body)} bytes that is too long or nested too deeply to be judged"
        return HttpExchange(
            id=f"{self.folder.name}.{call.number:04}.{call.operation}.{answer.status}",
            origin="recorded",
            target=self._target,
            date=now(),
            operation=call.operation,
            note=f"{call.tier}: {call.note}{f'; {remark}' if remark else ''}",
            request=ExchangeRequest(
                method=asked.method,
                path=asked.path,
                query=tuple(parse_qsl(asked.query, keep_blank_values=True)),
                headers=dict(asked.headers),
                body=parse_body(asked.body),
            ),
            response=ExchangeResponse(answer.status, join_headers(answer.headers), body, body_is_known=is_known),
        )

    def _journal(self, call: int, date: str, **members: Any) -> None:
        line = json.dumps({"call": call, "date": date, **members}, ensure_ascii=True) + "\n"
        descriptor = os.open(self.folder / JOURNAL, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if os.write(descriptor, line.encode("ascii")) != len(line):
                raise OSError(f"{JOURNAL}: a line was cut short")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _is_deeper(value: Any, levels: int) -> bool:
    reached = [value]
    for _ in range(levels):
        reached = [
            member
            for each in reached
            if is_object(each) or is_array(each)
            for member in (each.values() if is_object(each) else each)
        ]
        if not reached:
            return False
    return True
