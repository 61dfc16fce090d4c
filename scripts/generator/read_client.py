"""From a description to the view of the client, one operation after another: check, normalize, parse, name and type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import evolve
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser.errors import ParseError
from openapi_python_client.parser.openapi import Endpoint, EndpointCollection
from openapi_python_client.parser.properties import (
    EnumProperty,
    ModelProperty,
    Parameters,
    Property,
    Schemas,
    build_schemas,
)
from openapi_python_client.schema import PathItem
from openapi_python_client.schema.openapi_schema_pydantic import Components
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import ClassName, pascal_case

from scripts.generator.client_view import ClientView, EnumView, FieldView, ModelView, OperationView, ResourceView
from scripts.generator.derived_fields import view_derived_fields
from scripts.generator.generation_error import GenerationError, name_in_errors
from scripts.generator.normalize import normalize_component, normalize_operation, use_method_names
from scripts.generator.operation_views import document_property, format_doc, view_operation
from scripts.generator.python_names import FIELD_PREFIX, is_reserved_class, name_class, name_enum_members, name_field
from scripts.generator.python_types import ParsedSchemas, PythonType, find_discriminators, find_used_classes
from scripts.generator.unsupported import SupportChecker, check_document
from scripts.generator.workflow_methods import view_follow_up, view_poll, view_workflow
from scripts.openapi_document import OPEN_ENUM, Operation, is_object, join_pointer, resolve, walk_operations

_ADDRESS = re.compile(r"<openapi_python_client\S* object at 0x[0-9a-f]+>")


def read_client(description: Mapping[str, Any]) -> ClientView:
    """Return the view of the client of a bundled description.

    Raises:
        GenerationError: The description cannot become a client.
    """
    check_document(description)
    return _ClientReader(use_method_names(description)).read()


class _OperationParser:
    """openapi-python-client, given one operation at a time with the components that it reaches."""

    def __init__(self, description: Mapping[str, Any]) -> None:
        self._description = description
        self._checker = SupportChecker(description)
        self._parsed = Schemas()
        settings = ConfigFile(field_prefix=FIELD_PREFIX)
        self._config = Config.from_sources(settings, MetaType.NONE, Path(), "utf-8", overwrite=False, output_path=None)

    @property
    def classes(self) -> Mapping[ClassName, Property]:
        """The models and enums that were parsed so far, by class name."""
        return self._parsed.classes_by_name

    def parse(self, operation: Operation) -> Endpoint:
        """Return the parsed operation.

        Raises:
            GenerationError: It is not supported, or the parser complains: what it cannot parse, it would leave out.
        """
        components = self._checker.check(operation)
        normalized = {name: normalize_component(self._description, name) for name in components}
        item = {operation.method: normalize_operation(self._description, operation)}
        try:
            self._parse_components(normalized)
            collections, self._parsed, _ = EndpointCollection.from_data(
                data={UntrustedString(operation.path): PathItem.model_validate(item)},
                schemas=self._parsed,
                parameters=Parameters(),
                request_bodies={},
                responses={},
                config=self._config,
            )
        except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
            raise _parser_error(f"{type(error).__name__}: {error}") from error
        (collection,) = collections.values()
        _refuse_problems(collection.parse_errors)
        return collection.endpoints[0]

    def _parse_components(self, components: Mapping[str, Any]) -> None:
        schemas = Components.model_validate({"schemas": components}).schemas or {}
        # Models of earlier operations are complete: the parser would make them a second time.
        self._parsed = build_schemas(
            components=schemas, schemas=evolve(self._parsed, models_to_process=[]), config=self._config
        )
        pointers = [join_pointer("/components/schemas", name) for name in components]
        failed = [each for each in pointers if UntrustedString(each) not in self._parsed.classes_by_reference]
        # A component that fails makes those fail that refer to it, and is reached after them.
        _refuse_problems(self._parsed.errors, failed[-1] if failed else "")


class _ClientReader:
    """Reads each operation once; an operation that `x-sdk` names is read before the one that names it."""

    def __init__(self, description: Mapping[str, Any]) -> None:
        self._description = description
        self._components: Mapping[str, Any] = description.get("components", {}).get("schemas", {})
        self._component_names = {name_class(name): name for name in self._components}
        self._parser = _OperationParser(description)
        self._models: dict[str, ModelProperty] = {}
        open_enums = (name_class(name) for name, schema in self._components.items() if OPEN_ENUM in schema)
        self._schemas = ParsedSchemas(
            models=self._models,
            open_enums=frozenset(open_enums),
            discriminators=find_discriminators(description),
        )
        self._operations: dict[str, Operation] = {}
        self._views: dict[str, OperationView] = {}
        self._unread: dict[str, Operation] = {}
        self._first_users: dict[str, Operation] = {}

    def read(self) -> ClientView:
        for operation in walk_operations(self._description):
            with name_in_errors(operation):
                if operation.id in self._operations:
                    raise GenerationError(f"two operations are called {operation.id!r}.")
            self._operations[operation.id] = operation
        self._unread |= self._operations
        views = [self._add_follow_up(self._view(name)) for name in self._operations]
        resources = self._view_resources(views)
        self._check_class_names(resources)
        read = set(find_used_classes((each for view in views for each in view.result.types), self._schemas))
        classes = [(name, self._parser.classes[name]) for name in self._parser.classes if name in self._first_users]
        return ClientView(
            title=self._description["info"]["title"],
            version=str(self._description["info"]["version"]),
            server=self._description["servers"][0]["url"].rstrip("/"),
            resources=resources,
            models=[self._view_model(prop, name in read) for name, prop in classes if isinstance(prop, ModelProperty)],
            enums=[self._view_enum(prop) for _, prop in classes if isinstance(prop, EnumProperty)],
            error_codes=[
                {
                    "means": row["means"],
                    "codes": tuple(row.get("codes", ())),
                    "texts": tuple(text.lower() for text in row.get("texts", ())),
                    "statuses": tuple(row.get("statuses", ())),
                }
                for row in self._description.get("x-error-codes", ())
            ],
        )

    def _view(self, operation_id: str) -> OperationView:
        if operation_id in self._views:
            return self._views[operation_id]
        if (operation := self._unread.pop(operation_id, None)) is None:
            raise GenerationError(f"x-sdk: no operation is called {operation_id!r}, or its x-sdk leads back here.")
        with name_in_errors(operation):
            endpoint = self._parser.parse(operation)
            self._models |= {n: each for n, each in self._parser.classes.items() if isinstance(each, ModelProperty)}
            view = view_operation(self._description, operation, endpoint, self._schemas)
            sdk: Mapping[str, Any] = operation.node.get("x-sdk", {})
            if "poll" in sdk:
                view = evolve(view, poll=view_poll(view, sdk["poll"], self._view, self._schemas))
            if "workflow" in sdk:
                view = evolve(view, workflow=view_workflow(view, sdk["workflow"], self._view, self._schemas))
            for name in find_used_classes((*view.result.types, *(each.type for each in view.arguments)), self._schemas):
                self._first_users.setdefault(name, operation)
        self._views[operation_id] = view
        return view

    def _add_follow_up(self, view: OperationView) -> OperationView:
        """Add what `x-sdk.follow_up` says: not in `_view`, since the operation that it follows may use this one."""
        operation = self._operations[view.id]
        follow_up: Mapping[str, Any] | None = operation.node.get("x-sdk", {}).get("follow_up")
        if follow_up is None:
            return view
        with name_in_errors(operation):
            after = self._operations.get(str(follow_up.get("after")))
            links: dict[str, Any] = {}
            for response in after.node["responses"].values() if after else ():
                links |= resolve(self._description, response).get("links", {})
            found = view_follow_up(view, follow_up, links, self._view, self._schemas)
        self._views[view.id] = evolve(view, follow_up=found)
        return self._views[view.id]

    def _view_resources(self, views: list[OperationView]) -> list[ResourceView]:
        descriptions = {tag["name"]: tag.get("description", "") for tag in self._description.get("tags", [])}
        resources: dict[str, ResourceView] = {}
        for view in views:
            resource = resources.setdefault(
                view.resource,
                ResourceView(
                    attribute=view.resource,
                    class_name=f"{pascal_case(view.resource)}Resource",
                    module=view.resource,
                    description=descriptions.get(view.tag, "") or f"Operations of {view.resource}.",
                    operations=[],
                ),
            )
            resource.operations.append(view)
            with name_in_errors(self._operations[view.id]):
                names = [name for each in resource.operations for name in each.method_names]
                names += resource.extension.methods if resource.extension else ()
                if twice := next((name for name in names if names.count(name) > 1), None):
                    raise GenerationError(f"{view.resource}.{twice} is the name of two methods.")
        return list(resources.values())

    def _check_class_names(self, resources: list[ResourceView]) -> None:
        taken = {name for resource in resources for name in resource.class_names}
        for name, operation in self._name_classes():
            with name_in_errors(operation):
                if is_reserved_class(name) or name in taken:
                    component = self._component_names.get(name)
                    pointer = join_pointer("/components/schemas", component) if component else ""
                    raise GenerationError(f"{name} is the name of another class of the client.", pointer)
            taken.add(name)

    def _name_classes(self) -> Iterator[tuple[str, Operation]]:
        """Yield every class that is made for an operation, with the operation."""
        yield from self._first_users.items()
        for operation_id, view in self._views.items():
            for sequence in view.sequences:
                yield sequence.result, self._operations[operation_id]

    def _view_model(self, model: ModelProperty, read: bool) -> ModelView:
        name = model.class_info.name
        members = self._schemas.members(name).items()
        fields = [self._view_field(model, wire, prop, python_type, not read) for wire, (prop, python_type) in members]
        component = self._component_names.get(name, "")
        sdk: Mapping[str, Any] = self._components.get(component, {}).get("x-sdk", {}) if read else {}
        with name_in_errors(self._first_users[name]):
            return ModelView(
                class_name=name,
                module=model.class_info.module_name,
                component=component,
                description=format_doc(model.description) or f"{name}.",
                fields=sorted(fields, key=lambda each: each.default is not None),
                sent=not read,
                derived=list(view_derived_fields(name, sdk.get("derived", {}), fields)),
            )

    def _view_field(
        self, model: ModelProperty, wire: str, prop: Property, python_type: PythonType, sent: bool
    ) -> FieldView:
        annotation, default = python_type.annotate(sent=sent), None
        constant = self._find_constant(model, wire) if sent else None
        if constant is not None:
            annotation, default = f"Literal[{constant}]", constant
        if not prop.required:
            default = "UNSET" if sent else "ABSENT"
            annotation = f"{annotation} | Unset" if constant else python_type.annotate_optional(sent=sent)
            if constant is not None and prop.default is not None:
                default = constant
        return FieldView(
            name=name_field(prop.python_name),
            wire=wire,
            type=python_type,
            required=prop.required,
            annotation=annotation,
            default=default,
            doc=document_property(model, prop),
        )

    def _find_constant(self, model: ModelProperty, wire: str) -> str | None:
        """Return the Python literal of the only value of a field: its `const`, or its discriminator."""
        values = self._schemas.discriminators.get(model.class_info.name, {}).get(wire, ())
        if len(values) == 1:
            return ascii(values[0])
        described = (model.data.properties or {}).get(UntrustedString(wire))
        value = getattr(described, "const", None)
        if isinstance(value, UntrustedString):
            value = value.get_untrusted_value()
        return ascii(value) if isinstance(value, str | int | bool) else None

    def _view_enum(self, enum: EnumProperty) -> EnumView:
        name = enum.class_info.name
        component = self._component_names[name]
        with name_in_errors(self._first_users[name]):
            if enum.value_type is not str:
                raise GenerationError("only string enums can be open.", join_pointer("/components/schemas", component))
            schema = self._components[component]
            values = [value for value in schema[OPEN_ENUM] if value is not None]
            lives: Mapping[str, Any] = schema.get("x-availability", {})
            if not (is_object(lives) and all(map(is_object, lives.values()))):
                reason = "x-availability is not `{value: {since, until, aliases}}`."
                raise GenerationError(reason, join_pointer("/components/schemas", component))
            return EnumView(
                class_name=name,
                module=enum.class_info.module_name,
                component=component,
                description=format_doc(enum.description) or f"{name}.",
                members=name_enum_members(values),
                lives={value: text for value, life in lives.items() if (text := describe_life(life))},
                retired=_find_retired(lives),
            )


def describe_life(life: Mapping[str, Any]) -> str:
    """Return what `x-availability` says of a value, as a sentence; "" when it says nothing but evidence."""
    since, until = life.get("since"), life.get("until")
    parts = [f"since {since}" if since and since != "undated" else ""]
    if until:
        end = "ended on a day that is not on record" if until == "undated" else f"until {until}"
        parts.append(f"{end}, which another source contests" if life.get("x-doubt") else end)
    if aliases := life.get("aliases"):
        parts.append(f"also called {', '.join(aliases)}")
    text = "; ".join(filter(None, parts))
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _find_retired(lives: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    return {
        name: "" if life["until"] == "undated" else str(life["until"])
        for value, life in lives.items()
        if "until" in life and "x-doubt" not in life
        for name in (value, *life.get("aliases", ()))
    }


def _refuse_problems(problems: list[ParseError], pointer: str = "") -> None:
    if problems:
        raise _parser_error(" ".join(f"{each.header} {each.detail or ''}" for each in problems), pointer)


def _parser_error(text: str, pointer: str = "") -> GenerationError:
    """Return the error for a message of the parser: in one line, without addresses of objects."""
    return GenerationError(f"openapi-python-client: {' '.join(_ADDRESS.sub('', text).split())}", pointer)
