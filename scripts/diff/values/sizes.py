"""How long a text, an array or an object is."""

from __future__ import annotations

from typing import Final

import attrs

from scripts.diff.values.atoms import Literal

MANY: Final = 10**9


@attrs.define
class Size:
    """How many there are of something.

    Attributes:
        least: At least so many.
        most: At most so many; `MANY` is no limit.
    """

    least: int = 0
    most: int = MANY

    def take(self, literal: Literal) -> bool:
        """Take a claim in; False when it is not about the size."""
        match literal:
            case (True, ("long", limit)):
                self.least = max(self.least, limit)
            case (False, ("short", limit)):
                self.least = max(self.least, limit + 1)
            case (True, ("short", limit)):
                self.most = min(self.most, limit)
            case (False, ("long", limit)):
                self.most = min(self.most, limit - 1)
            case _:
                return False
        return True
