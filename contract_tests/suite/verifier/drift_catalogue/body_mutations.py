"""Cases of the catalogue: an example body changed at one place, and the finding that it must have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import Any, Final, NamedTuple

from attrs import frozen
from cometapi_suno_mock import Contract, OperationContract
from cometapi_suno_mock.account_handlers import ACCOUNT_HANDLERS
from cometapi_suno_mock.compiled_schemas import CompiledSchema
from cometapi_suno_mock.handlers import HANDLERS
from cometapi_suno_mock.media import is_array, is_object
from cometapi_suno_mock.pointers import join_pointer, look_up, resolve

from contract_tests.verifier.drift.findings import DriftKind
from contract_tests.verifier.exchange.example_calls import example_calls
from contract_tests.verifier.exchange.exchange import (
    UNDATED,
    ExchangeBody,
    ExchangeRequest,
    ExchangeResponse,
    HttpExchange,
)
from contract_tests.verifier.spec_index import SpecIndex
from scripts.openapi_document import OPEN_ENUM

JSON: Final = {"content-type": "application/json"}
PAGE: Final = "<!doctype html><html><head><title>Gateway</title></head></html>"
OF_EACH_TYPE: Final[Mapping[str, Any]] = {
    "string": "text",
    "integer": 7,
    "number": 0.5,
    "boolean": True,
    "array": [],
    "object": {},
}
Steps = tuple[str | int, ...]


class Expected(NamedTuple):
    """The only finding that an exchange must have."""

    kind: DriftKind
    spec_pointer: str
    instance_pointer: str


@frozen
class Case:
    """An exchange with its expected finding.

    Attributes:
        name: The change and its place.
        exchange: The exchange.
        expected: The expected finding; `None` for a clean exchange.
        description: The description to compare with, if it is changed too.
    """

    name: str
    exchange: HttpExchange
    expected: Expected | None = None
    description: Mapping[str, Any] | None = None

    def __str__(self) -> str:
        return self.name


@frozen
class Member:
    """A described member of an object in a body.

    Attributes:
        steps: Where in the body.
        owner: Pointer of the schema that describes the object.
        name: Its name.
        site: Pointer of what the description says of it.
    """

    steps: Steps
    owner: str
    name: str
    site: str


class Bodies:
    """Walks bodies together with the description.

    Args:
        description: The bundled description.
    """

    def __init__(self, description: Mapping[str, Any]) -> None:
        self.description = description
        self.contract = Contract(description)
        self.tree = SpecIndex(description)
        # Those that the mock keeps state for: the catalogue tries the detector, not each operation.
        self.operations = [
            each for each in self.contract.operations.values() if each.id in {*HANDLERS, *ACCOUNT_HANDLERS}
        ]

    def members(self, where: str, value: Any, steps: Steps = ()) -> Iterator[Member]:
        """Yield every described member of every object in a value that fits a schema."""
        where = self.alternative(where, value)
        source = look_up(self.description, where)
        if is_object(value):
            for name in source.get("properties", {}):
                site = join_pointer(where, "properties", name)
                if name in value:
                    yield Member((*steps, name), where, name, site)
                    yield from self.members(site, value[name], (*steps, name))
        elif is_array(value) and "items" in source:
            for index, item in enumerate(value):
                yield from self.members(f"{where}/items", item, (*steps, index))

    def objects(self, where: str, value: Any, steps: Steps = ()) -> Iterator[tuple[Steps, str]]:
        """Yield every object in a value, with the pointer of its schema."""
        where = self.alternative(where, value)
        source = look_up(self.description, where)
        if is_object(value) and source.get("properties"):
            yield steps, where
            for name in source["properties"].keys() & value.keys():
                yield from self.objects(join_pointer(where, "properties", name), value[name], (*steps, name))
        elif is_array(value) and "items" in source:
            for index, item in enumerate(value):
                yield from self.objects(f"{where}/items", item, (*steps, index))

    def alternative(self, where: str, value: Any) -> str:
        """Return the pointer of the alternative that a value fits."""
        where = resolve(self.description, where)
        for keyword in ("oneOf", "anyOf"):
            for index in range(len(look_up(self.description, where).get(keyword, ()))):
                if self.tree.fits(f"{where}/{keyword}/{index}", value):
                    return self.alternative(f"{where}/{keyword}/{index}", value)
        return where

    def choices(self, where: str) -> list[str]:
        """Return the pointers of the alternatives of a schema, or of the schema itself."""
        where = resolve(self.description, where)
        source = look_up(self.description, where)
        found = [
            f"{where}/{keyword}/{i}" for keyword in ("oneOf", "anyOf") for i in range(len(source.get(keyword, ())))
        ]
        return [resolve(self.description, each) for each in found] or [where]

    def is_envelope(self, where: str) -> bool:
        """Return whether a schema is an envelope, marked by the constant of its `code`."""
        members = look_up(self.description, resolve(self.description, where)).get("properties", {})
        return "const" in members.get("code", {})

    def typed_by(self, site: str) -> str | None:
        """Return the keyword that gives a value its type; `None` when any type is allowed."""
        source = look_up(self.description, site)
        return next((f"{site}/{each}" for each in ("$ref", "oneOf", "anyOf", "type") if each in source), None)

    @cached_property
    def answers(self) -> Sequence[tuple[OperationContract, int, str, str, Any]]:
        """Operation, status, schema pointer, example name and body of every JSON example of an answer.

        A placeholder that is not one of the listed values is replaced by the first of them.
        """
        return list(self._answers())

    def _answers(self) -> Iterator[tuple[OperationContract, int, str, str, Any]]:
        for operation in self.operations:
            for status, answer in operation.answers.items():
                for content in answer.content.values():
                    if content.carries_json and content.schema is not None:
                        for name, value in content.examples.items():
                            yield operation, status, content.schema.pointer, name, self._sound(content.schema, value)

    def _sound(self, schema: CompiledSchema, value: Any) -> Any:
        for member in self.members(schema.pointer, value):
            listed = look_up(self.description, resolve(self.description, member.site)).get(OPEN_ENUM)
            if listed and value_at(value, member.steps) not in listed:
                value = changed(value, member.steps, listed[0])
        return value

    def exchange(
        self, operation: OperationContract, status: int, body: Any, headers: Mapping[str, str] = JSON
    ) -> HttpExchange:
        """Return an exchange with an example request and this answer: JSON, an `ExchangeBody`, or `...` for no body."""
        _, path, sent = next(iter(example_calls(operation)))
        place = operation.path
        for name, text in path.items():
            place = place.replace(f"{{{name}}}", text)
        request = ExchangeRequest(
            operation.method, place, headers=JSON, body=None if sent is None else ExchangeBody("json", sent)
        )
        came = None if body is ... else body if isinstance(body, ExchangeBody) else ExchangeBody("json", body)
        response = ExchangeResponse(status, {"x-oneapi-request-id": "2026", **headers}, came)
        return HttpExchange("case", "mock", "mock", UNDATED, operation.id, request, response)


def changed(value: Any, steps: Sequence[str | int], new: Any) -> Any:
    """Return a copy of a value, changed at one place; `...` removes the place. The copy shares what is not changed."""
    if not steps:
        return new
    step, *rest = steps
    copied = copy(value)
    if rest:
        copied[step] = changed(value[step], rest, new)
    elif new is ...:
        del copied[step]
    else:
        copied[step] = new
    return copied


def value_at(value: Any, steps: Sequence[str | int]) -> Any:
    """Return the value at a place."""
    for step in steps:
        value = value[step]
    return value


def of_no_type(bodies: Bodies, site: str) -> Any:
    """Return a value of a JSON type that a place does not allow; `...` when it allows all."""
    source = look_up(bodies.description, resolve(bodies.description, site))
    listed = source.get("type", [])
    types = {listed} if isinstance(listed, str) else set(listed)
    for keyword in ("oneOf", "anyOf"):
        for index in range(len(source.get(keyword, ()))):
            place = f"{resolve(bodies.description, site)}/{keyword}/{index}"
            types.add(look_up(bodies.description, resolve(bodies.description, place))["type"])
    if not types:
        return ...
    types |= {"integer"} if "number" in types else set()
    return next((value for name, value in OF_EACH_TYPE.items() if name not in types), ...)
