"""One operation as the templates render it: its arguments, its result and its docstring."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from attrs import evolve
from openapi_python_client.parser.bodies import BodyType
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import ModelProperty, Property
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.responses import Response
from openapi_python_client.schema import Reference
from openapi_python_client.schema.untrusted_string import UntrustedString

from scripts import media_types
from scripts.generator.client_view import ArgumentView, OperationView, RequestView, ResultView
from scripts.generator.generation_error import GenerationError
from scripts.generator.python_names import first_tag, name_argument, name_field, name_operation
from scripts.generator.python_types import BYTES, NULL, STRING, ParsedSchemas, PythonType, list_of, unite
from scripts.lint.operation_rules import CHARGES, EFFECTS
from scripts.openapi_document import (
    Operation,
    find_credential,
    find_effect,
    find_parameters,
    is_array,
    is_object,
    resolve,
)
from scripts.templates._status_errors import STATUS_ERRORS

# The parser's kind of a body -> the function that encodes it, and its usual media type.
_ENCODERS = {
    BodyType.JSON: ("encode_json_body", media_types.JSON),
    BodyType.DATA: ("encode_form_body", media_types.FORM),
    BodyType.FILES: ("encode_multipart_body", media_types.MULTIPART),
    BodyType.CONTENT: ("encode_raw_body", media_types.BYTES),
}
_FILE = PythonType(names=("File", "bytes"), json_types=("file",), classes=("bytes",))
_NOTHING = evolve(NULL, json_types=("nothing",))


def view_operation(
    description: Mapping[str, Any], operation: Operation, endpoint: Endpoint, schemas: ParsedSchemas
) -> OperationView:
    """Return everything that the templates say of one operation, without `x-sdk.poll` and `x-sdk.workflow`."""
    node = operation.node
    sdk: dict[str, Any] = node.get("x-sdk", {})
    billing: dict[str, Any] = node.get("x-billing", {})
    resource, method_name = name_operation(node)
    request = _view_request(description, operation, endpoint, schemas)
    result = _view_result(endpoint, sdk.get("unwrap"), schemas)
    summary = node.get("summary") or operation.id
    return OperationView(
        id=operation.id,
        resource=resource,
        method_name=method_name,
        tag=first_tag(node),
        http_method=operation.method.upper(),
        path=operation.path,
        billing=_enum_member("x-billing.charge", billing.get("charge", "unknown"), CHARGES),
        effect=_enum_member("x-effect", find_effect(operation.method, node), EFFECTS),
        unwrap=sdk.get("unwrap"),
        summary=summary if summary.endswith((".", "!", "?")) else f"{summary}.",
        description=format_doc(node.get("description"), deprecated=node.get("deprecated")),
        billing_note=_describe_billing(billing),
        request=request,
        result=result,
        overloads=_view_overloads(sdk.get("bare"), request, result),
        raises=list(_find_errors(endpoint, billing)),
        credential=_check_value("x-sdk.argument", find_credential(description, node), ("api_key", "access_token")),
        task=sdk.get("task"),
        price=_find_price(billing),
        address=_find_address(sdk.get("address"), result, schemas),
        unpriced=tuple(_find_unpriced(description, billing, request)),
    )


def _find_price(billing: Mapping[str, Any]) -> str | None:
    """Return the highest price of a call in US dollars; None when none is on record in that currency."""
    prices = billing.get("prices", [])
    listed: list[Mapping[str, Any]] = [each for each in prices if is_object(each)] if is_array(prices) else []
    amounts = [Decimal(str(each["amount"])) for each in listed if each.get("currency") == "USD"]
    return str(max(amounts)) if amounts else None


def _find_unpriced(
    description: Mapping[str, Any], billing: Mapping[str, Any], request: RequestView
) -> Iterator[tuple[str, tuple[tuple[str, object], ...]]]:
    """Yield each variant of `x-billing.unpriced` with the constants that no other variant of the request has."""
    schemas = description.get("components", {}).get("schemas", {})
    variants = [each.name for argument in request.arguments for each in argument.type.models]
    constants = {
        name: [
            (key, each["const"]) for key, each in schemas.get(name, {}).get("properties", {}).items() if "const" in each
        ]
        for name in variants
    }
    for name in billing.get("unpriced", []):
        others = [pair for other in variants if other != name for pair in constants[other]]
        own = tuple(pair for pair in constants.get(name, []) if pair not in others)
        if not own:
            raise GenerationError(
                f"x-billing.unpriced names {name}, which is not a variant that constants distinguish."
            )
        yield name, own


def format_doc(text: UntrustedString | str | None, *, deprecated: object = False) -> str:
    """Return a text of the description in one line. It is escaped where it is printed."""
    raw = text.get_untrusted_value() if isinstance(text, UntrustedString) else text
    words = ["Deprecated."] if deprecated is True else []
    return " ".join((*words, *(raw or "").split()))


def document_property(model: ModelProperty, prop: Property) -> str:
    """Return the description of a property: the one next to its `$ref`, else its schema's."""
    described = (model.data.properties or {}).get(prop.name)
    sibling = (described.model_extra or {}).get("description") if described is not None else None
    text = sibling if isinstance(sibling, str) else prop.description
    return format_doc(text, deprecated=getattr(described, "deprecated", False))


