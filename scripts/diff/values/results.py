"""What a search ends with."""

from __future__ import annotations

from enum import Enum, auto
from typing import Any, Final, Literal, TypeAlias

import attrs


class NoValue(Enum):
    """Why there is no value to show."""

    EMPTY = auto()  # there is none
    UNSURE = auto()  # it cannot be told


@attrs.frozen
class Found:
    """A value."""

    value: Any


EMPTY: Final = NoValue.EMPTY
UNSURE: Final = NoValue.UNSURE
Result: TypeAlias = Found | Literal[NoValue.EMPTY, NoValue.UNSURE]
