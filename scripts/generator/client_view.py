"""Ready values for the templates: models, operations and resources, named and typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen
from openapi_python_client.parser.openapi import Endpoint, GeneratorData
from openapi_python_client.parser.properties import EnumProperty, ModelProperty, Property
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import ClassName, PythonIdentifier, pascal_case

from scripts.generator import document
from scripts.generator.generation_error import GenerationError
from scripts.generator.operation_views import OperationView, operation_view
from scripts.generator.python_types import Catalog, Shape, adopter_name, finder_name, member_doc, plain, shape_of
from scripts.generator.tags import tags
from scripts.generator.workflow_methods import with_sequences

FIELD_PREFIX = "field_"
# What every model has for itself.
_MODEL_NAMES = frozenset({"adopt", "adopter", "from_dict", "renamed", "to_dict", "unknown", "wire_names"})


def class_name(component: str) -> str:
    """The class that a component becomes."""
    return ClassName(UntrustedString(component), FIELD_PREFIX)


@frozen
class FieldView:
    """One property of a model."""

    name: str
    wire: str
    shape: Shape
    required: bool
    annotation: str
    default: str | None
    doc: str


@frozen
class ModelView:
    """One class of `models/`.

    Attributes:
        sent: It is written into requests only: slotted, and strict about what may be null.
        user: The first operation that uses it.
    """

    class_name: str
    module: str
    doc: str
    fields: list[FieldView]
    sent: bool
    user: str

    @property
    def renamed(self) -> dict[str, str]:
        """Python name -> wire name, where they differ."""
        return {each.name: each.wire for each in self.fields if each.name != each.wire}

    @property
    def checked(self) -> list[FieldView]:
        """The fields whose JSON type is checked: those that the caller cannot do without."""
        return [each for each in self.fields if each.required and each.shape.kinds]

    @property
    def converted(self) -> list[FieldView]:
        """The fields that hold models, lists of them, or open enums."""
        return [each for each in self.fields if each.shape.cases()]

    @property
    def adopter(self) -> str:
        """Name of what adopts its objects."""
        return adopter_name(self.module)

    @property
    def docstring(self) -> str:
        """The class's docstring, with a line for each described field."""
        told = [f"    {each.name}: {each.doc}" for each in self.fields if each.doc]
        return "\n\n".join((self.doc, "\n".join(("Attributes:", *told)))) if told else self.doc

    @property
    def imports(self) -> dict[str, str]:
        """Name -> module of the models and enums that it uses, itself left out."""
        found = {name: module for each in self.fields for name, module in each.shape.imports.items()}
        return {name: module for name, module in sorted(found.items()) if module != self.module}

    @property
    def helpers(self) -> list[str]:
        used: set[str] = set()
        for each in self.fields:
            used |= each.shape.helpers
        return sorted(used)


@frozen
class EnumView:
    """One open enum of `models/`."""

    class_name: str
    module: str
    doc: str
    members: dict[str, str]
    user: str

    @property
    def known(self) -> str:
        """Name of what finds its members by their values."""
        return finder_name(self.module)


@frozen
class ResourceView:
    """One face of the client: `client.<attribute>`."""

    attribute: str
    class_name: str
    module: str
    doc: str
    operations: list[OperationView] = field(factory=list)

    def imports(self, *, runtime: bool) -> dict[str, str]:
        """Class name -> module: what results are made of (runtime), or what arguments are typed by."""
        found: dict[str, str] = {}
        for operation in self.operations:
            found |= operation.result_imports if runtime else operation.argument_imports
        return dict(sorted(found.items()))

    @property
    def all_imports(self) -> dict[str, str]:
        """Class name -> module of everything that the methods are typed by."""
        found = self.imports(runtime=True) | self.imports(runtime=False)
        for operation in self.operations:
            found |= operation.workflow.imports if operation.workflow else {}
        return dict(sorted(found.items()))


@frozen
class ClientView:
    """Everything that the templates render."""

    models: list[ModelView]
    enums: list[EnumView]
    resources: list[ResourceView]
    server: str
    title: str

    @property
    def operations(self) -> list[OperationView]:
        """Those of all resources."""
        return [operation for resource in self.resources for operation in resource.operations]


def client_view(description: Mapping[str, Any], parsed: GeneratorData) -> ClientView:
    """Name and type everything of a parsed description.

    Raises:
        GenerationError: An operation or a schema cannot be expressed by the templates.
    """
    catalog = Catalog(
        models={model.class_info.name: model for model in parsed.models},
        open_enums=frozenset(class_name(name) for name in document.open_enums(description)),
        tags=tags(description, class_name),
    )
    plain_views = list(_operations(description, parsed, catalog))
    named = {raw["operationId"]: raw.get("x-sdk", {}) for _, _, raw in document.operations(description)}
    views = with_sequences(plain_views, named, catalog)
    read = _reachable(((view.name, shape) for view in views for shape in view.result.shapes), catalog)
    sent = _reachable(((view.name, shape) for view in views for shape in view.request.sent), catalog)
    used = sent | read
    if not re.fullmatch(r"\d+\.\d+\.\d+([abrc.]+(post|dev)?\d+)?", str(description["info"]["version"])):
        raise GenerationError("it becomes the package's version: MAJOR.MINOR.PATCH.", "/info/version")
    servers: list[dict[str, str]] = description.get("servers", [])
    if not servers:
        raise GenerationError("none. The client needs to know where calls go.", "/servers")
    return ClientView(
        models=[
            _model_view(model, catalog, sent=name not in read, user=used[name])
            for name, model in catalog.models.items()
            if name in used
        ],
        enums=[_enum_view(enum, used[enum.class_info.name]) for enum in parsed.enums if enum.class_info.name in used],
        resources=_resources(views, description),
        server=servers[0]["url"].rstrip("/"),
        title=description["info"]["title"],
    )


