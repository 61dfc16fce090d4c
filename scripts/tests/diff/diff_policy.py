"""The kinds of change that the policy has in its table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from scripts.description_file import DEFAULT
from scripts.diff.change import Change

_README: Final = DEFAULT.parent.parent / "scripts" / "diff" / "README.md"


def _kinds() -> list[str]:
    rows = [line.split("|")[1] for line in _README.read_text("utf-8").splitlines() if line.startswith("| `")]
    return [kind for row in rows for kind in re.findall(r"`([a-z*-]+)`", row)]


WRITTEN: Final = re.compile("|".join(kind.replace("*", "(narrower|wider|other|equal)") for kind in _kinds()))


def unwritten(changes: Iterable[Change]) -> set[str]:
    """Return the kinds of changes that the table does not have."""
    return {change.kind for change in changes if not WRITTEN.fullmatch(change.kind)}
