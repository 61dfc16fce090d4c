"""Does our overlay tool do what another implementation does, for every kind of action of Overlay 1.0 and 1.1?"""

from __future__ import annotations

from copy import deepcopy
from importlib import import_module
from typing import Any

import pytest

from scripts.openapi_document import same_json
from scripts.overlay.__main__ import apply_overlay

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Songs", "version": "1.0.0", "contact": {"name": "A", "email": "a@songs.example"}},
    "servers": [{"url": "https://songs.example"}, {"url": "https://test.songs.example", "description": "Test"}],
    "tags": [{"name": "songs"}, {"name": "people", "description": "Who sings."}],
    "paths": {
        "/songs": {
            "get": {
                "operationId": "listSongs",
                "tags": ["songs"],
                "parameters": [
                    {"name": "filter", "in": "query", "schema": {"type": "string"}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}},
                ],
                "responses": {"200": {"description": "Songs."}, "default": {"description": "An error."}},
            },
            "post": {"operationId": "makeSong", "tags": ["songs"], "x-internal": True, "responses": {}},
        },
        "/songs/{id}": {
            "get": {"operationId": "getSong", "responses": {"200": {"description": "A song."}}},
            "delete": {"operationId": "dropSong", "x-internal": True, "deprecated": True, "responses": {}},
        },
    },
    "components": {
        "schemas": {
            "Song": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
            "Empty": {},
        }
    },
}
SONG = "$.components.schemas.Song"

# The kinds of the specifications: structured, targeted, wildcard and array overlays, traits, removal, copy.
ACTIONS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "structured": (
        "1.0.0",
        [{"target": "$", "update": {"info": {"x-owner": "us"}, "paths": {"/songs": {"get": {"x-a": 1}}}}}],
    ),
    "root member": ("1.0.0", [{"target": "$", "update": {"externalDocs": {"url": "https://songs.example/docs"}}}]),
    "root replaces a text": ("1.0.0", [{"target": "$", "update": {"openapi": "3.1.1"}}]),
    "targeted by name": ("1.0.0", [{"target": "$.info", "update": {"title": "More songs", "summary": "Short."}}]),
    "nested merge": (
        "1.0.0",
        [{"target": "$.info", "update": {"contact": {"email": "b@songs.example", "url": "https://b.example"}}}],
    ),
    "targeted by quoted name": (
        "1.0.0",
        [{"target": "$.paths['/songs'].get", "update": {"description": "Lists songs."}}],
    ),
    "targeted in double quotes": (
        "1.0.0",
        [{"target": '$.paths["/songs/{id}"].get', "update": {"description": "One song."}}],
    ),
    "bracketed names only": ("1.0.0", [{"target": "$['paths']['/songs']['get']", "update": {"x-a": 1}}]),
    "wildcard of members": ("1.0.0", [{"target": "$.paths.*.get", "update": {"x-safe": True}}]),
    "wildcard in brackets": ("1.0.0", [{"target": "$.paths[*]", "update": {"x-owner": "us"}}]),
    "two wildcards": ("1.0.0", [{"target": "$.paths.*.*", "update": {"x-seen": {"on": "2026-11-27"}}}]),
    "wildcard of items": ("1.0.0", [{"target": "$.servers[*]", "update": {"x-region": "eu"}}]),
    "descendants": ("1.0.0", [{"target": "$..responses", "update": {"500": {"description": "Broken."}}}]),
    "descendants with a name": ("1.0.0", [{"target": "$..schema", "update": {"x-checked": True}}]),
    "index": ("1.0.0", [{"target": "$.servers[1]", "update": {"description": "For tests"}}]),
    "entry is appended": (
        "1.0.0",
        [{"target": "$.paths['/songs'].get.parameters", "update": {"name": "page", "in": "query"}}],
    ),
    "text is appended": ("1.0.0", [{"target": f"{SONG}.required", "update": "title"}]),
    "list inside an update is concatenated": ("1.0.0", [{"target": SONG, "update": {"required": ["title", "length"]}}]),
    "filter by a value": ("1.0.0", [{"target": "$.tags[?@.name=='people']", "update": {"description": "Who plays."}}]),
    "filter by presence": ("1.0.0", [{"target": "$.paths.*[?@.deprecated]", "update": {"summary": "Gone soon."}}]),
    "filter by a number": (
        "1.0.0",
        [{"target": "$..parameters[?@.schema.maximum > 50].schema", "update": {"default": 10}}],
    ),
    "removed member": ("1.0.0", [{"target": "$.info.contact", "remove": True}]),
    "removed item": ("1.0.0", [{"target": "$.servers[0]", "remove": True}]),
    "removed by a filter": ("1.0.0", [{"target": "$.tags[?@.name=='people']", "remove": True}]),
    "removed by wildcards": ("1.0.0", [{"target": "$.paths.*.*.tags", "remove": True}]),
    "replaced by removal": (
        "1.0.0",
        [{"target": "$.tags", "remove": True}, {"target": "$", "update": {"tags": [{"name": "new"}]}}],
    ),
    "removal goes before an update": ("1.0.0", [{"target": "$.info.contact", "remove": True, "update": {"name": "B"}}]),
    "later actions see earlier ones": (
        "1.0.0",
        [{"target": "$.info", "update": {"license": {}}}, {"target": "$.info.license", "update": {"name": "MIT"}}],
    ),
    "trait": ("1.0.0", [{"target": "$.paths.*[?@.operationId=='listSongs']", "update": {"x-paged": True}}]),
    "text is replaced": ("1.1.0", [{"target": "$.info.title", "update": "Other songs"}]),
    "texts are replaced": ("1.1.0", [{"target": "$.paths.*.*.responses.*.description", "update": "See the guide."}]),
    "number is replaced": ("1.1.0", [{"target": "$..maximum", "update": 50}]),
    "list is concatenated": ("1.1.0", [{"target": "$.tags", "update": [{"name": "a"}, {"name": "b"}]}]),
    "copy of an object": ("1.1.0", [{"target": "$.components.schemas.Empty", "copy": SONG}]),
    "copy of a text": ("1.1.0", [{"target": "$.info.title", "copy": "$.info.version"}]),
    "copy goes before an update": (
        "1.1.0",
        [{"target": "$.components.schemas.Empty", "copy": SONG, "update": {"type": "string"}}],
    ),
    "move": (
        "1.1.0",
        [
            {"target": "$.paths", "update": {"/tunes": {}}},
            {"target": "$.paths['/tunes']", "copy": "$.paths['/songs']"},
            {"target": "$.paths['/songs']", "remove": True},
        ],
    ),
}


