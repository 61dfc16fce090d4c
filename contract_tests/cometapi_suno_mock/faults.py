"""Faults: failures that a user of the mock asks for, and the requests that they apply to.

A fault is requested by the header `X-Mock-Fault`, by the control endpoint or in Python. As text it is a list of fields
of `Fault` joined by semicolons, with `-` for `_`, such as `status=503; nth=2` or `drop=/clip/id; operation=getWav`. As
JSON the fields are keys.
"""

from __future__ import annotations

import random
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import attrs
from cometapi_suno_mock.clip_files import FILES
from cometapi_suno_mock.media import is_array

HEADER = "x-mock-fault"
"""The request header that asks for a fault, and the response header that names the one that was applied."""

Change = tuple[str, str]
"""A kind of change, and the JSON pointer into the body at which it is made."""

CHANGES = ("drop", "null", "retype", "add", "enum")
BODIES = ("empty", "html", "json")
RESETS = ("before", "after")

_MOST_HEADERS = 256


class FaultError(ValueError):
    """A fault that cannot be parsed."""


def _parse_number(kind: Callable[[str], float], lowest: float, highest: float, needed: str, text: str) -> float:
    number = kind(text)
    if not lowest <= number <= highest:
        raise ValueError(f"{needed} needed")
    return number


def _parse_choice(choices: Sequence[str], text: str) -> str:
    if text not in choices:
        raise ValueError(f"one of {', '.join(choices)} is needed")
    return text


def _parse_flag(text: str) -> bool:
    if text in ("", "yes", "no"):
        return text != "no"
    raise ValueError("yes or no is needed")


def _parse_media(text: str) -> str:
    if not text or not text.isascii() or not text.isprintable():
        raise ValueError("a media type is needed")
    return text


_MOST = 10**9
"""The largest number of a fault. As seconds from now, it still gives a date."""
_parse_count = partial(_parse_number, int, 0, _MOST, f"a number from 0 to {_MOST} is")
_parse_difference = partial(_parse_number, int, -_MOST, _MOST, f"a number from -{_MOST} to {_MOST} is")
_parse_seconds = partial(_parse_number, float, 0, 3600, "seconds from 0 to 3600 are")


def _field(default: Any, parse: Callable[[str], Any]) -> Any:
    """Return a field of `Fault` that is read from text by a function."""
    return attrs.field(default=default, metadata={"parse": parse})