def _view_request(
    description: Mapping[str, Any], operation: Operation, endpoint: Endpoint, schemas: ParsedSchemas
) -> RequestView:
    nodes = [place.node for place in find_parameters(description, operation)]
    docs = {(n["in"], n["name"]): format_doc(n.get("description"), deprecated=n.get("deprecated")) for n in nodes}
    path = [_view_parameter(prop, "path", docs, schemas) for prop in endpoint.path_parameters]
    query = [_view_parameter(prop, "query", docs, schemas) for prop in endpoint.query_parameters]
    headers = [_view_parameter(prop, "header", docs, schemas) for prop in endpoint.header_parameters]
    whole_body: list[ArgumentView] = []
    fields: list[ArgumentView] = []
    body = encoder = other_media_type = None
    if endpoint.bodies:
        ((media_type, _),) = resolve(description, operation.node["requestBody"])["content"].items()
        kind, prop = endpoint.bodies[0].body_type, endpoint.bodies[0].prop
        if isinstance(prop, ModelProperty) and not schemas.is_map(prop.class_info.name):
            fields = list(_add_defaults(list(view_fields(prop, kind, schemas)), operation))
            body = f"{{{', '.join(f'{each.wire!a}: {each.name}' for each in fields)}}}"
        else:
            whole_body = [_view_whole_body(prop, kind, media_type, schemas)]
            body = whole_body[0].name
        encoder, usual = _ENCODERS[kind]
        other_media_type = None if media_types.strip_parameters(media_type) == usual else media_type
    positional, keywords = [*path, *whole_body], [*fields, *query, *headers]
    names = [argument.name for argument in (*positional, *keywords)]
    if len(set(names)) != len(names):
        raise GenerationError("two of its arguments would have the same name.")
    return RequestView(
        positional=positional,
        keywords=sorted(keywords, key=lambda argument: not argument.required),
        query=query,
        headers=headers,
        path_parts=list(_split_path(operation.path, path)),
        body=body,
        body_encoder=encoder,
        body_media_type=other_media_type,
    )


def _view_parameter(
    prop: Property, place: str, docs: Mapping[tuple[str, str], str], schemas: ParsedSchemas
) -> ArgumentView:
    wire, python_type = prop.name.get_untrusted_value(), schemas.type_of(prop)
    if python_type.models or (python_type.items and python_type.items.models):
        raise GenerationError(f"the parameter {wire} is an object, which is not supported.")
    name, doc = name_argument(prop.python_name), docs.get((place, wire), "")
    return ArgumentView(name, wire, place, python_type, prop.required, doc)


def view_fields(model: ModelProperty, kind: BodyType, schemas: ParsedSchemas) -> Iterator[ArgumentView]:
    """Yield the fields of a body as arguments."""
    for wire, (prop, member_type) in schemas.members(model.class_info.name).items():
        python_type = (_find_file_type(prop) if kind is BodyType.FILES else None) or member_type
        yield ArgumentView(
            name=name_argument(prop.python_name),
            wire=wire,
            place="body",
            type=python_type,
            required=prop.required,
            doc=document_property(model, prop),
            refuses_string=kind is BodyType.JSON and "list" in python_type.names and "str" not in python_type.names,
        )


