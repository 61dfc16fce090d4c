"""One operation as the templates need it: its name, arguments, path, result and docstring."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen
from openapi_python_client.parser.bodies import BodyType
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import ModelProperty, Property
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import PythonIdentifier

from scripts.generator.errors import GenerationError
from scripts.generator.shapes import Catalog, Shape, member_doc, plain, shape_of, union

if TYPE_CHECKING:
    from scripts.generator.sequences import FlowView, PollView

# Every call takes these beside its own arguments.
_TAKEN = frozenset({"timeout", "retries", "headers", "options", "call", "content", "path"})
# What the clients have beside their resources.
_CLIENT_NAMES = frozenset({"aclose", "close", "request", "with_options"})
_RAISES = {
    "400": "BadRequestError",
    "401": "AuthenticationError",
    "403": "PermissionDeniedError",
    "404": "NotFoundError",
    "413": "PayloadTooLargeError",
    "429": "RateLimitError",
    "503": "ServiceUnavailableError",
}


@frozen
class ArgumentView:
    """One argument of a method. `wire` is its name in the body or the path."""

    name: str
    wire: str
    annotation: str
    doc: str
    default: str | None = None


@frozen
class OperationView:
    """One method of a resource."""

    resource: str
    method_name: str
    tag: str
    http_method: str
    path_parts: list[tuple[str, str]]
    path: str
    billing: str
    effect: str
    unwrap: str | None
    summary: str
    description: str
    note: str
    positional: list[ArgumentView]
    keywords: list[ArgumentView]
    body: str | None
    result: Shape
    bare: Shape | None
    overloads: list[tuple[str, str]]
    null_is_empty: bool
    sent: list[Shape]
    raises: list[tuple[str, str]]
    poll: PollView | None = None
    workflow: FlowView | None = None

    @property
    def name(self) -> str:
        return f"{self.resource}.{self.method_name}"

    @property
    def constant(self) -> str:
        return self.method_name.upper()

    @property
    def arguments(self) -> list[ArgumentView]:
        return [*self.positional, *self.keywords]

    @property
    def signature(self) -> str:
        """The arguments as they are declared."""
        declared = [f"{argument.name}: {argument.annotation}" for argument in self.positional]
        declared += ["*"] if self.keywords else []
        for argument in self.keywords:
            default = f" = {argument.default}" if argument.default else ""
            declared.append(f"{argument.name}: {argument.annotation}{default}")
        return ", ".join(declared)

    @property
    def forwarded(self) -> str:
        """The arguments as the client's method hands them to the operation."""
        keywords = (f"{argument.name}={argument.name}" for argument in self.keywords)
        return ", ".join((*(argument.name for argument in self.positional), *keywords))

    @property
    def results(self) -> list[Shape]:
        return [self.result, self.bare] if self.bare else [self.result]

    @property
    def result_imports(self) -> dict[str, str]:
        return {name: module for shape in self.results for name, module in shape.imports.items()}

    @property
    def argument_imports(self) -> dict[str, str]:
        return {name: module for shape in self.sent for name, module in shape.imports.items()}

    @property
    def returns(self) -> str:
        return self.decoded if self.bare is None else f"{self.decoded} | {self.bare.annotation(sent=False)}"

    @property
    def decoded(self) -> str:
        """Annotation of what the envelope holds, or of the body when there is no envelope."""
        shape = self.result
        if self.null_is_empty:
            shape = evolve(shape, names=tuple(name for name in shape.names if name != "None"))
        return shape.annotation(sent=False)

    @property
    def doc(self) -> str:
        """The docstring, section by section; facts come from the description alone."""
        sections = [self.summary, self.description, self.note]
        told = [f"    {argument.name}: {argument.doc}" for argument in self.arguments if argument.doc]
        sections.append("\n".join(["Args:", *told]) if told else "")
        raised = [f"    {error}: {reason}" for error, reason in self.raises]
        sections.append("\n".join(["Raises:", *raised]) if raised else "")
        return "\n\n".join(section for section in sections if section)


