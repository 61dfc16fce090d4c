"""Settings of a gateway. Every default is safe for a test: repeatable, bounded, local."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

DEMO_KEY = "sk-mock"
"""The key that a gateway accepts by default."""


def _strip_prefixes(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(key.removeprefix("Bearer ").strip() for key in keys)


@attrs.frozen(kw_only=True)
class Settings:
    """What can be configured about a gateway."""

    keys: tuple[str, ...] = attrs.field(default=(DEMO_KEY,), converter=_strip_prefixes)
    """Accepted API keys. Each is a separate account with its own tasks, clips and credits."""
    access_tokens: tuple[str, ...] = attrs.field(default=(), converter=_strip_prefixes)
    """Accepted access tokens, each of the account of the key at the same position; without any, the keys themselves."""
    seed: int = 0
    """Seed of the ids: the same seed and the same requests give the same bytes."""
    profile: tuple[str, ...] = ()
    """Names of sources, or of single profiles, to follow where sources contradict each other."""
    credits: int = 1_000_000
    """Credits with which each account starts."""
    prices: Mapping[str, int] = attrs.field(factory=dict[str, int])
    """Credits per call that replace the built-in ones, by `operationId` (or `fullStems`, `singleStems`)."""
    polls: int = attrs.field(default=3, validator=attrs.validators.ge(0))
    """How many polls find a new task unfinished; with 0 the first poll finds it finished."""
    task_seconds: float | None = None
    """Let tasks advance with the wall clock, in this time, instead of with each poll; responses then vary."""
    notify: bool = False
    """End each task that has a `notify_hook` without a poll, after `task_seconds` or at once, and post it there."""
    latency: float = attrs.field(default=0.0, validator=attrs.validators.ge(0))
    """Seconds by which every response is delayed, in addition to what a fault adds."""
    max_body: int = 262_144
    """Largest request body in bytes; a larger one is answered with 413."""
    capacity: int = 1_000
    """How many tasks, personas and rows of a usage log are kept; the oldest go first. Clips: four times as many."""
    room: int = 8_000_000
    """Bytes of requests that tasks, clips and personas may each hold; above that, the oldest go."""
    history: int = 100
    """How many exchanges, and how many contract violations, are kept."""
