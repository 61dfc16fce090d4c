"""How one operation is asked for: its arguments, and where each of them goes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from attrs import frozen
from openapi_python_client.parser.bodies import Body, BodyType
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import ModelProperty, Property
from openapi_python_client.parser.properties.file import FileProperty

from scripts.generator.errors import GenerationError
from scripts.generator.shapes import Catalog, Shape, member_doc, plain, shape_of

# Every call takes these beside its own arguments; the functions that make calls use them.
_TAKEN = frozenset({"timeout", "retries", "headers", "options", "call", "content", "path", "query", "lines", "request"})
# How OpenAPI writes a parameter unless it says otherwise; nothing else is supported.
_USUAL_STYLES = {"path": ("simple", False), "query": ("form", True), "header": ("simple", False)}
_MAKERS = {
    BodyType.JSON: "json_body",
    BodyType.DATA: "form_body",
    BodyType.FILES: "multipart_body",
    BodyType.CONTENT: "raw_body",
}
_FILE = Shape(names=("File", "bytes"), expected=("file",), kinds=("bytes",))


@frozen
class ArgumentView:
    """One argument of a method. `wire` is its name in the body, the path, the query or the header."""

    name: str
    wire: str
    annotation: str
    doc: str
    default: str | None = None


@frozen
class RequestView:
    """The arguments of an operation, and where they go.

    Attributes:
        positional: What is given without a name: path parameters, and a body with variants.
        keywords: What is given by name.
        path_parts: The path as ("text", literal) and ("argument", name) parts, so that no text becomes code.
        query: Arguments that go into the query.
        headers: Arguments that go into headers.
        body: The expression that is sent as the body; None without one.
        maker: The function that makes the bytes of it.
        sent: What the arguments are made of.
    """

    positional: list[ArgumentView]
    keywords: list[ArgumentView]
    path_parts: list[tuple[str, str]]
    query: list[ArgumentView]
    headers: list[ArgumentView]
    body: str | None
    maker: str | None
    sent: list[Shape]


def request_view(where: str, path: str, raw: dict[str, Any], endpoint: Endpoint, catalog: Catalog) -> RequestView:
    """The arguments of an operation.

    Raises:
        GenerationError: It uses something that the templates do not support.
    """
    _refuse_unsupported(where, raw, endpoint)
    sent: list[Shape] = []
    described = _descriptions(raw)
    in_path, in_query, in_header = (
        [_parameter(where, prop, described, catalog, sent) for prop in group]
        for group in (endpoint.path_parameters, endpoint.query_parameters, endpoint.header_parameters)
    )
    body, fields, positional = _body(where, endpoint.bodies, catalog, sent)
    keywords = [*fields, *in_query, *in_header]
    names = [argument.name for argument in (*in_path, *positional, *keywords)]
    if len(set(names)) != len(names):
        raise GenerationError(f"{where}: two of its arguments would have the same name.")
    return RequestView(
        positional=[*in_path, *positional],
        keywords=sorted(keywords, key=lambda argument: argument.default is not None),
        path_parts=_path_parts(path, in_path),
        query=in_query,
        headers=in_header,
        body=body,
        maker=_MAKERS[endpoint.bodies[0].body_type] if endpoint.bodies else None,
        sent=sent,
    )


def _refuse_unsupported(where: str, raw: dict[str, Any], endpoint: Endpoint) -> None:
    if endpoint.cookie_parameters:
        raise GenerationError(f"{where}: the cookie parameter {endpoint.cookie_parameters[0].name} is not supported.")
    for parameter in raw.get("parameters", []):
        name, place = parameter.get("name"), parameter.get("in")
        if "schema" not in parameter and "$ref" not in parameter:
            raise GenerationError(f"{where}: the parameter {name} has no schema, and is not supported.")
        if place in _USUAL_STYLES:
            style, explode = _USUAL_STYLES[place]
            if parameter.get("style", style) != style or parameter.get("explode", explode) != explode:
                raise GenerationError(f"{where}: the style of the {place} parameter {name} is not supported.")
    if len(endpoint.bodies) > 1:
        raise GenerationError(f"{where}: several request media types are not supported.")


def _parameter(
    where: str, prop: Property, described: dict[str, str], catalog: Catalog, sent: list[Shape]
) -> ArgumentView:
    shape = shape_of(prop, catalog, where)
    wire = prop.name.get_untrusted_value()
    if shape.models or (shape.items and shape.items.models):
        raise GenerationError(f"{where}: the parameter {wire} is an object, which is not supported.")
    sent.append(shape)
    return ArgumentView(
        name=_argument_name(prop.python_name),
        wire=wire,
        annotation=shape.annotation(sent=True) if prop.required else shape.optional(sent=True),
        doc=described.get(wire, ""),
        default=None if prop.required else "UNSET",
    )


def _body(
    where: str, bodies: Sequence[Body], catalog: Catalog, sent: list[Shape]
) -> tuple[str | None, list[ArgumentView], list[ArgumentView]]:
    """The expression that makes the body, its keyword arguments, and its positional ones."""
    if not bodies:
        return None, [], []
    (body,) = bodies
    prop: Any = body.prop
    if isinstance(prop, ModelProperty):
        fields = list(_fields(where, prop, body.body_type, catalog, sent))
        pairs = ", ".join(f"{argument.wire!a}: {argument.name}" for argument in fields)
        return f"{{{pairs}}}", fields, []
    if body.body_type not in (BodyType.JSON, BodyType.CONTENT):
        raise GenerationError(f"{where}: a {body.body_type} request body that is no object is not supported.")
    shape = _FILE if body.body_type is BodyType.CONTENT else shape_of(prop, catalog, where)
    sent.append(shape)
    annotation = "bytes" if shape is _FILE else shape.annotation(sent=True)
    argument = ArgumentView(
        "request",
        "",
        annotation if prop.required else f"{annotation} | Unset",
        "The request body.",
        None if prop.required else "UNSET",
    )
    return "request", [], [argument]


def _fields(
    where: str, model: ModelProperty, kind: BodyType, catalog: Catalog, sent: list[Shape]
) -> Iterator[ArgumentView]:
    for member in catalog.properties(model.class_info.name):
        file = isinstance(member, FileProperty) and kind is BodyType.FILES
        shape = _FILE if file else shape_of(member, catalog, where)
        sent.append(shape)
        yield ArgumentView(
            name=_argument_name(member.python_name),
            wire=member.name.get_untrusted_value(),
            annotation=shape.annotation(sent=True) if member.required else shape.optional(sent=True),
            doc=member_doc(model, member),
            default=None if member.required else "UNSET",
        )


def _argument_name(name: str) -> str:
    return f"{name}_" if name in _TAKEN else name


def _path_parts(path: str, arguments: Sequence[ArgumentView]) -> list[tuple[str, str]]:
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


def _descriptions(raw: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: plain(each.get("description", "")) for each in raw.get("parameters", []) if "name" in each}
