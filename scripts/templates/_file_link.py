"""The address of a file, which responses give in several shapes."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from attrs import frozen

from ._model import Result, to_json

T = TypeVar("T")


@frozen(kw_only=True, repr=False)
class FileLink(Result, Generic[T]):
    """The address of a file.

    Attributes:
        url: The address; `None` while there is none: ask again.
        raw: The result as the service gave it.
    """

    url: str | None
    raw: T

    @property
    def request_id(self) -> str | None:
        """The gateway's id of the request, if the result is an object and its response had one."""
        found: str | None = getattr(self.raw, "request_id", None)
        return found

    def to_dict(self) -> Any:
        """Return the result as the service gave it."""
        return to_json(self.raw)


def link_file(result: T, fields: tuple[str, ...]) -> FileLink[T]:
    """Return the address in a result: a text, or one of these fields of an object."""
    found = [result] if isinstance(result, str) else [getattr(result, name, None) for name in fields]
    return FileLink(url=next((each for each in found if isinstance(each, str) and each), None), raw=result)
