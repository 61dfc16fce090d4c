"""Time and ids that repeat: the same requests meet the same times and get the same ids."""

from __future__ import annotations

import hashlib
import time
import uuid
from datetime import UTC, datetime, timedelta

START = datetime(2026, 2, 5, 13, 28, 59, 798638, tzinfo=UTC)
"""When every gateway begins."""


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
        return int(START.timestamp() + self.elapsed)

    @property
    def now(self) -> datetime:
        """Now, in UTC."""
        return START + timedelta(seconds=self.elapsed)

    def iso(self) -> str:
        """Now as Suno writes it: `2026-02-05T13:28:59.798Z`."""
        return self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Ids:
    """Ids counted per kind and spread by a seed."""

    def __init__(self, seed: int) -> None:
        self._space = uuid.uuid5(uuid.NAMESPACE_URL, f"urn:cometapi-suno:{seed}")
        self._counts: dict[str, int] = {}

    def uuid(self, kind: str) -> str:
        """The next id of a kind."""
        return str(uuid.uuid5(self._space, f"{kind}:{self.count(kind)}"))

    def count(self, kind: str) -> int:
        """The next number of a kind, from 1."""
        number = self._counts.get(kind, 0) + 1
        self._counts[kind] = number
        return number

    def request_id(self, now: datetime) -> str:
        """The next request id: a time, nine digits, eight letters or digits."""
        number = self.count("request")
        digest = hashlib.blake2s(b"%d" % number, key=self._space.bytes, digest_size=6).digest()
        tail = "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest)
        return f"{now:%Y%m%d%H%M%S}{now.microsecond:06d}{number % 1000:03d}{tail}Mk"


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
