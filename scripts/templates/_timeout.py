"""Timeouts: how long to wait for each step of a call."""

from __future__ import annotations

from dataclasses import dataclass
from sys import float_info

from .errors import ConfigurationError


# A dataclass, like `RetryPolicy`: importing attrs takes a sixth of the time of `import httpx`, and only models need it.
@dataclass(frozen=True)
class Timeout:
    """How long to wait, in seconds, for each step of a call, and for the whole call.

    Attributes:
        connect: For the connection and its TLS handshake.
        read: For the next bytes of the response. The gateway makes a persona while the call waits.
        write: For the next bytes of the request to be sent.
        pool: For a free connection.
        total: For the whole call, with every attempt and the waits between them, but not for the files of clips, which
            may be large. `None` sets no limit. The sync client cannot interrupt the lookup of a host name.
    """

    connect: float = 5.0
    read: float = 60.0
    write: float = 30.0
    pool: float = 10.0
    total: float | None = None

    def __post_init__(self) -> None:
        limits = self.as_dict() if self.total is None else {**self.as_dict(), "total": self.total}
        for step, seconds in limits.items():
            if not is_finite_number(seconds) or seconds <= 0:
                raise ConfigurationError(f"timeout: {step} is {seconds!r}. It must be a number of seconds above 0.")

    def as_dict(self) -> dict[str, float]:
        """Return the timeouts of the steps in the form that httpx expects."""
        return {"connect": self.connect, "read": self.read, "write": self.write, "pool": self.pool}

    def at_most(self, seconds: float) -> Timeout:
        """Return a copy in which no step takes longer than `seconds`, and the whole call neither."""
        steps = {step: min(limit, seconds) for step, limit in self.as_dict().items()}
        return Timeout(**steps, total=seconds if self.total is None else min(self.total, seconds))


def is_finite_number(value: object) -> bool:
    """Check whether a value is a finite number: infinite timeouts are not supported."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    # An integer may be too large for a float.
    return abs(value) <= float_info.max


DEFAULT_TIMEOUT = Timeout()


def parse_grace(grace: float) -> float:
    """Return how long a task that the server does not know may be too new.

    Raises:
        ConfigurationError: It is not a finite number of seconds of at least 0.
    """
    if not is_finite_number(grace) or grace < 0:
        raise ConfigurationError(f"the grace of a new task is {grace!r}. It must be a number of seconds of at least 0.")
    return grace


def check_wait_times(timeout: float, grace: float) -> None:
    """Check how long a caller wants to wait for a task, and for one that the server does not know yet.

    Raises:
        ConfigurationError: One of them is not a finite number of seconds, or too small.
    """
    if not is_finite_number(timeout) or timeout <= 0:
        raise ConfigurationError(f"the time to wait is {timeout!r}. It must be a number of seconds above 0.")
    parse_grace(grace)


def parse_timeout(value: float | Timeout) -> Timeout:
    """Return a `Timeout`; a number of seconds applies to each step.

    Raises:
        ConfigurationError: The value is not a `Timeout` or a finite number above 0.
    """
    if isinstance(value, Timeout):
        return value
    if not is_finite_number(value) or value <= 0:
        raise ConfigurationError(
            f"timeout is {value!r}. It must be a number of seconds above 0, or a cometapi_suno.Timeout."
        )
    return Timeout(value, value, value, value)
