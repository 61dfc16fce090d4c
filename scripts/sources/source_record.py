"""What each source looked like when it was last read: a digest and the marks of our claims, never its text."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

import attrs

from scripts.sources.claims import Claim, find_marks
from scripts.sources.reading import Document
from scripts.strict_parsing import parse_json
from scripts.text_and_files import write_atomically

RECORD_FILE: Final = "sources.json"
"""Its name, in the folder of the description."""


@attrs.frozen
class SourceRecord:
    """One source as it was read.

    Attributes:
        digest: SHA-256 of its words.
        etag: Its entity tag, or "".
        modified: Its Last-Modified header, or "".
        marks: What `find_marks` found for each claim, by the claim's key.
        links: The addresses that an index of pages named; empty for other sources.
    """

    digest: str
    etag: str = ""
    modified: str = ""
    marks: dict[str, list[str]] = attrs.field(factory=dict)
    links: list[str] = attrs.field(factory=list)


class RecordError(Exception):
    """The record cannot be read. The message says where and what to do."""


def compute_digest(lines: list[str]) -> str:
    """Return a SHA-256 over the words of a document; line breaks and spaces do not matter."""
    return hashlib.sha256(" ".join(" ".join(lines).split()).encode("utf-8", "replace")).hexdigest()


def record_source(document: Document, claims: list[Claim], links: list[str]) -> SourceRecord:
    """Return the record of a source that was read."""
    marks = {claim.key: sorted(find_marks(claim, document.lines)) for claim in claims if claim.terms}
    return SourceRecord(compute_digest(document.lines), document.etag, document.modified, marks, links)


def load_records(path: Path) -> dict[str, SourceRecord]:
    """Return the records by source; none when the file does not exist.

    Raises:
        RecordError: It is not a record.
    """
    if not path.exists():
        return {}
    try:
        content: Any = parse_json(path.read_text("utf-8"))
        return {name: SourceRecord(**value) for name, value in content.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise RecordError(f"{path.name}: {error}. Restore it from git, or delete it and record again") from error


def save_records(records: dict[str, SourceRecord], path: Path) -> None:
    """Write the records, sorted, so that a change of one source changes its lines only.

    Raises:
        OSError: The file cannot be written; it is as it was.
    """
    content = {
        name: attrs.asdict(record, filter=lambda _, value: bool(value)) for name, record in sorted(records.items())
    }
    write_atomically(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
