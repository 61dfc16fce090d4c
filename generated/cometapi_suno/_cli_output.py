"""What the command line prints: results on standard output, progress and hints on standard error."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager, suppress
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from ._enum import OpenEnum
from ._model import Model, Result, to_json
from ._result import format_json

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from rich.console import Console

_TIMES = frozenset({"submitted_at", "charged_at", "started", "look_again"})
_LONGEST = 300  # characters of a text in a table; --json has all of it


def print_json(result: object) -> None:
    """Print a result as JSON, with the members and their order as they came."""
    click.echo(format_json(_to_plain(result), 2, sys.stdout.encoding or "utf-8"))


def print_result(result: object) -> None:
    """Print a result for a reader: a text as it is, an object as a table of its fields, a list as one row for each."""
    if isinstance(result, Path):
        result = str(result)
    if result is None or result in ([], ""):
        write_line("Nothing found.")
    elif isinstance(result, str):
        click.echo(result)
    elif isinstance(result, bytes):
        click.echo(result, nl=False)
    else:
        _print_value(_make_console(), result)


def write_line(text: str) -> None:
    """Write a line to standard error."""
    encoding = sys.stderr.encoding or "utf-8"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding), err=True)


@contextmanager
def report_progress() -> Generator[Callable[[str], None]]:
    """Show what is passed to the function that it yields: in one moving line on a terminal, else a line per change."""
    if sys.stderr.isatty():
        from rich.console import Console

        with Console(stderr=True).status("Waiting") as status:
            yield status.update
        return
    seen: list[str] = []

    def write_change(text: str) -> None:
        if seen[-1:] != [text]:
            seen[:] = [text]
            write_line(text)

    yield write_change


def _make_console() -> Console:
    from rich.console import Console

    return Console(highlight=False, soft_wrap=False)


def _print_value(console: Console, value: object, title: str | None = None) -> None:
    items = _list_items(value)
    if items and all(isinstance(each, Model) for each in items):
        _print_models(console, cast("list[Model]", items), title)
    elif items and all(isinstance(each, dict) for each in items):
        rows = cast("list[dict[str, object]]", items)
        names = list(dict.fromkeys(name for row in rows for name in row))
        _print_table(console, [{name: _format_named(name, row[name]) for name in row} for row in rows], names)
    elif items:
        for each in items:
            console.print(_format(each), markup=False, soft_wrap=True)
    elif isinstance(value, Model):
        _print_fields(console, value, title)
    elif (parts := _list_parts(value)) and all(_is_simple(part) or part is None for _, part in parts):
        print_fields(dict(parts))
    elif parts:
        for name, part in parts:
            _print_value(console, part, name)
    else:
        console.print(_format(value), markup=False)


def _list_items(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _list_parts(value: object) -> list[tuple[str, object]]:
    """Return the parts of a workflow's result by name; none for another result."""
    if isinstance(value, Model) or not hasattr(type(value), "__attrs_attrs__"):
        return []
    fields: Any = getattr(type(value), "__attrs_attrs__")  # noqa: B009 (typed as any)
    return [(each.name, getattr(value, each.name)) for each in fields]


def _print_fields(console: Console, model: Model, title: str | None) -> None:
    """Print an object, a field in each row; of its inner objects only lists, since `--json` has everything."""
    _print_title(console, title)
    rows: list[tuple[str, str]] = []
    lists: dict[str, list[Model]] = {}
    for name, value in vars(model).items():
        if isinstance(value, list) and value and all(isinstance(each, Model) for each in cast("list[object]", value)):
            lists[name] = cast("list[Model]", value)
        elif not isinstance(value, Model) and value not in (None, "", 0, False, [], {}):
            rows.append((name, _format(value)))
    _print_rows(console, rows)
    for name, items in lists.items():
        _print_models(console, items, name)


def print_fields(fields: Mapping[str, object]) -> None:
    """Print the fields that have a value, one in each row."""
    rows = [(name, _format_named(name, value)) for name, value in fields.items() if value is not None]
    _print_rows(_make_console(), rows)


def _print_rows(console: Console, rows: list[tuple[str, str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in rows:
        table.add_row(Text(name), Text(text))
    console.print(table)


def _print_models(console: Console, items: list[Model], title: str | None) -> None:
    """Print a list of objects, one in each row: the columns that tell them apart, as many as fit."""
    rows = [{name: _format(value) for name, value in vars(item).items() if _is_simple(value)} for item in items]
    names = list(dict.fromkeys(name for row in rows for name, value in row.items() if value))
    names.sort(key=lambda name: _rank_column(name, [row.get(name, "") for row in rows]))
    _print_title(console, title)
    _print_table(console, rows, names)


def _print_table(console: Console, rows: list[dict[str, str]], names: list[str]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    left = console.width
    shown: list[str] = []
    for name in names:
        width = max(len(name), *(len(row.get(name, "")) for row in rows))
        if width <= left:
            left -= width + 2  # the space between columns
            shown.append(name)
            table.add_column(name, no_wrap=True)
    for row in rows:
        table.add_row(*(Text(row.get(name, "")) for name in shown))
    console.print(table)


def _rank_column(name: str, values: list[str]) -> int:
    """Return how early a column comes: ids first, then what a reader knows the object by, then what differs."""
    differs = len(set(values)) == len(values)
    if name == "id" or (name.endswith("_id") and differs):
        return 0
    return 1 if name in ("name", "title", "status", "progress") else 2 if differs else 3


def _print_title(console: Console, title: str | None) -> None:
    if title:
        from rich.text import Text

        console.print(Text(f"\n{title}", style="italic"))


def _is_simple(value: object) -> bool:
    return value is not None and not isinstance(value, list | dict | Model)


def _to_plain(value: Any) -> Any:
    """Return a value as JSON: a model unchanged, and what combines calls by its parts."""
    if isinstance(value, Decimal | Path):
        return float(value) if isinstance(value, Decimal) else str(value)
    if isinstance(value, Result):
        return to_json(value)
    parts: dict[str, Any] = value._asdict() if hasattr(value, "_asdict") else dict(_list_parts(value))
    if parts:
        return {name: _to_plain(part) for name, part in parts.items()}
    return [_to_plain(each) for each in value] if value.__class__ in (list, tuple) else to_json(value)


def _format_named(name: str, value: object) -> str:
    """Return a value as text: Unix seconds, which its name tells, as a local time."""
    if isinstance(value, int | float) and name in _TIMES:
        with suppress(ValueError, OverflowError, OSError):  # the number is not a time
            return datetime.fromtimestamp(value).strftime("%Y-%m-%d %H:%M")  # noqa: DTZ006 (a reader's clock)
    return "" if value is None else _format(value)


def _format(value: Any) -> str:
    if isinstance(value, Decimal | Path):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    text = value if isinstance(value, str) and not isinstance(value, OpenEnum) else None
    if text is None:
        plain = to_json(value)
        text = plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)
    # A server's text must not move the cursor or hide what follows.
    clean = "".join(letter if letter == "\n" or letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)
    return clean if len(clean) <= _LONGEST else f"{clean[:_LONGEST]}..."
