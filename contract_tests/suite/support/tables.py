"""Rows of a table within one test, where a test for each row would cost more than what it does."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def row(name: object) -> Generator[None]:
    """Say in a failure which row of the table it was."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"the row: {name}")
        raise
