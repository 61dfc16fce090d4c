"""Descriptions with the same meaning in other words, or with additions: no change is breaking."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.diff import Severity, compare
from scripts.tests.diff.diff_policy import unwritten
from scripts.tests.generator.small_descriptions import body, describe, operation

TEXT: dict[str, Any] = {"type": "string"}
CAT: dict[str, Any] = {"type": "object", "required": ["meow"], "properties": {"meow": TEXT}}
DOG: dict[str, Any] = {"type": "object", "required": ["bark"], "properties": {"bark": TEXT}}
TAGGED = {
    name: {"type": "object", "required": ["kind"], "properties": {"kind": TEXT, name.lower(): TEXT}}
    for name in ("Cat", "Dog")
}
PETS = [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]


def get(schemas: dict[str, Any] | None = None, *, servers: Any = None, **parts: Any) -> dict[str, Any]:
    """Return a description with one operation, some parts of which are given."""
    more = {"servers": servers} if servers else {}
    return describe({"/a": {"get": {**operation("getA"), **parts}}}, schemas, **more)


def answer(schema: Any = TEXT, media: str = "application/json", status: str = "200") -> dict[str, Any]:
    return {status: {"description": "Done.", "content": {media: {"schema": schema}}}}


def server(url: str, **variables: Any) -> dict[str, Any]:
    return get(servers=[{"url": url, **({"variables": variables} if variables else {})}])


def secured(scheme: dict[str, Any]) -> dict[str, Any]:
    paths = {"/a": {"get": operation("getA", security=[{"key": []}])}}
    return describe(paths, components={"schemas": {}, "securitySchemes": {"key": scheme}})


def oauth(**scopes: str) -> dict[str, Any]:
    return secured({"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "https://t.test", "scopes": scopes}}})


def number(form: str, **more: Any) -> dict[str, Any]:
    kind = {"byte": "string", "double": "number", "float": "number"}.get(form, "integer")
    fields = {"a": {"type": kind, "format": form}, **more}
    return get(responses=answer({"type": "object", "required": ["a"], "properties": fields}))


def pets(mapping: dict[str, str] | None) -> dict[str, Any]:
    discriminator = {"propertyName": "kind", **({"mapping": mapping} if mapping else {})}
    return get(TAGGED, responses=answer({"oneOf": PETS, "discriminator": discriminator}))


def header(name: str) -> dict[str, Any]:
    return get(responses={"200": {"description": "Done.", "headers": {name: {"required": True, "schema": TEXT}}}})


def parameter(name: str) -> dict[str, Any]:
    return get(parameters=[{"name": name, "in": "header", "schema": TEXT}])


SMALL = server("https://small.test")
LONG_NAMES = {"cat": "#/components/schemas/Cat", "dog": "#/components/schemas/Dog"}
CAT_WITH_AGE = {**CAT, "properties": {**CAT["properties"], "age": {"type": "integer"}}}
HOOK = {"hook": {"post": operation("hear")}}
SAME: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "media type with charset": (
        get(responses=answer()),
        get(responses=answer(media="application/json; charset=utf-8")),
    ),
    "media type with quoted charset": (
        get(responses=answer(media='application/json; Charset="UTF-8"')),
        get(responses=answer()),
    ),
    "media type in capitals": (get(responses=answer()), get(responses=answer(media="Application/JSON"))),
    "media type of a request in capitals": (
        get(requestBody=body(CAT)),
        get(requestBody=body(CAT, "application/JSON;charset=utf-8")),
    ),
    "parameters of a media type in another order": (
        get(responses=answer(media="application/json; a=1; b=2")),
        get(responses=answer(media="application/json;b=2;a=1")),
    ),
    "server with a slash": (SMALL, server("https://small.test/")),
    "server in capitals": (SMALL, server("HTTPS://Small.TEST")),
    "server with the usual port": (SMALL, server("https://small.test:443")),
    "server on http with the usual port": (server("http://small.test/v1"), server("http://small.test:80/v1/")),
    "server with dots and escapes": (server("https://small.test/v1"), server("https://small.test/x/../%761")),
    "server with the default of a variable": (SMALL, server("https://{name}.test", name={"default": "small"})),
    "server with one more value of a variable": (
        server("https://{name}.test", name={"default": "small", "enum": ["small"]}),
        server("https://{name}.test", name={"default": "small", "enum": ["small", "big"]}),
    ),
    "authentication scheme in capitals": (
        secured({"type": "http", "scheme": "bearer"}),
        secured({"type": "http", "scheme": "Bearer"}),
    ),
    "header of a key in capitals": (
        secured({"type": "apiKey", "in": "header", "name": "x-key"}),
        secured({"type": "apiKey", "in": "header", "name": "X-Key"}),
    ),
    "one more scope": (oauth(read="Read."), oauth(read="Read.", write="Write.")),
    "a scope in other words": (oauth(read="Read."), oauth(read="Read it.")),
    "response header in capitals": (header("X-Cost"), header("x-cost")),
    "header parameter in capitals": (parameter("X-Trace"), parameter("x-trace")),
    "class of statuses written out": (get(responses=answer(status="2XX")), get(responses=answer())),
    "class of statuses written out twice": (
        get(responses=answer(status="2xx")),
        get(responses={**answer(), **answer(status="201")}),
    ),
    "status next to an equal default": (
        get(responses=answer(status="default")),
        get(responses={**answer(), **answer(status="default")}),
    ),
    "status that only the default is left of": (
        get(responses={**answer(), **answer(status="default")}),
        get(responses=answer(status="default")),
    ),
    "a webhook is new": (get(), {**get(), "webhooks": HOOK}),
    "a webhook in other words": (
        {**get(), "webhooks": HOOK},
        {**get(), "webhooks": {"hook": {"post": {**operation("hear"), "summary": "Hear."}}}},
    ),
    "a callback is new": (get(), get(callbacks={"done": {"{$request.body#/url}": {"post": operation("hear")}}})),
    "the dialect is written down": (
        get(),
        {**get(), "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base"},
    ),
    **{
        f"a field next to a required {form}": (number(form), number(form, more=TEXT))
        for form in ("int32", "int64", "double", "float", "byte", "unheard-of")
    },
    "a field of an untagged branch": (
        get({"Cat": CAT, "Dog": DOG}, responses=answer({"oneOf": PETS})),
        get({"Cat": CAT_WITH_AGE, "Dog": DOG}, responses=answer({"oneOf": PETS})),
    ),
    "a field of a branch without a name": (
        get(responses=answer({"oneOf": [CAT, DOG]})),
        get(responses=answer({"oneOf": [CAT_WITH_AGE, DOG]})),
    ),
    "short names in a mapping": (pets(LONG_NAMES), pets({"cat": "Cat", "dog": "Dog"})),
    "a mapping that says what holds anyway": (pets(None), pets({"Cat": "#/components/schemas/Cat", "Dog": "Dog"})),
}
# The same places changed for real.
OTHER: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "another charset": (
        get(responses=answer(media="text/plain")),
        get(responses=answer(media="text/plain; charset=latin1")),
        "media-type-added",
    ),
    "another version in the media type": (
        get(responses=answer(media="application/json; v=1")),
        get(responses=answer(media="application/json; v=2")),
        "media-type-added",
    ),
    "another path of the server": (server("https://small.test/v1"), server("https://small.test/V1"), "server-removed"),
    "another port": (SMALL, server("https://small.test:8443"), "server-removed"),
    "a value of a server variable is gone": (
        server("https://{name}.test", name={"default": "small", "enum": ["small", "big"]}),
        SMALL,
        "server-removed",
    ),
    "a key in the query in capitals": (
        secured({"type": "apiKey", "in": "query", "name": "key"}),
        secured({"type": "apiKey", "in": "query", "name": "Key"}),
        "security-removed",
    ),
    "a scope is not offered any more": (oauth(read="Read.", write="Write."), oauth(read="Read."), "scope-removed"),
    "a class of statuses written out as something else": (
        get(responses=answer(status="2XX")),
        get(responses=answer({"type": "integer"})),
        "type-other",
    ),
    "a status next to another default": (
        get(responses=answer(status="default")),
        get(responses={**answer({"type": "integer"}), **answer(status="default")}),
        "type-other",
    ),
    "names that lead elsewhere": (
        pets({"a": "Cat", "b": "Dog"}),
        pets({"a": "Dog", "b": "#/components/schemas/Cat"}),
        "discriminator",
    ),
    "a callback is gone": (
        get(callbacks={"done": {"{$url}": {"post": operation("hear")}}}),
        get(),
        "callback-removed",
    ),
    "a webhook sends something else": (
        {**get(), "webhooks": HOOK},
        {**get(), "webhooks": {"hook": {"post": operation("hear", requestBody=body(CAT))}}},
        "callback-changed",
    ),
    "another dialect": (
        get(),
        {**get(), "jsonSchemaDialect": "http://json-schema.org/draft-07/schema#"},
        "unknown-keyword",
    ),
    "integers that may be larger": (number("int32"), number("int64"), "format-wider"),
}


@pytest.mark.parametrize("name", SAME)
def test_same_meaning_breaks_nothing(name: str) -> None:
    changes = compare(*SAME[name])
    assert changes
    assert unwritten(changes) == set()
    assert [change for change in changes if change.severity is Severity.BREAKING] == []


@pytest.mark.parametrize("name", OTHER)
def test_other_meaning_breaks(name: str) -> None:
    old, new, kind = OTHER[name]
    changes = compare(old, new)
    assert unwritten(changes) == set()
    assert kind in {change.kind for change in changes if change.severity is Severity.BREAKING}, changes
