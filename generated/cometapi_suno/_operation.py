"""What an operation is, and one call of it. Pure data: no IO.

Named tuples, here and wherever a call passes: attrs takes five times as long to make such a class when the client is
imported, and twice as long to make a frozen instance when it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from hashlib import sha256
from typing import Any, Generic, NamedTuple, TypeVar

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


class Reads(Enum):
    """How the body of a 2xx answer is taken."""

    JSON = "json"
    TEXT = "text"
    BYTES = "bytes"
    NOTHING = "nothing"


class Operation(NamedTuple, Generic[T]):
    """One operation of the description.

    Attributes:
        name: As users type it, such as `personas.create`.
        method: HTTP method.
        path: Path template of the description.
        billing: What a call costs.
        effect: What a call does.
        unwrap: The envelope's member that holds the result; `None` when the body is the result.
        needs: (name, expected type) of what the envelope cannot do without beside the result.
        decode: Makes the result of the body as it was taken, adopting it; raises `ModelError`.
        certain: The result has no envelope and cannot do without some field: a body that fits it is no error body.
        reads: How the body is taken.
        decode_bare: The same for a body that comes without the envelope, where sources say that one may.
    """

    name: str
    method: str
    path: str
    billing: Billing
    effect: Effect
    decode: Callable[[Any], T]
    unwrap: str | None = None
    needs: tuple[tuple[str, str], ...] = ()
    certain: bool = False
    reads: Reads = Reads.JSON
    decode_bare: Callable[[Any], T] | None = None


class Content(NamedTuple):
    """A request body: its bytes and their media type."""

    data: bytes
    media: bytes = b"application/json"


class Call(NamedTuple, Generic[T]):
    """One call of an operation, ready to be sent.

    Attributes:
        operation: What is called.
        path: The path with its parameters filled in, and the query.
        content: The body; `None` when there is none.
        headers: Header lines that the operation's own parameters make.
    """

    operation: Operation[T]
    path: str
    content: Content | None = None
    headers: Sequence[tuple[bytes, bytes]] = ()

    @property
    def fingerprint(self) -> str:
        """First ten hex digits of the SHA-256 of method, path and body: the same request, the same digits."""
        material = b"\0".join(
            (self.operation.method.encode(), self.path.encode(), self.content.data if self.content else b"")
        )
        return sha256(material).hexdigest()[:10]
