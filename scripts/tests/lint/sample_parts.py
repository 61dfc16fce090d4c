"""Pointers into the sample description, and nodes that tests put there."""

from __future__ import annotations

from typing import Any

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


def make_lives(**lives: Any) -> dict[str, Any]:
    """Edits that add a list of states, with when some of them are available."""
    return {**STATES, STATE_LIVES: lives}


def make_priced(**changes: Any) -> dict[str, Any]:
    """Edits that give the call a price, with some of its members changed."""
    return {PRICES: [PRICE | changes]}


def make_poll(**changes: Any) -> dict[str, Any]:
    """Edits that add a poll, with some of its members changed."""
    return {**STATES, f"{GET}/x-sdk/poll": {**POLL, **changes}}


def make_flow(**changes: Any) -> dict[str, Any]:
    """Edits that add a workflow, with some of its members changed."""
    return {**make_poll(), f"{POST}/x-sdk/workflow": {**FLOW, **changes}}


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


def make_follow_up(**changes: Any) -> dict[str, Any]:
    """Edits that add a follow-up, with some of its members changed, and the workflow before it."""
    return {
        **make_poll(),
        f"{GET}/x-sdk/workflow": {**FLOW, "fill": {}},
        VARIATION: {"tune": "$response.body#/data/id", "title": "More"},
        f"{POST}/x-sdk/follow_up": {**FOLLOW_UP, **changes},
    }


def make_derive(name: str, node: Any) -> dict[str, Any]:
    """Edits that add a derived field to the song."""
    return {f"{SCHEMAS}/Song/x-sdk": {"derived": {name: node}}}


MOOD = f"{SCHEMAS}/FromText/properties/mood"
TITLE = f"{SCHEMAS}/FromTune/properties/title"
ID = f"{SCHEMAS}/Song/properties/id"
WORDS = {f"{ID}/x-evidence": STATE["x-evidence"]}
HUM = f"{SCHEMAS}/FromText/properties/hum"
AGAIN = {"$ref": f"#{SCHEMAS}/FromText"}
A_PAGE = {"schema": {"type": "string"}, "examples": {"page": {"summary": "A page", "value": "a"}}}


def make_hum(**keywords: Any) -> dict[str, Any]:
    """Edits that add a field of a request with these keywords."""
    return {HUM: {"description": "A hum.", **keywords}}
