"""The tiers `free` and `read`: requests that are known beforehand, made from the description.

`free` asks for refusals: with a bad key, with bad input, about ids that nobody has. A bad input goes to an operation
that creates with a bad key only, so that a service that forgives it has nobody to charge. `read` asks about the
user's own ids.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, Final

from attrs import frozen
from cometapi_suno_mock import Contract, OperationContract
from cometapi_suno_mock.media import JSON, is_object, write_json
from cometapi_suno_mock.pointers import look

from contract_tests.verifier.live.planned_requests import Sending, Step, Terms, Tier, WithKey, path_of

NOBODY: Final = "00000000-0000-4000-8000-000000000000"
"""An id of nothing."""

_OTHER_TYPES: Final[Mapping[type, Any]] = {str: 7, bool: "yes", int: "7", float: "7", list: "a"}


@frozen
class Batch:
    """How several ids are asked for with one request, by `x-sdk.poll.batch` of the description."""

    operation: str
    ids: str
    group: str
    groups: Sequence[str]

    def bodies(self, ids: Sequence[str]) -> Iterator[bytes]:
        """A body for each group."""
        for group in self.groups:
            yield write_json({self.ids: list(ids), self.group: group})


def free_steps(contract: Contract) -> Iterator[Step]:
    """Every call that cannot be charged, in the order of the description."""
    batches = {batch.operation: batch for _, batch in _batches(contract)}
    for operation in contract.operations.values():
        terms = Terms.of(contract.description, operation)
        path = path_of(operation, dict.fromkeys(_path_names(operation), NOBODY))
        for note, key, body in _refusals(operation, terms, batches.get(operation.id)):
            sending = Sending(path, body)
            yield Step(Tier.FREE, operation, terms, note, key, sending=sending, must_fail=key is WithKey.BAD)


def read_steps(contract: Contract, ids: Mapping[str, Sequence[str]]) -> Iterator[Step]:
    """Every call that only reads and takes no more than the ids that the user gives, by path parameter."""
    batches = {batch.operation: (name, batch) for name, batch in _batches(contract)}
    for operation in contract.operations.values():
        terms = Terms.of(contract.description, operation)
        if not terms.permit(Tier.READ, WithKey.REAL):
            continue
        names = _path_names(operation)
        if operation.body is None and names and all(ids.get(name) for name in names):
            for values in product(*(ids[name] for name in names)):
                path = path_of(operation, dict(zip(names, values, strict=True)))
                yield Step(Tier.READ, operation, terms, "known id", WithKey.REAL, sending=Sending(path))
        elif operation.id in batches:
            name, batch = batches[operation.id]
            for group, body in zip(batch.groups, batch.bodies(ids.get(name, ())), strict=True):
                if ids.get(name):
                    sending = Sending(operation.path, body)
                    yield Step(Tier.READ, operation, terms, f"known ids, {group}", WithKey.REAL, sending=sending)


def bad_bodies(operation: OperationContract) -> Iterator[tuple[str, bytes]]:
    """Bodies that the description refuses: a required field missing, one of another type, JSON that breaks off."""
    example = _example(operation)
    if not is_object(example):
        return
    kinds: list[tuple[str, Iterable[tuple[str, Any]]]] = [
        ("missing field", ((name, {key: example[key] for key in example if key != name}) for name in example)),
        ("wrong type", ((name, example | {name: _retyped(value)}) for name, value in example.items())),
    ]
    for note, bodies in kinds:
        for name, body in bodies:
            content = write_json(body)
            if operation.read_body(JSON, content)[1]:
                yield f"{note} {name}", content
                break
    yield "broken JSON", write_json(example)[:-1]


def _refusals(operation: OperationContract, terms: Terms, batch: Batch | None) -> Iterator[tuple[str, WithKey, bytes]]:
    """What for, whose key, and the body of each call of one operation that has to be refused."""
    example = _example(operation)
    yield "bad key", WithKey.BAD, b"" if example is None else write_json(example)
    if terms.effect == "creates":
        for note, body in bad_bodies(operation):
            yield f"bad key, {note}", WithKey.BAD, body
    if not terms.permit(Tier.FREE, WithKey.REAL):
        return
    for note, body in bad_bodies(operation):
        yield note, WithKey.REAL, body
    if batch is not None:
        yield "unknown id", WithKey.REAL, next(batch.bodies([NOBODY]))
    elif example is None:
        yield "unknown id", WithKey.REAL, b""


def _batches(contract: Contract) -> Iterator[tuple[str, Batch]]:
    """Each with the path parameter that takes such an id alone."""
    for operation in contract.operations.values():
        source: Mapping[str, Any] = look(contract.description, operation.pointer)
        batch = source.get("x-sdk", {}).get("poll", {}).get("batch")
        if batch is not None and batch["operation"] in contract.operations:
            for name in _path_names(operation):
                yield name, Batch(batch["operation"], batch["ids"], batch["group"], batch["groups"])


def _path_names(operation: OperationContract) -> list[str]:
    return [parameter.name for parameter in operation.parameters if parameter.place == "path"]


def _example(operation: OperationContract) -> Any:
    """The first example of the request body; `None` when there is none."""
    for content in operation.body.content.values() if operation.body is not None else ():
        for value in content.examples.values():
            return json.loads(json.dumps(value))
    return None


def _retyped(value: object) -> Any:
    """A value of another JSON type."""
    return _OTHER_TYPES.get(type(value), 7)
