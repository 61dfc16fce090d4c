"""Example calls made from the examples of the description, for either client."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import cometapi_suno
from attrs import evolve, field, frozen
from cometapi_suno import AsyncSunoClient, SunoClient
from cometapi_suno_mock import Contract, OperationContract
from cometapi_suno_mock.compiled_schemas import CompiledSchema

from scripts.openapi_document import is_array, is_object


@frozen
class BodyVariant:
    """One variant of a request body.

    Attributes:
        model: Model class of the variant; `None` when its members are arguments of the method.
        schema: Its schema.
    """

    model: type[Any] | None
    schema: CompiledSchema

    @property
    def required(self) -> frozenset[str]:
        """Names of the required members."""
        return frozenset(self.schema.source.get("required", ()))

    @property
    def members(self) -> Mapping[str, Mapping[str, Any]]:
        """The schemas of the described members, by name."""
        described: Mapping[str, Mapping[str, Any]] = self.schema.source.get("properties", {})
        return described

    def count_members(self, body: Any) -> int:
        """Return how many of the described members a body has."""
        return len(self.members.keys() & body.keys()) if is_object(body) else 0

    @property
    def strictness(self) -> int:
        """Number of constraints; of two variants that fit a body, the stricter one is meant."""
        return len(self.required) + sum("const" in each for each in self.members.values())


@frozen
class ExampleCall:
    """One call of one operation.

    Attributes:
        operation: Its contract.
        name: Name of the example.
        path_params: Path parameters, not percent-encoded.
        body: The request body, members or a whole value; `None` without a body.
        variant: BodyVariant of the body; `None` without a body.
        others: Query and header parameters with an example in the description.
    """

    operation: OperationContract
    name: str
    path_params: Mapping[str, Any]
    body: Any = None
    variant: BodyVariant | None = None
    others: Mapping[str, Any] = field(factory=dict[str, Any])

    def __str__(self) -> str:
        return f"{self.operation.sdk}, {self.name}"

    @property
    def takes_members(self) -> bool:
        """Whether the body is an object, whose members are arguments of the method or of a model."""
        return self.variant is not None and bool(self.variant.members)

    def invoke(self, client: SunoClient | AsyncSunoClient, **options: Any) -> Any:
        """Make the call; with `AsyncSunoClient`, return an awaitable."""
        resource, _, name = self.operation.sdk.rpartition(".")
        method = getattr(getattr(client, resource), name)
        path = [self.path_params[name] for name in sorted(self.path_params, key=self._find_in_path)]
        others = _named(method, self.others)
        if self.variant is None or self.body is None:
            return method(*path, **others, **options)
        model = self.variant.model
        if not self.takes_members:
            return method(*path, self.body, **others, **options)
        if model is None:
            return method(*path, **_named(method, self.body), **others, **options)
        return method(*path, model(**_named(model, self.body)), **others, **options)

    def _find_in_path(self, name: str) -> int:
        return self.operation.path.index(f"{{{name}}}")

    def asking_for(self, content: bytes) -> ExampleCall:
        """Return the call with the path parameters that a response repeats, as the client expects it."""
        try:
            body: Any = json.loads(content)
        except (ValueError, RecursionError):
            return self
        data: Any = body.get("data") if is_object(body) else None
        repeated: dict[str, Any] = data if is_object(data) else {}
        found = {name: repeated[name] for name in self.path_params if isinstance(repeated.get(name), str)}
        return self.with_path({**self.path_params, **{name: value for name, value in found.items() if value}})

    def with_path(self, path_params: Mapping[str, Any]) -> ExampleCall:
        """Return a copy of the call with other path parameters."""
        return evolve(self, path_params=path_params)


class ExampleCalls:
    """Builds calls from a description."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._examples: dict[str, list[ExampleCall]] = {}

    def examples(self, operation: str) -> list[ExampleCall]:
        """Return the example calls of an operation, at least one."""
        if operation not in self._examples:
            shown = example_calls(self._contract.operations[operation])
            made = [self.make(operation, *each) for each in shown]
            assert made, f"{operation}: the description shows no call"
            assert None not in made, f"{operation}: an example fits no variant of the request"
            self._examples[operation] = [call for call in made if call is not None]
        return self._examples[operation]

    def make(self, operation: str, name: str, path: Mapping[str, Any], body: Any) -> ExampleCall | None:
        """Return a call with this body, without the members that no argument can carry.

        Returns:
            The call; `None` when the rest fits no variant of the request.
        """
        described = self._contract.operations[operation]
        others = parameter_examples(described, "query", "header")
        if body is None:
            return ExampleCall(described, name, path, others=others)
        fitting = list(self._fitting(described, body))
        if not fitting:
            return None
        variant, carried = max(fitting, key=lambda found: (found[0].count_members(found[1]), found[0].strictness))
        return ExampleCall(described, name, path, carried, variant, others)

    def variants(self, operation: OperationContract) -> Iterator[BodyVariant]:
        """Yield the variants of the request body; nothing without a body."""
        contents = operation.body.content.values() if operation.body is not None else ()
        schema = next((content.schema for content in contents), None)
        if schema is None:
            return
        keyword = "anyOf" if "anyOf" in schema.source else "oneOf"
        for index in range(len(schema.source.get(keyword, ()))):
            choice = self._contract.schemas.at(f"{schema.pointer}/{keyword}/{index}")
            yield BodyVariant(getattr(cometapi_suno, choice.pointer.rpartition("/")[2]), choice)
        if keyword not in schema.source:
            yield BodyVariant(None, schema)

    def _fitting(self, operation: OperationContract, body: Any) -> Iterator[tuple[BodyVariant, Any]]:
        for variant in self.variants(operation):
            carried = body
            if variant.members and is_object(body):
                carried = {name: value for name, value in body.items() if name in variant.members}
            if not variant.schema.check(carried):
                yield variant, carried


