"""Each rule finds what breaks it, reports only that, and reports its place."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from scripts.lint import STAGES, lint, refuse_unsound
from scripts.openapi_document import Description, DescriptionFileError, load
from scripts.tests.lint.lint_sample import GONE, edited, write_sample

if TYPE_CHECKING:
    from pathlib import Path

POST = "/paths/~1songs/post"
GET = "/paths/~1songs~1{song_id}/get"
REQUEST = f"{POST}/requestBody/content/application~1json"
LINK = f"{POST}/responses/200/links/song"
BACK = f"{GET}/responses/200/links/variation"
BAD = "/components/responses/BadRequest"
HTML = f"{BAD}/content/text~1html"
SCHEMAS = "/components/schemas"
LENGTH = f"{SCHEMAS}/Song/properties/length"
CODE = "/x-sources/code"
AIR = {f"{SCHEMAS}/Air": {"type": "string", "description": "An air."}}
USE_AIR = {"$ref": "#/components/schemas/Air", "description": "An air."}
NAMED_HERE = (
    f"{GET}/operationId",
    f"{LINK}/operationId",
    "/x-coverage/1/operationId",
    "/x-workflow/0/to",
    "/x-workflow/1/from",
)
NUMBER = {"source": "code", "says": "A number.", "status": "contested"}
QUOTA = {"means": "quota", "codes": ["poor"], "x-evidence": [{"source": "page", "says": "So."}]}
TALK = {"title": "A talk", "kind": "client", "weight": "weak", "date": "undated", "read": "2026-11-26"}
COVERED: dict[str, Any] = {"page": "Hum", "operationId": "getSong", "variants": [], "confidence": "low", "unknown": []}
COVER_AIR = {"/x-coverage/0/variants/-": "Air"}
PAGE = {"name": "page", "in": "query", "description": "The page.", "schema": {"type": "integer"}}
SHORT = {"summary": "Short", "value": {"text": "la"}}
FROM_TEXT = "create-song.request-from-text.documented.json"
ITSELF = {"$ref": f"#{SCHEMAS}/Song/properties/id"}
CALM = {f"{LENGTH}/x-evidence/{index}/status": "observed" for index in range(2)}

SHARED_ID = {
    "name": "song_id",
    "in": "path",
    "required": True,
    "description": "Its id.",
    "schema": {"type": "string"},
    "example": "2dd391cd-996b-4843-9738-1aed26f170e4",
}
HEADER: dict[str, Any] = {"description": "A header.", "schema": {"type": "string"}}
POLL: dict[str, Any] = {"id": "id", "status": "state", "reason": "why", "done": ["made"], "failed": ["lost"]}
BATCH: dict[str, Any] = {"operation": "createSong", "ids": "text", "group": "mood", "groups": ["glad"]}
MADE = {"value": "made", "x-evidence": [{"source": "page", "says": "It must be made.", "status": "documented"}]}
FLOW: dict[str, Any] = {
    "method": "create_again",
    "result": "Again",
    "made": "song",
    "submit": "createSong",
    "wait": "getSong",
    "member": "parts",
    "item": "Song",
    "fill": {"text": "id", "tune": ["id"]},
    "requires": {"item": {"state": MADE}},
}
STATE: dict[str, Any] = {
    "type": "string",
    "description": "How far it is.",
    "x-extensible-enum": ["new", "made", "lost"],
    "x-evidence": [{"source": "page", "says": "The three.", "status": "documented"}],
}
STATES = {
    f"{SCHEMAS}/Song/properties/state": STATE,
    f"{SCHEMAS}/Song/properties/why": {"type": "string", "description": "Why it was lost."},
    f"{SCHEMAS}/Song/properties/parts": {"type": "array", "items": {"type": "string"}, "description": "Its parts."},
}


STATE_LIVES = f"{SCHEMAS}/Song/properties/state/x-availability"
LIFE: dict[str, Any] = {"x-evidence": [{"source": "page", "says": "It is used.", "status": "documented"}]}
PRICES = f"{POST}/x-billing/prices"
UNPRICED = PRICES.replace("prices", "unpriced")
PRICE: dict[str, Any] = {"amount": 0.02, "currency": "USD", "source": "page", "read": "2026-11-26"}


def _lives(**lives: Any) -> dict[str, Any]:
    """Edits that add a list of states, with when some of them are available."""
    return {**STATES, STATE_LIVES: lives}


def _priced(**changes: Any) -> dict[str, Any]:
    """Edits that give the call a price, with some of its members changed."""
    return {PRICES: [PRICE | changes]}


def _poll(**changes: Any) -> dict[str, Any]:
    """Edits that add a poll, with some of its members changed."""
    return {**STATES, f"{GET}/x-sdk/poll": {**POLL, **changes}}


def _flow(**changes: Any) -> dict[str, Any]:
    """Edits that add a workflow, with some of its members changed."""
    return {**_poll(), f"{POST}/x-sdk/workflow": {**FLOW, **changes}}


VARIATION = f"{GET}/responses/200/links/variation/requestBody"
FOLLOW_UP: dict[str, Any] = {
    "method": "create_variation",
    "command": "variation",
    "result": "Variations",
    "after": "getSong",
    "link": "variation",
    "request": "FromTune",
    "defaults": ["title"],
}


def _follow_up(**changes: Any) -> dict[str, Any]:
    """Edits that add a follow-up, with some of its members changed, and the workflow before it."""
    return {
        **_poll(),
        f"{GET}/x-sdk/workflow": {**FLOW, "fill": {}},
        VARIATION: {"tune": "$response.body#/data/id", "title": "More"},
        f"{POST}/x-sdk/follow_up": {**FOLLOW_UP, **changes},
    }


def _derive(name: str, node: Any) -> dict[str, Any]:
    """Edits that add a derived field to the song."""
    return {f"{SCHEMAS}/Song/x-sdk": {"derived": {name: node}}}


MOOD = f"{SCHEMAS}/FromText/properties/mood"
TITLE = f"{SCHEMAS}/FromTune/properties/title"
TUNE = f"{SCHEMAS}/FromTune/properties/tune"
ID = f"{SCHEMAS}/Song/properties/id"
WORDS = {f"{ID}/x-evidence": STATE["x-evidence"]}
HUM = f"{SCHEMAS}/FromText/properties/hum"
AGAIN = {"$ref": f"#{SCHEMAS}/FromText"}
A_PAGE = {"schema": {"type": "string"}, "examples": {"page": {"summary": "A page", "value": "a"}}}


def _hum(**keywords: Any) -> dict[str, Any]:
    """Edits that add a field of a request with these keywords."""
    return {HUM: {"description": "A hum.", **keywords}}


# A schema, and the edit that makes it contradict itself.
CONTRADICTIONS: list[tuple[str, dict[str, Any], str]] = [
    ("schema-value", {f"{MOOD}/enum": [1, 2]}, f"{MOOD}/enum"),
    ("schema-value", {f"{MOOD}/enum": []}, f"{MOOD}/enum"),
    ("schema-value", {f"{MOOD}/enum": ["glad", "glad"]}, f"{MOOD}/enum"),
    ("schema-value", {f"{MOOD}/maxLength": 3}, f"{MOOD}/enum"),
    ("schema-value", {f"{MOOD}/enum": ["glad", None]}, f"{MOOD}/enum"),
    ("schema-value", _hum(type="string", const=7), f"{HUM}/const"),
    ("schema-value", {**WORDS, f"{ID}/x-extensible-enum": "glad"}, f"{ID}/x-extensible-enum"),
    ("schema-value", {**WORDS, f"{ID}/x-extensible-enum": []}, f"{ID}/x-extensible-enum"),
    ("schema-value", {**WORDS, f"{ID}/x-extensible-enum": {"glad": 1}}, f"{ID}/x-extensible-enum"),
    ("schema-value", {**WORDS, f"{ID}/x-extensible-enum": ["glad", 1]}, f"{ID}/x-extensible-enum"),
    ("schema-value", {**WORDS, f"{ID}/x-extensible-enum": ["a", "a"]}, f"{ID}/x-extensible-enum"),
    ("schema-bound", _hum(type="string", minLength=9, maxLength=3), f"{HUM}/minLength"),
    ("schema-bound", _hum(type="number", minimum=900, maximum=3), f"{HUM}/minimum"),
    ("schema-bound", _hum(type="number", exclusiveMinimum=900, maximum=3), f"{HUM}/exclusiveMinimum"),
    ("schema-bound", {f"{LENGTH}/maxLength": 3}, f"{LENGTH}/maxLength"),
    ("schema-bound", {f"{LENGTH}/pattern": "^a"}, f"{LENGTH}/pattern"),
    ("schema-bound", {f"{TITLE}/minimum": 3}, f"{TITLE}/minimum"),
    ("schema-bound", {f"{TITLE}/items": {}}, f"{TITLE}/items"),
    ("schema-bound", {f"{TITLE}/maxItems": 3}, f"{TITLE}/maxItems"),
    ("schema-bound", {f"{TITLE}/additionalProperties": True}, f"{TITLE}/additionalProperties"),
    ("schema-bound", _hum(type="string", pattern="^[a-z]{5}$", maxLength=3), f"{HUM}/pattern"),
    ("schema-bound", _hum(type="string", pattern="^[a-z]{5}$", minLength=6), f"{HUM}/pattern"),
    ("schema-bound", _hum(type="string", pattern="$a"), f"{HUM}/pattern"),
    ("schema-bound", _hum(type="string", pattern="a^b"), f"{HUM}/pattern"),
    ("schema-bound", {f"{TITLE}/format": "uid"}, f"{TITLE}/format"),
    ("schema-bound", {f"{TITLE}/format": "int32"}, f"{TITLE}/format"),
    ("schema-bound", {f"{LENGTH}/format": "date-time"}, f"{LENGTH}/format"),
    ("schema-choice", {f"{SCHEMAS}/SongRequest/anyOf/-": AGAIN}, f"{SCHEMAS}/SongRequest/anyOf"),
    (
        "schema-choice",
        {f"{SCHEMAS}/SongRequest/discriminator": {"propertyName": "text", "mapping": {"x": f"#{SCHEMAS}/Song"}}},
        f"{SCHEMAS}/SongRequest/discriminator/mapping/x",
    ),
    ("schema-memberless", _hum(type="array", items={"type": "object"}), f"{HUM}/items"),
    ("media-type", {f"{BAD}/content/text~1htlm": A_PAGE}, f"{BAD}/content/text~1htlm"),
    ("request-media", {f"{POST}/requestBody/content/text~1plain": A_PAGE}, f"{POST}/requestBody/content/text~1plain"),
    ("extension-unknown", {f"{GET}/x-dobut": "inferred"}, f"{GET}/x-dobut"),
    ("extension-unknown", {f"{LENGTH}/x-evidences": []}, f"{LENGTH}/x-evidences"),
    ("server-url", {"/servers": []}, "/servers"),
    ("server-url", {"/servers/0/url": "songs.example"}, "/servers"),
    ("server-url", {"/servers/0/url": "https://songs.example?key=1"}, "/servers"),
    ("server-url", {"/info/version": "one"}, "/info/version"),
    ("path-twice", {"/paths/~1songs~1{id}": {}}, "/paths/~1songs~1{id}"),
    ("response-missing", {f"{GET}/responses/401": GONE}, GET),
    ("response-missing", {f"{POST}/responses/413": GONE}, POST),
    ("response-missing", {f"{POST}/responses/403": GONE}, POST),
    (
        "response-status",
        {f"{POST}/responses/200/x-empty-body": {"source": "code", "says": "Sometimes empty.", "status": "observed"}},
        f"{POST}/responses/200",
    ),
    ("response-status", {f"{GET}/responses/5XX": {"$ref": f"#{BAD}"}}, f"{GET}/responses/5XX"),
    ("operation-sdk", {f"{GET}/x-sdk/unwarp": "data"}, f"{GET}/x-sdk"),
    ("coverage", {"/x-coverage/1/confidence": "hihg"}, "/x-coverage/1"),
]
# The rule that breaks, the edits of the sample that break it, and the pointer that is reported.
BREAKS: list[tuple[str, dict[str, Any], str]] = [
    ("openapi-shape", {"/openapi": "3.0.3"}, "/openapi"),
    ("openapi-shape", {"/x-workflow": {}}, "/x-workflow"),
    ("openapi-shape", {"/paths/~1nothing": []}, "/paths/~1nothing"),
    ("openapi-shape", {"/paths/~1songs~1{id": {}}, "/paths/~1songs~1{id"),
    ("openapi-shape", {"/paths/~1songs/POST": {}}, "/paths/~1songs/POST"),
    ("openapi-shape", {f"{GET}/responses/4xx": {}}, f"{GET}/responses/4xx"),
    ("openapi-invalid", {f"{GET}/parameters": [SHARED_ID, SHARED_ID]}, f"{GET}/parameters"),
    ("path-twice", {"/paths/~1songs?x=1": {}}, "/paths/~1songs?x=1"),
    ("path-twice", {"/paths/~1songs of": {}}, "/paths/~1songs of"),
    (
        "wire-name",
        {f"{GET}/parameters/-": {**PAGE, "in": "header", "name": "X Page", "example": 1}},
        f"{GET}/parameters/1/name",
    ),
    ("wire-name", {f"{GET}/parameters/-": {**PAGE, "name": "", "example": 1}}, f"{GET}/parameters/1/name"),
    ("wire-name", {f"{BAD}/headers": {"X:Id": HEADER}}, f"{BAD}/headers/X:Id"),
    ("openapi-shape", {f"{POST}/x-billing/note": 3}, f"{POST}/x-billing/note"),
    ("openapi-shape", {"/x-coverage/0/page": []}, "/x-coverage/0/page"),
    ("openapi-shape", {"/servers": None}, "/servers"),
    ("openapi-shape", {f"{POST}/x-sdk": "songs.create"}, f"{POST}/x-sdk"),
    ("error-codes", {"/x-error-codes": [{**QUOTA, "codes": [""]}]}, "/x-error-codes/0"),
    ("error-codes", {"/x-error-codes": [{**QUOTA, "texts": [" "]}]}, "/x-error-codes/0"),
    ("error-codes", {"/x-error-codes": [{**QUOTA, "text": ["poor"]}]}, "/x-error-codes/0/text"),
    ("openapi-shape", {f"{POST}/x-sdk/unwrap": ["data"]}, f"{POST}/x-sdk/unwrap"),
    ("openapi-shape", {f"{POST}/x-sdk/method": 1}, f"{POST}/x-sdk/method"),
    ("sdk-poll", {f"{GET}/x-sdk/poll": "state"}, f"{GET}/x-sdk/poll"),
    ("sdk-poll", {f"{GET}/x-sdk/poll": {"id": "id"}}, f"{GET}/x-sdk/poll"),
    ("sdk-poll", _poll(until="made"), f"{GET}/x-sdk/poll"),
    ("sdk-poll", _poll(id="song_id"), f"{GET}/x-sdk/poll/id"),
    ("sdk-poll", _poll(reason=None), f"{GET}/x-sdk/poll/reason"),
    ("sdk-poll", _poll(done=["mdae"]), f"{GET}/x-sdk/poll/done"),
    ("sdk-poll", _poll(done=[]), f"{GET}/x-sdk/poll/done"),
    ("sdk-poll", _poll(failed="lost"), f"{GET}/x-sdk/poll/failed"),
    ("sdk-poll", _poll(failed=["lost", "made"]), f"{GET}/x-sdk/poll/failed"),
    ("sdk-poll", _poll(batch="createSong"), f"{GET}/x-sdk/poll/batch"),
    ("sdk-poll", _poll(batch={**BATCH, "operation": "getSongs"}), f"{GET}/x-sdk/poll/batch/operation"),
    ("sdk-poll", _poll(batch={**BATCH, "ids": "songs"}), f"{GET}/x-sdk/poll/batch/ids"),
    ("sdk-poll", _poll(batch={**BATCH, "groups": ["glad", "sda"]}), f"{GET}/x-sdk/poll/batch/groups"),
    ("sdk-poll", {**_poll(batch=BATCH), f"{POST}/x-sdk/task": "sda"}, f"{POST}/x-sdk/task"),
    ("sdk-poll", {**_poll(), f"{POST}/x-sdk/task": ["glad"]}, f"{POST}/x-sdk/task"),
    ("sdk-workflow", {f"{POST}/x-sdk/workflow": []}, f"{POST}/x-sdk/workflow"),
    ("sdk-workflow", _flow(submit="makeSong"), f"{POST}/x-sdk/workflow/submit"),
    ("sdk-workflow", _flow(wait="createSong"), f"{POST}/x-sdk/workflow/wait"),
    ("sdk-workflow", _flow(item="Tune"), f"{POST}/x-sdk/workflow/item"),
    ("sdk-workflow", _flow(fill={"texts": "id"}), f"{POST}/x-sdk/workflow/fill/texts"),
    ("sdk-workflow", _flow(fill={"text": "ids"}), f"{POST}/x-sdk/workflow/fill/text"),
    ("sdk-workflow", _flow(requires={"items": {}}), f"{POST}/x-sdk/workflow/requires"),
    ("sdk-workflow", _flow(requires={"item": {"state": "made"}}), f"{POST}/x-sdk/workflow/requires/item/state"),
    (
        "sdk-workflow",
        _flow(requires={"item": {"state": {**MADE, "value": "mdae"}}}),
        f"{POST}/x-sdk/workflow/requires/item/state/value",
    ),
    (
        "sdk-workflow",
        _flow(requires={"request": {"mood": {**MADE, "value": "glad", "x-evidence": []}}}),
        f"{POST}/x-sdk/workflow/requires/request/mood/x-evidence",
    ),
    ("sdk-workflow", _flow(made="class"), f"{POST}/x-sdk/workflow/made"),
    ("sdk-workflow", _flow(result="two words"), f"{POST}/x-sdk/workflow/result"),
    ("sdk-workflow", _flow(method=7), f"{POST}/x-sdk/workflow/method"),
    ("sdk-workflow", _flow(member="prats"), f"{POST}/x-sdk/workflow/member"),
    ("operation-sdk", {f"{POST}/x-sdk/bare": ["FromAir"]}, f"{POST}/x-sdk/bare"),
    ("openapi-shape", {f"{POST}/x-sdk/bare": [{"FromText": 1}]}, f"{POST}/x-sdk/bare/0"),
    ("openapi-shape", {"/x-error-codes": [{**QUOTA, "statuses": [5030]}]}, "/x-error-codes/0/statuses/0"),
    (
        "evidence-shape",
        {f"{GET}/x-evidence/0/shown-by": {"operation": "sing", "answer": {}}},
        f"{GET}/x-evidence/0/shown-by",
    ),
    ("evidence-shape", {f"{GET}/x-evidence/0/shown-by": "getSong"}, f"{GET}/x-evidence/0/shown-by"),
    ("evidence-shape", {f"{BAD}/x-empty-body": True}, f"{BAD}/x-empty-body"),
    ("source-shape", {f"{CODE}/date": "2026-13-01"}, f"{CODE}/date"),
    ("source-shape", {f"{CODE}/url": "htp://code.example"}, f"{CODE}/url"),
    ("coverage", {"/x-coverage/1/page": "Make a song"}, "/x-coverage/1"),
    ("schema-value", {f"{SCHEMAS}/Song/properties/id/x-harmless": "tme"}, f"{SCHEMAS}/Song/properties/id/x-harmless"),
    (
        "schema-choice",
        {f"{SCHEMAS}/SongRequest/discriminator": {"propertyName": "task"}},
        f"{SCHEMAS}/SongRequest/discriminator/propertyName",
    ),
    ("ref-broken", {f"{POST}/responses/400": {"$ref": f"#{SCHEMAS}/Song"}}, f"{POST}/responses/400/$ref"),
    ("ref-broken", {f"{SCHEMAS}/SongRequest/anyOf/1/$ref": "#/nowhere"}, f"{SCHEMAS}/SongRequest/anyOf/1/$ref"),
    ("ref-broken", {f"{SCHEMAS}/SongRequest/anyOf/1/$ref": "a.yaml"}, f"{SCHEMAS}/SongRequest/anyOf/1/$ref"),
    ("ref-broken", {f"{SCHEMAS}/Song/properties/id": ITSELF}, f"{SCHEMAS}/Song/properties/id/$ref"),
    ("schema-invalid", {f"{LENGTH}/type": "numeral"}, f"{LENGTH}/type"),
    ("schema-invalid", {f"{GET}/parameters/0/schema/type": "numeral"}, f"{GET}/parameters/0/schema/type"),
    ("schema-invalid", {f"{SCHEMAS}/Song/properties/id/pattern": "("}, f"{SCHEMAS}/Song/properties/id/pattern"),
    ("schema-default", {f"{SCHEMAS}/Song/properties/id/default": 5}, f"{SCHEMAS}/Song/properties/id/default"),
    ("openapi-shape", {"/info/version": GONE}, "/info"),
    ("openapi-invalid", {f"{GET}/parameters/0/name": "tune_id"}, GET),
    ("openapi-invalid", {f"{GET}/operationId": "createSong"}, GET),
    ("openapi-invalid", {f"{SCHEMAS}/SongRequest/discriminator": {}}, f"{SCHEMAS}/SongRequest/discriminator"),
    ("openapi-invalid", {f"{LENGTH}/externalDocs": {"url": "a page"}}, f"{LENGTH}/externalDocs/url"),
    ("operation-id", dict.fromkeys(NAMED_HERE, "get-song"), GET),
    ("operation-summary", {f"{POST}/summary": "Make a song."}, POST),
    ("operation-summary", {f"{GET}/description": GONE}, GET),
    ("operation-tag", {f"{POST}/tags": ["songs", "tunes"]}, POST),
    ("operation-tag", {"/tags/-": {"name": "tunes", "description": "Tunes."}}, "/tags/1"),
    ("operation-security", {f"{POST}/security": GONE}, POST),
    ("operation-security", {f"{POST}/security": [{"lock": []}]}, POST),
    ("operation-billing", {f"{POST}/x-billing/charge": "dear"}, f"{POST}/x-billing"),
    ("operation-billing", {f"{POST}/x-billing/note": GONE}, f"{POST}/x-billing"),
    ("operation-billing", {f"{POST}/x-billing": GONE}, POST),
    ("operation-effect", {f"{POST}/x-effect": GONE}, POST),
    ("operation-effect", {f"{GET}/x-effect": "creates"}, f"{GET}/x-effect"),
    ("sdk-defaults", {f"{POST}/x-sdk/defaults": "text"}, f"{POST}/x-sdk/defaults"),
    ("sdk-defaults", {f"{POST}/x-sdk/defaults": {"mood": "text"}}, f"{POST}/x-sdk/defaults/mood"),
    ("sdk-address", {f"{GET}/x-sdk/address": "id"}, f"{GET}/x-sdk/address"),
    ("sdk-address", {f"{GET}/x-sdk/address": ["id", "url"]}, f"{GET}/x-sdk/address"),
    ("sdk-derived", {f"{SCHEMAS}/Song/x-sdk": {"derive": {}}}, f"{SCHEMAS}/Song/x-sdk"),
    ("sdk-derived", _derive("seconds", {"field": "length"}), f"{SCHEMAS}/Song/x-sdk/derived/seconds"),
    ("sdk-derived", _derive("id", {"field": "length", "as": "percentage"}), f"{SCHEMAS}/Song/x-sdk/derived/id"),
    ("sdk-derived", _derive("part", {"field": "size", "as": "percentage"}), f"{SCHEMAS}/Song/x-sdk/derived/part"),
    ("sdk-derived", _derive("part", {"field": "length", "as": "percent"}), f"{SCHEMAS}/Song/x-sdk/derived/part"),
    ("sdk-derived", _derive("part", {"field": "length", "as": []}), f"{SCHEMAS}/Song/x-sdk/derived/part"),
    ("sdk-follow-up", {f"{POST}/x-sdk/follow_up": {"after": "getSong"}}, f"{POST}/x-sdk/follow_up"),
    ("sdk-follow-up", _follow_up(check=True), f"{POST}/x-sdk/follow_up"),
    ("sdk-follow-up", _follow_up(after="getSongs"), f"{POST}/x-sdk/follow_up/after"),
    ("sdk-follow-up", _follow_up(after="createSong"), f"{POST}/x-sdk/follow_up/after"),
    ("sdk-follow-up", _follow_up(link="song"), f"{POST}/x-sdk/follow_up/link"),
    (
        "sdk-follow-up",
        {**_follow_up(), VARIATION: {"tune": "$request.path.song_id", "title": "More"}},
        f"{POST}/x-sdk/follow_up/link",
    ),
    ("sdk-follow-up", _follow_up(request="Song"), f"{POST}/x-sdk/follow_up/request"),
    ("sdk-follow-up", _follow_up(defaults=["tiltle"]), f"{POST}/x-sdk/follow_up/defaults"),
    ("operation-sdk", {f"{POST}/x-sdk": GONE}, POST),
    ("operation-sdk", {f"{POST}/x-sdk/method": "Create!"}, f"{POST}/x-sdk"),
    ("operation-sdk", {f"{GET}/x-sdk/resource": "tunes"}, f"{GET}/x-sdk"),
    ("operation-sdk", {f"{POST}/x-sdk/unwrap": "song"}, f"{POST}/x-sdk"),
    ("response-status", {f"{POST}/responses/4XX": {"$ref": f"#{BAD}"}}, f"{POST}/responses/4XX"),
    ("coverage", {"/x-coverage/0/variants": ["FromText"]}, POST),
    ("coverage", {"/x-coverage/0/variants/-": "FromAir"}, "/x-coverage/0"),
    ("coverage", {"/x-coverage/0/unknown": GONE}, "/x-coverage/0"),
    ("coverage", {"/x-coverage/-": {**COVERED, "operationId": "hum"}}, "/x-coverage/2"),
    ("evidence-missing", {f"{GET}/x-evidence": GONE}, GET),
    ("evidence-missing", {f"{BAD}/x-evidence": []}, BAD),
    ("evidence-missing", {f"{SCHEMAS}/Song/properties/id/x-extensible-enum": ["a"]}, f"{SCHEMAS}/Song/properties/id"),
    ("evidence-shape", {f"{GET}/x-evidence/0/by": "me"}, f"{GET}/x-evidence/0"),
    ("evidence-shape", {f"{GET}/x-evidence/0/says": GONE}, f"{GET}/x-evidence/0"),
    ("evidence-shape", {f"{GET}/x-evidence/0/status": "sure"}, f"{GET}/x-evidence/0"),
    ("evidence-shape", {f"{GET}/x-evidence/-": "the page"}, f"{GET}/x-evidence"),
    ("evidence-shape", {f"{LENGTH}/x-evidence/-": NUMBER}, f"{LENGTH}/x-evidence/2"),
    ("doubt-unmarked", {f"{LENGTH}/x-doubt": GONE}, LENGTH),
    ("doubt-unmarked", {f"{GET}/x-evidence/0/status": "inferred"}, GET),
    ("doubt-unbacked", {f"{LENGTH}/x-evidence/1/status": "observed"}, f"{LENGTH}/x-doubt"),
    ("doubt-unbacked", {f"{LENGTH}/x-doubt": "grave", **CALM}, f"{LENGTH}/x-doubt"),
    ("doubt-unbacked", {f"{GET}/x-doubt": "inferred"}, f"{GET}/x-doubt"),
    ("source-unknown", {f"{LENGTH}/x-evidence/1/source": "book"}, f"{LENGTH}/x-evidence/1"),
    ("source-shape", {f"{CODE}/weight": "heavy"}, f"{CODE}/weight"),
    ("source-shape", {f"{CODE}/kind": "rumour"}, f"{CODE}/kind"),
    ("source-shape", {f"{CODE}/date": "last spring"}, f"{CODE}/date"),
    ("source-shape", {f"{CODE}/title": GONE}, CODE),
    ("source-shape", {f"{CODE}/cited": 3}, CODE),
    ("availability", _lives(made={"until": "2026-09-09"}), f"{STATE_LIVES}/made"),
    ("availability", _lives(made="2026"), f"{STATE_LIVES}/made"),
    ("availability", _lives(made={**LIFE, "till": "2026-09-09"}), f"{STATE_LIVES}/made"),
    ("availability", _lives(mdae=LIFE), f"{STATE_LIVES}/mdae"),
    ("availability", _lives(made={**LIFE, "since": "spring"}), f"{STATE_LIVES}/made/since"),
    ("availability", _lives(made={**LIFE, "until": "2026-13"}), f"{STATE_LIVES}/made/until"),
    ("availability", _lives(made={**LIFE, "since": "2026-09-09", "until": "2026-08"}), f"{STATE_LIVES}/made/until"),
    ("availability", _lives(made={**LIFE, "aliases": []}), f"{STATE_LIVES}/made/aliases"),
    ("availability", _lives(made={**LIFE, "aliases": ["lost"]}), f"{STATE_LIVES}/made/aliases"),
    (
        "availability",
        _lives(made={**LIFE, "aliases": ["done"]}, lost={**LIFE, "aliases": ["done"]}),
        f"{STATE_LIVES}/lost/aliases",
    ),
    ("availability", {f"{LENGTH}/x-availability": {"190": LIFE}}, f"{LENGTH}/x-availability"),
    (
        "source-unknown",
        _lives(made={"x-evidence": [{"source": "book", "says": "So.", "status": "documented"}]}),
        f"{STATE_LIVES}/made/x-evidence/0",
    ),
    ("doubt-unbacked", _lives(made={**LIFE, "x-doubt": "contested"}), f"{STATE_LIVES}/made/x-doubt"),
    ("price", {PRICES: []}, PRICES),
    ("price", {PRICES: "unknown"}, PRICES),
    ("price", _priced(read=None), f"{PRICES}/0/read"),
    ("price", _priced(note="cheap"), f"{PRICES}/0"),
    ("price", _priced(amount="0.02"), f"{PRICES}/0/amount"),
    ("price", _priced(amount=-1), f"{PRICES}/0/amount"),
    ("price", _priced(currency="dollar"), f"{PRICES}/0/currency"),
    ("price", _priced(source="book"), f"{PRICES}/0/source"),
    ("price", _priced(variant="FromAir"), f"{PRICES}/0/variant"),
    ("price", {PRICES: [PRICE, PRICE]}, f"{PRICES}/1"),
    ("price", {PRICES: [PRICE], UNPRICED: ["FromAir"]}, UNPRICED),
    ("source-read", {f"{CODE}/read": GONE}, CODE),
    ("source-read", {f"{CODE}/read": "2026-11"}, CODE),
    ("source-read", {f"{CODE}/read": "2026-02-30"}, CODE),
    ("source-read", {f"{CODE}/read": 20261126}, CODE),
    ("source-read", {f"{GET}/x-evidence/0/read": "lately"}, f"{GET}/x-evidence/0/read"),
    ("source-read", {f"{GET}/x-evidence/0/quote": " "}, f"{GET}/x-evidence/0/quote"),
    ("source-read", {f"{GET}/x-evidence/0/quote": "la " * 41}, f"{GET}/x-evidence/0/quote"),
    ("source-unused", {"/x-sources/talk": TALK}, "/x-sources/talk"),
    ("error-codes", {"/x-error-codes": [{**QUOTA, "means": "poverty"}]}, "/x-error-codes/0"),
    ("error-codes", {"/x-error-codes": [{**QUOTA, "codes": []}]}, "/x-error-codes/0"),
    ("error-codes", {"/x-error-codes": [QUOTA, {**QUOTA, "means": "invalid"}]}, "/x-error-codes/1"),
    ("error-codes", {"/x-error-codes": [{**QUOTA, "x-evidence": [{"source": "book"}]}]}, "/x-error-codes/0"),
    ("error-codes", {"/x-error-codes": [{**QUOTA, "x-evidence": []}]}, "/x-error-codes/0"),
    ("drift-number", {f"{BAD}/x-empty-body/drift": "D1"}, f"{LENGTH}/x-evidence/0"),
    ("drift-number", {f"{BAD}/x-empty-body/drift": "second"}, f"{BAD}/x-empty-body"),
    ("drift-number", {f"{LENGTH}/x-evidence/0/drift": GONE}, ""),
    ("example-missing", {f"{HTML}/examples": GONE}, HTML),
    ("example-missing", {f"{GET}/responses/404": {"description": "No song."}}, f"{GET}/responses/404"),
    ("example-variant", {f"{SCHEMAS}/SongRequest/anyOf/-": USE_AIR, **COVER_AIR, **AIR}, REQUEST),
    ("example-parameter", {f"{GET}/parameters/-": PAGE}, f"{GET}/parameters/1"),
    ("example-parameter", {f"{GET}/parameters/-": {**PAGE, "example": "x"}}, f"{GET}/parameters/1/example"),
    ("example-inline", {f"{REQUEST}/examples/fromTune/summary": GONE}, f"{REQUEST}/examples/fromTune"),
    ("example-inline", {f"{REQUEST}/examples/short": SHORT}, f"{REQUEST}/examples/short"),
    ("example-inline", {f"{HTML}/examples/page/value": GONE}, f"{HTML}/examples/page"),
    ("link-target", {f"{LINK}/parameters/song": "x"}, f"{LINK}/parameters/song"),
    ("link-target", {f"{LINK}/parameters": GONE}, LINK),
    ("link-target", {f"{LINK}/requestBody": {}}, f"{LINK}/requestBody"),
    ("link-target", {f"{BACK}/requestBody": GONE}, BACK),
    ("link-target", {f"{LINK}/operationId": "sing", "/x-workflow/0/to": "sing"}, f"{LINK}/operationId"),
    ("link-expression", {f"{LINK}/parameters/song_id": "$response.body#/data/key"}, f"{LINK}/parameters/song_id"),
    ("link-expression", {f"{LINK}/parameters/song_id": "$response.header.Id"}, f"{LINK}/parameters/song_id"),
    ("link-expression", {f"{BACK}/requestBody/title": "{$request.path.name}"}, f"{BACK}/requestBody/title"),
    ("link-body", {f"{LINK}/parameters/song_id": "home"}, f"{LINK}/parameters/song_id"),
    ("link-body", {f"{BACK}/requestBody/tune": 7}, f"{BACK}/requestBody"),
    ("link-body", {f"{BACK}/requestBody/name": "More"}, f"{BACK}/requestBody/name"),
    ("link-workflow", {"/x-workflow/0": GONE}, LINK),
    ("link-workflow", {f"{LINK}": GONE}, "/x-workflow/0"),
    ("undescribed", {f"{SCHEMAS}/FromText/properties/mood/description": GONE}, f"{SCHEMAS}/FromText/properties/mood"),
    ("undescribed", {f"{GET}/parameters/0/description": GONE}, f"{GET}/parameters/0"),
    ("undescribed", {f"{LINK}/description": GONE}, LINK),
    ("undescribed", {f"{SCHEMAS}/Song/description": " "}, f"{SCHEMAS}/Song"),
    ("schema-missing", {f"{HTML}/schema": GONE}, HTML),
    ("schema-keyword", {f"{LENGTH}/nullable": True}, f"{LENGTH}/nullable"),
    ("schema-keyword", {f"{GET}/parameters/0/schema/maxLenght": 9}, f"{GET}/parameters/0/schema/maxLenght"),
    ("schema-unnamed", {f"{LENGTH}/properties": {}, f"{LENGTH}/type": GONE}, LENGTH),
    ("component-unused", AIR, f"{SCHEMAS}/Air"),
    (
        "schema-shared",
        {f"{SCHEMAS}/{name}/properties/air": USE_AIR for name in ("Song", "FromText")} | AIR,
        f"{SCHEMAS}/Air",
    ),
    ("required-undescribed", {f"{SCHEMAS}/FromText/properties/text": GONE}, f"{SCHEMAS}/FromText/required"),
    ("required-unexplained", {f"{SCHEMAS}/Song/required": ["id"]}, f"{SCHEMAS}/Song/required"),
    ("required-unexplained", {f"{SCHEMAS}/SongEnvelope/required": GONE}, f"{SCHEMAS}/SongEnvelope/x-required-because"),
    ("response-closed", {f"{LENGTH}/enum": [190.5]}, f"{LENGTH}/enum"),
    ("response-closed", {f"{SCHEMAS}/Song/additionalProperties": False}, f"{SCHEMAS}/Song/additionalProperties"),
    ("schema-access", {f"{MOOD}/readOnly": True}, f"{MOOD}/readOnly"),
    (
        "schema-access",
        {f"{SCHEMAS}/FromText/properties/text/readOnly": True},
        f"{SCHEMAS}/FromText/properties/text/readOnly",
    ),
    ("schema-access", {f"{REQUEST}/schema/readOnly": True}, f"{REQUEST}/schema/readOnly"),
    ("schema-access", {f"{GET}/parameters/0/schema/readOnly": True}, f"{GET}/parameters/0/schema/readOnly"),
    ("schema-access", {f"{LENGTH}/writeOnly": True}, f"{LENGTH}/writeOnly"),
    ("schema-access", {f"{HTML}/schema/writeOnly": True}, f"{HTML}/schema/writeOnly"),
]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Description:
    return load(write_sample(tmp_path_factory.mktemp("sample")))


def test_sample_has_no_findings(sample: Description) -> None:
    assert lint(sample) == []


VALID_EXTENSIONS: dict[str, dict[str, Any]] = {
    "poll": _poll(),
    "batch": _poll(batch=BATCH),
    "workflow": _flow(),
    "follow-up": _follow_up(),
    "address": {f"{GET}/x-sdk/address": ["id"]},
    "derived": _derive("part", {"field": "length", "as": "percentage"}),
    "availability": _lives(made={**LIFE, "since": "2026-03", "until": "2026-03-27", "aliases": ["done"]}, lost=LIFE),
    "ended on an unknown day": _lives(made={**LIFE, "until": "undated"}),
    "prices": {PRICES: [PRICE, {**PRICE, "variant": "FromTune", "amount": 0}], UNPRICED: ["FromText"]},
}


@pytest.mark.parametrize("edits", VALID_EXTENSIONS.values(), ids=VALID_EXTENSIONS)
def test_valid_extension_has_no_findings(edits: dict[str, Any], sample: Description) -> None:
    assert lint(edited(sample, edits)) == []


MALFORMED: list[dict[str, Any]] = [
    {f"{GET}/x-sdk/address": [[]]},
    {f"{GET}/x-sdk/address": 3},
    {f"{POST}/x-sdk/unwrap": []},
    {f"{SCHEMAS}/Song/x-sdk": None},
    _derive("part", {"field": "length", "as": {}}),
    _follow_up(link=[]),
    {UNPRICED: None},
    {UNPRICED: [[]]},
    {UNPRICED: ["Hum"]},
    *({PRICES: [{**PRICE, key: []}]} for key in ("amount", "source", "variant")),
    _lives(made=[]),
]


@pytest.mark.parametrize("edits", MALFORMED)
def test_malformed_key_is_refused_by_all_tools(edits: dict[str, Any], sample: Description) -> None:
    """What reads these keys relies on their shape: without the refusal, each is a traceback of the generator."""
    with pytest.raises(DescriptionFileError):
        refuse_unsound(edited(sample, edits))


@pytest.mark.parametrize(("rule", "edits", "pointer"), BREAKS + CONTRADICTIONS)
def test_broken_rule_is_reported_alone(rule: str, edits: dict[str, Any], pointer: str, sample: Description) -> None:
    findings = lint(edited(sample, edits))
    assert {(finding.rule, finding.pointer) for finding in findings} == {(rule, pointer)}
    assert {finding.line for finding in findings} == {sample.line(pointer)}


# Keywords of a field of a request, and of an answer, that are right.
SENT_FIELDS: list[dict[str, Any]] = [
    {"type": "string", "minLength": 3, "maxLength": 3},
    {"type": "integer", "minimum": 1, "maximum": 1},
    {"type": ["string", "null"], "enum": ["a", None]},
    {"type": ["integer", "null"], "minimum": 0},
    {"enum": ["a", 1, None]},
    {"const": None},
    {"const": "a"},
    {"type": "boolean", "default": False},
    {"type": "string", "pattern": "^[a-z]+$", "maxLength": 9},
    {"type": "string", "pattern": "a$|^b"},
    {"type": "string", "pattern": "[$^]a"},
    {"type": "string", "pattern": r"\$5", "default": "$5"},
    {"type": "string", "format": "uri"},
    {"type": "integer", "format": "int64"},
    {"type": "number", "format": "double"},
    {"type": "string", "format": "binary"},
    {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
    {"type": "array", "prefixItems": [{"type": "string"}], "minItems": 1},
    {"type": "object", "additionalProperties": True},
    {"type": "object", "additionalProperties": {"type": "integer"}},
    {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.5},
    {"type": "string", "examples": ["a", "b"]},
    {"oneOf": [{"type": "string"}, {"type": "integer"}]},
    {"allOf": [{"type": "string"}, {"minLength": 2}]},
    {"type": "string", "deprecated": True, "writeOnly": True, "readOnly": False},
    {"type": "string", "not": {"const": "x"}},
]
A_SONG = {"$ref": f"#{SCHEMAS}/Song"}
READ_FIELDS: list[dict[str, Any]] = [
    {"type": ["array", "null"], "items": {"type": "string"}},
    {"oneOf": [{"type": "null"}, A_SONG]},
    {"type": "array", "items": A_SONG},
    STATE,
    {"type": "string", "readOnly": True},
    {"type": "object", "additionalProperties": A_SONG},
    {"type": "integer", "title": "A title"},
]
SONG_PATH = "/paths/~1songs~1{song_id}"
LISTED = {**PAGE, "example": [1], "schema": {"type": "array", "items": {"type": "integer"}}}
GOT = {
    "schema": {"$ref": f"#{SCHEMAS}/SongEnvelope"},
    "examples": {"got": {"summary": "A song", "externalValue": "examples/get-song.200.recorded.json"}},
}
VALID: list[dict[str, Any]] = [
    *(_hum(**field) for field in SENT_FIELDS),
    *({f"{SCHEMAS}/Song/properties/more": {"description": "More.", **field}} for field in READ_FIELDS),
    {f"{SONG_PATH}/parameters": [SHARED_ID], f"{GET}/parameters": []},
    {f"{SONG_PATH}/parameters": [{**PAGE, "example": 1}]},
    {f"{SCHEMAS}/FromText/properties/responses": {"type": "string", "enum": ["a"], "description": "Not a response."}},
    {f"{GET}/parameters/-": LISTED},
    {f"{GET}/parameters/-": {**PAGE, "in": "header", "name": "X-Page", "example": 1}},
    {f"{GET}/responses/200/content": {"application/json;charset=UTF-8": GOT}},
    {f"{GET}/responses/429": {"$ref": f"#{BAD}"}},
    {"/servers/0/url": "http://127.0.0.1:4010/v1"},
    {"/servers/0/url": "https://songs.example:8443"},
    {"/info/version": "10.2.33"},
    {"/info/description": "Words.", "/info/license": {"name": "MIT", "identifier": "MIT"}},
    {f"{GET}/deprecated": True},
    {f"{LENGTH}/default": 3.5},
    {"/externalDocs": {"url": "https://songs.example"}},
]


def test_forty_edits_are_tried() -> None:
    assert len(VALID) >= 40


@pytest.mark.parametrize("edits", VALID)
def test_valid_edit_has_no_finding(edits: dict[str, Any], sample: Description) -> None:
    assert lint(edited(sample, edits)) == []


def test_missing_example_file_is_reported(tmp_path: Path) -> None:
    path = write_sample(tmp_path)
    (tmp_path / "examples" / FROM_TEXT).unlink()
    assert found(path) == [("example-unreadable", f"{REQUEST}/examples/fromText/externalValue")]


def test_invalid_example_file_is_reported(tmp_path: Path) -> None:
    path = write_sample(tmp_path)
    (tmp_path / "examples" / FROM_TEXT).write_text("{'text': NaN}", "utf-8")
    assert found(path) == [("example-unreadable", f"{REQUEST}/examples/fromText/externalValue")]


def test_example_against_its_schema_is_reported(tmp_path: Path) -> None:
    path = write_sample(tmp_path)
    (tmp_path / "examples" / FROM_TEXT).write_text('{"text": 7}', "utf-8")
    assert found(path) == [("example-invalid", f"{REQUEST}/examples/fromText")]


def test_orphan_example_file_is_reported(tmp_path: Path) -> None:
    path = write_sample(tmp_path)
    (tmp_path / "examples" / "left-over.json").write_text("{}", "utf-8")
    assert found(path) == [("example-orphan", "")]


def test_example_file_named_twice_is_reported(sample: Description) -> None:
    again = {"summary": "Again", "externalValue": f"examples/{FROM_TEXT}"}
    findings = lint(edited(sample, {f"{REQUEST}/examples/again": again}))
    assert [finding.rule for finding in findings] == ["example-orphan"]


def test_wrong_example_file_name_is_reported(tmp_path: Path) -> None:
    path = write_sample(tmp_path)
    (tmp_path / "examples" / FROM_TEXT).rename(tmp_path / "examples" / "song.json")
    path.write_text(path.read_text("utf-8").replace(FROM_TEXT, "song.json"), "utf-8")
    assert found(path) == [("example-name", f"{REQUEST}/examples/fromText/externalValue")]


def test_no_wrong_value_crashes_a_rule(sample: Description) -> None:
    """A linter that crashes hides its finding. The nodes and what is put in their place are drawn from a seed."""
    draw = random.Random(20251122)
    for pointer in draw.sample([pointer for pointer in sample.lines if pointer], 60):
        value = draw.choice([None, [], {}, "x", 0, [None], {"a": None}, {"$ref": "x"}, {"$ref": 3}, GONE])
        for finding in lint(edited(sample, {pointer: value})):
            assert finding.rule, pointer


def test_every_rule_has_a_test() -> None:
    broken = {rule for rule, _, _ in BREAKS + CONTRADICTIONS}
    by_file = {"example-unreadable", "example-invalid", "example-orphan", "example-name"}
    assert broken | by_file == {rule for stage in STAGES for rule in stage}


def found(path: Path) -> list[tuple[str, str]]:
    return [(finding.rule, finding.pointer) for finding in lint(load(path))]
