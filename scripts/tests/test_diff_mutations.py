"""Is each change of a description seen for what it means, where it stands and by the name that users know?"""

from __future__ import annotations

import time
from typing import Any

import pytest

from scripts.diff import Severity, compare
from scripts.tests.diff_sample import GONE, sample

POST = "/paths/~1songs/post"
LIST = "/paths/~1songs/get"
ONE = "/paths/~1songs~1{song_id}"
REMIX = "/paths/~1songs~1{song_id}~1remix/post"
JSON = "content/application~1json"
C = "/components/schemas"
SONG = f"{C}/Song/properties"
REQUEST = f"{C}/SongRequest/properties"
QUERY = f"{LIST}/parameters"
TEMPO = {"type": "number", "description": "Beats."}
OTHER_VOICE = {"type": "string", "description": "A voice.", "x-extensible-enum": ["alto", "bass"]}
CHOIR = {"type": "object", "description": "A choir.", "required": ["singers"], "properties": {}}
HALF = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string", "const": "half"}}}
PERSON = {"$ref": "#/components/schemas/Person"}
ERROR = {"$ref": "#/components/responses/BadRequest"}
HTML = {"schema": {"type": "string"}}
PAGE: dict[str, Any] = {"name": "limit", "in": "query", "description": "How many.", "schema": {"type": "integer"}}
ENTRY = {"source": "page", "says": "More.", "status": "contested"}

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
        {f"{REQUEST}/tags": GONE, f"{REQUEST}/labels": sample()["components"]["schemas"]["SongRequest"]["properties"]["tags"]},
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
        {f"{C}/Pace/properties/bpm/minimum": 40}, "bound-narrower", f"{C}/Pace/properties/bpm/minimum", "SongOptions.bpm",
    ),
    "the items of a list are restricted": (
        {f"{REQUEST}/tags/items/minLength": 1}, "bound-narrower", f"{REQUEST}/tags/items/minLength", "songs.create(tags=)",
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
            f"{ONE}/parameters/0": {**sample()["components"]["parameters"]["SongId"], "name": "id"},
            "/paths/~1songs~1{id}": {
                **sample()["paths"]["/songs/{song_id}"],
                "parameters": [{**sample()["components"]["parameters"]["SongId"], "name": "id"}],
            },
            ONE: GONE,
        },
        "parameter-renamed", "/paths/~1songs~1{id}/parameters/0", "songs.get(id=)",
    ),
    "another scheme is asked for": (
        {f"{LIST}/security": [{"token": []}]}, "security-removed", f"{LIST}/security", "SunoClient(api_key=)",
    ),
    "a second key is asked for": (
        {f"{LIST}/security": [{"key": [], "token": []}]}, "security-removed", f"{LIST}/security", "SunoClient(api_key=)",
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
    "a number may have a fraction": ({f"{SONG}/length/type": "number"}, "type-wider", f"{SONG}/length/type", "Song.length"),
    "a number has become a text": ({f"{SONG}/length/type": "string"}, "type-other", f"{SONG}/length/type", "Song.length"),
    "a closed list has a new value": ({f"{SONG}/kind/enum/-": "cover"}, "value-wider", f"{SONG}/kind/enum/2", "Song.kind"),
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
            f"{C}/Singer": sample()["components"]["schemas"]["Person"],
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

# What is edited; the severity; the kind of one of the changes, its pointer, and what it is in the client.
HARMLESS: dict[str, tuple[dict[str, Any], Severity, str, str, str]] = {
    # What is sent
    "a field may be left out": (
        {f"{C}/SongRequest/required": ["title"]},
        Severity.COMPATIBLE, "field-optional", f"{C}/SongRequest/required", "songs.create(mood=)",
    ),
    "a field may be sent": (
        {f"{REQUEST}/tempo": TEMPO}, Severity.COMPATIBLE, "field-added", f"{REQUEST}/tempo", "songs.create(tempo=)",
    ),
    "a text may be longer": (
        {f"{REQUEST}/title/maxLength": 120},
        Severity.COMPATIBLE, "bound-wider", f"{REQUEST}/title/maxLength", "songs.create(title=)",
    ),
    "a closed list takes one value more": (
        {f"{REQUEST}/mood/enum/-": "sad"},
        Severity.COMPATIBLE, "value-wider", f"{REQUEST}/mood/enum/2", "songs.create(mood=)",
    ),
    "null may be sent": (
        {f"{REQUEST}/title/type": ["string", "null"]},
        Severity.COMPATIBLE, "null-wider", f"{REQUEST}/title/type", "songs.create(title=)",
    ),
    "a pattern takes more": (
        {f"{C}/SongOptions/allOf/1/properties/key/pattern": "^[A-H]$"},
        Severity.COMPATIBLE, "pattern-wider", f"{C}/SongOptions/allOf/1/properties/key/pattern", "SongOptions.key",
    ),
    "a bound that holds anyway is written down": (
        {f"{C}/SongOptions/allOf/1/properties/key/maxLength": 1},
        Severity.COMPATIBLE, "bound-equal", f"{C}/SongOptions/allOf/1/properties/key/maxLength", "SongOptions.key",
    ),
    "a body has one variant more": (
        {f"{C}/RemixRequest/anyOf/-": {"$ref": f"#{C}/HalfRemix"}, f"{C}/HalfRemix": HALF},
        Severity.COMPATIBLE, "alternative-added", f"{C}/RemixRequest/anyOf/2", "songs.remix(HalfRemix)",
    ),
    "an open list that is sent has one name more": (
        {f"{C}/Voice/x-extensible-enum/-": "tenor"},
        Severity.COMPATIBLE, "known-value-added", f"{C}/Voice/x-extensible-enum/2", "Voice.TENOR",
    ),
    "a field is on its way out": (
        {f"{REQUEST}/tags/deprecated": True},
        Severity.COMPATIBLE, "deprecated", f"{REQUEST}/tags/deprecated", "songs.create(tags=)",
    ),
    "a query parameter may be sent": (
        {f"{QUERY}/-": PAGE}, Severity.COMPATIBLE, "parameter-added", f"{QUERY}/4", "songs.list(limit=)",
    ),
    "a header may be left out": (
        {f"{QUERY}/2/required": GONE}, Severity.COMPATIBLE, "parameter-optional", f"{QUERY}/2", "songs.list(x_trace=)",
    ),
    "a style is spelt out that was so by default": (
        {f"{QUERY}/1/style": "form", f"{QUERY}/1/explode": True},
        Severity.DOCUMENTATION, "rewritten", f"{QUERY}/1/style", "songs.list",
    ),
    "another key is as good": (
        {f"{LIST}/security/-": {"token": []}},
        Severity.COMPATIBLE, "security-added", f"{LIST}/security", "SunoClient(api_key=)",
    ),
    "there is a second server": (
        {"/servers/-": {"url": "https://two.example"}},
        Severity.COMPATIBLE, "server-added", "/servers/1", "SunoClient(base_url=)",
    ),
    # What is read
    "a field can be read": ({f"{SONG}/tempo": TEMPO}, Severity.COMPATIBLE, "field-added", f"{SONG}/tempo", "Song.tempo"),
    "a field is always there": (
        {f"{C}/Song/required/-": "title"}, Severity.COMPATIBLE, "field-required", f"{C}/Song/required", "Song.title",
    ),
    "a field that may be absent may be null": (
        {f"{SONG}/title/type": ["string", "null"]},
        Severity.COMPATIBLE, "null-wider", f"{SONG}/title/type", "Song.title",
    ),
    "an object that may be absent is never null": (
        {f"{SONG}/author": {**PERSON, "description": "Who made it."}},
        Severity.COMPATIBLE, "null-narrower", f"{SONG}/author", "Song.author",
    ),
    "an open list has one name more": (
        {f"{C}/SongState/x-extensible-enum/-": "failed"},
        Severity.COMPATIBLE, "known-value-added", f"{C}/SongState/x-extensible-enum/2", "SongState.FAILED",
    ),
    "a number may be a text": (
        {f"{C}/FasterRemix/properties/by/type": ["number", "string"]},
        Severity.COMPATIBLE, "type-wider", f"{C}/FasterRemix/properties/by/type", "FasterRemix.by",
    ),
    "a header can be read": (
        {f"{ONE}/get/responses/200/headers": {"X-Age": {"description": "Its age.", "schema": {"type": "integer"}}}},
        Severity.COMPATIBLE, "header-added", f"{ONE}/get/responses/200/headers/X-Age", "Response.headers['X-Age']",
    ),
    "an error has its status described": (
        {f"{ONE}/get/responses/400": ERROR},
        Severity.COMPATIBLE, "status-added", f"{ONE}/get/responses/400", "BadRequestError.body",
    ),
    "an error no longer comes as a page": (
        {f"{ONE}/get/responses/404/content/text~1html": GONE},
        Severity.COMPATIBLE, "media-type-removed", f"{ONE}/get/responses/404/content/text~1html", "NotFoundError.body",
    ),
    "a link is new": (
        {f"{REMIX}/responses/200/links": {"look": {"operationId": "getSong", "description": "Look."}}},
        Severity.COMPATIBLE, "link-added", f"{REMIX}/responses/200/links/look", "songs.remix()",
    ),
    "a link leads elsewhere": (
        {f"{POST}/responses/200/links/look/operationId": "remixSong"},
        Severity.COMPATIBLE, "link-changed", f"{POST}/responses/200/links/look", "songs.create()",
    ),
    # The operation itself
    "an operation is new": (
        {f"{ONE}/delete": {"operationId": "dropSong", "tags": ["songs"], "responses": {"204": {"description": "Gone."}}}},
        Severity.COMPATIBLE, "operation-added", f"{ONE}/delete", "songs.drop_song",
    ),
    "a charged call is free": (
        {f"{POST}/x-billing/charge": "free"}, Severity.COMPATIBLE, "billing", f"{POST}/x-billing", "songs.create",
    ),
    "a charge that nobody knew is known": (
        {f"{REMIX}/x-billing/charge": "paid"}, Severity.COMPATIBLE, "billing", f"{REMIX}/x-billing", "songs.remix",
    ),
    "an operation has another id and the same name": (
        {f"{REMIX}/operationId": "mixSong"}, Severity.COMPATIBLE, "operation-id", f"{REMIX}/operationId", "songs.remix",
    ),
    # What is only told, or only written differently
    "a field is described in other words": (
        {f"{SONG}/title/description": "What it is called."},
        Severity.DOCUMENTATION, "words", f"{SONG}/title/description", "Song.title",
    ),
    "a source says more": (
        {f"{C}/Song/x-evidence/-": ENTRY, "/x-sources/page/cited": 3},
        Severity.DOCUMENTATION, "evidence", f"{C}/Song/x-evidence", "Song",
    ),
    "a field is contested": (
        {f"{SONG}/title/x-doubt": "contested"},
        Severity.DOCUMENTATION, "evidence", f"{SONG}/title/x-doubt", "Song.title",
    ),
    "an example has other values": (
        {f"{POST}/requestBody/{JSON}/examples/short/value/title": "Lo"},
        Severity.DOCUMENTATION, "example", f"{POST}/requestBody/{JSON}/examples", "songs.create",
    ),
    "the note of a charge has other words": (
        {f"{POST}/x-billing/note": "Another page says so."},
        Severity.DOCUMENTATION, "words", f"{POST}/x-billing/note", "songs.create",
    ),
    "a link is described in other words": (
        {f"{POST}/responses/200/links/look/description": "See it."},
        Severity.DOCUMENTATION, "words", f"{POST}/responses/200/links/look/description", "songs.create",
    ),
    "a class without a place in the client has another name": (
        {
            f"{C}/Fault": sample()["components"]["schemas"]["Problem"],
            f"{C}/Problem": GONE,
            "/components/responses/BadRequest/content/application~1json/schema/$ref": f"#{C}/Fault",
            f"{ONE}/get/responses/404/{JSON}/schema/$ref": f"#{C}/Fault",
        },
        Severity.DOCUMENTATION, "rewritten", f"{C}/Fault", "",
    ),
    "a composition is laid together": (
        {
            f"{C}/SongOptions": {
                "type": "object",
                "description": "Options.",
                "required": ["key"],
                "properties": {
                    "bpm": {"type": "integer", "minimum": 20, "maximum": 400},
                    "key": {"type": "string", "pattern": "^[A-G]$"},
                },
            }
        },
        Severity.DOCUMENTATION, "rewritten", f"{C}/SongOptions/allOf", "SongOptions",
    ),
    "values are listed in another order": (
        {f"{REQUEST}/mood/enum": ["wild", "calm"]},
        Severity.DOCUMENTATION, "rewritten", f"{REQUEST}/mood/enum/0", "songs.create(mood=)",
    ),
    "a schema that no operation uses has changed": (
        {f"{C}/Unused": {"type": "string"}}, Severity.DOCUMENTATION, "unused", f"{C}/Unused", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKING)
def test_a_breaking_change_is_told_as_one(name: str) -> None:
    edits, kind, pointer, symbol = BREAKING[name]
    found = [change for change in compare(sample(), sample(edits)) if change.severity is Severity.BREAKING]
    main = [change for change in found if change.kind == kind]
    assert [(change.pointer, symbol in change.symbols) for change in main] == [(pointer, True)], found
    # A class that has lost its only place goes with it; nothing else does.
    assert {change.kind for change in found} <= {kind, "class-removed", "media-type-removed"}, found


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_change_is_not_told_as_breaking(name: str) -> None:
    edits, severity, kind, pointer, symbol = HARMLESS[name]
    found = compare(sample(), sample(edits))
    places = [(change.severity, change.pointer, symbol in change.symbols or not symbol) for change in found if change.kind == kind]
    assert (severity, pointer, True) in places, found
    assert found[0].severity is severity, found
