"""What a change of the description means for its users. See README.md in this folder."""

from scripts.diff.change import Change, Direction, Severity
from scripts.diff.compare import compare

__all__ = ["Change", "Direction", "Severity", "compare"]
