"""Names that users of the client type, read from the generator's view of it: `songs.create(title=)`, `Song.title`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final

import attrs

from scripts.diff.joined_descriptions import ComparedOperation, References, meaning_text, normalize_media_type
from scripts.diff.normalized_schema import NormalizedSchema
from scripts.generator.client_view import ClientView, EnumView, FieldView, ModelView, OperationView
from scripts.generator.generation_error import GenerationError
from scripts.generator.python_names import name_class, name_operation
from scripts.generator.python_types import PythonType
from scripts.generator.read_client import read_client
from scripts.openapi_document import (
    OPEN_ENUM,
    Operation,
    find_parameters,
    join_pointer,
    resolve,
    split_pointer,
    walk_operations,
)
from scripts.templates import errors
from scripts.templates._status_errors import RANGE_ERRORS, STATUS_ERRORS

# No name depends on these; the generator wants them.
_ANY_CLIENT: Final[dict[str, Any]] = {
    "openapi": "3.1.0",
    "info": {"title": "Any", "version": "0.0.0"},
    "servers": [{"url": "https://any.example"}],
}
_WRITING: Final = frozenset({"style", "explode", "allowReserved", "content"})


class ClientNames:
    """The names of a description in the client, read operation by operation when they are asked for.

    What the generator refuses is named as if it were written in a way that the generator accepts.

    Args:
        description: The description.
        read: What was read of other descriptions; what both have in common is read once.
    """

    def __init__(self, description: dict[str, Any], read: dict[str, ClientView | None] | None = None) -> None:
        self._description = description
        self._references = References(description)
        self._operations = {(each.path, each.method): each for each in walk_operations(description)}
        self._clients: dict[tuple[str, str], ClientView | None] = {}
        self._classes: dict[str, ModelView | EnumView] = {}
        self._read = {} if read is None else read

    @property
    def has_hook(self) -> bool:
        """Whether there is `hooks.parse_notification`: just one operation is polled."""
        return sum("poll" in each.node.get("x-sdk", ()) for each in self._operations.values()) == 1

    @property
    def is_complete(self) -> bool:
        """Whether every operation has its view."""
        return all(map(self._view, self._operations.values()))

    @property
    def classes(self) -> Mapping[str, ModelView | EnumView]:
        """The models and open enums of all operations, by name."""
        for each in self._operations.values():
            self._view(each)
        return self._classes

    def classes_of(self, operation: ComparedOperation) -> set[str]:
        """Return the names of the classes that an operation needs."""
        return set(_list_classes(self._client(operation)))

    def component_of(self, name: str) -> str | None:
        """Return the pointer of the component that a class is made from; None for a schema without a name."""
        component = self.classes[name].component
        return join_pointer("/components/schemas", component) if component else None

    def members(self, name: str) -> list[str]:
        """Return what a class has: its fields, or the members of an open enum."""
        found = self.classes[name]
        return list(found.members) if isinstance(found, EnumView) else [field.name for field in found.fields]

    def member(self, name: str, value: Any) -> str:
        """Return the member of an open enum, such as `TaskStatus.QUEUED`."""
        enum = self._classes[name]
        members = enum.members.items() if isinstance(enum, EnumView) else ()
        return f"{name}.{next((member for member, each in members if each == value), value)}"

    def call(self, operation: Operation | ComparedOperation) -> str:
        """Return the method of an operation, such as `personas.create`."""
        node = operation.node if isinstance(operation, Operation) else dict(operation.value)
        try:
            return ".".join(name_operation({"operationId": operation.id, **node}))
        except GenerationError:
            named = [node.get("x-sdk", {}).get(key) for key in ("resource", "method")]
            return ".".join(named) if all(isinstance(each, str) for each in named) else operation.id

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
        if not _is_success(status):
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
                self._classes_with(pointer)
                found = self.field(name_class(component), field)
                return (found.symbol,) if found else tuple(self._arguments_from(pointer, field))
            case ["components", "schemas", component, *_]:
                name = name_class(component)
                return (name,) if name in self._classes_with(pointer) else ()
            case ["paths", path, method, *_]:
                operations = walk_operations(self._description)
                return tuple(self.call(each) for each in operations if (each.path, each.method) == (path, method))
            case _:
                return ()

    def fields(self, model: str) -> list[FieldView]:
        """Return the fields of a model that was read; none when it is not one."""
        found = self._classes.get(model)
        return found.fields if isinstance(found, ModelView) else []

    def field(self, model: str, wire: str) -> ClientPlace | None:
        """Return a field of a model that was read."""
        for each in self.fields(model):
            if each.wire == wire:
                return ClientPlace(names=self, symbol=f"{model}.{each.name}", name=each.name, type=each.type)
        return None

    def _classes_with(self, pointer: str) -> Mapping[str, ModelView | EnumView]:
        """Return the classes, after the operations that use a component were read."""
        for operation in self._find_users(pointer):
            self._view(operation)
        return self._classes

    def _find_users(self, pointer: str) -> list[Operation]:
        component = join_pointer("", *split_pointer(pointer)[:3])
        return [each for key, each in self._operations.items() if component in self._reached[key]]

    @cached_property
    def _reached(self) -> dict[tuple[str, str], set[str]]:
        """Pointers of what the names of each operation depend on."""
        return {key: self._references.closure_of(self._as_written(each)) for key, each in self._operations.items()}

    def _arguments_from(self, pointer: str, field: str) -> Iterator[str]:
        """Yield the arguments that a field of a request body has become."""
        for operation in self._find_users(pointer):
            arguments = self._arguments(operation, "body")
            if field in arguments:
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
        found = self._client(operation)
        return found.operations[0] if found else None

    def _client(self, operation: Operation | ComparedOperation) -> ClientView | None:
        """Return the view of a client that has only this operation."""
        key = operation.path, operation.method
        if key not in self._clients and key in self._operations:
            ways = map(self._read_operation, self._simplify(self._operations[key]))
            self._clients[key] = found = next((way for way in ways if way), None)
            self._classes |= _list_classes(found) | self._classes
        return self._clients.get(key)

    def _read_operation(self, paths: dict[str, Any]) -> ClientView | None:
        """Return the view of a client with one operation; None when the generator refuses it."""
        components: dict[str, dict[str, Any]] = {}
        for pointer in self._references.closure_of(paths):
            match split_pointer(pointer):
                case ["components", kind, name, *_]:
                    components.setdefault(kind, {})[name] = self._description["components"][kind][name]
                case _:
                    return None
        key = meaning_text([paths, components])
        if key not in self._read:
            try:
                self._read[key] = read_client({**_ANY_CLIENT, "components": components, "paths": paths})
            except GenerationError:
                self._read[key] = None
        return self._read[key]

    def _as_written(self, operation: Operation) -> dict[str, Any]:
        """Return what the names of an operation depend on."""
        node, sdk = operation.node, operation.node.get("x-sdk", {})
        responses = {status: each for status, each in node.get("responses", {}).items() if _is_success(status)}
        return {
            "operationId": operation.id,
            "x-sdk": {name: sdk[name] for name in ("resource", "method", "unwrap", "bare") if name in sdk},
            "parameters": [each.node for each in find_parameters(self._description, operation)],
            "responses": responses or {"200": {"description": ""}},
        } | {name: node[name] for name in ("tags", "requestBody") if name in node}

    def _simplify(self, operation: Operation) -> Iterator[dict[str, Any]]:
        """Yield the paths with only an operation: as it is, then with less of what the generator may refuse."""
        whole = self._as_written(operation)
        plain = {**whole, "parameters": [_write_plainly(each) for each in whole["parameters"]]}
        response = _keep_one_type(resolve(self._description, next(iter(whole["responses"].values()))))
        usual = {**plain, "responses": {"200": response}}
        if "requestBody" in whole:
            usual["requestBody"] = _keep_one_type(resolve(self._description, whole["requestBody"]))
        ways = (whole, plain, usual)
        for index, node in enumerate(ways):
            if node not in ways[:index]:
                yield {operation.path: {operation.method: node}}


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
        names = [each.name for each in self.type.models] if self.type else []
        own = name_class(schema.component) if schema.component else ""
        if own in names:
            return own
        if names and not schema.choice:
            alike = [name for name in names if {each.wire for each in self.names.fields(name)} == schema.fields.keys()]
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


def _list_classes(client: ClientView | None) -> dict[str, ModelView | EnumView]:
    """Return the models and open enums of a client, by name."""
    models = {each.class_name: each for each in client.models} if client else {}
    return {**models, **({each.class_name: each for each in client.enums} if client else {})}


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


def _is_success(status: str) -> bool:
    return status.startswith(("2", "d"))
