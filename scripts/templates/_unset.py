"""The mark of an argument that was not given: it is not sent, where `None` is sent as null."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final, Literal


class Unset(Enum):
    """Type of `UNSET`. An enum, so that `is UNSET` narrows types and copies stay the same object."""

    UNSET = "unset"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET

ABSENT: Any = UNSET
"""`UNSET` as the default of a model's field, which reads as `None` when it is absent."""
