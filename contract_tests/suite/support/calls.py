"""Every call that the description gives an example for, ready to be made with either client."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import cometapi_suno
from attrs import evolve, field, frozen
from cometapi_suno import AsyncSunoClient, SunoClient
from cometapi_suno_mock import Contract, OperationContract
from cometapi_suno_mock.pointers import look
from cometapi_suno_mock.schemas import Schema, Schemas

from contract_tests.suite.support.loaded_spec import CONTRACT, DESCRIPTION, example_calls
from contract_tests.suite.support.loaded_spec import variants as pointers_of_variants


@frozen
class Variant:
    """One way to fill a body.

    Attributes:
        model: Class that writes it; `None` when its members are arguments of the client's method itself.
        schema: What the description says of it.
    """

    model: type[Any] | None
    schema: Schema

    @property
    def required(self) -> frozenset[str]:
        """The members that must be there."""
        return frozenset(self.schema.source.get("required", ()))

    @property
    def members(self) -> Mapping[str, Mapping[str, Any]]:
        """The schema of each described member."""
        described: Mapping[str, Mapping[str, Any]] = self.schema.source.get("properties", {})
        return described

    @property
    def strictness(self) -> int:
        """How much it asks for: of two variants that a body fits, the one that asks more is meant."""
        return len(self.required) + sum("const" in each for each in self.members.values())


@frozen
class ExampleCall:
    """One call of one operation.

    Attributes:
        operation: Its contract.
        name: What the example is called.
        path_params: Path parameters as a user gives them, not encoded.
        body: Members of the request body; `None` when the operation takes none.
        variant: How the body is given; `None` when there is none.
        others: Query and header parameters that the description has an example for.
    """

    operation: OperationContract
    name: str
    path_params: Mapping[str, Any]
    body: Mapping[str, Any] | None = None
    variant: Variant | None = None
    others: Mapping[str, Any] = field(factory=dict[str, Any])

    def __str__(self) -> str:
        return f"{self.operation.sdk}, {self.name}"

    def invoke(self, client: SunoClient | AsyncSunoClient, **options: Any) -> Any:
        """Make the call; with `AsyncSunoClient` the result is to be awaited."""
        resource, _, name = self.operation.sdk.rpartition(".")
        method = getattr(getattr(client, resource), name)
        path = self.path_params.values()
        others = _named(method, self.others)
        if self.variant is None or self.body is None:
            return method(*path, **others, **options)
        model = self.variant.model
        if model is None:
            return method(*path, **_named(method, self.body), **others, **options)
        return method(*path, model(**_named(model, self.body)), **others, **options)

    def with_body(self, body: Mapping[str, Any]) -> ExampleCall:
        """The same call with other members in its body."""
        return evolve(self, body=body)

    def with_path(self, path_params: Mapping[str, Any]) -> ExampleCall:
        """The same call with other path parameters."""
        return evolve(self, path_params=path_params)


class Calls:
    """The calls that a description tells of.

    Args:
        description: The bundled description.
        contract: Its validator.
    """

    def __init__(self, description: Mapping[str, Any], contract: Contract) -> None:
        self._description = description
        self._operations = contract.operations
        self._schemas = Schemas(description)
        self._examples: dict[str, list[ExampleCall]] = {}

    def examples(self, operation: str) -> list[ExampleCall]:
        """The calls of one operation that the description gives examples for, at least one."""
        if operation not in self._examples:
            described = self._operations[operation]
            made = [self.make(operation, *shown) for shown in example_calls(self._description, described)]
            assert made, f"{operation}: the description shows no call"
            assert None not in made, f"{operation}: an example fits no variant of the request"
            self._examples[operation] = [call for call in made if call is not None]
        return self._examples[operation]

    def make(self, operation: str, name: str, path: Mapping[str, Any], body: Any) -> ExampleCall | None:
        """A call with this body, less the members that no argument can carry.

        Returns:
            `None`, when no variant of the request takes what is left.
        """
        described = self._operations[operation]
        parameters = [(each, look(self._description, each.pointer)) for each in described.parameters]
        others = {
            each.name: shown["example"] for each, shown in parameters if each.place != "path" and "example" in shown
        }
        if body is None:
            return ExampleCall(described, name, path, others=others)
        fitting = list(self._fitting(described, body))
        if not fitting:
            return None
        variant, members = max(fitting, key=lambda found: (len(found[1]), found[0].strictness))
        return ExampleCall(described, name, path, members, variant, others)

    def variants(self, operation: OperationContract) -> Iterator[Variant]:
        """The ways to fill the body of an operation; none when it takes none."""
        contents = operation.body.content.values() if operation.body is not None else ()
        whole = {content.schema.pointer for content in contents if content.schema is not None}
        for pointer in pointers_of_variants(self._description, operation):
            model = None if pointer in whole else getattr(cometapi_suno, pointer.rpartition("/")[2])
            yield Variant(model, self._schemas.at(pointer))

    def _fitting(
        self, operation: OperationContract, body: Mapping[str, Any]
    ) -> Iterator[tuple[Variant, dict[str, Any]]]:
        for variant in self.variants(operation):
            members = {name: value for name, value in body.items() if name in variant.members}
            if not variant.schema.check(members):
                yield variant, members


def examples(description: Mapping[str, Any], contract: Contract) -> list[ExampleCall]:
    """Every call that the description gives an example for."""
    calls = Calls(description, contract)
    return [call for operation in contract.operations for call in calls.examples(operation)]


CALLS = Calls(DESCRIPTION, CONTRACT)
"""The calls of the description at hand."""


def _named(function: Callable[..., Any], members: Mapping[str, Any]) -> dict[str, Any]:
    """The members under the names that Python calls them by, which differ at most in case and punctuation."""
    known = _arguments(getattr(function, "__func__", function))
    return {known.get(_squashed(name), name): value for name, value in members.items()}


@cache
def _arguments(function: Callable[..., Any]) -> dict[str, str]:
    parameters = inspect.signature(function).parameters.values()
    return {_squashed(each.name): each.name for each in parameters if each.kind is not each.VAR_KEYWORD}


@cache
def _squashed(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())