def _add_defaults(fields: list[ArgumentView], operation: Operation) -> Iterator[ArgumentView]:
    """Yield the fields of a body, those of `x-sdk.defaults` with a value for when they are left out: other fields."""
    defaults: Any = operation.node.get("x-sdk", {}).get("defaults", {})
    names = {each.wire: each.name for each in fields if each.required}
    if not is_object(defaults) or not defaults.keys() <= {each.wire for each in fields}:
        raise GenerationError("x-sdk.defaults is not an object with fields of the body.")
    for each in fields:
        value = defaults.get(each.wire)
        if value is None:
            yield each
            continue
        others = value if is_array(value) else [value]
        if not others or not {*map(str, others)} <= names.keys() - defaults.keys():
            raise GenerationError(f"x-sdk.defaults: {each.wire} must be a required field, or a list of such fields.")
        texts = ", ".join(names[str(name)] for name in others)
        doc = f"{each.doc} By default {' and '.join(f'`{names[str(name)]}`' for name in others)}."
        yield evolve(each, required=False, fallback=f"[{texts}]" if is_array(value) else texts, doc=doc)


def _find_file_type(prop: Property) -> PythonType | None:
    """Return the type of a file in a multipart body, or of a list of files; None for anything else."""
    if isinstance(prop, FileProperty):
        return _FILE
    is_list = isinstance(prop, ListProperty) and isinstance(prop.inner_property, FileProperty)
    return list_of(_FILE) if is_list else None


def _view_whole_body(prop: Property, kind: BodyType, media_type: str, schemas: ParsedSchemas) -> ArgumentView:
    if kind is BodyType.CONTENT:
        python_type = STRING if media_types.is_text(media_type) else BYTES
    elif kind is BodyType.JSON:
        python_type = schemas.type_of(prop)
    else:
        raise GenerationError(f"a {kind} request body that is not an object is not supported.")
    return ArgumentView("request", "", "body", python_type, prop.required, "The request body.")


def _split_path(path: str, arguments: list[ArgumentView]) -> Iterator[tuple[str, str]]:
    names = {argument.wire: argument.name for argument in arguments}
    for index, piece in enumerate(re.split(r"{([^{}]+)}", path)):
        if index % 2 == 0 and piece:
            yield "text", piece
        elif index % 2 == 1:
            if piece not in names:
                raise GenerationError(f"no path parameter is called {piece!r}.")
            yield "argument", names[piece]


