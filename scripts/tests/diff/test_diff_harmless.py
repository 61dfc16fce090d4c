"""Is each harmless change seen for what it is, where it stands and by the name that users know?"""

from __future__ import annotations

from typing import Any

import pytest

from scripts.diff import Severity, compare
from scripts.tests.diff.diff_policy import unwritten
from scripts.tests.diff.diff_sample import (
    GONE,
    JSON,
    LABEL,
    LIST,
    ONE,
    POST,
    QUERY,
    REMIX,
    REQUEST,
    SCHEMAS,
    SONG,
    C,
    sample,
)

TEMPO = {"type": "number", "description": "Beats."}
HALF = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string", "const": "half"}}}
PERSON = {"$ref": "#/components/schemas/Person"}
ERROR = {"$ref": "#/components/responses/BadRequest"}
PAGE: dict[str, Any] = {"name": "limit", "in": "query", "description": "How many.", "schema": {"type": "integer"}}
ENTRY = {"source": "page", "says": "More.", "status": "contested"}
DROP = {"operationId": "dropSong", "tags": ["songs"], "responses": {"204": {"description": "Gone."}}}

# fmt: off
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
    "a field can be read": (
        {f"{SONG}/tempo": TEMPO}, Severity.COMPATIBLE, "field-added", f"{SONG}/tempo", "Song.tempo",
    ),
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
        {f"{ONE}/delete": DROP},
        Severity.COMPATIBLE, "operation-added", f"{ONE}/delete", "songs.drop_song",
    ),
    "a charged call is free": (
        {f"{POST}/x-billing/charge": "free"}, Severity.COMPATIBLE, "billing", f"{POST}/x-billing", "songs.create",
    ),
    "an unknown charge is known": (
        {f"{REMIX}/x-billing/charge": "paid"}, Severity.COMPATIBLE, "billing", f"{REMIX}/x-billing", "songs.remix",
    ),
    "a price is on record": (
        {f"{POST}/x-billing/prices": [{"amount": 0.02, "currency": "USD"}]},
        Severity.COMPATIBLE, "price", f"{POST}/x-billing/prices", "songs.create",
    ),
    "the end of a value is on record": (
        {f"{C}/Voice/x-availability": {"bass": {"until": "2026-09-09"}}},
        Severity.COMPATIBLE, "availability", f"{C}/Voice/x-availability/bass", "Voice",
    ),
    "an operation has another id and the same name": (
        {f"{REMIX}/operationId": "mixSong"}, Severity.COMPATIBLE, "operation-id", f"{REMIX}/operationId", "songs.remix",
    ),
    # What is only worth knowing, or only written differently
    "a field is described in other words": (
        {f"{SONG}/title/description": "What it is called."},
        Severity.DOCUMENTATION, "words", f"{SONG}/title/description", "Song.title",
    ),
    "a source says more": (
        {f"{C}/Song/x-evidence/-": ENTRY, "/x-sources/page/title": "Page"},
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
            f"{C}/Fault": SCHEMAS["Problem"],
            f"{C}/Problem": GONE,
            "/components/responses/BadRequest/content/application~1json/schema/$ref": f"#{C}/Fault",
            f"{ONE}/get/responses/404/{JSON}/schema/$ref": f"#{C}/Fault",
        },
        Severity.DOCUMENTATION, "component-added", f"{C}/Fault", "",
    ),
    "a class is new": (
        {f"{C}/Label": LABEL, f"{SONG}/label": {"$ref": f"#{C}/Label"}},
        Severity.COMPATIBLE, "class-added", f"{C}/Label", "Label",
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
}
# fmt: on


def test_what_is_new_or_gone_is_called_so() -> None:
    """A new class is named with its members; of a component without a class, only that it came or went."""
    new = {f"{C}/Label": LABEL, f"{SONG}/label": {"$ref": f"#{C}/Label"}, f"{C}/Spare": {"type": "string"}}
    new |= {f"{C}/Beats": {"type": "integer"}, f"{SONG}/beats": {"$ref": f"#{C}/Beats"}}
    there, back = compare(sample(), sample(new)), compare(sample(new), sample())
    assert [change.sentence for change in there if not change.pointer.startswith(SONG)] == [
        "The class `Label` is new, with `name`, `home_town`.",
        "`Spare` is new; no operation uses it.",
        "`Beats` is new.",
    ]
    assert [change.sentence for change in back if not change.pointer.startswith(SONG)] == [
        "The class `Label` is gone.",
        "`Spare` is gone; no operation uses it.",
        "`Beats` is gone.",
    ]


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_change_is_not_breaking(name: str) -> None:
    edits, severity, kind, pointer, symbol = HARMLESS[name]
    found = compare(sample(), sample(edits))
    assert unwritten(found) == set()
    assert found[0].severity is severity, found
    places = [
        (change.severity, change.pointer, symbol in change.symbols or not symbol)
        for change in found
        if change.kind == kind
    ]
    assert (severity, pointer, True) in places, found
