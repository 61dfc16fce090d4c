"""`python -m scripts.diff BASE [NEW]`: exit 0 when both could be compared, 2 when one cannot be read.

BASE and NEW are files (YAML, or bundled JSON), folders like `openapi/`, or git revisions.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable

from scripts.description_file import DEFAULT, DescriptionFileError
from scripts.diff.change import Change, Severity
from scripts.diff.compare import compare
from scripts.diff.snapshot import Snapshot, SnapshotError, format_place, read
from scripts.text_and_files import format_workflow_command

_LONGEST = 120
_LEVELS = {Severity.BREAKING: "warning", Severity.COMPATIBLE: "notice"}
_HEADS = {
    Severity.BREAKING: "Breaking",
    Severity.COMPATIBLE: "Compatible",
    Severity.DOCUMENTATION: "Documentation",
}


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m scripts.diff", description=__doc__)
    parser.add_argument("base", metavar="BASE", help="the description that users have")
    parser.add_argument("new", metavar="NEW", nargs="?", default=str(DEFAULT), help="the one that they will get")
    parser.add_argument("--format", choices=_FORMATS, default="text", help="how to print it")
    options = parser.parse_args(arguments)
    try:
        old, new = read(options.base), read(options.new)
        changes = compare(old.data, new.data)
    except (SnapshotError, DescriptionFileError, LookupError) as error:
        print(f"diff: {error}", file=sys.stderr)
        return 2
    print(_FORMATS[options.format](changes, old, new))
    return 0


def write_text(changes: list[Change], old: Snapshot, new: Snapshot) -> str:
    """Write for a terminal: `file:line: severity: sentence [kind]`, and what it affects."""
    lines: list[str] = []
    for change in changes:
        lines.append(f"{format_place(change, old, new)}: {change.severity}: {_write_sentence(change)} [{change.kind}]")
        reached = [f"({', '.join(change.operations)})"] if change.operations else []
        if touched := " ".join([", ".join(change.symbols), *reached]).strip():
            lines.append(f"    {touched}")
    return "\n".join([*lines, _summarize(changes, old, new)])


def write_markdown(changes: list[Change], old: Snapshot, new: Snapshot) -> str:
    """Write for a pull request: one list for each severity."""
    parts = [f"### {_summarize(changes, old, new).removeprefix('diff: ')}"]
    for severity, head in _HEADS.items():
        some = [change for change in changes if change.severity is severity]
        if some:
            parts.append(f"#### {head}\n\n" + "\n".join(_write_item(change) for change in some))
    return "\n\n".join(parts)


def write_json(changes: list[Change], old: Snapshot, new: Snapshot) -> str:
    """Write for a program."""
    counts = {severity.value: _count(changes, severity) for severity in Severity}
    found = [change.as_json() for change in changes]
    return json.dumps(
        {"old": old.name, "new": new.name, "counts": counts, "changes": found}, indent=2, ensure_ascii=False
    )


def write_github(changes: list[Change], old: Snapshot, new: Snapshot) -> str:
    """Write for a check on GitHub: workflow commands, shown at the line; documentation is left out."""
    lines = [
        format_workflow_command(
            _LEVELS[change.severity],
            " ".join((_write_sentence(change), *(f"[{symbol}]" for symbol in change.symbols))),
            file=new.name,
            line=new.line(change.pointer),
            title=f"{change.severity}: {change.kind}",
        )
        for change in changes
        if change.severity in _LEVELS
    ]
    return "\n".join([*lines, _summarize(changes, old, new)])


def _write_sentence(change: Change) -> str:
    return f"{change.sentence} For example {_shorten(change.example)}." if change.example else change.sentence


def _shorten(example: str) -> str:
    return example if len(example) <= _LONGEST else f"{example[:_LONGEST]}..."


def _write_item(change: Change) -> str:
    symbols = "".join(f" `{symbol}`" for symbol in change.symbols)
    example = f" For example `{_shorten(change.example)}`." if change.example else ""
    reached = f" ({', '.join(change.operations)})" if change.operations else ""
    return f"- {change.sentence}{example}{symbols}{reached}"


def _summarize(changes: list[Change], old: Snapshot, new: Snapshot) -> str:
    counts = ", ".join(f"{_count(changes, severity)} {severity}" for severity in Severity)
    return f"diff: {old.name} -> {new.name}: {counts if changes else 'no change'}"


def _count(changes: Iterable[Change], severity: Severity) -> int:
    return sum(change.severity is severity for change in changes)


_FORMATS = {"text": write_text, "markdown": write_markdown, "json": write_json, "github": write_github}

if __name__ == "__main__":
    sys.exit(main())
