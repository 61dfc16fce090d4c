"""What an operation is, and one call of it. Pure data: no IO."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from hashlib import sha256
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from attrs import frozen

from ._send import json_body
from .errors import InvalidRequestError

T = TypeVar("T")


class Billing(Enum):
    """What a call costs, by `x-billing` of the description."""

    PAID = "paid"
    FREE = "free"
    UNKNOWN = "unknown"


class Effect(Enum):
    """What a call does, by `x-effect` of the description."""

    CREATES = "creates"
    READS = "reads"


@frozen(kw_only=True, eq=False)
class Operation(Generic[T]):
    """One operation of the description.

    Attributes:
        name: As users type it, such as `personas.create`.
        method: HTTP method.
        path: Path template of the description.
        billing: What a call costs.
        effect: What a call does.
        unwrap: The envelope's member that holds the result; `None` when the body is the result.
        decode: Makes the result of the parsed JSON, adopting it; raises `ModelError`.
        decode_bare: The same for a body that comes without the envelope, where sources say that one may.
    """

    name: str
    method: str
    path: str
    billing: Billing
    effect: Effect
    decode: Callable[[Any], T]
    unwrap: str | None = None
    decode_bare: Callable[[Any], T] | None = None


@frozen(kw_only=True, eq=False)
class Call(Generic[T]):
    """One call of an operation, ready to be sent.

    Attributes:
        operation: What is called.
        path: The path with its parameters filled in.
        content: The JSON body; `None` when there is none.
    """

    operation: Operation[T]
    path: str
    content: bytes | None = None

    @property
    def fingerprint(self) -> str:
        """First ten hex digits of the SHA-256 of method, path and body: the same request, the same digits."""
        material = b"\0".join((self.operation.method.encode(), self.path.encode(), self.content or b""))
        return sha256(material).hexdigest()[:10]


_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


def undocumented(method: str, path: str, json: Any) -> Call[Any]:
    """A call of a path that the description does not have. It may cost and create whatever it likes.

    Raises:
        InvalidRequestError: It could leave the base URL, or cannot be sent.
    """
    name = f"request {method}"
    if method not in _METHODS:
        raise InvalidRequestError(f"{name}: the method is one of {', '.join(sorted(_METHODS))}.")
    steps = path.partition("?")[0].split("/")
    if not path.startswith("/") or path.startswith("//") or ".." in steps or "." in steps:
        raise InvalidRequestError(f"{name}: {path!r} is no plain path below the base URL.")
    if not all("!" <= character <= "~" for character in path) or "#" in path or "\\" in path:
        raise InvalidRequestError(f"{name}: {path!r} has a character that must be percent-encoded.")
    operation: Operation[Any] = Operation(
        name=name, method=method, path=path, billing=Billing.UNKNOWN, effect=Effect.CREATES, decode=_as_it_came
    )
    return Call(operation=operation, path=path, content=None if json is None else json_body(name, json))


def _as_it_came(value: Any) -> Any:
    return value


def segment(operation: str, name: str, value: object) -> str:
    """A path parameter as one path segment.

    Raises:
        InvalidRequestError: It is empty, or `.` or `..`: the path would mean another operation.
    """
    text = str(value)
    if text in ("", ".", ".."):
        raise InvalidRequestError(f"{operation}: {name} is {text!r}: it would call another path.")
    return quote(text, safe="")