def _operations(description: Mapping[str, Any], parsed: GeneratorData, catalog: Catalog) -> Iterable[OperationView]:
    endpoints: dict[tuple[str, str], Endpoint] = {}
    for collection in parsed.endpoint_collections_by_tag.values():
        for endpoint in collection.endpoints:
            if (key := (endpoint.method, endpoint.name)) in endpoints:
                raise GenerationError(f"{endpoint.method} {endpoint.name}: two operations have this name.")
            endpoints[key] = endpoint
    seen: set[str] = set()
    for path, method, raw in document.operations(description):
        where = document.where(path, method)
        if raw["operationId"] in seen:
            raise GenerationError(f"{where}: two operations are called {raw['operationId']!r}.")
        seen.add(raw["operationId"])
        parsed_one = endpoints.get((method, PythonIdentifier(raw["operationId"], FIELD_PREFIX)))
        if parsed_one is None:
            raise GenerationError(f"{where}: the parser dropped it.")
        followed = {**raw, "parameters": document.parameters(description, path, raw)}
        if "requestBody" in raw:
            followed["requestBody"] = document.resolved(description, raw["requestBody"])
        yield operation_view(path, method, followed, parsed_one, catalog)


def _reachable(shapes: Iterable[tuple[str, Shape]], catalog: Catalog) -> dict[str, str]:
    """The models and enums that `shapes` reach at any depth, each with the operation that comes there.

    Args:
        shapes: Each with the operation that uses it.
        catalog: The parsed models.
    """
    found: dict[str, str] = {}
    waiting = list(shapes)
    while waiting:
        where, shape = waiting.pop()
        waiting += [(where, inner) for inner in shape.inner]
        if shape.enum:
            found.setdefault(shape.enum[0], where)
        for name, _ in shape.models:
            if name not in found:
                found[name] = where
                waiting += [
                    (where, shape_of(prop, catalog, f"{where}: {name}.{prop.name.get_untrusted_value()}"))
                    for prop in catalog.properties(name)
                ]
    return found


def _model_view(model: ModelProperty, catalog: Catalog, *, sent: bool, user: str) -> ModelView:
    name = model.class_info.name
    fields = [_field_view(model, prop, catalog, sent=sent) for prop in catalog.properties(name)]
    return ModelView(
        class_name=name,
        module=model.class_info.module_name,
        doc=plain(model.description) or f"{name}.",
        fields=sorted(fields, key=lambda each: each.default is not None),
        sent=sent,
        user=user,
    )


def _field_view(model: ModelProperty, prop: Property, catalog: Catalog, *, sent: bool) -> FieldView:
    wire = prop.name.get_untrusted_value()
    shape = shape_of(prop, catalog, f"{model.class_info.name}.{wire}")
    annotation, default = shape.annotation(sent=sent), None
    constant = _constant(model, wire, catalog) if sent else None
    if constant is not None:
        annotation, default = f"Literal[{constant}]", constant
    if not prop.required:
        default = "UNSET" if sent else "ABSENT"
        annotation = shape.optional(sent=sent) if constant is None else f"{annotation} | Unset"
    return FieldView(
        name=f"{prop.python_name}_" if prop.python_name in _MODEL_NAMES else prop.python_name,
        wire=wire,
        shape=shape,
        required=prop.required,
        annotation=annotation,
        default=default,
        doc=member_doc(model, prop),
    )


def _constant(model: ModelProperty, wire: str, catalog: Catalog) -> str | None:
    """The Python literal of the one value that a field of a request variant may have: its `const`, or its tag."""
    tagged = catalog.tags.get(model.class_info.name, {}).get(wire, ())
    if len(tagged) == 1:
        return ascii(tagged[0])
    described = (model.data.properties or {}).get(UntrustedString(wire))
    value = getattr(described, "const", None)
    if isinstance(value, UntrustedString):
        value = value.get_untrusted_value()
    return ascii(value) if isinstance(value, str | int | bool) else None


def _enum_view(enum: Any, user: str) -> EnumView:
    if not isinstance(enum, EnumProperty):
        raise GenerationError(f"{user}: {enum.class_info.name}: only string enums can be open.")
    # The parser has made the values safe for a double-quoted literal; the names are upper-case identifiers.
    return EnumView(
        class_name=enum.class_info.name,
        module=enum.class_info.module_name,
        doc=plain(enum.description) or f"{enum.class_info.name}.",
        members={_member_name(name): str(value) for name, value in enum.values.items()},
        user=user,
    )


def _member_name(name: str) -> str:
    safe = PythonIdentifier(name, "VALUE_").upper()
    return f"{safe}_" if safe in ("MRO", "NAME", "VALUE") else safe


def _resources(views: Iterable[OperationView], description: Mapping[str, Any]) -> list[ResourceView]:
    docs = {tag["name"]: tag.get("description", "") for tag in description.get("tags", [])}
    resources: dict[str, ResourceView] = {}
    for view in views:
        resource = resources.get(view.resource)
        if resource is None:
            resource = resources[view.resource] = ResourceView(
                attribute=view.resource,
                class_name=f"{pascal_case(view.resource)}Resource",
                module=view.resource,
                doc=docs.get(view.tag, "") or f"Operations of {view.resource}.",
            )
        if any(other.method_name == view.method_name for other in resource.operations):
            raise GenerationError(f"{view.name}: two operations have this x-sdk name.")
        resource.operations.append(view)
    return list(resources.values())
