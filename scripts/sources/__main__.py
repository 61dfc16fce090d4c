"""`python -m scripts.sources`: check whether the documents that the description was made from still say the same.

Exit 0 when nothing touches a claim, 1 when something does, 2 when the description or the record cannot be read or no
source could be.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from scripts.description_file import DEFAULT, DescriptionFileError, load
from scripts.lint.description_index import DescriptionIndex
from scripts.openapi_document import is_object
from scripts.sources.check_sources import SourceResult, State, check_source, find_links
from scripts.sources.claims import collect_claims
from scripts.sources.reading import Document, SourceReader, read_file
from scripts.sources.report import FORMATS
from scripts.sources.source_record import (
    RECORD_FILE,
    RecordError,
    SourceRecord,
    load_records,
    record_source,
    save_records,
)
from scripts.text_and_files import format_count


def main(arguments: list[str] | None = None, reader: SourceReader | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m scripts.sources", description=__doc__)
    parser.add_argument("names", metavar="SOURCE", nargs="*", help="ids of x-sources; all of them by default")
    parser.add_argument(
        "--file",
        metavar="SOURCE=PATH",
        action="append",
        default=[],
        help="read a source from a file, such as a saved page",
    )
    parser.add_argument("--record", action="store_true", help="accept what is read as what the claims rest on")
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to print it")
    parser.add_argument("--description", metavar="PATH", type=Path, default=DEFAULT, help="the description")
    options = parser.parse_args(arguments)
    record_file = options.description.parent / RECORD_FILE
    try:
        description = load(options.description)
        index = DescriptionIndex(description)
        claims, records = collect_claims(index), load_records(record_file)
        sources: dict[str, Any] = description.data.get("x-sources", {})
        files = _parse_files(options.file)
        _check_names(sources, {*options.names, *files})
    except (DescriptionFileError, RecordError, _UsageError) as error:
        print(f"sources: {error}", file=sys.stderr)
        return 2
    results: list[SourceResult] = []
    with closing(reader or SourceReader()) as pages:
        for name in options.names or sources:
            known = None if options.record else records.get(name)
            document = _read(sources[name], files.get(name), pages, known)
            results.append(check_source(index, name, document, records.get(name), claims.get(name, [])))
            if options.record and document is not None and document.lines:
                records[name] = record_source(document, claims.get(name, []), find_links(document))
    print(FORMATS[options.format](results, description))
    if options.record:
        return _save(records, results, record_file)
    asked = [each for each in results if each.state is not State.UNWATCHED]
    if asked and all(each.state is State.UNREADABLE for each in asked):
        print("sources: no source could be read", file=sys.stderr)
        return 2
    return int(any(each.changes for each in results))


class _UsageError(Exception):
    """The command was used wrongly."""


def _check_names(sources: dict[str, Any], names: set[str]) -> None:
    if not sources:
        raise _UsageError("the description has no x-sources")
    if unknown := sorted(names - sources.keys()):
        raise _UsageError(f"no such source: {', '.join(unknown)}. Use the ids of x-sources")


def _parse_files(arguments: list[str]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for argument in arguments:
        name, equals, path = argument.partition("=")
        if not equals or not path:
            raise _UsageError(f"--file {argument}: write SOURCE=PATH")
        found[name] = Path(path)
    return found


def _read(source: object, file: Path | None, pages: SourceReader, known: SourceRecord | None) -> Document | None:
    if file is not None:
        return read_file(file)
    url = source.get("url") if is_object(source) else None
    return pages.read(str(url), known.etag if known else "", known.modified if known else "") if url else None


def _save(records: dict[str, SourceRecord], results: list[SourceResult], path: Path) -> int:
    read = [each.name for each in results if each.state not in {State.UNWATCHED, State.UNREADABLE, State.GONE}]
    if not read:
        print("sources: nothing could be read, so nothing is recorded", file=sys.stderr)
        return 2
    try:
        save_records(records, path)
    except OSError as error:
        print(f"sources: {path.name}: {error.strerror}", file=sys.stderr)
        return 2
    print(f"sources: recorded {format_count(len(read), 'source')}. Set `read` to today in x-sources: {', '.join(read)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
