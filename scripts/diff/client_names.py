"""Names that users of the client type, read from the generator's view of it: `songs.create(title=)`, `Song.title`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from scripts.diff.normal_form import ComparedOperation, normalize_media_type
from scripts.diff.normalized_schema import OPEN_ENUM, SchemaView
from scripts.generator.errors import GenerationError
from scripts.generator.operations import ERROR_CLASSES, OperationView
from scripts.generator.project import notified_operation, view
from scripts.generator.shapes import Shape
from scripts.generator.views import ClientView, EnumView, ModelView, class_name
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

# No name depends on these; the generator wants them, or may refuse them.
_ANY_CLIENT: Final[dict[str, Any]] = {
    "openapi": "3.1.0",
    "info": {"title": "Any", "version": "0.0.0"},
    "servers": [{"url": "https://any.example"}],
}
_NOTHING: Final = {"204": {"description": ""}}
_NAMELESS: Final = frozenset({"security", "servers", "callbacks", "deprecated"})
_WRITING: Final = frozenset({"style", "explode", "allowReserved", "content"})


class ClientNames:
    """The names of a description in the client.

    What the generator refuses is named as if it were written in a way that the generator takes.
    """

    def __init__(self, description: dict[str, Any]) -> None:
        self._description = description
        self._operations: dict[tuple[str, str], OperationView] = {}
        self._calls: dict[tuple[str, str], str] = {}
        self.models: dict[str, ModelView] = {}
        self.enums: dict[str, EnumView] = {}
        self.is_complete = True
        operations = [(each, self._as_written(each)) for each in walk_operations(description)]
        whole = self._add(self._describe(operations))
        self.has_hook = notified_operation(whole) is not None if whole else None  # None: nothing can be generated
        for operation, written in operations if whole is None else []:
            if not any(self._add(each) for each in self._simplify(operation, written)):
                self.is_complete = False
                bare = _try_view(self._describe([(operation, _keep_name(written))], pruned=True))
                if bare is not None:
                    self._calls[operation.method, operation.path] = bare.operations[0].name

    def component_of(self, name: str) -> str | None:
        """Return the pointer of the component that a class is made from; None for a schema without a name."""
        schemas = self._description.get("components", {}).get("schemas", {})
        found = (join_pointer("/components/schemas", each) for each in schemas if class_name(each) == name)
        return next(found, None)

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
        return found.name if found else self._calls.get((operation.method, operation.path), operation.id)

    def parameter(self, operation: ComparedOperation, place: str, wire: str) -> ClientPlace:
        """Return what a parameter is in the client."""
        found = self._arguments(operation, place).get(wire)
        return found or ClientPlace(names=self, symbol=f"{self.call(operation)}()")

    def body(self, operation: ComparedOperation) -> ClientPlace:
        """Return what the request body is in the client: several arguments, or one."""
        symbol, arguments = f"{self.call(operation)}()", self._arguments(operation, "body")
        if "" in arguments or not arguments:
            return ClientPlace(names=self, symbol=symbol, shape=arguments[""].shape if arguments else None)
        return ClientPlace(names=self, symbol=symbol, parts=arguments)

    def result(self, operation: ComparedOperation, status: str) -> ClientPlace:
        """Return what the body of a response is in the client; bodies of errors have no model there."""
        if not status.startswith(("2", "d")):
            name = ERROR_CLASSES.get(status) or ("ServerError" if status.startswith("5") else "ResponseError")
            return ClientPlace(names=self, symbol=f"{name}.body")
        symbol, found = f"{self.call(operation)}()", self._view(operation)
        if found is None or found.unwrap is None:
            return ClientPlace(names=self, symbol=symbol, shape=found.result.shape if found else None)
        wrapped = ClientPlace(names=self, symbol=symbol, shape=found.result.shape)
        return ClientPlace(names=self, symbol=symbol, shape=found.result.bare, parts={found.unwrap: wrapped})

    def symbols_at(self, pointer: str) -> tuple[str, ...]:
        """Return what a place is in the client, for changes of words and evidence."""
        tokens = split_pointer(pointer)
        match tokens:
            case ["components", "schemas", component, "properties", field, *_]:
                found = self.field(class_name(component), field)
                return (found.symbol,) if found else tuple(self._arguments_from(pointer, field))
            case ["components", "schemas", component, *_]:
                name = class_name(component)
                return (name,) if name in {**self.models, **self.enums} else ()
            case ["paths", path, method, *_]:
                operations = walk_operations(self._description)
                return tuple(self.call(each) for each in operations if (each.path, each.method) == (path, method))
            case _:
                return ()

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
        if found is None:
            return {}
        request = found.request
        # A cookie is named like a part of the query.
        parts = {"path": [each for each in request.positional if each.wire], "query": request.query}
        parts |= {"header": request.headers, "cookie": request.query}
        outside = [*parts["path"], *request.query, *request.headers]
        chosen = parts.get(place, [each for each in found.arguments if each not in outside])
        return {
            each.wire.lower() if place == "header" else each.wire: ClientPlace(
                names=self, symbol=f"{found.name}({each.name}=)", name=each.name, shape=each.shape
            )
            for each in chosen
        }

    def field(self, model: str, wire: str) -> ClientPlace | None:
        """Return a field of a model."""
        for each in self.models[model].fields if model in self.models else ():
            if each.wire == wire:
                return ClientPlace(names=self, symbol=f"{model}.{each.name}", name=each.name, shape=each.shape)
        return None

    def _view(self, operation: Operation | ComparedOperation) -> OperationView | None:
        return self._operations.get((operation.method.upper(), operation.path))

    def _add(self, description: dict[str, Any]) -> ClientView | None:
        """Add the names of a description, and return its view; None when the generator refuses it."""
        found = _try_view(description)
        if found is None:
            return None
        self._operations |= {(each.http_method, each.path): each for each in found.operations}
        self.models = {each.class_name: each for each in found.models} | self.models
        self.enums = {each.class_name: each for each in found.enums} | self.enums
        return found

    def _as_written(self, operation: Operation) -> dict[str, Any]:
        value = {name: item for name, item in operation.node.items() if name not in _NAMELESS}
        return {**value, "parameters": [each.node for each in find_parameters(self._description, operation)]}

    def _describe(self, operations: list[tuple[Operation, dict[str, Any]]], *, pruned: bool = False) -> dict[str, Any]:
        paths: dict[str, dict[str, Any]] = {}
        for each, value in operations:
            paths.setdefault(each.path, {})[each.method] = value
        components = dict(self._description.get("components", {}))
        if pruned:
            used = find_reachable(self._description, paths)
            schemas = components.get("schemas", {})
            components["schemas"] = {
                name: each for name, each in schemas.items() if join_pointer("/components/schemas", name) in used
            }
        return {**_ANY_CLIENT, "paths": paths, "components": components, "tags": self._description.get("tags", [])}

    def _simplify(self, operation: Operation, written: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield an operation alone: first as it is, then with less and less of what the generator may refuse."""
        sdk: Any = written.get("x-sdk")
        names = ("resource", "method", "unwrap", "bare") if is_object(sdk) else ()
        wanted = {name: sdk[name] for name in names if name in sdk}
        whole = {**written, "operationId": written.get("operationId", "call"), "x-sdk": wanted}
        plain = {**whole, "parameters": [_write_plainly(each) for each in whole["parameters"]]}
        usual = {**plain, "responses": {"200": {"description": ""}}}
        for status, response in written.get("responses", {}).items():
            if status.startswith(("2", "d")):
                usual["responses"] = {"200": _keep_one_type(resolve(self._description, response))}
                break
        if "requestBody" in written:
            usual["requestBody"] = _keep_one_type(resolve(self._description, written["requestBody"]))
        for value in (whole, plain, usual):
            yield self._describe([(operation, value)], pruned=True)


