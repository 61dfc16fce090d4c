"""`python -m scripts.release.release_notes`: draft the changelog section for the changes since the last release.

A person edits the draft: it says what changed, not why it matters. `--check VERSION` only checks whether the changelog
has a section for a version, `--show VERSION` prints it. Exit status: 0 done; 1 the section is missing or empty; 2 the
releases cannot be compared.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from scripts.description_file import DescriptionFileError
from scripts.diff.change import Change, Severity
from scripts.diff.client_names import ClientNames
from scripts.diff.snapshot import ROOT, Snapshot, SnapshotError, read
from scripts.openapi_document import walk_operations
from scripts.release.since_release import compare_with_release, find_last_release
from scripts.text_and_files import format_count

_SECTIONS: Final = ("Added", "Changed", "Deprecated", "Removed")
# The last word of a kind decides its heading; all other kinds are "Changed".
_BY_WORD: Final = {"added": "Added", "required": "Added", "removed": "Removed", "deprecated": "Deprecated"}
_HEAD: Final = re.compile(r"^## \[?v?(?P<version>[^\]\s]+)\]?.*$", re.MULTILINE)


def main(arguments: list[str] | None = None) -> int:
    """Run the verb."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.release.release_notes", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--base", help="the release to compare with; the last tag `v*` unless given")
    parser.add_argument("--check", metavar="VERSION", help="only check whether the changelog has a section for it")
    parser.add_argument("--show", metavar="VERSION", help="only print its section of the changelog")
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository")
    options = parser.parse_args(arguments)
    if options.check or options.show:
        changelog = (options.root / "CHANGELOG.md").read_text("utf-8")
        problem = check_section(changelog, options.check or options.show)
        if problem or options.check:
            print(f"CHANGELOG.md: {problem or f'{options.check} has its section'}")
            return 1 if problem else 0
        print(read_section(changelog, options.show))
        return 0
    try:
        new = read(options.root / "openapi")
        base = options.base or find_last_release(str(new.data["info"]["version"]), options.root)
        entries = (
            list_operations(new) if base is None else draft_entries(compare_with_release(base, options.root).changes)
        )
    except (SnapshotError, DescriptionFileError, LookupError) as error:
        print(f"release notes: {error}", file=sys.stderr)
        return 2
    print(format_section(str(new.data["info"]["version"]), datetime.now(UTC).date().isoformat(), entries))
    return 0


def format_section(version: str, date: str, entries: dict[str, list[str]]) -> str:
    """Return a section in the format of Keep a Changelog."""
    filled = [(name, entries[name]) for name in _SECTIONS if entries.get(name)]
    parts = ["\n".join([f"### {name}", "", *(f"- {line}" for line in lines)]) for name, lines in filled]
    return "\n\n".join([f"## [{version}] - {date}", *(parts or ["Nothing has changed."])])


def draft_entries(changes: Iterable[Change]) -> dict[str, list[str]]:
    """Return one line for each change by its heading; all documentation changes share one line."""
    entries: dict[str, list[str]] = {name: [] for name in _SECTIONS}
    documentation: list[Change] = []
    for change in changes:
        if change.severity is Severity.DOCUMENTATION:
            documentation += [change] if change.pointer != "/info/version" else []
            continue
        mark = "**Breaking:** " if change.severity is Severity.BREAKING else ""
        symbols = ", ".join(f"`{symbol}`" for symbol in change.symbols if f"`{symbol}`" not in change.sentence)
        entries[_choose_heading(change)].append(f"{mark}{change.sentence}{f' ({symbols})' if symbols else ''}")
    if documentation:
        entries["Changed"].append(_summarize(documentation))
    return entries


def list_operations(new: Snapshot) -> dict[str, list[str]]:
    """Return the entries of the first release: every operation."""
    names = ClientNames(new.data)
    lines = [f"`{names.call(each)}`: {each.node.get('summary', each.id)}." for each in walk_operations(new.data)]
    return {"Added": lines}


def read_section(changelog: str, version: str) -> str | None:
    """Return the section of a version without its heading; None when the changelog has none."""
    heads = list(_HEAD.finditer(changelog))
    for index, head in enumerate(heads):
        if head["version"] == version.removeprefix("v"):
            end = heads[index + 1].start() if index + 1 < len(heads) else len(changelog)
            return changelog[head.end() : end].strip()
    return None


def check_section(changelog: str, version: str) -> str | None:
    """Return what is wrong with the section of a version; None when it exists and has entries."""
    wanted = version.removeprefix("v")
    text = read_section(changelog, version)
    if text is None:
        return f"no section for {wanted}. Draft it: python -m scripts.release.release_notes"
    if re.search(r"^\s*[-*] +\S", text, re.MULTILINE) is None:
        return f"the section of {wanted} is empty. Draft it: python -m scripts.release.release_notes"
    return None


def _choose_heading(change: Change) -> str:
    words = change.kind.split("-")
    if words[-1] == "required" and "added" not in words:
        return "Changed"
    return _BY_WORD.get(words[-1], "Changed")


def _summarize(changes: list[Change]) -> str:
    counts = {"evidence": 0, "example": 0, "words": 0}
    for change in changes:
        counts[change.kind if change.kind in counts else "words"] += 1
    names = {"evidence": "evidence", "example": "examples", "words": "wording"}
    places = [f"{names[kind]} in {format_count(count, 'place')}" for kind, count in counts.items() if count]
    return f"Documentation: {', '.join(places)}."


if __name__ == "__main__":
    sys.exit(main())
