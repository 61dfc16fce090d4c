"""From method and path to an operation: one look-up for fixed paths, a short walk for templated ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable

_T = TypeVar("_T")


class Routes(Generic[_T]):
    """A table of (method, path template, target). A parameter is one whole, non-empty path segment."""

    def __init__(self, table: Iterable[tuple[str, str, _T]]) -> None:
        self._fixed: dict[tuple[str, str], _T] = {}
        self._templated: dict[tuple[str, int], list[tuple[list[str], _T]]] = {}
        for method, template, target in table:
            parts = template.split("/")
            if any(_is_parameter(part) for part in parts):
                self._templated.setdefault((method, len(parts)), []).append((parts, target))
            else:
                self._fixed[method, template] = target

    def match(self, method: str, path: str) -> tuple[_T, dict[str, str]] | None:
        """The target, and the decoded parameters; None when nothing is there."""
        target = self._fixed.get((method, path))
        if target is not None:
            return target, {}
        given = path.split("/")
        for parts, target in self._templated.get((method, len(given)), ()):
            parameters = _bind(parts, given)
            if parameters is not None:
                return target, parameters
        return None


def _is_parameter(part: str) -> bool:
    return part.startswith("{") and part.endswith("}")


def _bind(parts: list[str], given: list[str]) -> dict[str, str] | None:
    parameters: dict[str, str] = {}
    for part, text in zip(parts, given, strict=True):
        if part == text:
            continue
        if not text or not _is_parameter(part):
            return None
        parameters[part[1:-1]] = unquote(text)
    return parameters