# The other tool ends in a TypeError on an item of a list; what the specifications ask is written down instead.
ITEMS: dict[str, tuple[str, Any]] = {
    "wildcard of items": ("servers", [server | {"x-region": "eu"} for server in DOCUMENT["servers"]]),
    "index": ("servers", [DOCUMENT["servers"][0], DOCUMENT["servers"][1] | {"description": "For tests"}]),
    "filter by a value": ("tags", [DOCUMENT["tags"][0], {"name": "people", "description": "Who plays."}]),
}


def _overlay(kind: str) -> dict[str, Any]:
    version, actions = ACTIONS[kind]
    return {"overlay": version, "info": {"title": kind, "version": "1"}, "actions": actions}


@pytest.mark.parametrize("kind", ITEMS)
def test_item_of_a_list_is_updated(kind: str) -> None:
    member, expected = ITEMS[kind]
    assert same_json(apply_overlay(DOCUMENT, _overlay(kind)).data, DOCUMENT | {member: expected})


@pytest.mark.slow
def test_other_tool_agrees() -> None:
    oracle: Any = import_module("oas_patch.overlay")  # ships no types
    compared = [kind for kind in ACTIONS if kind not in ITEMS]
    assert len(compared) >= 30
    wrong: list[str] = []
    for kind in compared:
        expected = oracle.apply_overlay(deepcopy(DOCUMENT), deepcopy(_overlay(kind)))
        found = apply_overlay(DOCUMENT, _overlay(kind)).data
        if not same_json(found, expected) or same_json(found, DOCUMENT):
            wrong.append(kind)
    assert wrong == []
