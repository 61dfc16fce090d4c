"""Time and ids that repeat: the same requests meet the same times and get the same ids."""

from __future__ import annotations

import hashlib
import itertools
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial

START = datetime(2026, 2, 5, 13, 28, 59, 798638, tzinfo=UTC)
"""When every gateway begins."""

_START_SECONDS = START.timestamp()


class Clock:
    """A clock that moves one second per request, or with the wall when `real`."""

    def __init__(self, *, real: bool = False) -> None:
        self._real = real
        self._born = time.monotonic()
        self.elapsed = 0.0
        """Seconds since the beginning."""
        self.seconds = int(_START_SECONDS)
        """Now, in Unix seconds."""

    def tick(self, requests: int = 1) -> None:
        """One more request; until the next one it is now. With 0, between requests, only the wall goes on."""
        self.elapsed = time.monotonic() - self._born if self._real else self.elapsed + requests
        self.seconds = int(_START_SECONDS + self.elapsed)

    def iso(self) -> str:
        """Now as Suno writes it: `2026-02-05T13:28:59.798Z`."""
        now = START + timedelta(seconds=self.elapsed)
        return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Ids:
    """Ids counted per kind and spread by a seed."""

    def __init__(self, seed: int) -> None:
        salt = hashlib.blake2b(str(seed).encode(), digest_size=16).digest()
        self._hash = hashlib.blake2b(key=salt, digest_size=16)
        self._tail = "".join(_LETTERS[byte % len(_LETTERS)] for byte in salt[:8])
        self._counts: defaultdict[str, itertools.count[int]] = defaultdict(partial(itertools.count, 1))

    def uuid(self, kind: str) -> str:
        """The next id of a kind, in the form of a UUID of version 5."""
        # Not uuid.uuid5: three times as slow, on the path of every paid call.
        spread = self._hash.copy()
        spread.update(b"%s:%d" % (kind.encode(), next(self._counts[kind])))
        text = spread.hexdigest()
        return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-a{text[17:20]}-{text[20:]}"

    def count(self, kind: str) -> int:
        """The next number of a kind, from 1."""
        return next(self._counts[kind])

    def request_id(self, seconds: int) -> str:
        """The next request id: a time, nine digits, eight letters or digits."""
        number = seconds % 60 * _MOST_REQUESTS + next(self._counts["request"]) % _MOST_REQUESTS
        return f"{_minute(seconds // 60)}{number:011d}{self._tail}"


@lru_cache(maxsize=4)
def _minute(number: int) -> str:
    return time.strftime("%Y%m%d%H%M", time.gmtime(number * 60))


_MOST_REQUESTS = 1_000_000_000
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
