"""`python -m scripts.lint [path]`: exit 0 clean, 1 with findings, 2 when the file cannot be read."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scripts.description_file import DEFAULT, DescriptionFileError, load
from scripts.lint import STAGES, lint
from scripts.openapi_document import split_pointer
from scripts.text_and_files import format_count, format_path, format_workflow_command


def main(arguments: list[str] | None = None) -> int:
    """Run the verb."""
    parser = argparse.ArgumentParser(prog="python -m scripts.lint", description=__doc__)
    parser.add_argument("path", type=Path, nargs="?", default=DEFAULT, help="the OpenAPI description")
    parser.add_argument(
        "--format", choices=("text", "github"), default="text", help="github: annotations of a workflow"
    )
    options = parser.parse_args(arguments)
    try:
        findings = lint(load(options.path))
    except DescriptionFileError as error:
        print(f"{error}. [unreadable]", file=sys.stderr)
        return 2
    source = options.path.read_text("utf-8").splitlines()
    for finding in findings:
        if options.format == "github":
            text = f"{finding.pointer or '/'}: {finding.message}. {finding.fix}"
            file = format_path(finding.path)
            print(format_workflow_command("error", text, file=file, line=finding.line, title=finding.rule))
        else:
            print(finding, mark_line(source[finding.line - 1] if source else "", finding.pointer), sep="\n")
    broken = {finding.rule for finding in findings}
    found = f"{format_count(len(findings), 'finding')} of {format_count(len(broken), 'rule')}"
    rules = sum(map(len, STAGES))
    print(f"lint: {format_path(options.path)}: {found if findings else 'no findings'} ({rules} rules asked)")
    return 1 if findings else 0


def mark_line(line: str, pointer: str) -> str:
    """Return a line of the description, with a caret under the key that a pointer ends with."""
    text = line.strip()
    column = max(text.find(split_pointer(pointer)[-1]) if pointer else 0, 0)
    return f"    {text}\n    {' ' * column}^"


if __name__ == "__main__":
    sys.exit(main())
