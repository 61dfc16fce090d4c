"""`UNSET`, the default of optional arguments: it is not sent, while `None` is sent as null."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final, Literal


class Unset(Enum):
    """The type of `UNSET`. It is an enum so that `is UNSET` narrows types and a copy is the same object."""

    UNSET = "unset"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET

ABSENT: Any = UNSET
"""`UNSET` as the default of a field of a response model; an absent field reads as `None`."""
