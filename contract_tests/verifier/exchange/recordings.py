"""Recordings on disk: a folder of `.json` files with one exchange each, and `.jsonl` files with one a line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from contract_tests.verifier.exchange.exchange import Exchange, ExchangeError
from contract_tests.verifier.exchange.sanitize import Scrubber
from scripts.openapi_document import shown

RECORDINGS = Path(__file__).resolve().parents[2] / "suite" / "recordings"


class RecordingError(Exception):
    """A recording cannot be used. The message is one line: `file:line: reason`."""


def read(path: Path = RECORDINGS) -> list[Exchange]:
    """The exchanges of a file, or of every file in a folder, in the order of their names.

    Raises:
        RecordingError: Something in it is no exchange, or two have one id.
    """
    files = sorted(each for each in path.iterdir() if each.suffix in (".json", ".jsonl")) if path.is_dir() else [path]
    if not files:
        raise RecordingError(f"{shown(path)}: no recording: a .json or .jsonl file is needed")
    found: dict[str, Exchange] = {}
    for file in files:
        for line, value in _values(file):
            try:
                exchange = Exchange.parse(value)
            except ExchangeError as error:
                raise RecordingError(f"{shown(file)}:{line}: {error}") from None
            if exchange.id in found:
                raise RecordingError(f"{shown(file)}:{line}: the id {exchange.id} stands there twice")
            found[exchange.id] = exchange
    return list(found.values())


def write(exchange: Exchange, folder: Path, *, scrubber: Scrubber | None = None) -> Path:
    """Write an exchange, scrubbed, into a file of its own that is named by its id; the file is there whole or not."""
    path = folder / f"{exchange.id.replace(':', '-')}.json"
    scratch = path.with_suffix(".json.new")
    scratch.write_text(dumps((scrubber or Scrubber()).exchange(exchange), indent=2) + "\n", "utf-8")
    scratch.replace(path)
    return path


def dumps(exchange: Exchange, *, indent: int | None = None) -> str:
    """The JSON form as text. It is not scrubbed here."""
    return json.dumps(exchange.plain(), indent=indent, ensure_ascii=False, allow_nan=False)


def loads(text: str) -> Any:
    """A JSON value, more strictly than `json.loads`.

    Raises:
        ValueError: No JSON, or an object with one name twice.
    """
    return json.loads(text, object_pairs_hook=_distinct, parse_constant=_refuse)


def read_text(path: Path, fail: Callable[[str], Exception]) -> str:
    """The text of a file; `fail` makes the error from what is wrong, one line without the place."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise fail(f"{shown(path)}: cannot be read: {reason}") from None


def _values(file: Path) -> Iterator[tuple[int, Any]]:
    text = read_text(file, RecordingError)
    lines = [(1, text)] if file.suffix != ".jsonl" else enumerate(text.split("\n"), start=1)
    for line, part in lines:
        if file.suffix == ".jsonl" and not part.strip():
            continue
        try:
            yield line, loads(part)
        except (ValueError, RecursionError) as error:
            place = error.lineno if isinstance(error, json.JSONDecodeError) and file.suffix != ".jsonl" else line
            reason = error.msg if isinstance(error, json.JSONDecodeError) else error
            raise RecordingError(f"{shown(file)}:{place}: not JSON: {reason}") from None


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for name, _ in pairs if sum(name == other for other, _ in pairs) > 1)
        raise ValueError(f"the name {twice!r} stands twice in one object")
    return found


def _refuse(text: str) -> Any:
    raise ValueError(f"{text} is no JSON value")
