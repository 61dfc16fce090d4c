"""A number between bounds, a multiple of some and not of others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import islice
from math import ceil, floor, lcm
from typing import Final

import attrs

_TRIES: Final = 500


@attrs.define
class Numbers:
    """What is asked of a number.

    Attributes:
        low: The lower bound, with whether it is excluded itself.
        high: The upper bound, likewise.
        steps: What it must be a multiple of; an integer is a multiple of 1.
        not_steps: What it must be no multiple of.
        excluded: Values that it must not be.
    """

    low: tuple[Fraction, bool] | None = None
    high: tuple[Fraction, bool] | None = None
    steps: list[Fraction] = attrs.field(factory=list)
    not_steps: list[Fraction] = attrs.field(factory=list)
    excluded: set[Fraction] = attrs.field(factory=set)

    def at_least(self, limit: float, exclusive: bool) -> None:
        """Raise the lower bound."""
        bound = exactly(limit), exclusive
        self.low = bound if self.low is None else max(self.low, bound)

    def at_most(self, limit: float, exclusive: bool) -> None:
        """Lower the upper bound."""
        bound = exactly(limit), exclusive
        lowered = self.high is None or bound[0] < self.high[0] or (bound[0] == self.high[0] and exclusive)
        self.high = bound if lowered else self.high

    def pick(self) -> tuple[int | float | None, bool]:
        """A number, and whether none being found proves that there is none."""
        step = _common(self.steps)
        if step is not None and any((step / other).denominator == 1 for other in self.not_steps):
            return None, True
        candidates, complete = self._candidates(step)
        for candidate in candidates:
            if self._inside(candidate) and candidate not in self.excluded:
                value = _plain(candidate)
                exact = exactly(value) == candidate
                if exact and not any((candidate / other).denominator == 1 for other in self.not_steps):
                    return value, True
        return None, complete

    def _inside(self, value: Fraction) -> bool:
        above = self.low is None or value > self.low[0] or (value == self.low[0] and not self.low[1])
        below = self.high is None or value < self.high[0] or (value == self.high[0] and not self.high[1])
        return above and below

    def _candidates(self, step: Fraction | None) -> tuple[Iterable[Fraction], bool]:
        low = self.low[0] if self.low else None
        high = self.high[0] if self.high else None
        if low is not None and high is not None and low > high:
            return (), True
        if step is None:
            return _between(low, high), low is not None and low == high
        first = ceil(low / step) if low is not None else None
        last = floor(high / step) if high is not None else None
        if first is not None and last is not None:
            return (step * index for index in islice(range(first, last + 1), _TRIES)), last - first < _TRIES
        start = first if first is not None else last if last is not None else 0
        forward = 1 if first is not None or last is None else -1
        return (step * (start + forward * index) for index in range(_TRIES)), False


def exactly(value: float) -> Fraction:
    """A number as it is written: 0.1 is a tenth."""
    return Fraction(str(value))


def is_multiple(value: float, step: float) -> bool:
    """Whether a number is a multiple of another."""
    return (exactly(value) / exactly(step)).denominator == 1


def _between(low: Fraction | None, high: Fraction | None) -> Iterator[Fraction]:
    """Numbers from the bounds inwards, of every kind."""
    small = [Fraction(each) for each in ("1/2", "1", "0", "2", "3", "7", "1/4", "3/4", "1/8", "1/1024")]
    if low is not None and high is not None:
        width = high - low
        yield low
        yield high
        yield from (low + width * each for each in small if each <= 1)
        yield from (Fraction(each) for each in range(ceil(low), min(floor(high) + 1, ceil(low) + _TRIES)))
    elif low is not None or high is not None:
        edge, sign = (low, 1) if low is not None else (high, -1)
        for each in (Fraction(0), *small, *(Fraction(more) for more in range(4, _TRIES))):
            yield (edge or Fraction(0)) + sign * each
    else:
        for each in (Fraction(0), *small, *(Fraction(more) for more in range(4, _TRIES))):
            yield each
            yield -each


def _common(steps: list[Fraction]) -> Fraction | None:
    """The smallest number that is a multiple of all."""
    if not steps:
        return None
    scale = lcm(*(step.denominator for step in steps))
    return Fraction(lcm(*(int(step * scale) for step in steps)), scale)


def _plain(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)
