"""What a rule reports, and how it is printed."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import attrs

from scripts.text_and_files import format_path


class Problem(NamedTuple):
    """What a rule says of a node: what is wrong, and how to fix it."""

    pointer: str
    message: str
    fix: str


@attrs.frozen
class LintFinding:
    """A problem with its place in the file and the id of the rule that found it."""

    rule: str
    path: Path
    line: int
    pointer: str
    message: str
    fix: str

    def __str__(self) -> str:
        place = f"{format_path(self.path)}:{self.line}: {self.pointer or '/'}"
        return f"{place}: {self.message}. {self.fix}{'.' * (not self.fix.endswith('?'))} [{self.rule}]"
