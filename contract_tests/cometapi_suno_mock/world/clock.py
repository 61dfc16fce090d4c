"""Time and ids that repeat: the same requests meet the same times and get the same ids."""

from __future__ import annotations

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
        self._ticks = 0

    def tick(self) -> None:
        """One more request."""
        self._ticks += 1

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._born if self._real else float(self._ticks)

    @property
    def seconds(self) -> int:
        """Now, in Unix seconds."""
        return int(_START_SECONDS + self.elapsed)

    def iso(self) -> str:
        """Now as Suno writes it: `2026-02-05T13:28:59.798Z`."""
        now = START + timedelta(seconds=self.elapsed)
        return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Ids:
    """Ids counted per kind and spread by a seed."""

    def __init__(self, seed: int) -> None:
        self._salt = hashlib.blake2b(str(seed).encode(), digest_size=16).digest()
        self._tail = "".join(_LETTERS[byte % len(_LETTERS)] for byte in self._salt[:8])
        self._counts: dict[str, int] = {}

    def uuid(self, kind: str) -> str:
        """The next id of a kind, in the form of a UUID of version 5."""
        # Not uuid.uuid5: three times as slow, on the path of every paid call.
        text = hashlib.blake2b(b"%s:%d" % (kind.encode(), self.count(kind)), key=self._salt, digest_size=16).hexdigest()
        return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-a{text[17:20]}-{text[20:]}"

    def count(self, kind: str) -> int:
        """The next number of a kind, from 1."""
        number = self._counts.get(kind, 0) + 1
        self._counts[kind] = number
        return number

    def request_id(self, seconds: int) -> str:
        """The next request id: a time, nine digits, eight letters or digits."""
        stamp = time.strftime("%Y%m%d%H%M%S", time.gmtime(seconds))
        return f"{stamp}{self.count('request') % 1_000_000_000:09d}{self._tail}"


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
