"""What is right has no finding."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.description_file import Description
from scripts.lint import lint
from scripts.tests.lint.lint_sample import edited
from scripts.tests.lint.sample_parts import (
    BAD,
    BATCH,
    GET,
    LENGTH,
    LIFE,
    PAGE,
    PRICE,
    PRICES,
    SCHEMAS,
    SHARED_ID,
    STATE,
    UNPRICED,
    make_derive,
    make_flow,
    make_follow_up,
    make_hum,
    make_lives,
    make_poll,
)


def test_sample_has_no_findings(sample: Description) -> None:
    assert lint(sample) == []


VALID_EXTENSIONS: dict[str, dict[str, Any]] = {
    "poll": make_poll(),
    "batch": make_poll(batch=BATCH),
    "workflow": make_flow(),
    "follow-up": make_follow_up(),
    "address": {f"{GET}/x-sdk/address": ["id"]},
    "derived": make_derive("part", {"field": "length", "as": "percentage"}),
    "availability": make_lives(
        made={**LIFE, "since": "2026-03", "until": "2026-03-27", "aliases": ["done"]}, lost=LIFE
    ),
    "ended on an unknown day": make_lives(made={**LIFE, "until": "undated"}),
    "prices": {PRICES: [PRICE, {**PRICE, "variant": "FromTune", "amount": 0}], UNPRICED: ["FromText"]},
}


@pytest.mark.parametrize("edits", VALID_EXTENSIONS.values(), ids=VALID_EXTENSIONS)
def test_valid_extension_has_no_findings(edits: dict[str, Any], sample: Description) -> None:
    assert lint(edited(sample, edits)) == []


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
    *(make_hum(**field) for field in SENT_FIELDS),
    *({f"{SCHEMAS}/Song/properties/more": {"description": "More.", **field}} for field in READ_FIELDS),
    {f"{SCHEMAS}/SongRequest/anyOf/-": True},
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