@attrs.frozen(kw_only=True)
class ClientPlace:
    """What a place of a description is in the client.

    Attributes:
        names: The names of the description.
        symbol: How users type it, or what holds it.
        name: Its name in Python, when it is a field or an argument.
        shape: The types that the client has for its values; None when it has none.
        parts: Fields that are not fields of a class there: arguments, or the unwrapped result.
    """

    names: ClientNames = attrs.field(eq=False, repr=False)
    symbol: str
    name: str = attrs.field(default="", eq=False)
    shape: Shape | None = attrs.field(default=None, eq=False, repr=False)
    parts: Mapping[str, ClientPlace] | None = attrs.field(default=None, eq=False, repr=False)

    @property
    def is_known(self) -> bool:
        """Whether the client has something there."""
        return self.shape is not None or self.parts is not None

    def class_of(self, schema: SchemaView) -> str:
        """Return the class of values of a schema here; "" when they have none."""
        names = [name for name, _ in self.shape.models if name in self.names.models] if self.shape else []
        own = class_name(schema.component) if schema.component else ""
        if own in names:
            return own
        if names and not schema.choice:
            fields = {name: {field.wire for field in self.names.models[name].fields} for name in names}
            alike = [name for name in names if fields[name] == schema.fields.keys()]
            return names[0] if len(names) == 1 else next(iter(alike), "")
        return self.shape.enum[0] if self.shape and self.shape.enum and OPEN_ENUM in schema.keywords else ""

    def field(self, schema: SchemaView, wire: str) -> ClientPlace:
        """Return a field of the values of a schema."""
        if self.parts and wire in self.parts:
            return self.parts[wire]
        return self.names.field(self.class_of(schema), wire) or self._inside(None)

    def items(self) -> ClientPlace:
        """Return an item of a list."""
        return self._inside(self.shape.items if self.shape else None)

    def values(self) -> ClientPlace:
        """Return a value of a map."""
        return self._inside(self.shape.values if self.shape else None)

    def branch(self, schema: SchemaView) -> ClientPlace:
        """Return a branch of a choice."""
        return attrs.evolve(self, name="", symbol=self.class_of(schema) or self.symbol)

    def _inside(self, shape: Shape | None) -> ClientPlace:
        return attrs.evolve(self, name="", shape=shape, parts=None)


def _try_view(description: dict[str, Any]) -> ClientView | None:
    try:
        return view(description)
    except GenerationError:
        return None


def _keep_name(operation: dict[str, Any]) -> dict[str, Any]:
    """Return an operation with nothing but what its name is made of."""
    kept: dict[str, Any] = {name: operation[name] for name in ("operationId", "tags") if name in operation}
    sdk: Any = operation.get("x-sdk")
    names = ("resource", "method") if is_object(sdk) else ()
    return {**kept, "x-sdk": {name: sdk[name] for name in names if name in sdk}, "responses": _NOTHING}


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