def _view_result(endpoint: Endpoint, unwrap: str | None, schemas: ParsedSchemas) -> ResultView:
    responses = [each for each in endpoint.responses.patterns if (each.status_code.range or (0,))[0] // 100 == 2]
    if not responses:
        raise GenerationError("no 2xx response.")
    first, *others = [_view_response(each, unwrap, schemas) for each in responses]
    if any(other != first for other in others):
        raise GenerationError("its 2xx responses have different schemas.")
    return first


def _view_response(response: Response, unwrap: str | None, schemas: ParsedSchemas) -> ResultView:
    if isinstance(response.data, Reference) or not response.data.content:
        return ResultView("NOTHING", _NOTHING)
    (media_type,) = (each.get_untrusted_value() for each in response.data.content)
    if not media_types.is_json(media_type):
        return ResultView("TEXT", STRING) if media_types.is_text(media_type) else ResultView("BYTES", BYTES)
    if unwrap is None:
        result = schemas.type_of(response.prop)
        required = [any(prop.required for prop, _ in schemas.members(name).values()) for name, _ in result.models]
        certain = bool(result.classes) and all(required) and result.values is None
        return ResultView("JSON", result, certain=certain)
    wrapped: list[PythonType] = []
    bare: list[PythonType] = []
    needs: dict[str, tuple[str, tuple[object, ...]]] = {}
    choices = response.prop.inner_properties if isinstance(response.prop, UnionProperty) else [response.prop]
    for choice in choices:
        if not isinstance(choice, ModelProperty):
            bare.append(schemas.type_of(choice))
            continue
        envelope = schemas.members(choice.class_info.name)
        if unwrap not in envelope:
            bare.append(schemas.type_of(choice))
            continue
        wrapped.append(envelope[unwrap][1])
        known = schemas.known_values(choice.class_info.name)
        for name, (prop, each) in envelope.items():
            if prop.required and name != unwrap:
                need = each.expected, known.get(name, ())
                needs[name] = _merge_needs(needs[name], need) if name in needs else need
    if not wrapped:
        raise GenerationError(f"x-sdk unwraps {unwrap!r}, which no 2xx body has.")
    return ResultView(
        "JSON",
        unite(wrapped),
        bare=unite(bare) if bare else None,
        needs=tuple((name, *need) for name, need in needs.items()),
    )


def _merge_needs(
    one: tuple[str, tuple[object, ...]], other: tuple[str, tuple[object, ...]]
) -> tuple[str, tuple[object, ...]]:
    """Combine what two envelopes say of the same member; without values, any value is allowed."""
    values = tuple(dict.fromkeys((*one[1], *other[1]))) if one[1] and other[1] else ()
    return (one[0] if one[0] == other[0] else f"{one[0]} or {other[0]}"), values


def _view_overloads(bare: list[str] | None, request: RequestView, result: ResultView) -> list[tuple[list[str], str]]:
    """Return the signatures by `x-sdk.bare`: the variants of the request whose result may have no envelope."""
    if result.bare is None or bare is None:
        return []
    variants = [model.name for each in request.arguments for model in each.type.models]
    if not set(bare) < set(variants):
        raise GenerationError(f"x-sdk.bare names {', '.join(bare)}; the variants are {', '.join(variants)}.")
    others = [name for name in variants if name not in bare]
    return [(others, result.annotate_type()), (bare, result.annotate())]


def _find_address(names: Any, result: ResultView, schemas: ParsedSchemas) -> tuple[str, ...]:
    """Return the fields of `x-sdk.address`: each shape of the result is a text or an object with one of them."""
    if names is None:
        return ()
    objects = [schemas.members(ref.name) for each in result.types for ref in each.models]
    texts = all({"dict", "str"}.issuperset(each.classes) for each in result.types)
    found = {wire: prop.python_name for each in objects for wire, (prop, _) in each.items()}
    if not is_array(names) or not texts or not all(len(each.keys() & {*names}) == 1 for each in objects):
        raise GenerationError("x-sdk.address: a result is neither a text nor an object with one of these fields.")
    if unknown := [name for name in names if name not in found]:
        raise GenerationError(f"x-sdk.address: no object has a field {unknown[0]}.")
    return tuple(name_field(found[name]) for name in names)


def _enum_member(keyword: str, value: object, allowed: tuple[str, ...]) -> str:
    """Return the name of the enum member for a value. It becomes code, so that only listed values are accepted."""
    return _check_value(keyword, value, allowed).upper()


def _check_value(keyword: str, value: object, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise GenerationError(f"{keyword} is {value!r}. Use one of {', '.join(allowed)}.")
    return str(value)


def _describe_billing(billing: Mapping[str, Any]) -> str:
    charge = {
        "paid": "Charged per call; never sent again when the outcome is unknown.",
        "free": "Not charged.",
    }.get(billing.get("charge", ""), "It is not known whether it is charged; the client treats it as charged.")
    return " ".join(filter(None, (charge, describe_prices(billing), format_doc(billing.get("note")))))


def describe_prices(billing: Mapping[str, Any]) -> str:
    """Return the prices of `x-billing` with the day on which each was read; "" when it says nothing of prices."""
    prices = billing.get("prices")
    if not is_array(prices):
        return "" if prices is None else f"Price: {prices}."
    if not all(is_object(each) and {"amount", "currency", "read"} <= each.keys() for each in prices):
        raise GenerationError("x-billing.prices is not a list of `{amount, currency, source, read}`.")
    found = [
        f"{each['amount']} {each['currency']}{f' for `{name}`' if (name := each.get('variant')) else ''}"
        f" (on record {each['read']})"
        for each in prices
    ]
    return f"Price: {', '.join(found)}."


def _find_errors(endpoint: Endpoint, billing: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for response in endpoint.responses.patterns:
        pattern, text = response.status_code.pattern, getattr(response.data, "description", None)
        if pattern.isdecimal() and (error := STATUS_ERRORS.get(int(pattern))):
            yield error.__name__, format_doc(text)
    if billing.get("charge") == "free":
        yield "ServerError", "The gateway or its upstream failed."
    else:
        reason = "The request was sent, but it is unknown whether the call was done. It is not sent again."
        yield "OutcomeUnknownError", reason