def operation_view(path: str, method: str, raw: dict[str, Any], endpoint: Endpoint, catalog: Catalog) -> OperationView:
    """Everything that the templates say of one operation.

    Raises:
        GenerationError: It uses something that the templates do not support.
    """
    where = f"{method.upper()} {path}"
    sdk: dict[str, Any] = raw.get("x-sdk", {})
    tag = (raw.get("tags") or ["default"])[0]
    resource = PythonIdentifier(sdk.get("resource", tag), "r_")
    if resource in _CLIENT_NAMES:
        raise GenerationError(f"{where}: the resource {resource} would hide the client's own {resource}.")
    name = _method_name(sdk, raw["operationId"])
    _refuse_unsupported(where, endpoint)
    result, bare = _result(where, sdk, endpoint, catalog)
    path_arguments = [
        ArgumentView(
            name=_argument_name(prop.python_name),
            wire=prop.name.get_untrusted_value(),
            annotation=shape_of(prop, catalog, where).annotation(sent=True),
            doc=_parameter_doc(raw, prop.name.get_untrusted_value()),
        )
        for prop in endpoint.path_parameters
    ]
    body, body_arguments, positional, sent = _body(where, endpoint, catalog)
    billing = raw.get("x-billing", {})
    view = OperationView(
        resource=resource,
        method_name=name,
        tag=tag,
        http_method=method.upper(),
        path=path,
        path_parts=_path_parts(path, path_arguments),
        billing=_one_of(where, "x-billing.charge", billing.get("charge", "unknown"), ("paid", "free", "unknown")),
        effect=_one_of(where, "x-effect", raw.get("x-effect", _usual_effect(method)), ("creates", "reads")),
        unwrap=sdk.get("unwrap"),
        summary=_sentence(raw.get("summary") or raw["operationId"]),
        description=plain(raw.get("description", "")),
        note=_billing_note(billing),
        positional=[*path_arguments, *positional],
        keywords=body_arguments,
        body=body,
        result=result,
        bare=bare,
        overloads=_overloads(where, sdk, result, bare, sent),
        null_is_empty=set(result.kinds) == {"list", "NoneType"},
        sent=sent,
        raises=list(_raises(endpoint, billing)),
    )
    names = [argument.name for argument in view.arguments]
    if len(set(names)) != len(names):
        raise GenerationError(f"{where}: two arguments of {view.name} would have the same name.")
    return view


def _method_name(sdk: dict[str, Any], operation_id: str) -> str:
    """The method's name as `x-sdk` says it; a builtin such as `list` is a fine method name."""
    wanted = sdk.get("method")
    if isinstance(wanted, str) and wanted.isidentifier() and wanted.islower() and not wanted.startswith("_"):
        return wanted
    return PythonIdentifier(UntrustedString(wanted or operation_id), "call_")


def _one_of(where: str, name: str, value: object, allowed: tuple[str, ...]) -> str:
    """The member name of a value that becomes code: only what is allowed may."""
    if value not in allowed:
        raise GenerationError(f"{where}: {name} is {value!r}; it is one of {', '.join(allowed)}.")
    return str(value).upper()


def _usual_effect(method: str) -> str:
    return "reads" if method in ("get", "head", "options") else "creates"


def _refuse_unsupported(where: str, endpoint: Endpoint) -> None:
    for kind in ("query", "header", "cookie"):
        if found := getattr(endpoint, f"{kind}_parameters"):
            raise GenerationError(f"{where}: the {kind} parameter {found[0].python_name} is not supported.")
    if len(endpoint.bodies) > 1:
        raise GenerationError(f"{where}: several request media types are not supported.")
    if endpoint.bodies and endpoint.bodies[0].body_type is not BodyType.JSON:
        raise GenerationError(f"{where}: a {endpoint.bodies[0].body_type} request body is not supported.")


