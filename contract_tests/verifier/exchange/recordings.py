"""Recordings on disk: `.json` files with one exchange, and `.jsonl` files with one a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from contract_tests.verifier.exchange import VerifierInputError
from contract_tests.verifier.exchange.exchange import ExchangeError, HttpExchange
from contract_tests.verifier.exchange.sanitize import Sanitizer
from scripts.strict_parsing import StrictParseError, parse_json
from scripts.text_and_files import format_path, write_atomically

_COMMITTED: Final = Path(__file__).resolve().parents[2]
RECORDINGS: Final = _COMMITTED / "suite" / "recordings"
HOST: Final = "api.cometapi.com"
"""The host whose exchanges are read from an archive by default."""


def read_recordings(path: Path = RECORDINGS) -> list[HttpExchange]:
    """Return the exchanges of a file, or of every file in a folder in the order of their names.

    Raises:
        VerifierInputError: A file is not a recording, or two exchanges have the same id.
    """
    files = sorted(each for each in path.iterdir() if each.suffix in (".json", ".jsonl")) if path.is_dir() else [path]
    if not files:
        raise VerifierInputError(f"{format_path(path)}: no recording: a .json or .jsonl file is needed")
    found: dict[str, HttpExchange] = {}
    for file in files:
        for line, value in read_json_lines(file) if file.suffix == ".jsonl" else [(1, read_json_file(file))]:
            try:
                exchange = HttpExchange.parse(value)
            except ExchangeError as error:
                raise VerifierInputError(f"{format_path(file)}:{line}: {error}") from None
            if exchange.id in found:
                raise VerifierInputError(f"{format_path(file)}:{line}: the id {exchange.id} is used twice")
            found[exchange.id] = exchange
    return list(found.values())


def write_recording(exchange: HttpExchange, folder: Path, *, sanitizer: Sanitizer | None = None) -> Path:
    """Write a sanitized exchange to a file that is named by its id, whole or not at all.

    Raises:
        VerifierInputError: The sanitizer keeps contents, and the folder belongs to the contract tests.
    """
    sanitizer = sanitizer or Sanitizer()
    if sanitizer.keeps_contents:
        check_private(folder)
    text = json.dumps(sanitizer.sanitize(exchange).to_json(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    return write_atomically(folder / f"{exchange.id.replace(':', '-')}.json", text)


def check_private(folder: Path) -> None:
    """Refuse a folder for contents that are not sanitized, if it is one that is committed.

    Raises:
        VerifierInputError: It is below `contract_tests/`.
    """
    if folder.resolve().is_relative_to(_COMMITTED):
        raise VerifierInputError(
            f"{format_path(folder)}: contents are never kept below contract_tests/; name another folder"
        )


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file.

    Raises:
        VerifierInputError: It cannot be read.
    """
    try:
        return path.read_text("utf-8-sig")  # a byte order mark is not a part of the text
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise VerifierInputError(f"{format_path(path)}: cannot be read: {reason}") from None


def read_json_file(path: Path) -> Any:
    """Return the value of a JSON file; raise VerifierInputError when it is not JSON."""
    return _parse(path, read_text(path))


def read_json_lines(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield each line of a file that is not empty, by its number; raise VerifierInputError when it is not JSON."""
    for line, part in enumerate(read_text(path).split("\n"), start=1):
        if part.strip():
            yield line, _parse(path, part, line)


def _parse(path: Path, text: str, line: int | None = None) -> Any:
    try:
        return parse_json(text)
    except StrictParseError as error:
        raise VerifierInputError(f"{format_path(path)}:{line or error.line}: not JSON: {error}") from None
