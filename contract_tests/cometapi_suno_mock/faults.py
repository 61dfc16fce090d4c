"""One fault and its text form, and which fault meets which call."""

from __future__ import annotations

import random
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import attrs
from cometapi_suno_mock.media import is_array

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping


Change = tuple[str, str]
"""What is done to an answer, and the JSON pointer at which."""

CHANGES = ("drop", "null", "retype", "add", "enum")
BODIES = ("empty", "html", "json")
RESETS = ("before", "after")


class FaultError(ValueError):
    """A fault that cannot be understood."""


@attrs.frozen(kw_only=True)
class Fault:
    """What goes wrong, and when."""

    operation: str | None = None
    """Only for calls of this `operationId`."""
    nth: int | None = None
    """Only for the n-th of the calls that it could meet, from 1."""
    times: int | None = None
    """For so many calls at most."""
    probability: float = 1.0
    """For this share of the calls, drawn from `seed`."""
    seed: int = 0

    status: int | None = None
    """Answer with this status and what the description has for it, without doing the work."""
    effect: bool = False
    """With `status`: do the work first. A status below 400 then keeps the body."""
    body: str | None = None
    """With `status`: `empty`, `html` or `json` instead of what comes first in the description."""
    retry_after: int | None = None
    """Send `Retry-After` with so many seconds."""
    retry_date: int | None = None
    """Send `Retry-After` with the date that is so many seconds away."""

    delay: float = 0.0
    """Do the work, then wait for so many seconds before answering."""
    slow_body: float = 0.0
    """Send the body in pieces, with so many seconds between them."""
    truncate: int | None = None
    """Close the connection after so many bytes of the body."""
    reset: str | None = None
    """Reset the connection `before` or `after` the work was done, without an answer."""

    content_type: str | None = None
    """Call the body this instead of what it is."""
    invalid_json: bool = False
    """Break the body as JSON."""
    changes: tuple[Change, ...] = ()
    """`drop`, `null`, `retype`, `add` or give a new `enum` value, each at a pointer into the answer."""
    fail_task: str | None = None
    """Let the submitted task end in FAILURE for this reason."""

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Read the text form.

        Raises:
            FaultError: It says something that no fault says.
        """
        words = [word.partition("=") for word in text.split(";") if word.strip()]
        return _build((name.strip(), value.strip()) for name, _, value in words)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Fault:
        """Read the JSON form; a change may list several pointers.

        Raises:
            FaultError: It says something that no fault says.
        """
        pairs = [(name, item) for name, held in value.items() for item in (held if is_array(held) else [held])]
        return _build((name, _text(item)) for name, item in pairs)

    def __str__(self) -> str:
        """The text form."""
        words: list[str] = []
        for field in attrs.fields(Fault):
            value = getattr(self, field.name)
            if field.name == "changes":
                words += [f"{kind}={where}" for kind, where in self.changes]
            elif value != field.default:
                words.append(field.name.replace("_", "-") + ("" if value is True else f"={value}"))
        return "; ".join(words)

    @property
    def refuses(self) -> bool:
        """Whether the work is left undone."""
        return self.reset == "before" or (self.status is not None and not self.effect)


def _build(words: Iterable[tuple[str, str]]) -> Fault:
    fields: dict[str, Any] = {}
    changes: list[Change] = []
    for name, value in words:
        if name in CHANGES:
            if not value.startswith("/"):
                raise FaultError(f"{name}={value}: a JSON pointer such as /clip/id is needed")
            changes.append((name, value))
        elif name in _READERS:
            try:
                fields[name.replace("-", "_")] = _READERS[name](value)
            except ValueError as error:
                raise FaultError(f"{name}={value}: {error}") from None
        else:
            raise FaultError(f"{name}: no such fault; there are {', '.join([*_READERS, *CHANGES])}")
    return Fault(**fields, changes=tuple(changes))


def _text(value: Any) -> str:
    return "" if value is True else "no" if value is False else str(value)


def _yes(text: str) -> bool:
    if text in ("", "yes", "no"):
        return text != "no"
    raise ValueError("yes or no is needed")


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError("a number of at least 0 is needed")
    return number


def _ordinal(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError("a number of at least 1 is needed")
    return number


def _status(text: str) -> int:
    number = int(text)
    if not 200 <= number <= 599:
        raise ValueError("a status from 200 to 599 is needed")
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 3600:
        raise ValueError("seconds from 0 to 3600 are needed")
    return number


def _share(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 1:
        raise ValueError("a share from 0 to 1 is needed")
    return number


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"one of {', '.join(choices)} is needed")
        return text

    return read


def _media(text: str) -> str:
    if not text or not text.isascii() or not text.isprintable():
        raise ValueError("a media type is needed")
    return text


_READERS: Mapping[str, Callable[[str], Any]] = {
    "operation": str,
    "nth": _ordinal,
    "times": _count,
    "probability": _share,
    "seed": int,
    "status": _status,
    "effect": _yes,
    "body": _one_of(*BODIES),
    "retry-after": _count,
    "retry-date": _count,
    "delay": _seconds,
    "slow-body": _seconds,
    "truncate": _count,
    "reset": _one_of(*RESETS),
    "content-type": _media,
    "invalid-json": _yes,
    "fail-task": str,
}


HEADER = "x-mock-fault"
"""The request header that asks for a fault, and the response header that tells which one struck."""

_MOST_HEADERS = 256


@attrs.define
class Armed:
    """A fault in wait, with the calls that it has seen and struck."""

    number: int
    fault: Fault
    seen: int = 0
    struck: int = 0
    _random: random.Random = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._random = random.Random(self.fault.seed)

    def strikes(self, operation: str) -> bool:
        """Whether it meets this call, which counts."""
        fault = self.fault
        if fault.operation not in (None, operation):
            return False
        self.seen += 1
        due = fault.nth in (None, self.seen) and (fault.times is None or self.struck < fault.times)
        if not due or (fault.probability < 1 and self._random.random() >= fault.probability):
            return False
        self.struck += 1
        return True


class Faults:
    """The faults of a gateway. The first one that strikes is the only one for that call."""

    def __init__(self) -> None:
        self._armed: dict[int, Armed] = {}
        self._asked: OrderedDict[str, Armed] = OrderedDict()
        self._last = 0

    def add(self, fault: Fault | str) -> int:
        """Let a fault wait for calls; returns the number by which it can be removed.

        Raises:
            FaultError: The text says something that no fault says.
        """
        self._last += 1
        self._armed[self._last] = Armed(self._last, Fault.parse(fault) if isinstance(fault, str) else fault)
        return self._last

    def remove(self, number: int) -> bool:
        """Take a fault back; tells whether it was there."""
        return self._armed.pop(number, None) is not None

    def clear(self) -> None:
        """Take every fault back, and forget what headers asked for."""
        self._armed.clear()
        self._asked.clear()

    def pick(self, operation: str, asked: str | None) -> Fault | None:
        """The fault for a call, which may ask for one itself. The same words count on from call to call.

        Raises:
            FaultError: The call asks for something that no fault says.
        """
        if asked is not None and (armed := self._by_header(asked)).strikes(operation):
            return armed.fault
        if not self._armed:
            return None
        return next((armed.fault for armed in self if armed.strikes(operation)), None)

    def __iter__(self) -> Iterator[Armed]:
        # A copy: a test arms and clears in its own thread while a server's answers.
        return iter(list(self._armed.values()))

    def _by_header(self, text: str) -> Armed:
        armed = self._asked.get(text)
        if armed is None:
            armed = self._asked[text] = Armed(0, Fault.parse(text))
            if len(self._asked) > _MOST_HEADERS:
                self._asked.popitem(last=False)
        return armed
