"""The error that stops generation, and the context that adds the operation to it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from scripts.openapi_document import Operation


class GenerationError(Exception):
    """The description cannot become a client. Every step of the generator may raise it.

    The message is `pointer: METHOD /path: reason`.

    Attributes:
        reason: What is wrong.
        pointer: JSON pointer of the place in the description; "" when it is not known.
        operation: The operation that it is about, such as `GET /things`; "" for none.
    """

    def __init__(self, reason: str, pointer: str = "", operation: str = "") -> None:
        super().__init__(": ".join(part for part in (pointer, operation, reason) if part))
        self.reason = reason
        self.pointer = pointer
        self.operation = operation


@contextmanager
def name_in_errors(operation: Operation) -> Generator[None]:
    """Add an operation, and its pointer where there is none, to a `GenerationError` that passes."""
    try:
        yield
    except GenerationError as error:
        if error.operation:
            raise
        name = f"{operation.method.upper()} {operation.path}"
        raise GenerationError(error.reason, error.pointer or operation.pointer, name) from error
