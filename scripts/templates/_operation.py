"""Operations and calls of them, as data. No IO.

They are named tuples because attrs takes five times as long to make such a class at import, and twice as long to make
a frozen instance in each call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from functools import partial
from hashlib import sha256
from typing import Any, Generic, NamedTuple, TypeVar

from .errors import ModelError

T = TypeVar("T")


class Billing(Enum):
    """Whether a call is charged, from `x-billing` in the description."""

    PAID = "paid"
    FREE = "free"
    UNKNOWN = "unknown"


class Effect(Enum):
    """Whether a call changes anything, from `x-effect` in the description."""

    CREATES = "creates"
    READS = "reads"


class Reads(Enum):
    """How the body of a 2xx response is read."""

    JSON = "json"
    TEXT = "text"
    BYTES = "bytes"
    NOTHING = "nothing"


class Operation(NamedTuple, Generic[T]):
    """One operation of the description.

    Attributes:
        name: Name of the call, such as `personas.create`.
        method: HTTP method.
        path: Path template.
        billing: Whether a call is charged.
        effect: Whether a call changes anything.
        decode: Converts the parsed body, or the envelope's member, to the result in place; raises `ModelError`.
        unwrap: The envelope's member that holds the result; `None` if the body is the result.
        needs: (name, expected type, values of success) of the other members that the envelope must have; the values
            are empty where any value is allowed.
        certain: The result has no envelope and a required field: a body that matches it is not an error body.
        reads: How the body is read.
        decode_bare: Like `decode`, for a body without the envelope, if sources say that there may be one.
        credential: The client's argument with the secret that it is sent with.
        task: The kind of the task whose id the call returns; `None` if it starts none.
        price: US dollars of a call; `None` if the description does not say.
        unpriced: The variants of the request that may cost more, each with the fields that distinguish it.
    """

    name: str
    method: str
    path: str
    billing: Billing
    effect: Effect
    decode: Callable[[Any], T]
    unwrap: str | None = None
    needs: tuple[tuple[str, str, tuple[object, ...]], ...] = ()
    certain: bool = False
    reads: Reads = Reads.JSON
    decode_bare: Callable[[Any], T] | None = None
    credential: str = "api_key"
    task: str | None = None
    price: str | None = None
    unpriced: tuple[tuple[str, tuple[tuple[str, object], ...]], ...] = ()


def expect_same(operation: Operation[T], field: str, wanted: str) -> Operation[T]:
    """Return the operation with a check of its result: it must be what was asked for.

    A proxy that mixes up responses would else show one task as another one.
    """
    # Not a closure: raw answers hold the operation, and can be pickled.
    return operation._replace(decode=partial(_decode_same, operation.decode, field, wanted))


def _decode_same(decode: Callable[[Any], T], field: str, wanted: str, value: Any) -> T:
    result = decode(value)
    found = getattr(result, field)
    if found and found != wanted:  # an empty id is not that of another one
        raise ModelError(expected=f"{wanted!r}, which was asked for,", got=repr(found), path=(field,))
    return result


class Content(NamedTuple):
    """A request body: its bytes and their media type."""

    data: bytes
    media: bytes = b"application/json"


class Call(NamedTuple, Generic[T]):
    """One call of an operation, ready to send.

    Attributes:
        operation: The operation.
        path: The path with its parameters filled in, and the query.
        content: The body; `None` without one.
        headers: The headers from the operation's header parameters.
    """

    operation: Operation[T]
    path: str
    content: Content | None = None
    headers: Sequence[tuple[bytes, bytes]] = ()

    @property
    def fingerprint(self) -> str:
        """First ten hex digits of the SHA-256 of method, path and body; equal for equal requests."""
        material = b"\0".join(
            (self.operation.method.encode(), self.path.encode(), self.content.data if self.content else b"")
        )
        return sha256(material).hexdigest()[:10]
