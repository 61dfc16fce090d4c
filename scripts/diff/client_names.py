"""Names that users of the client type, read from the generator's view of it: `songs.create(title=)`, `Song.title`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from scripts.diff.normal_form import ComparedOperation, normalize_media_type
from scripts.diff.normalized_schema import OPEN_ENUM, NormalizedSchema
from scripts.generator.client_view import ClientView, EnumView, ModelView, OperationView
from scripts.generator.generation_error import GenerationError
from scripts.generator.python_names import name_class, name_operation
from scripts.generator.python_types import PythonType
from scripts.generator.read_client import read_client
from scripts.openapi_document import (
    Operation,
    find_parameters,
    find_reachable,
    is_object,
    join_pointer,
    resolve,
    split_pointer,
    walk_operations,
)
from scripts.templates import errors
from scripts.templates._status_errors import RANGE_ERRORS, STATUS_ERRORS

# No name depends on these; the generator wants them, or may refuse them.
_ANY_CLIENT: Final[dict[str, Any]] = {
    "openapi": "3.1.0",
    "info": {"title": "Any", "version": "0.0.0"},
    "servers": [{"url": "https://any.example"}],
}
_NAMELESS: Final = frozenset({"security", "servers", "callbacks", "deprecated"})
_WRITING: Final = frozenset({"style", "explode", "allowReserved", "content"})


class ClientNames:
    """The names of a description in the client.

    What the generator refuses is named as if it were written in a way that the generator accepts.

    Attributes:
        is_complete: Every operation has its view.
        has_hook: There is `hooks.parse_notification`; None when the description cannot become a client.
    """

    def __init__(self, description: dict[str, Any]) -> None:
        self._description = description
        self._operations: dict[tuple[str, str], OperationView] = {}
        self.models: dict[str, ModelView] = {}
        self.enums: dict[str, EnumView] = {}
        operations = [(each, self._as_written(each)) for each in walk_operations(description)]
        whole = self._add(operations)
        self.has_hook = whole.notified is not None if whole else None
        self.is_complete = True
        for each in operations if whole is None else []:
            if not any(self._add([way]) for way in self._simplify(*each)):
                self.is_complete = False

    def component_of(self, name: str) -> str | None:
        """Return the pointer of the component that a class is made from; None for a schema without a name."""
        component = (self.models.get(name) or self.enums[name]).component
        return join_pointer("/components/schemas", component) if component else None

    def members(self, name: str) -> list[str]:
        """Return what a class has: its fields, or the members of an open enum."""
        if name in self.enums:
            return list(self.enums[name].members)
        return [field.name for field in self.models[name].fields]

    def member(self, name: str, value: Any) -> str:
        """Return the member of an open enum, such as `TaskStatus.QUEUED`."""
        found = (member for member, each in self.enums[name].members.items() if each == value)
        return f"{name}.{next(found, value)}"

    def call(self, operation: Operation | ComparedOperation) -> str:
        """Return the method of an operation, such as `personas.create`."""
        found = self._view(operation)
        node = operation.node if isinstance(operation, Operation) else dict(operation.value)
        try:
            return found.name if found else ".".join(name_operation({"operationId": operation.id, **node}))
        except GenerationError:
            return operation.id

    def parameter(self, operation: ComparedOperation, place: str, wire: str) -> ClientPlace:
        """Return what a parameter is in the client."""
        found = self._arguments(operation, place).get(wire)
        return found or ClientPlace(names=self, symbol=f"{self.call(operation)}()")

    def body(self, operation: ComparedOperation) -> ClientPlace:
        """Return what the request body is in the client: several arguments, or one."""
        symbol, arguments = f"{self.call(operation)}()", self._arguments(operation, "body")
        if "" in arguments or not arguments:
            return ClientPlace(names=self, symbol=symbol, type=arguments[""].type if arguments else None)
        return ClientPlace(names=self, symbol=symbol, parts=arguments)

    def result(self, operation: ComparedOperation, status: str) -> ClientPlace:
        """Return what the body of a response is in the client; bodies of errors have no model there."""
        if not status.startswith(("2", "d")):
            number = int(status.replace("X", "0")) if status[:1].isdigit() else 0
            error = STATUS_ERRORS.get(number) or RANGE_ERRORS.get(number // 100, errors.ResponseError)
            return ClientPlace(names=self, symbol=f"{error.__name__}.body")
        symbol, found = f"{self.call(operation)}()", self._view(operation)
        if found is None or found.unwrap is None:
            return ClientPlace(names=self, symbol=symbol, type=found.result.type if found else None)
        wrapped = ClientPlace(names=self, symbol=symbol, type=found.result.type)
        return ClientPlace(names=self, symbol=symbol, type=found.result.bare, parts={found.unwrap: wrapped})

    def symbols_at(self, pointer: str) -> tuple[str, ...]:
        """Return what a place is in the client, for changes of words and evidence."""
        match split_pointer(pointer):
            case ["components", "schemas", component, "properties", field, *_]:
                found = self.field(name_class(component), field)
                return (found.symbol,) if found else tuple(self._arguments_from(pointer, field))
            case ["components", "schemas", component, *_]:
                name = name_class(component)
                return (name,) if name in {**self.models, **self.enums} else ()
            case ["paths", path, method, *_]:
                operations = walk_operations(self._description)
                return tuple(self.call(each) for each in operations if (each.path, each.method) == (path, method))
            case _:
                return ()

    def field(self, model: str, wire: str) -> ClientPlace | None:
        """Return a field of a model."""
        for each in self.models[model].fields if model in self.models else ():
            if each.wire == wire:
                return ClientPlace(names=self, symbol=f"{model}.{each.name}", name=each.name, type=each.type)
        return None

    def _arguments_from(self, pointer: str, field: str) -> Iterator[str]:
        """Yield the arguments that a field of a request body has become."""
        component = join_pointer("", *split_pointer(pointer)[:3])
        for operation in walk_operations(self._description):
            arguments = self._arguments(operation, "body")
            body = operation.node.get("requestBody")
            if field in arguments and component in find_reachable(self._description, body):
                yield arguments[field].symbol

    def _arguments(self, operation: Operation | ComparedOperation, place: str) -> Mapping[str, ClientPlace]:
        """Return the arguments that a part of the request has become, by their names there."""
        found = self._view(operation)
        place = "query" if place == "cookie" else place  # see `_write_plainly`
        return {
            each.wire.lower() if place == "header" else each.wire: ClientPlace(
                names=self, symbol=f"{found.name}({each.name}=)", name=each.name, type=each.type
            )
            for each in (found.arguments if found else ())
            if found and each.place == place
        }

    def _view(self, operation: Operation | ComparedOperation) -> OperationView | None:
        return self._operations.get((operation.method.upper(), operation.path))

    def _add(self, operations: list[tuple[Operation, dict[str, Any]]]) -> ClientView | None:
        """Add the names of some operations, and return their view; None when the generator refuses one of them."""
        paths: dict[str, dict[str, Any]] = {}
        for operation, node in operations:
            paths.setdefault(operation.path, {})[operation.method] = node
        components, tags = self._description.get("components", {}), self._description.get("tags", [])
        try:
            found = read_client({**_ANY_CLIENT, "components": components, "tags": tags, "paths": paths})
        except GenerationError:
            return None
        self._operations |= {(each.http_method, each.path): each for each in found.operations}
        self.models = {each.class_name: each for each in found.models} | self.models
        self.enums = {each.class_name: each for each in found.enums} | self.enums
        return found

    def _as_written(self, operation: Operation) -> dict[str, Any]:
        node = {name: item for name, item in operation.node.items() if name not in _NAMELESS}
        parameters = [each.node for each in find_parameters(self._description, operation)]
        return {"operationId": operation.id, **node, "parameters": parameters}

    def _simplify(self, operation: Operation, node: dict[str, Any]) -> Iterator[tuple[Operation, dict[str, Any]]]:
        """Yield an operation as it is without the others, then with less of what the generator may refuse."""
        sdk: Any = node.get("x-sdk")
        names = ("resource", "method", "unwrap", "bare") if is_object(sdk) else ()
        whole = {**node, "x-sdk": {name: sdk[name] for name in names if name in sdk}}
        yield operation, whole
        plain = {**whole, "parameters": [_write_plainly(each) for each in whole["parameters"]]}
        yield operation, plain
        good = [each for status, each in node.get("responses", {}).items() if status.startswith(("2", "d"))]
        response = _keep_one_type(resolve(self._description, good[0])) if good else {"description": ""}
        usual = {**plain, "responses": {"200": response}}
        if "requestBody" in node:
            usual["requestBody"] = _keep_one_type(resolve(self._description, node["requestBody"]))
        yield operation, usual


@attrs.frozen(kw_only=True)
class ClientPlace:
    """What a place of a description is in the client.

    Attributes:
        names: The names of the description.
        symbol: How users type it, or what holds it.
        name: Its name in Python, when it is a field or an argument.
        type: The type that the client has for its values; None when it has none.
        parts: Fields that are not fields of a class there: arguments, or the unwrapped result.
    """

    names: ClientNames = attrs.field(eq=False, repr=False)
    symbol: str
    name: str = attrs.field(default="", eq=False)
    type: PythonType | None = attrs.field(default=None, eq=False, repr=False)
    parts: Mapping[str, ClientPlace] | None = attrs.field(default=None, eq=False, repr=False)

    @property
    def is_known(self) -> bool:
        """Whether the client has something there."""
        return self.type is not None or self.parts is not None

    def class_of(self, schema: NormalizedSchema) -> str:
        """Return the class of values of a schema here; "" when they have none."""
        names = [each.name for each in self.type.models if each.name in self.names.models] if self.type else []
        own = name_class(schema.component) if schema.component else ""
        if own in names:
            return own
        if names and not schema.choice:
            fields = {name: {field.wire for field in self.names.models[name].fields} for name in names}
            alike = [name for name in names if fields[name] == schema.fields.keys()]
            return names[0] if len(names) == 1 else next(iter(alike), "")
        return self.type.enum.name if self.type and self.type.enum and OPEN_ENUM in schema.keywords else ""

    def field(self, schema: NormalizedSchema, wire: str) -> ClientPlace:
        """Return a field of the values of a schema."""
        if self.parts and wire in self.parts:
            return self.parts[wire]
        return self.names.field(self.class_of(schema), wire) or self._inside(None)

    def items(self) -> ClientPlace:
        """Return an item of a list."""
        return self._inside(self.type.items if self.type else None)

    def values(self) -> ClientPlace:
        """Return a value of a map."""
        return self._inside(self.type.values if self.type else None)

    def branch(self, schema: NormalizedSchema) -> ClientPlace:
        """Return a branch of a choice."""
        return attrs.evolve(self, name="", symbol=self.class_of(schema) or self.symbol)

    def _inside(self, kind: PythonType | None) -> ClientPlace:
        return attrs.evolve(self, name="", type=kind, parts=None)


def _write_plainly(parameter: Any) -> dict[str, Any]:
    """Return a parameter as the generator takes it."""
    plain = {"schema": {"type": "string"}} | {name: each for name, each in parameter.items() if name not in _WRITING}
    return {**plain, "in": "query"} if plain.get("in") == "cookie" else plain


def _keep_one_type(message: Any) -> dict[str, Any]:
    """Return a body or response with its first media type only, JSON before the others."""
    content: dict[str, Any] = message.get("content", {})
    chosen = sorted(content, key=lambda name: "json" not in name.lower())[:1]
    kept = {
        normalize_media_type(name): {key: each for key, each in content[name].items() if key != "encoding"}
        for name in chosen
    }
    return {**message, "content": kept} if content else dict(message)
