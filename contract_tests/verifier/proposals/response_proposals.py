"""Proposals for whole responses: statuses, media types, headers and envelopes."""

from __future__ import annotations

import re
from http.client import responses
from typing import Any, Final

from attrs import evolve
from cometapi_suno_mock.media import is_json

from contract_tests.verifier.drift.findings import DriftFinding, DriftKind
from contract_tests.verifier.exchange.exchange import TRANSPORT_HEADERS, ExchangeBody
from contract_tests.verifier.exchange.sanitize import Sanitizer
from contract_tests.verifier.proposals.overlay_builder import OverlayBuilder, name_source
from contract_tests.verifier.proposals.schema_inference import UNEXPLAINED, infer_schema, pascal_case
from contract_tests.verifier.spec_index import SpecIndex
from scripts.openapi_document import join_pointer, split_pointer
from scripts.overlay.overlay_actions import EXAMPLES, RECORDINGS
from scripts.text_and_files import kebab_case

_REQUEST_ID: Final = "X-Oneapi-Request-Id"
_REQUEST_ID_HEADER: Final = "/components/headers/RequestId"
_LONGEST_PAGE: Final = 300


def propose_status(builder: OverlayBuilder, finding: DriftFinding) -> None:
    """Propose a response for the status; nothing for one without a body, which shows nothing to describe."""
    response = finding.evidence.response
    if response.body is None:
        return
    owner = finding.spec_pointer.removesuffix("/responses")
    content, components, files = _describe_content(builder, finding, owner, response.media, response.body)
    if content is None:
        return
    phrase = responses.get(response.status, f"Status {response.status}")
    described: dict[str, Any] = {"description": f"{phrase}. Seen in answers, but not documented."}
    described["x-evidence"] = [builder.make_entry(finding.evidence, f"{finding.operation} answered {response.status}.")]
    headers = {
        name.title(): _describe_header(builder, finding, value)
        for name, value in response.headers.items()
        if name not in TRANSPORT_HEADERS and name != _REQUEST_ID.lower()
    }
    if _REQUEST_ID.lower() in response.headers and builder.has(_REQUEST_ID_HEADER):
        headers[_REQUEST_ID] = {"$ref": f"#{_REQUEST_ID_HEADER}"}
    if headers:
        described["headers"] = headers
    described["content"] = {response.media: content}
    builder.update(finding.spec_pointer, {finding.subject: described}, files)
    builder.add_components(components)


def propose_media(builder: OverlayBuilder, finding: DriftFinding) -> None:
    """Propose another media type of a described response."""
    response = finding.evidence.response
    if response.body is None or not response.media:
        return
    owner = finding.spec_pointer.removesuffix("/content")
    content, components, files = _describe_content(builder, finding, owner, response.media, response.body)
    if content is None:
        return
    builder.update(owner, {"content": {response.media: content}}, files)
    builder.add_evidence(owner, finding.evidence, f"As `{response.media}` from {finding.operation}.")
    builder.add_components(components)


def propose_header(builder: OverlayBuilder, finding: DriftFinding) -> None:
    """Propose a new header, or one that is optional or of type string."""
    if finding.kind is DriftKind.UNDOCUMENTED_HEADER:
        owner = finding.spec_pointer.removesuffix("/headers")
        header = _describe_header(builder, finding, str(finding.actual))
        builder.update(owner, {"headers": {finding.subject.title(): header}})
        return
    owner, _, keyword = finding.spec_pointer.rpartition("/")
    if keyword == "required":
        builder.set_members(owner, required=None)
        builder.add_evidence(owner, finding.evidence, f"Absent from an answer of {finding.operation}.")
    elif keyword == "type":
        builder.set_members(owner, type="string")
        says = f"Another text in an answer of {finding.operation}."
        builder.add_evidence(owner.rpartition("/")[0], finding.evidence, says)


def _describe_header(builder: OverlayBuilder, finding: DriftFinding, text: str) -> dict[str, Any]:
    kind = "integer" if re.fullmatch(r"\d{1,9}", text) else "string"
    entry = builder.make_entry(finding.evidence, f"With an answer of {finding.operation}.")
    return {"description": UNEXPLAINED, "schema": {"type": kind}, "x-evidence": [entry]}


def _describe_content(
    builder: OverlayBuilder, finding: DriftFinding, owner: str, media: str, body: ExchangeBody
) -> tuple[dict[str, Any] | None, dict[str, Any], dict[str, Any]]:
    """Return the media type object of a body, with the components and example files that it needs.

    The media type object is `None` for bytes, and without a content type.
    """
    if body.kind == "base64" or not media:
        return None, {}, {}
    summary = f"An answer of {finding.operation}"
    if body.kind == "text":
        page = {"summary": summary, "value": body.value[:_LONGEST_PAGE]}
        return {"schema": {"type": "string"}, "examples": {"page": page}}, {}, {}
    schema, components = _find_schema(builder, finding, owner, body.value)
    example: dict[str, Any] = {"summary": summary}
    files: dict[str, Any] = {}
    if is_json(media):
        steps = split_pointer(owner)
        stem = steps[2] if steps[:2] == ["components", "responses"] else finding.operation
        name = f"{kebab_case(stem)}.{finding.status}-{finding.id}.recorded"
        example["externalValue"] = f"examples/{name}.json"
        recording = _make_recording(builder, finding, name)
        files = {
            EXAMPLES: {f"examples/{name}.json": recording["response"]["body"]["json"]},
            RECORDINGS: {f"{name}.json": recording},
        }
    else:
        example["value"] = body.value
    return {"schema": schema, "examples": {"observed": example}}, components, files


def _make_recording(builder: OverlayBuilder, finding: DriftFinding, name: str) -> dict[str, Any]:
    exchange = Sanitizer().sanitize(finding.evidence)
    target = name_source(builder.document, finding.evidence)
    return evolve(exchange, id=name, origin="recorded", target=target, note="From an accepted proposal.").to_json()


def _find_schema(
    builder: OverlayBuilder, finding: DriftFinding, owner: str, value: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the schema of another answer of the operation that the value fits, or an inferred one with components."""
    index = SpecIndex(builder.document)
    operation = builder.find_operation(finding.operation)
    statuses = sorted(builder.at(operation)["responses"], key=lambda status: status[0] != str(finding.status)[0])
    candidates = [owner] if "content" in builder.at(owner) else []
    candidates += [builder.resolve(f"{operation}/responses/{status}") for status in statuses]
    for each in candidates:
        for media, content in builder.at(each).get("content", {}).items():
            place = join_pointer(each, "content", media, "schema")
            if is_json(media) and "schema" in content and index.fits(place, value):
                return content["schema"], {}
    return infer_schema([value], f"{pascal_case(finding.operation)}{finding.status}", builder.component_schemas)