@attrs.frozen(kw_only=True)
class Fault:
    """What goes wrong, and for which requests."""

    operation: str | None = _field(None, str)
    """Apply only to requests for this `operationId`; `files` are the downloads, which no other fault applies to."""
    nth: int | None = _field(None, partial(_parse_number, int, 1, _MOST, f"a number from 1 to {_MOST} is"))
    """Apply only to the n-th matching request, counted from 1."""
    times: int | None = _field(None, _parse_count)
    """Apply at most so many times."""
    probability: float = _field(1.0, partial(_parse_number, float, 0, 1, "a share from 0 to 1 is"))
    """Apply to this share of the requests, drawn from `seed`."""
    seed: int = _field(0, int)

    status: int | None = _field(None, partial(_parse_number, int, 200, 599, "a status from 200 to 599 is"))
    """Send this status and what the description has for it, without doing the work."""
    effect: bool = _field(False, _parse_flag)
    """With `status`: do the work first. A status below 400 then keeps the body."""
    body: str | None = _field(None, partial(_parse_choice, BODIES))
    """With `status`: an `empty`, `html` or `json` body instead of the first one in the description."""
    retry_after: int | None = _field(None, _parse_count)
    """Send `Retry-After` with so many seconds."""
    retry_date: int | None = _field(None, _parse_count)
    """Send `Retry-After` with the date that is so many seconds from now."""

    delay: float = _field(0.0, _parse_seconds)
    """Do the work, then wait for so many seconds before replying."""
    slow_body: float = _field(0.0, _parse_seconds)
    """Send the body in pieces, with so many seconds between them."""
    truncate: int | None = _field(None, _parse_count)
    """Close the connection after so many bytes of the body."""
    length: int = _field(0, _parse_difference)
    """Announce so many bytes more than the body has; with a minus fewer, and send no more than these."""
    range_total: int = _field(0, _parse_difference)
    """In the answer to a range, name so many bytes more, or with a minus fewer, than the file has."""
    reset: str | None = _field(None, partial(_parse_choice, RESETS))
    """Reset the connection `before` or `after` the work is done, without a reply."""

    content_type: str | None = _field(None, _parse_media)
    """Send this `Content-Type` instead of the true one."""
    invalid_json: bool = _field(False, _parse_flag)
    """Make the body invalid JSON."""
    changes: tuple[Change, ...] = ()
    """`drop`, `null`, `retype`, `add` or set a new `enum` value, each at a pointer into the body."""
    fail_task: str | None = _field(None, str)
    """Let the submitted task end in FAILURE for this reason."""
    task_not_exist: int | None = _field(None, _parse_count)
    """Let the first so many polls of the submitted task say that it does not exist."""

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Parse the text form.

        Raises:
            FaultError: A setting is unknown, or its value is not valid.
        """
        words = [word.partition("=") for word in text.split(";") if word.strip()]
        return _build((name.strip(), value.strip()) for name, _, value in words)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Fault:
        """Parse the JSON form; a change may list several pointers.

        Raises:
            FaultError: A setting is unknown, or its value is not valid.
        """
        pairs = [(name, item) for name, held in value.items() for item in (held if is_array(held) else [held])]
        return _build((name, "" if item is True else "no" if item is False else str(item)) for name, item in pairs)

    def __str__(self) -> str:
        """Return the text form."""
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
        """Whether the work is not done."""
        return self.reset == "before" or (self.status is not None and not self.effect)


@attrs.define
class ArmedFault:
    """A fault that waits for requests, with the number of those that it has seen and met."""

    number: int
    fault: Fault
    seen: int = 0
    struck: int = 0
    _random: random.Random = attrs.field(
        init=False, default=attrs.Factory(lambda self: random.Random(self.fault.seed), takes_self=True)
    )

    def strikes(self, operation: str) -> bool:
        """Return whether the fault applies to this request, and count it."""
        fault = self.fault
        if fault.operation not in (None, operation) or (fault.operation is None and operation == FILES):
            return False
        self.seen += 1
        due = fault.nth in (None, self.seen) and (fault.times is None or self.struck < fault.times)
        if not due or (fault.probability < 1 and self._random.random() >= fault.probability):
            return False
        self.struck += 1
        return True


class FaultRegistry:
    """The faults of a gateway. At most one fault, the first that strikes, is applied to a request.

    Args:
        operations: The operationIds of the gateway. A fault for another operation would never be applied.
    """

    def __init__(self, operations: Iterable[str]) -> None:
        self._operations = (*operations, FILES)
        self._armed: dict[int, ArmedFault] = {}
        self._by_header: OrderedDict[str, ArmedFault] = OrderedDict()
        self._last = 0

    def add(self, fault: Fault | str) -> int:
        """Add a fault and return the number by which it can be removed.

        Raises:
            FaultError: The text cannot be parsed, or no operation has this name.
        """
        number = self._last + 1
        self._armed[number] = self._arm(number, Fault.parse(fault) if isinstance(fault, str) else fault)
        self._last = number
        return number

    def remove(self, number: int) -> bool:
        """Remove a fault. Return whether there was one with this number."""
        return self._armed.pop(number, None) is not None

    def clear(self) -> None:
        """Remove every fault, and forget the counts of those that headers asked for."""
        self._armed.clear()
        self._by_header.clear()

    def pick(self, operation: str, header: str | None) -> Fault | None:
        """Return the fault for a request, which may ask for one by header. Equal headers share one count.

        Raises:
            FaultError: The header cannot be parsed, or no operation has this name.
        """
        if header is not None and (armed := self._arm_header(header)).strikes(operation):
            return armed.fault
        return next((armed.fault for armed in self if armed.strikes(operation)), None)

    def __iter__(self) -> Iterator[ArmedFault]:
        # A copy: a test adds and removes faults in its thread while a server's thread answers.
        return iter(list(self._armed.values()))

    def _arm_header(self, text: str) -> ArmedFault:
        armed = self._by_header.get(text)
        if armed is None:
            armed = self._by_header[text] = self._arm(0, Fault.parse(text))
            if len(self._by_header) > _MOST_HEADERS:
                self._by_header.popitem(last=False)
        return armed

    def _arm(self, number: int, fault: Fault) -> ArmedFault:
        if fault.operation is not None and fault.operation not in self._operations:
            names = ", ".join(self._operations)
            raise FaultError(f"operation={fault.operation}: no such operation; there are {names}")
        return ArmedFault(number, fault)


def _build(words: Iterable[tuple[str, str]]) -> Fault:
    fields: dict[str, Any] = {}
    changes: list[Change] = []
    for name, value in words:
        if name in CHANGES:
            if not value.startswith("/"):
                raise FaultError(f"{name}={value}: a JSON pointer such as /clip/id is needed")
            changes.append((name, value))
        elif name in _PARSERS:
            try:
                fields[name.replace("-", "_")] = _PARSERS[name](value)
            except ValueError as error:
                reason = "a number is needed" if "invalid literal" in str(error) else error
                raise FaultError(f"{name}={value}: {reason}") from None
        else:
            raise FaultError(f"{name}: no such fault; there are {', '.join([*_PARSERS, *CHANGES])}")
    return Fault(**fields, changes=tuple(changes))


_PARSERS: Mapping[str, Callable[[str], Any]] = {
    field.name.replace("_", "-"): field.metadata["parse"] for field in attrs.fields(Fault) if field.metadata
}
"""How the text of each field is read. A change is named by its kind, so it is not here."""
