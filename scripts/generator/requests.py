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
from openapi_python_client.parser.properties.list_property import ListProperty

from scripts.generator import media_types
from scripts.generator.generation_error import GenerationError
from scripts.generator.python_types import Catalog, Shape, member_doc, plain, plain_shape, shape_of, told

# Every call takes these beside its own arguments; the functions that make calls use them.
_TAKEN = frozenset({"timeout", "retries", "headers", "options", "call", "content", "path", "query", "lines", "request"})
# The parser's word for a body -> the function that writes it, and the media type that it writes by itself.
_MAKERS = {
    BodyType.JSON: ("encode_json_body", media_types.JSON),
    BodyType.DATA: ("encode_form_body", media_types.FORM),
    BodyType.FILES: ("encode_multipart_body", media_types.MULTIPART),
    BodyType.CONTENT: ("encode_raw_body", media_types.BYTES),
}
_FILE = Shape(names=("File", "bytes"), expected=("file",), kinds=("bytes",))


@frozen
class ArgumentView:
    """One argument of a method.

    Attributes:
        name: As users type it.
        wire: Its name in the body, the path, the query or the header.
        annotation: Its type.
        doc: What it is.
        default: What it is when it is left out; None when it must be given.
        listed: It is a list in a JSON body, which a text, a sequence too, must not be taken for.
    """

    name: str
    wire: str
    annotation: str
    doc: str
    default: str | None = None
    listed: bool = False


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
        media: Its media type, where the function does not write it by itself.
        sent: What the arguments are made of.
    """

    positional: list[ArgumentView]
    keywords: list[ArgumentView]
    path_parts: list[tuple[str, str]]
    query: list[ArgumentView]
    headers: list[ArgumentView]
    body: str | None
    maker: str | None
    media: str | None
    sent: list[Shape]


def request_view(where: str, path: str, raw: dict[str, Any], endpoint: Endpoint, catalog: Catalog) -> RequestView:
    """The arguments of an operation.

    Raises:
        GenerationError: It uses something that the templates do not support.
    """
    sent: list[Shape] = []
    described = _descriptions(raw)
    in_path, in_query, in_header = (
        [_parameter(where, prop, described, catalog, sent) for prop in group]
        for group in (endpoint.path_parameters, endpoint.query_parameters, endpoint.header_parameters)
    )
    described_media = next(iter(raw.get("requestBody", {}).get("content", {})), "")
    body, fields, positional = _body(where, endpoint.bodies, described_media, catalog, sent)
    maker, usual_media = _MAKERS[endpoint.bodies[0].body_type] if endpoint.bodies else (None, described_media)
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
        maker=maker,
        media=None if media_types.plain(described_media) == usual_media else described_media,
        sent=sent,
    )


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
    where: str, bodies: Sequence[Body], kind: str, catalog: Catalog, sent: list[Shape]
) -> tuple[str | None, list[ArgumentView], list[ArgumentView]]:
    """The expression that makes the body, its keyword arguments, and its positional ones."""
    if not bodies:
        return None, [], []
    (body,) = bodies
    prop: Any = body.prop
    if isinstance(prop, ModelProperty) and not catalog.is_map(prop.class_info.name):
        fields = list(_fields(where, prop, body.body_type, catalog, sent))
        pairs = ", ".join(f"{argument.wire!a}: {argument.name}" for argument in fields)
        return f"{{{pairs}}}", fields, []
    if body.body_type not in (BodyType.JSON, BodyType.CONTENT):
        raise GenerationError(f"{where}: a {body.body_type} request body that is no object is not supported.")
    raw = body.body_type is BodyType.CONTENT
    shape = plain_shape(text=media_types.is_text(kind)) if raw else shape_of(prop, catalog, where)
    sent.append(shape)
    annotation = shape.annotation(sent=True)
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
        shape = (_file_shape(member) if kind is BodyType.FILES else None) or shape_of(member, catalog, where)
        sent.append(shape)
        yield ArgumentView(
            name=_argument_name(member.python_name),
            wire=member.name.get_untrusted_value(),
            annotation=shape.annotation(sent=True) if member.required else shape.optional(sent=True),
            doc=member_doc(model, member),
            default=None if member.required else "UNSET",
            listed=kind is BodyType.JSON and "list" in shape.names and "str" not in shape.names,
        )


def _file_shape(member: Property) -> Shape | None:
    """The shape of a file in a multipart body, or of a list of files; None for anything else."""
    if isinstance(member, FileProperty):
        return _FILE
    if isinstance(member, ListProperty) and isinstance(member.inner_property, FileProperty):
        return Shape(names=("list",), expected=("array",), kinds=("list",), items=_FILE)
    return None


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
    return {
        each["name"]: told(plain(each.get("description", "")), deprecated=each.get("deprecated", False))
        for each in raw.get("parameters", [])
    }
