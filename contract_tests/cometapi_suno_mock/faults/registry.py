"""Which fault meets which call."""

from __future__ import annotations

import random
from collections import OrderedDict
from typing import TYPE_CHECKING

import attrs
from cometapi_suno_mock.faults.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

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
