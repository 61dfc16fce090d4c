"""How long to wait for each step of a call."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from .errors import ConfigurationError


# A dataclass, as `RetryPolicy` is: attrs takes a sixth of the time of `import httpx` to be imported, and only models
# need it.
@dataclass(frozen=True)
class Timeout:
    """How long to wait, in seconds, for each step of a call.

    Attributes:
        connect: For a connection and its TLS handshake.
        read: For the next bytes of the answer. A persona is made while the call waits.
        write: For the next bytes of the request to be taken.
        pool: For a free connection.
    """

    connect: float = 5.0
    read: float = 60.0
    write: float = 30.0
    pool: float = 10.0

    def __post_init__(self) -> None:
        for step, seconds in self.as_dict().items():
            if not is_finite_number(seconds) or seconds <= 0:
                raise ConfigurationError(f"timeout: {step} is {seconds!r}; it must be a number of seconds above 0.")

    def as_dict(self) -> dict[str, float]:
        """In the form that httpx takes."""
        return {"connect": self.connect, "read": self.read, "write": self.write, "pool": self.pool}

    def at_most(self, seconds: float) -> Timeout:
        """The same, with no step longer than this."""
        return Timeout(*(min(step, seconds) for step in self.as_dict().values()))


def is_finite_number(value: object) -> bool:
    """Whether this is a finite number: a timeout that never ends is not offered."""
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


DEFAULT_TIMEOUT = Timeout()


def check_wait_timeout(seconds: float) -> None:
    """Refuse what is no time to wait for something.

    Raises:
        ConfigurationError: It is no finite number of seconds above 0.
    """
    if not is_finite_number(seconds) or seconds <= 0:
        raise ConfigurationError(f"the time to wait is {seconds!r}; it must be a number of seconds above 0.")


def parse_timeout(value: float | Timeout) -> Timeout:
    """A number of seconds as a `Timeout` of that many seconds for each step.

    Raises:
        ConfigurationError: It is neither.
    """
    if isinstance(value, Timeout):
        return value
    if not is_finite_number(value) or value <= 0:
        raise ConfigurationError(
            f"timeout is {value!r}; it must be a number of seconds above 0, or a cometapi_suno.Timeout."
        )
    return Timeout(value, value, value, value)
