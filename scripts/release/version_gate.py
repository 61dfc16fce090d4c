"""`python -m scripts.release.version_gate`: check that `info.version` is high enough for the changes since the release.

Exit status: 0 it is, or nothing was released yet; 1 it is too low; 2 the check could not be made.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scripts.description_file import DescriptionFileError
from scripts.diff.snapshot import ROOT, SnapshotError, format_place, read
from scripts.release.since_release import ReleaseComparison, compare_with_release, find_last_release, parse_version
from scripts.text_and_files import format_count

_SHOWN = 10


def main(arguments: list[str] | None = None) -> int:
    """Run the verb."""
    parser = argparse.ArgumentParser(prog="python -m scripts.release.version_gate", description=__doc__)
    parser.add_argument("--base", help="the release to compare with; the last tag `v*` unless given")
    parser.add_argument("--untyped", action="store_true", help="do not type-check the release's user-style calls")
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository")
    options = parser.parse_args(arguments)
    try:
        now = str(read(options.root / "openapi").data["info"]["version"])
        base = options.base or find_last_release(now, options.root)
        if base is None:
            print(f"version: {now}: nothing was released yet, so any version will do")
            return 0
        found = compare_with_release(base, options.root, typed=not options.untyped)
        needed = found.version.next_after(found.worst)
        current = parse_version(now)
    except (SnapshotError, DescriptionFileError, LookupError) as error:
        print(f"version: {error}", file=sys.stderr)
        return 2
    if current >= needed:
        print(f"version: {now}: high enough after {base}, which requires {needed} or higher ({_format_count(found)})")
        return 0
    place = f"{found.new.name}:{found.new.line('/info/version')}: /info/version"
    print(f"{place}: {now} is too low after {base}. Make it {needed} or higher; these changes require it:")
    requiring = [change for change in found.changes if change.severity is found.worst]
    for change in requiring[:_SHOWN]:
        # A change of the client alone has no place in the description.
        at = f"{format_place(change, found.old, found.new)}: " if change.new is not None or change.old else ""
        print(f"  {at}{change.sentence} [{change.kind}]")
    if len(requiring) > _SHOWN:
        print(f"  and {len(requiring) - _SHOWN} more: python -m scripts.diff {base}")
    return 1


def _format_count(found: ReleaseComparison) -> str:
    if found.worst is None:
        return "nothing has changed"
    number = sum(change.severity is found.worst for change in found.changes)
    return format_count(number, f"{found.worst} change")


if __name__ == "__main__":
    sys.exit(main())
