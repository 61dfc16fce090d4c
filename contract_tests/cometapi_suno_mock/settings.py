"""How a gateway is set up. Every default is safe for a test: repeatable, bounded, local."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DEMO_KEY = "sk-mock"
"""The key that a gateway accepts unless told otherwise."""


def _bare(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(key.removeprefix("Bearer ").strip() for key in keys)


@attrs.frozen(kw_only=True)
class Settings:
    """What can be chosen about a gateway."""

    keys: tuple[str, ...] = attrs.field(default=(DEMO_KEY,), converter=_bare)
    """Accepted API keys. Each is an account of its own, with its own tasks, clips and credits."""
    seed: int = 0
    """Ids come from it: the same seed and the same requests give the same bytes."""
    profile: tuple[str, ...] = ()
    """Sources, or single readings, that are followed where sources contradict each other."""
    credits: int = 1_000_000
    """What each account starts with."""
    prices: Mapping[str, int] = attrs.field(factory=dict[str, int])
    """Credits per call in place of the built-in ones, by `operationId` (or `fullStems`, `singleStems`)."""
    looks: int = attrs.field(default=3, validator=attrs.validators.ge(0))
    """How many looks find a new task unfinished; 0 finishes at the first look."""
    task_seconds: float | None = None
    """Let tasks advance by the wall clock, in this time, instead of by looks; answers then vary."""
    latency: float = attrs.field(default=0.0, validator=attrs.validators.ge(0))
    """Seconds that every answer takes, on top of what a fault adds."""
    max_body: int = 262_144
    """Bytes of request body above which the answer is 413."""
    capacity: int = 1_000
    """Tasks, and personas, that are kept; the oldest go first. Clips: four times as many."""
    room: int = 8_000_000
    """Bytes of requests that tasks, clips and personas may each hold on to; beyond, the oldest go."""
    history: int = 100
    """Exchanges and contract violations that are kept."""