def request_examples(operation: OperationContract) -> Iterator[tuple[str, Any]]:
    """Yield name and value of each request body example."""
    if operation.body is not None:
        for content in operation.body.content.values():
            yield from content.examples.items()


def parameter_examples(operation: OperationContract, *places: str) -> dict[str, Any]:
    """Return the first example value of each parameter in some places."""
    found = {each.name: list(each.examples.values()) for each in operation.parameters if each.place in places}
    return {name: values[0] for name, values in found.items() if values}


def path_examples(operation: OperationContract) -> dict[str, str]:
    """Return the example value of each path parameter as text."""
    return {name: format_text(value) for name, value in parameter_examples(operation, "path").items()}


def query_examples(operation: OperationContract) -> dict[str, list[str]]:
    """Return the example of each query parameter as texts: one for each item of a list."""
    shown = parameter_examples(operation, "query")
    return {
        name: [format_text(each) for each in (value if is_array(value) else [value])] for name, value in shown.items()
    }


def header_examples(operation: OperationContract) -> dict[str, str]:
    """Return the example value of each header parameter as text."""
    return {name: format_text(value) for name, value in parameter_examples(operation, "header").items()}


def format_text(value: Any) -> str:
    """Return a plain JSON value as a parameter carries it."""
    return value if isinstance(value, str) else json.dumps(value)


def example_calls(operation: OperationContract) -> Iterator[tuple[str, dict[str, str], Any]]:
    """Yield name, path parameters and body (`None` without one) of each example call."""
    path = path_examples(operation)
    if operation.body is None:
        yield "path", path, None
    for name, body in request_examples(operation):
        yield name, path, body


def _named(function: Callable[..., Any], members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members under their Python names, which differ at most in case and punctuation."""
    known = _arguments(getattr(function, "__func__", function))
    return {known.get(squash_name(name), name): value for name, value in members.items()}


@cache
def _arguments(function: Callable[..., Any]) -> dict[str, str]:
    parameters = inspect.signature(function).parameters.values()
    return {squash_name(each.name): each.name for each in parameters if each.kind is not each.VAR_KEYWORD}


@cache
def squash_name(name: str) -> str:
    """Return what a name in JSON and its Python name have in common."""
    return "".join(character for character in name.lower() if character.isalnum())
