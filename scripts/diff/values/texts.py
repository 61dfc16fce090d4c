"""A text of some length that follows patterns and formats, and not others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Final

import attrs

from scripts.diff.values.patterns import NotRegularError, shortest
from scripts.diff.values.sizes import MANY, Size

_LONG: Final = 64
_SAMPLES: Final = 3
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_STAMP: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([zZ]|[+-]\d\d:\d\d)")
# Samples of each format, and how long its texts are.
_FORMATS: Final[dict[str, tuple[tuple[str, ...], int, int]]] = {
    "uuid": (("2dd391cd-996b-4843-9738-1aed26f170e4",), 36, 36),
    "date": (("2026-01-31",), 10, 10),
    "date-time": (("2026-01-31T12:00:00Z", "2026-01-31T12:00:00.123456+01:00"), 20, MANY),
    "uri": (("https://a.example/b", "a:b", "https://a.example/" + "b" * 300), 2, MANY),
    "email": (("a@b.example", f"{'a' * 60}@{'b' * 60}.example"), 3, MANY),
    "ipv4": (("127.0.0.1", "192.168.100.200", "1.1.1.1"), 7, 15),
}


@attrs.define
class Texts(Size):
    """What is asked of a text.

    Attributes:
        patterns: What it must follow.
        not_patterns: What it must not follow.
        formats: What it must be.
        not_formats: What it must not be.
        excluded: Texts that it must not be.
    """

    patterns: set[str] = attrs.field(factory=set)
    not_patterns: set[str] = attrs.field(factory=set)
    formats: set[str] = attrs.field(factory=set)
    not_formats: set[str] = attrs.field(factory=set)
    excluded: set[str] = attrs.field(factory=set)

    def pick(self) -> tuple[str | None, bool]:
        """A text, and whether none being found proves that there is none."""
        least = max([self.least, *(_FORMATS[each][1] for each in self.formats)])
        most = min([self.most, *(_FORMATS[each][2] for each in self.formats)])
        if least > most or self.patterns & self.not_patterns or self.formats & self.not_formats:
            return None, True
        if not self.formats and not self.not_formats:
            try:
                return self._spell(least, most)
            except NotRegularError:
                pass  # then it is guessed
        for candidate in self._candidates(least, most):
            if least <= len(candidate) <= most and candidate not in self.excluded and self._follows(candidate):
                return candidate, True
        return None, False

    def _spell(self, least: int, most: int) -> tuple[str | None, bool]:
        """The shortest text by the patterns alone."""
        if not self.patterns and not self.not_patterns and least > _LONG:
            return "a" * least, True  # too long to have been excluded
        limit = None if most == MANY else most
        return shortest(sorted(self.patterns), sorted(self.not_patterns), sorted(self.excluded), least, limit)

    def _follows(self, candidate: str) -> bool:
        return (
            all(has_format(each, candidate) for each in self.formats)
            and not any(has_format(each, candidate) for each in self.not_formats)
            and all(re.search(each, candidate) for each in self.patterns)
            and not any(re.search(each, candidate) for each in self.not_patterns)
        )

    def _candidates(self, least: int, most: int) -> Iterator[str]:
        for name in self.formats:
            yield from _FORMATS[name][0]
        for regex in self.patterns:
            yield from _followers(regex, least, most)
        lengths = [least, least + 1, least + 2, least + 7, *([most, most - 1] if most < 10**5 else [10_000])]
        for length in dict.fromkeys(each for each in lengths if each >= 0):
            for letter in ("a", "Z", "0", " ", "-", "é", "\n"):
                yield letter * length
        # More texts than can be excluded one by one, and texts that follow what must not be followed but for a detail.
        yield from (f"{'b' * max(least - 4, 0)}{index:04}" for index in range(len(self.excluded) + 1))
        for regex in self.not_patterns:
            for sample in _followers(regex, least, most):
                yield from (f"{sample}!", f"!{sample}", sample[:-1], sample.swapcase())
        for name in self.not_formats:
            yield from (f"{sample}!" for sample in _FORMATS[name][0])


def _followers(regex: str, least: int, most: int) -> Iterator[str]:
    found: list[str] = []
    try:
        while len(found) < _SAMPLES:
            text, _ = shortest([regex], [], found, least, most if most < MANY else None)
            if text is None:
                break
            found.append(text)
    except NotRegularError:
        pass  # it is left to the plain guesses
    yield from found


def has_format(name: str, value: str) -> bool:
    """Whether a text is of a format."""
    return _CHECKS[name](value)


def _is_date(value: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value)) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _is_stamp(value: str) -> bool:
    try:
        return bool(_STAMP.fullmatch(value)) and bool(datetime.fromisoformat(value[:19].upper()))
    except ValueError:
        return False


def _is_ipv4(value: str) -> bool:
    parts = value.split(".")
    return len(parts) == 4 and all(re.fullmatch(r"0|[1-9]\d{0,2}", part) and int(part) < 256 for part in parts)


_CHECKS: Final[dict[str, Callable[[str], bool]]] = {
    "uuid": lambda value: bool(_UUID.fullmatch(value)),
    "date": _is_date,
    "date-time": _is_stamp,
    "uri": lambda value: bool(re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+", value)),
    "email": lambda value: bool(re.fullmatch(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", value)),
    "ipv4": _is_ipv4,
}
