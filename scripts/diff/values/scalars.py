"""A number or a text, by the claims about it."""

from __future__ import annotations

from collections.abc import Iterable

from scripts.diff.values.atoms import Literal
from scripts.diff.values.numbers import Numbers, exactly
from scripts.diff.values.results import EMPTY, UNSURE, Found, Result
from scripts.diff.values.texts import Texts


def number_of(leaf: Iterable[Literal]) -> Result:
    """A number of which the claims are true, or false."""
    wanted = Numbers()
    for literal in leaf:
        match literal:
            case (True, ("min", limit, exclusive)):
                wanted.at_least(limit, exclusive)
            case (False, ("max", limit, exclusive)):
                wanted.at_least(limit, not exclusive)
            case (True, ("max", limit, exclusive)):
                wanted.at_most(limit, exclusive)
            case (False, ("min", limit, exclusive)):
                wanted.at_most(limit, not exclusive)
            case (sign, ("integer",)):
                (wanted.steps if sign else wanted.not_steps).append(exactly(1))
            case (sign, ("multiple", step)):
                (wanted.steps if sign else wanted.not_steps).append(exactly(step))
            case (_, ("enum", pairs)):
                wanted.excluded.update(exactly(value) for _, value in pairs)
            case _:
                return UNSURE
    return _result(*wanted.pick())


def text_of(leaf: Iterable[Literal]) -> Result:
    """A text of which the claims are true, or false."""
    wanted = Texts()
    for literal in leaf:
        match literal:
            case _ if wanted.take(literal):
                pass
            case (sign, ("pattern", regex)):
                (wanted.patterns if sign else wanted.not_patterns).add(regex)
            case (sign, ("format", name)):
                (wanted.formats if sign else wanted.not_formats).add(name)
            case (_, ("enum", pairs)):
                wanted.excluded.update(value for _, value in pairs)
            case _:
                return UNSURE
    return _result(*wanted.pick())


def _result(value: float | str | None, proven: bool) -> Result:
    if value is not None:
        return Found(value)
    return EMPTY if proven else UNSURE
