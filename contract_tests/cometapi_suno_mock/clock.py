"""Virtual time and seeded ids: the same requests are answered at the same times and with the same ids."""

from __future__ import annotations

import hashlib
import itertools
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from functools import lru_cache, partial

START = datetime(2026, 2, 5, 13, 28, 59, 798638, tzinfo=UTC)
"""The time at which every gateway starts."""

_MOST_REQUESTS = 1_000_000_000
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class VirtualClock:
    """A clock that advances one second per request from a fixed time; when `real`, it is the wall clock."""

    def __init__(self, *, real: bool = False) -> None:
        self._real = real
        self._born = time.monotonic()
        self._start = datetime.now(UTC) if real else START
        self._start_seconds = self._start.timestamp()
        self.elapsed = 0.0
        """Seconds since the start."""
        self.seconds = int(self._start_seconds)
        """The current time in Unix seconds."""
        self.pinned: float | None = None
        """The Unix time at which the clock stays; None when it advances."""

    def tick(self, requests: int = 1) -> None:
        """Advance by some requests. With 0, between requests, only a real clock advances."""
        if self.pinned is not None:
            self.elapsed = self.pinned - self._start_seconds
        else:
            self.elapsed = time.monotonic() - self._born if self._real else self.elapsed + requests
        self.seconds = int(self._start_seconds + self.elapsed)

    def format_iso(self) -> str:
        """Return the current time as Suno writes it: `2026-02-05T13:28:59.798Z`."""
        now = self._start + timedelta(seconds=self.elapsed)
        return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def format_http_date(self) -> str:
        """Return the current time as the header `Date` has it: `Thu, 05 Feb 2026 13:28:59 GMT`."""
        return formatdate(self.seconds, usegmt=True)


class SeededIds:
    """Ids that follow from a seed and a counter for each kind."""

    def __init__(self, seed: int) -> None:
        salt = hashlib.blake2b(str(seed).encode(), digest_size=16).digest()
        self._hash = hashlib.blake2b(key=salt, digest_size=16)
        self._tail = "".join(_LETTERS[byte % len(_LETTERS)] for byte in salt[:8])
        self._counts: defaultdict[str, itertools.count[int]] = defaultdict(partial(itertools.count, 1))

    def next_uuid(self, kind: str) -> str:
        """Return the next id of a kind, in the form of a UUID of version 5."""
        # Not uuid.uuid5: it takes three times as long, in every paid call.
        spread = self._hash.copy()
        spread.update(b"%s:%d" % (kind.encode(), next(self._counts[kind])))
        text = spread.hexdigest()
        return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-a{text[17:20]}-{text[20:]}"

    def next_number(self, kind: str) -> int:
        """Return the next number of a kind, from 1."""
        return next(self._counts[kind])

    def next_request_id(self, seconds: int) -> str:
        """Return the next request id: a time, nine digits, eight letters or digits."""
        number = seconds % 60 * _MOST_REQUESTS + next(self._counts["request"]) % _MOST_REQUESTS
        return f"{_format_minute(seconds // 60)}{number:011d}{self._tail}"


@lru_cache(maxsize=4)
def _format_minute(number: int) -> str:
    return time.strftime("%Y%m%d%H%M", time.gmtime(number * 60))
