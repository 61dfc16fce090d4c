"""Time and ids that repeat: the same requests meet the same times and get the same ids."""

from __future__ import annotations

import functools
import hashlib
import time
from datetime import UTC, datetime, timedelta

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

    def tick(self) -> None:
        """One more request; until the next one it is now."""
        self._move(self.elapsed + 1)

    def catch_up(self) -> None:
        """Between requests: only the wall goes on."""
        self._move(self.elapsed)

    def _move(self, counted: float) -> None:
        self.elapsed = time.monotonic() - self._born if self._real else counted
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
        self._counts: dict[str, int] = {}

    def uuid(self, kind: str) -> str:
        """The next id of a kind, in the form of a UUID of version 5."""
        # Not uuid.uuid5: three times as slow, on the path of every paid call.
        spread = self._hash.copy()
        spread.update(b"%s:%d" % (kind.encode(), self.count(kind)))
        text = spread.hexdigest()
        return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-a{text[17:20]}-{text[20:]}"

    def count(self, kind: str) -> int:
        """The next number of a kind, from 1."""
        number = self._counts.get(kind, 0) + 1
        self._counts[kind] = number
        return number

    def request_id(self, seconds: int) -> str:
        """The next request id: a time, nine digits, eight letters or digits."""
        day, rest = divmod(seconds, 86_400)
        stamp = f"{_day(day)}{rest // 3600:02d}{rest % 3600 // 60:02d}{rest % 60:02d}"
        return f"{stamp}{self.count('request') % 1_000_000_000:09d}{self._tail}"


@functools.lru_cache(maxsize=4)
def _day(number: int) -> str:
    return time.strftime("%Y%m%d", time.gmtime(number * 86_400))


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
