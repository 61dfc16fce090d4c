"""Faulty descriptions, each with the lint rule that must find the fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from contract_tests.suite.support.schema_walk import ABSENT, with_changes
from scripts.description_file import Description

Steps = tuple[str | int, ...]

POST: Steps = ("paths", "/suno/persona/create", "post")
MUSIC: Steps = ("paths", "/suno/submit/music", "post")
TASK: Steps = ("paths", "/suno/fetch/{task_id}", "get")
SCHEMAS: Steps = ("components", "schemas")
PERSONA_EXAMPLE: Steps = (*POST, "requestBody", "content", "application/json", "examples", "documented")
PERSONA_LINK: Steps = (*POST, "responses", "200", "links", "songWithPersona", "requestBody", "persona_id")
MP4_LINK: Steps = (*TASK, "responses", "200", "links", "mp4", "operationId")
PAGE: Steps = ("components", "responses", "OriginTimeout", "content", "text/html")
EVIDENCE: Steps = ("components", "responses", "Forbidden", "x-evidence", 0)
NAME_TYPE: Steps = (*SCHEMAS, "PersonaRequest", "properties", "name", "type")
CLOSED: Steps = (*SCHEMAS, "Persona", "additionalProperties")
REQUIRED: Steps = (*SCHEMAS, "Timing", "required")
LYRICS_ID: Steps = (*SCHEMAS, "Lyrics", "properties", "id")


@attrs.frozen
class Fault:
    """A change of the description, and where the rule reports it."""

    where: Steps
    changed: Steps
    new: Any


FAULTS: Mapping[str, Fault] = {
    "operation-billing": Fault(POST, (*POST, "x-billing"), ABSENT),
    "operation-effect": Fault(POST, (*POST, "x-effect"), ABSENT),
    "evidence-missing": Fault(MUSIC, (*MUSIC, "x-evidence"), ABSENT),
    "source-unknown": Fault(EVIDENCE, (*EVIDENCE, "source"), "hearsay"),
    "example-invalid": Fault(PERSONA_EXAMPLE, NAME_TYPE, "integer"),
    "example-missing": Fault(PAGE, (*PAGE, "examples"), ABSENT),
    "link-target": Fault(MP4_LINK, MP4_LINK, "getMp5"),
    "link-expression": Fault(PERSONA_LINK, PERSONA_LINK, "$response.body#/persona_id"),
    "link-workflow": Fault(("x-workflow", 1), (*MUSIC, "responses", "200", "links", "tasks"), ABSENT),
    "required-unexplained": Fault(REQUIRED, (*REQUIRED, 0), "hoot_cer"),
    "response-closed": Fault(CLOSED, CLOSED, False),
    "undescribed": Fault(LYRICS_ID, (*LYRICS_ID, "description"), ABSENT),
    "component-unused": Fault((*SCHEMAS, "Nobody"), (*SCHEMAS, "Nobody"), {"type": "object", "description": "None."}),
}
"""By the id of the rule."""


def with_all_faults(honest: Description) -> Description:
    """Return a description with every fault; no two of them touch the same node."""
    data = with_changes(honest.data, *((fault.changed, fault.new) for fault in FAULTS.values()))
    return attrs.evolve(honest, data=data)


def with_broken_reference(document: Mapping[str, Any]) -> Any:
    """Return a document with a reference to a missing response."""
    return with_changes(document, ((*POST, "responses", "400"), {"$ref": "#/components/responses/Nowhere"}))
