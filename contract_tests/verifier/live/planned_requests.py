"""Requests of a live run: what each tier may send, and the requests of the tiers `free` and `read`.

What a tier may send follows from `x-billing` and `x-effect`; an operation without them counts as the worst case.
`free` provokes errors: a bad key, bad input, unknown ids. Bad input goes to a creating operation only together with a
bad key, so that a service that accepts it has no account to charge. `read` asks for the ids that the user gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from enum import StrEnum
from itertools import product
from secrets import token_urlsafe
from typing import Any, Final

from attrs import Factory, field, frozen
from cometapi_suno_mock import Contract, OperationContract
from cometapi_suno_mock.media import JSON, write_json

from contract_tests.verifier.exchange.example_calls import request_examples
from scripts.openapi_document import is_object, look_up

PATH_SEGMENT: Final = re.compile(r"(?!\.+$)[A-Za-z0-9._~-]{1,200}")
"""A path segment that every server reads as one segment."""
UNKNOWN_ID: Final = "00000000-0000-4000-8000-000000000000"
"""An id that does not exist."""

_OTHER_TYPES: Final[Mapping[type, Any]] = {str: 7, bool: "yes", int: "7", float: "7", list: "a"}


class Tier(StrEnum):
    """How far a run may go."""

    FREE = "free"
    """Calls that cannot be charged."""
    READ = "read"
    """Calls that change nothing, for ids that the user gives."""
    PAID = "paid"
    """The workflow: it creates songs and a persona, and is charged."""


class KeyChoice(StrEnum):
    """The secret that a request is sent with."""

    REAL = "real"
    """The API key."""
    TOKEN = "token"
    """The access token of the account."""
    BAD = "bad"
    """A key that must be refused."""

    @classmethod
    def of(cls, operation: OperationContract) -> KeyChoice:
        """Return the secret that an operation takes."""
        return cls.TOKEN if operation.credential == "access_token" else cls.REAL


def permits(tier: Tier, operation: OperationContract, key: KeyChoice) -> bool:
    """Return whether a tier may send a request of an operation with this key."""
    if tier is Tier.FREE:
        return key is KeyChoice.BAD or (operation.billing == "free" and operation.effect == "reads")
    return tier is Tier.PAID or operation.effect == "reads"


@frozen(eq=False)
class PlannedRequest:
    """A line of the plan: one request, or several of the same kind.

    Attributes:
        tier: The tier that it belongs to.
        operation: The operation that is called.
        note: What it is for.
        key: The key that it is sent with.
        uses: How often it may be sent.
        path: The path, percent-encoded; the path template if an earlier response gives the parameters.
        body: The request body if it is known in advance.
        must_fail: Whether a success ends the run.
        closing: Whether it is sent at the end, also when a cap has ended the run before.
        ticket: A random word that a caller sends to the proxy to identify this line.
    """

    tier: Tier
    operation: OperationContract
    note: str
    key: KeyChoice
    uses: int = 1
    path: str = field(default=Factory(lambda self: self.operation.path, takes_self=True))
    body: bytes = b""
    must_fail: bool = False
    closing: bool = False
    ticket: str = field(factory=lambda: token_urlsafe(18), init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not permits(self.tier, self.operation, self.key):
            terms = f"charge {self.operation.billing}, effect {self.operation.effect}"
            raise ValueError(f"{self.operation.id} ({terms}) does not belong in the tier {self.tier}")
        if self.key not in (KeyChoice.BAD, KeyChoice.of(self.operation)):
            raise ValueError(f"{self.operation.id} is not called with this secret: {self.key}")

    @property
    def may_be_charged(self) -> bool:
        """Whether it may cost something."""
        return self.key is not KeyChoice.BAD and self.operation.billing != "free"


def plan_free_requests(contract: Contract) -> Iterator[PlannedRequest]:
    """Plan every call that cannot be charged, in the order of the description."""
    lookups = _find_batch_lookups(contract)
    for operation in contract.operations.values():
        _, batch = lookups.get(operation.id, ("", None))
        path = operation.fill_path(dict.fromkeys(_path_parameters(operation), UNKNOWN_ID))
        for note, key, body in _provoked_errors(operation, batch):
            yield PlannedRequest(Tier.FREE, operation, note, key, path=path, body=body, must_fail=key is KeyChoice.BAD)


def plan_read_requests(contract: Contract, ids: Mapping[str, Sequence[str]]) -> Iterator[PlannedRequest]:
    """Plan every call that only reads and needs nothing but the given ids; calls of the account need none.

    Args:
        contract: The description.
        ids: The ids by the name of their path parameter.
    """
    lookups = _find_batch_lookups(contract)
    for operation in contract.operations.values():
        if not permits(Tier.READ, operation, KeyChoice.REAL):
            continue
        names = _path_parameters(operation)
        known: list[tuple[str, str, bytes]] = []
        if operation.body is None and all(ids.get(name) for name in names):
            filled = (dict(zip(names, values, strict=True)) for values in product(*(ids[name] for name in names)))
            known = [("known id" if names else "without an id", operation.fill_path(values), b"") for values in filled]
        elif operation.id in lookups:
            name, batch = lookups[operation.id]
            if given := ids.get(name):
                bodies = _batch_bodies(batch, given)
                known = [(f"known ids, {group}", operation.path, body) for group, body in bodies.items()]
        for note, path, body in known:
            yield PlannedRequest(Tier.READ, operation, note, KeyChoice.of(operation), path=path, body=body)


def _provoked_errors(
    operation: OperationContract, batch: Mapping[str, Any] | None
) -> Iterator[tuple[str, KeyChoice, bytes]]:
    """Yield note, key and body of each call of one operation that the service must refuse."""
    example = _example_body(operation)
    yield "bad key", KeyChoice.BAD, b"" if example is None else write_json(example)
    if operation.effect == "creates":
        for note, body in _bad_bodies(operation):
            yield f"bad key, {note}", KeyChoice.BAD, body
    if not permits(Tier.FREE, operation, KeyChoice.REAL):
        return
    for note, body in _bad_bodies(operation):
        yield note, KeyChoice.REAL, body
    if batch is not None:
        yield "unknown id", KeyChoice.REAL, next(iter(_batch_bodies(batch, [UNKNOWN_ID]).values()))
    elif example is None and _path_parameters(operation):
        yield "unknown id", KeyChoice.REAL, b""


def _bad_bodies(operation: OperationContract) -> Iterator[tuple[str, bytes]]:
    """Yield bodies against the description: a required field missing, a field of another type, truncated JSON."""
    example = _example_body(operation)
    if not is_object(example):
        return
    kinds: list[tuple[str, Iterable[tuple[str, Any]]]] = [
        ("missing field", ((name, {key: example[key] for key in example if key != name}) for name in example)),
        ("wrong type", ((name, example | {name: _retype(value)}) for name, value in example.items())),
    ]
    for note, bodies in kinds:
        for name, body in bodies:
            content = write_json(body)
            if operation.read_body(JSON, content)[1]:
                yield f"{note} {name}", content
                break
    yield "broken JSON", write_json(example)[:-1]


def _find_batch_lookups(contract: Contract) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Return each `x-sdk.poll.batch` by the operation that looks up several ids, with the path parameter of one id."""
    found: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for operation in contract.operations.values():
        source: Mapping[str, Any] = look_up(contract.description, operation.pointer)
        batch: Mapping[str, Any] | None = source.get("x-sdk", {}).get("poll", {}).get("batch")
        if batch is not None:
            for name in _path_parameters(operation):
                found[batch["operation"]] = (name, batch)
    return found


def _batch_bodies(batch: Mapping[str, Any], ids: Sequence[str]) -> dict[str, bytes]:
    """Return a request body that looks up the ids, for each group."""
    return {group: write_json({batch["ids"]: list(ids), batch["group"]: group}) for group in batch["groups"]}


def _retype(value: object) -> Any:
    return _OTHER_TYPES.get(type(value), 7)


def _path_parameters(operation: OperationContract) -> list[str]:
    return [parameter.name for parameter in operation.parameters if parameter.place == "path"]


def _example_body(operation: OperationContract) -> Any:
    """Return a copy of the first example of the request body; `None` if there is none."""
    return deepcopy(next((body for _, body in request_examples(operation)), None))
