"""Changes as text, Markdown, JSON, or annotations of a GitHub check."""

from __future__ import annotations

import json
from collections.abc import Iterable

from scripts.diff.change import Change, Severity
from scripts.diff.snapshot import Snapshot

_LONGEST = 120
_LEVELS = {Severity.BREAKING: "warning", Severity.COMPATIBLE: "notice"}
_HEADS = {
    Severity.BREAKING: "Breaking",
    Severity.COMPATIBLE: "Compatible",
    Severity.DOCUMENTATION: "Documentation",
}


def as_text(changes: list[Change], old: Snapshot, new: Snapshot) -> str:
    """For a terminal: `file:line: severity: sentence [kind]`, and what it touches."""
    lines: list[str] = []
    for change in changes:
        lines.append(f"{_place(change, old, new)}: {change.severity}: {_sentence(change)} [{change.kind}]")
        reached = [f"({', '.join(change.operations)})"] if change.operations else []
        if touched := " ".join([", ".join(change.symbols), *reached]).strip():
            lines.append(f"    {touched}")
    return "\n".join([*lines, _verdict(changes, old, new)])


def as_markdown(changes: list[Change], old: Snapshot, new: Snapshot) -> str:
    """For a pull request: one list for each severity."""
    parts = [f"### {_verdict(changes, old, new).removeprefix('diff: ')}"]
    for severity, head in _HEADS.items():
        some = [change for change in changes if change.severity is severity]
        if some:
            parts.append(f"#### {head}\n\n" + "\n".join(_item(change) for change in some))
    return "\n\n".join(parts)


def as_json(changes: list[Change], old: Snapshot, new: Snapshot) -> str:
    """For a program."""
    counts = {severity.value: _count(changes, severity) for severity in Severity}
    found = [change.as_json() for change in changes]
    return json.dumps(
        {"old": old.name, "new": new.name, "counts": counts, "changes": found}, indent=2, ensure_ascii=False
    )


def as_github(changes: list[Change], old: Snapshot, new: Snapshot) -> str:
    """For a check on GitHub: workflow commands, which show beside the line; what is only told is left out."""
    lines = [
        f"::{_LEVELS[change.severity]} file={_escaped(new.name, ':,')},line={new.line(change.pointer)},"
        f"title={_escaped(f'{change.severity}: {change.kind}', ':,')}::"
        + _escaped(" ".join((_sentence(change), *(f"[{symbol}]" for symbol in change.symbols))))
        for change in changes
        if change.severity in _LEVELS
    ]
    return "\n".join([*lines, _verdict(changes, old, new)])


def _place(change: Change, old: Snapshot, new: Snapshot) -> str:
    if change.new is not None:
        return f"{new.name}:{new.line(change.new)}: {change.new or '/'}"
    return f"{old.name}:{old.line(change.old or '')}: {change.old or '/'}"


def _sentence(change: Change) -> str:
    return f"{change.sentence} For example {_short(change.example)}." if change.example else change.sentence


def _short(example: str) -> str:
    return example if len(example) <= _LONGEST else f"{example[:_LONGEST]}..."


def _item(change: Change) -> str:
    symbols = "".join(f" `{symbol}`" for symbol in change.symbols)
    example = f" For example `{_short(change.example)}`." if change.example else ""
    reached = f" ({', '.join(change.operations)})" if change.operations else ""
    return f"- {change.sentence}{example}{symbols}{reached}"


def _verdict(changes: list[Change], old: Snapshot, new: Snapshot) -> str:
    counts = ", ".join(f"{_count(changes, severity)} {severity}" for severity in Severity)
    return f"diff: {old.name} -> {new.name}: {counts if changes else 'no change'}"


def _count(changes: Iterable[Change], severity: Severity) -> int:
    return sum(change.severity is severity for change in changes)


def _escaped(words: str, more: str = "") -> str:
    """As GitHub's workflow commands want it: `%`, line ends, and in a property `:` and `,`."""
    for letter in f"%\r\n{more}":
        words = words.replace(letter, f"%{ord(letter):02X}")
    return words