def _result(where: str, sdk: dict[str, Any], endpoint: Endpoint, catalog: Catalog) -> tuple[Shape, Shape | None]:
    """The shape of what a call returns, and of a body that comes without the envelope, if one may."""
    patterns = endpoint.responses.patterns
    good = [each for each in patterns if each.status_code.range and each.status_code.range[0] // 100 == 2]
    if not good:
        raise GenerationError(f"{where}: no 2xx response.")
    if any(each.source["attribute"] != "response.json()" for each in good):
        raise GenerationError(f"{where}: only JSON results are supported.")
    found = {_read_shapes(where, sdk.get("unwrap"), each.prop, catalog) for each in good}
    if len(found) > 1:
        raise GenerationError(f"{where}: its 2xx responses have different schemas.")
    return found.pop()


def _read_shapes(where: str, unwrap: str | None, prop: Property, catalog: Catalog) -> tuple[Shape, Shape | None]:
    if unwrap is None:
        return shape_of(prop, catalog, where), None
    wrapped: list[Shape] = []
    bare: list[Shape] = []
    for each in prop.inner_properties if isinstance(prop, UnionProperty) else [prop]:
        member = _member(each, unwrap, catalog)
        (bare if member is None else wrapped).append(shape_of(member or each, catalog, where))  # type: ignore[arg-type]
    if not wrapped:
        raise GenerationError(f"{where}: x-sdk unwraps {unwrap!r}, which no 2xx body has.")
    return union(wrapped, where), union(bare, where) if bare else None


def _member(prop: object, name: str, catalog: Catalog) -> Property | None:
    members = catalog.properties(prop.class_info.name) if isinstance(prop, ModelProperty) else []
    return next((member for member in members if member.name == name), None)


def _body(
    where: str, endpoint: Endpoint, catalog: Catalog
) -> tuple[str | None, list[ArgumentView], list[ArgumentView], list[Shape]]:
    """The expression that makes the body, its keyword arguments, its positional ones, and what is sent."""
    if not endpoint.bodies:
        return None, [], [], []
    prop: Any = endpoint.bodies[0].prop
    shape = shape_of(prop, catalog, where)
    if not isinstance(prop, ModelProperty):
        argument = ArgumentView("request", "", shape.annotation(sent=True), "The request body.")
        return "request", [], [argument], [shape]
    arguments: list[ArgumentView] = []
    shapes: list[Shape] = []
    for member in catalog.properties(prop.class_info.name):
        inner = shape_of(member, catalog, where)
        shapes.append(inner)
        arguments.append(
            ArgumentView(
                name=_argument_name(member.python_name),
                wire=member.name.get_untrusted_value(),
                annotation=inner.annotation(sent=True) if member.required else inner.optional(sent=True),
                doc=member_doc(prop, member),
                default=None if member.required else "UNSET",
            )
        )
    pairs = ", ".join(f"{argument.wire!a}: {argument.name}" for argument in arguments)
    return f"{{{pairs}}}", arguments, [], shapes


def _overloads(
    where: str, sdk: dict[str, Any], result: Shape, bare: Shape | None, sent: list[Shape]
) -> list[tuple[str, str]]:
    """(annotation of the request, annotation of the result): `x-sdk.bare` says which variants may answer bare."""
    if bare is None or "bare" not in sdk:
        return []
    variants = [name for shape in sent for name, _ in shape.models]
    if not set(sdk["bare"]) < set(variants):
        raise GenerationError(
            f"{where}: x-sdk.bare names {', '.join(sdk['bare'])}; the variants are {', '.join(variants)}."
        )
    wrapped = result.annotation(sent=False)
    others = [name for name in variants if name not in sdk["bare"]]
    return [
        (" | ".join(others), wrapped),
        (" | ".join(sdk["bare"]), f"{wrapped} | {bare.annotation(sent=False)}"),
    ]


def _argument_name(name: str) -> str:
    return f"{name}_" if name in _TAKEN else name


def _path_parts(path: str, arguments: Iterable[ArgumentView]) -> list[tuple[str, str]]:
    """The path as ("text", literal) and ("argument", name) parts, so that no text becomes code."""
    by_wire = {argument.wire: argument.name for argument in arguments}
    parts: list[tuple[str, str]] = []
    for index, piece in enumerate(re.split(r"{([^{}]+)}", path)):
        if index % 2 == 1:
            if piece not in by_wire:
                raise GenerationError(f"{path}: no path parameter is called {piece!r}.")
            parts.append(("argument", by_wire[piece]))
        elif piece:
            parts.append(("text", piece))
    return parts


def _parameter_doc(raw: dict[str, Any], name: str) -> str:
    for parameter in raw.get("parameters", []):
        if parameter.get("name") == name:
            return plain(parameter.get("description", ""))
    return ""


def _billing_note(billing: dict[str, Any]) -> str:
    charge = {
        "paid": "Charged per call; never repeated when the outcome is unclear.",
        "free": "Not charged.",
    }.get(billing.get("charge", ""), "Whether it is charged is not known; it is treated as charged.")
    note = billing.get("note", "")
    return f"{charge} {plain(note)}".strip()


def _raises(endpoint: Endpoint, billing: dict[str, Any]) -> Iterable[tuple[str, str]]:
    for response in endpoint.responses.patterns:
        error = _RAISES.get(response.status_code.pattern)
        if error:
            yield error, plain(getattr(response.data, "description", ""))
    if billing.get("charge") == "free":
        yield "ServerError", "The gateway or its upstream failed."
    else:
        yield "OutcomeUnknownError", "Whether the call was done is not known. It is not sent again."


def _sentence(value: str) -> str:
    return value if value.endswith((".", "!", "?")) else f"{value}."
