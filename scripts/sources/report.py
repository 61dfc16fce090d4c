"""The outcome of a check of the sources: for a terminal, a pull request, GitHub's annotations and code scanning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from scripts.description_file import Description
from scripts.sarif_parts import format_sarif, make_location, make_message
from scripts.sources.check_sources import SourceChange, SourceResult, State
from scripts.text_and_files import format_count, format_path, format_workflow_command, to_line

_LONGEST: Final = 200
_QUIET: Final = (State.UNCHANGED, State.UNWATCHED)


def write_text(results: list[SourceResult], description: Description) -> str:
    """Write for a terminal: `file:line: source: state`, then each claim with what was and what is."""
    lines: list[str] = []
    for result in results:
        if result.state not in _QUIET:
            note = f": {_clean(result.note)}" if result.note else ""
            lines.append(f"{_locate(result.pointer, description)}: {result.name}: {result.state}{note}")
        for change in result.changes:
            lines.append(f"  {_locate(change.pointer, description)}: {_clean(change.sentence)}")
            lines += [f"    {detail}" for detail in _write_details(change)]
        if result.unchecked and result.changes:
            lines.append(f"  {format_count(len(result.unchecked), 'claim')} of it can only be checked by reading")
    return "\n".join([*lines, summarize(results)])


def write_markdown(results: list[SourceResult], description: Description) -> str:
    """Write for a pull request or an issue."""
    parts = [f"### {summarize(results)}"]
    for result in results:
        if result.state in _QUIET:
            continue
        parts.append(f"**`{result.name}`**: {result.state}" + (f" ({_clean(result.note)})" if result.note else ""))
        for change in result.changes:
            details = [f"- {_clean(change.sentence)} (`{_locate(change.pointer, description)}`)"]
            block = [f"  {detail.replace('```', '')}" for detail in _write_details(change)]
            parts.append("\n".join([*details, "  ```diff", *block, "  ```"] if block else details))
    return "\n\n".join(parts)


def write_github(results: list[SourceResult], description: Description) -> str:
    """Write for a check on GitHub: one warning at the line of each claim."""
    file = format_path(description.path)
    lines = [
        format_workflow_command(
            "warning",
            "\n".join([_clean(change.sentence), *_write_details(change)]),
            file=file,
            line=description.line(change.pointer),
            title=f"source {result.name}: {result.state}",
        )
        for result in results
        for change in result.changes
    ]
    return "\n".join([*lines, summarize(results)])


def write_sarif(results: list[SourceResult], description: Description) -> str:
    """Write for code scanning, as SARIF 2.1.0."""
    found = [_write_result(result, change, description) for result in results for change in result.changes]
    rules = [{"id": f"source-{state}"} for state in (State.CHANGED, State.GONE, State.NEW)]
    tool = {"driver": {"name": "cometapi-suno sources", "rules": rules}}
    return format_sarif({"tool": tool, "results": found})


def summarize(results: list[SourceResult]) -> str:
    """Return how many sources there are of each state, in one line."""
    counts = [(sum(each.state is state for each in results), state) for state in State]
    claims = sum(len(result.changes) for result in results)
    states = ", ".join(f"{count} {state}" for count, state in counts if count) or "none"
    return f"sources: {states}; {format_count(claims, 'finding')}"


FORMATS: Final[dict[str, Callable[[list[SourceResult], Description], str]]] = {
    "text": write_text,
    "markdown": write_markdown,
    "github": write_github,
    "sarif": write_sarif,
}


def _write_details(change: SourceChange) -> Iterator[str]:
    if change.claim is not None:
        operations = ", ".join(change.claim.operations)
        yield f"claim ({change.claim.status}): {_clean(change.claim.says)}" + (f" [{operations}]" if operations else "")
    yield from (f"- {_clean(text)}" for text in change.was)
    yield from (f"+ {_clean(text)}" for text in change.now)


def _write_result(result: SourceResult, change: SourceChange, description: Description) -> dict[str, Any]:
    state = State.CHANGED if result.state not in {State.GONE, State.NEW} else result.state
    return {
        "ruleId": f"source-{state}",
        "level": "warning",
        "message": make_message("\n".join([_clean(change.sentence), *_write_details(change)])),
        "locations": [make_location(format_path(description.path), description.line(change.pointer))],
    }


def _locate(pointer: str, description: Description) -> str:
    return f"{format_path(description.path)}:{description.line(pointer)}"


def _clean(text: str) -> str:
    """Return text of a page in one line, without characters that a terminal obeys or that hide others."""
    plain = to_line(text)
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}..."
