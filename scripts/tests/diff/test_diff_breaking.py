"""Is each breaking change reported as one, at its place and by the name that users know?"""

from __future__ import annotations

from typing import Any

import pytest

from scripts.diff import Severity, compare
from scripts.tests.diff.diff_policy import unwritten
from scripts.tests.diff.diff_sample import (
    GONE,
    JSON,
    LIST,
    ONE,
    POST,
    QUERY,
    REMIX,
    REQUEST,
    SCHEMAS,
    SONG,
    SONG_ID,
    C,
    sample,
)

TEMPO = {"type": "number", "description": "Beats."}
CHOIR: dict[str, Any] = {"type": "object", "description": "A choir.", "required": ["singers"], "properties": {}}
HTML = {"schema": {"type": "string"}}
PAGE: dict[str, Any] = {"name": "limit", "in": "query", "description": "How many.", "schema": {"type": "integer"}}
ENTRY = {"source": "page", "says": "More.", "status": "contested"}

# fmt: off
# What is edited; the kind of the one breaking change, its pointer, and what it is in the client.
BREAKING: dict[str, tuple[dict[str, Any], str, str, str]] = {
    # What is sent: requests
    "a field must be sent that could be left out": (
        {f"{C}/SongRequest/required": ["title", "mood", "tags"]},
        "field-required", f"{C}/SongRequest/required", "songs.create(tags=)",
    ),
    "a new field must be sent": (
        {f"{REQUEST}/tempo": TEMPO, f"{C}/SongRequest/required/-": "tempo"},
        "field-added-required", f"{REQUEST}/tempo", "songs.create(tempo=)",
    ),
    "a field that could be sent is gone": (
        {f"{REQUEST}/tags": GONE}, "field-removed", f"{REQUEST}/tags", "songs.create(tags=)",
    ),
    "a field that is sent has another name": (
        {f"{REQUEST}/tags": GONE, f"{REQUEST}/labels": SCHEMAS["SongRequest"]["properties"]["tags"]},
        "field-renamed", f"{REQUEST}/labels", "songs.create(labels=)",
    ),
    "a text may be less long": (
        {f"{REQUEST}/title/maxLength": 40}, "bound-narrower", f"{REQUEST}/title/maxLength", "songs.create(title=)",
    ),
    "a listed value is refused": (
        {f"{REQUEST}/mood/enum": ["calm"]}, "value-narrower", f"{REQUEST}/mood/enum", "songs.create(mood=)",
    ),
    "null is refused": (
        {f"{REQUEST}/length/type": "number"}, "null-narrower", f"{REQUEST}/length/type", "songs.create(length=)",
    ),
    "a bound is tighter, deep in a composition": (
        {f"{C}/Pace/properties/bpm/minimum": 40},
        "bound-narrower", f"{C}/Pace/properties/bpm/minimum", "SongOptions.bpm",
    ),
    "the items of a list are restricted": (
        {f"{REQUEST}/tags/items/minLength": 1},
        "bound-narrower", f"{REQUEST}/tags/items/minLength", "songs.create(tags=)",
    ),
    "a pattern takes less": (
        {f"{C}/SongOptions/allOf/1/properties/key/pattern": "^[A-F]$"},
        "pattern-narrower", f"{C}/SongOptions/allOf/1/properties/key/pattern", "SongOptions.key",
    ),
    "a variant of a body is gone": (
        {f"{C}/RemixRequest/anyOf": [{"$ref": "#/components/schemas/FasterRemix"}], f"{C}/SlowerRemix": GONE},
        "alternative-removed", f"{C}/RemixRequest/anyOf/1", "songs.remix(SlowerRemix)",
    ),
    "a variant forbids a field that it took": (
        {f"{C}/FasterRemix/not": {"required": ["voice"]}}, "rule-narrower", f"{C}/FasterRemix/not", "FasterRemix",
    ),
    "what is left out means something else": (
        {f"{REQUEST}/is_public/default": True},
        "default", f"{REQUEST}/is_public/default", "songs.create(is_public=)",
    ),
    "the body is of another media type": (
        {f"{POST}/requestBody/content": {"multipart/form-data": {"schema": {"$ref": f"#{C}/SongRequest"}}}},
        "media-type-removed", f"{POST}/requestBody/{JSON}", "songs.create()",
    ),
    "arguments have become a model": (
        {f"{POST}/requestBody/{JSON}/schema": {"anyOf": [{"$ref": f"#{C}/SongRequest"}, {"$ref": f"#{C}/Pace"}]}},
        "call-shape", f"{POST}/requestBody", "songs.create()",
    ),
    # What is sent: parameters and security
    "a new query parameter must be sent": (
        {f"{QUERY}/-": {**PAGE, "required": True}}, "parameter-added-required", f"{QUERY}/4", "songs.list(limit=)",
    ),
    "a new header must be sent": (
        {f"{QUERY}/-": {**PAGE, "in": "header", "name": "X-Limit", "required": True}},
        "parameter-added-required", f"{QUERY}/4", "songs.list(x_limit=)",
    ),
    "a cookie must be sent that could be left out": (
        {f"{QUERY}/3/required": True}, "parameter-required", f"{QUERY}/3/required", "songs.list(lang=)",
    ),
    "a query parameter is gone": ({f"{QUERY}/1": GONE}, "parameter-removed", f"{QUERY}/1", "songs.list(moods=)"),
    "a query parameter takes less": (
        {f"{QUERY}/0/schema/maximum": 9}, "bound-narrower", f"{QUERY}/0/schema/maximum", "songs.list(page=)",
    ),
    "a list in the query is written in another way": (
        {f"{QUERY}/1/explode": False}, "parameter-style", f"{QUERY}/1", "songs.list(moods=)",
    ),
    "a path parameter has another name": (
        {
            f"{ONE}/parameters/0": {**SONG_ID, "name": "id"},
            "/paths/~1songs~1{id}": {
                **sample()["paths"]["/songs/{song_id}"],
                "parameters": [{**SONG_ID, "name": "id"}],
            },
            ONE: GONE,
        },
        "parameter-renamed", "/paths/~1songs~1{id}/parameters/0", "songs.get(id=)",
    ),
    "another scheme is asked for": (
        {f"{LIST}/security": [{"token": []}]}, "security-removed", f"{LIST}/security", "SunoClient(api_key=)",
    ),
    "a second key is asked for": (
        {f"{LIST}/security": [{"key": [], "token": []}]},
        "security-removed", f"{LIST}/security", "SunoClient(api_key=)",
    ),
    "the scheme itself is another one": (
        {"/components/securitySchemes/key/scheme": "basic"},
        "security-removed", "/components/securitySchemes/key", "SunoClient(api_key=)",
    ),
    "the server has moved": (
        {"/servers/0/url": "https://tunes.example"}, "server-removed", "/servers", "SunoClient(base_url=)",
    ),
    # What is read
    "a field that could be read is gone": ({f"{SONG}/title": GONE}, "field-removed", f"{SONG}/title", "Song.title"),
    "a field that was always there may be absent": (
        {f"{C}/Song/required": ["state"]}, "field-optional", f"{C}/Song/required", "Song.id",
    ),
    "a field that was always there may be null": (
        {f"{SONG}/id/type": ["string", "null"]}, "null-wider", f"{SONG}/id/type", "Song.id",
    ),
    "a number may have a fraction": (
        {f"{SONG}/length/type": "number"}, "type-wider", f"{SONG}/length/type", "Song.length",
    ),
    "a number has become a text": (
        {f"{SONG}/length/type": "string"}, "type-other", f"{SONG}/length/type", "Song.length",
    ),
    "a closed list has a new value": (
        {f"{SONG}/kind/enum/-": "cover"}, "value-wider", f"{SONG}/kind/enum/2", "Song.kind",
    ),
    "a known value of an open list has lost its name": (
        {f"{C}/SongState/x-extensible-enum": ["done"]},
        "known-value-removed", f"{C}/SongState/x-extensible-enum", "SongState.QUEUED",
    ),
    "a bound no longer holds, two references deep": (
        {f"{C}/Person/properties/age/minimum": GONE}, "bound-wider", f"{C}/Person/properties/age", "Person.age",
    ),
    "an answer can be of a further kind": (
        {f"{C}/Part/oneOf/-": {"$ref": f"#{C}/Choir"}, f"{C}/Choir": CHOIR},
        "alternative-added", f"{C}/Part/oneOf/2", "Choir",
    ),
    "two alternatives take the same value": (
        {f"{C}/Solo/not": GONE}, "rule-wider", f"{C}/Solo", "Solo",
    ),
    "a tuple has an item of another type": (
        {f"{SONG}/span/prefixItems/1/type": "string"}, "type-other", f"{SONG}/span/prefixItems/1/type", "Song.span",
    ),
    "the values of a map are of another type": (
        {f"{SONG}/labels/additionalProperties/type": ["string", "integer"]},
        "type-wider", f"{SONG}/labels/additionalProperties/type", "Song.labels",
    ),
    "what is unwrapped is another type": (
        {f"{C}/RemixEnvelope/properties/data/type": "integer"},
        "type-other", f"{C}/RemixEnvelope/properties/data/type", "songs.remix()",
    ),
    "a class has another name": (
        {
            f"{C}/Singer": SCHEMAS["Person"],
            f"{C}/Person": GONE,
            f"{SONG}/author/oneOf/0/$ref": f"#{C}/Singer",
        },
        "class-renamed", f"{C}/Singer", "Singer",
    ),
    "a class has lost its place": (
        {f"{C}/Part/oneOf": [{"$ref": f"#{C}/Verse"}]}, "class-removed", f"{C}/Solo", "Solo",
    ),
    "a header is gone": (
        {f"{POST}/responses/200/headers/X-Cost": GONE},
        "header-removed", f"{POST}/responses/200/headers/X-Cost", "Response.headers['X-Cost']",
    ),
    "a header that was always there may be absent": (
        {f"{POST}/responses/200/headers/X-Cost/required": False},
        "header-optional", f"{POST}/responses/200/headers/X-Cost/required", "Response.headers['X-Cost']",
    ),
    "a header is of another type": (
        {f"{POST}/responses/200/headers/X-Cost/schema/type": "string"},
        "type-other", f"{POST}/responses/200/headers/X-Cost/schema/type", "Response.headers['X-Cost']",
    ),
    "success has another status": (
        {f"{ONE}/get/responses/201": sample()["paths"]["/songs/{song_id}"]["get"]["responses"]["200"]},
        "status-added", f"{ONE}/get/responses/201", "songs.get()",
    ),
    "success can be of another media type": (
        {f"{ONE}/get/responses/200/content/text~1html": HTML},
        "media-type-added", f"{ONE}/get/responses/200/content/text~1html", "songs.get()",
    ),
    "success may come without a body": (
        {f"{ONE}/get/responses/200/x-empty-body": ENTRY}, "empty-body", f"{ONE}/get/responses/200", "songs.get()",
    ),
    "the body of an error may lack its code": (
        {f"{C}/Problem/required": GONE}, "field-optional", f"{C}/Problem/properties/code", "BadRequestError.body",
    ),
    # The operation itself
    "an operation is gone": ({f"{REMIX}": GONE}, "operation-removed", REMIX, "songs.remix"),
    "an operation has another path": (
        {"/paths/~1tunes": {"post": sample()["paths"]["/songs"]["post"]}, POST: GONE},
        "operation-moved", "/paths/~1tunes/post", "songs.create",
    ),
    "a method of the client has another name": (
        {f"{POST}/x-sdk/method": "make"}, "sdk-renamed", f"{POST}/x-sdk", "songs.make",
    ),
    "the caller gets what is in the envelope": (
        {f"{LIST}/x-sdk/unwrap": GONE}, "sdk-changed", f"{LIST}", "songs.list()",
    ),
    "a free call is charged": ({f"{LIST}/x-billing/charge": "paid"}, "billing", f"{LIST}/x-billing", "songs.list"),
    "a call that read creates": ({f"{ONE}/get/x-effect": "creates"}, "effect", f"{ONE}/get/x-effect", "songs.get"),
    "a keyword is not understood": (
        {f"{SONG}/title/maxWords": 3}, "unknown-keyword", f"{SONG}/title/maxWords", "Song.title",
    ),
}
# fmt: on


@pytest.mark.parametrize("name", BREAKING)
def test_breaking_change_is_breaking(name: str) -> None:
    edits, kind, pointer, symbol = BREAKING[name]
    changes = compare(sample(), sample(edits))
    assert unwritten(changes) == set()
    found = [change for change in changes if change.severity is Severity.BREAKING]
    main = [change for change in found if change.kind == kind]
    assert [(change.pointer, symbol in change.symbols) for change in main] == [(pointer, True)], found
    # A class that has lost its only place goes with it; nothing else does.
    assert {change.kind for change in found} <= {kind, "class-removed"}, found
