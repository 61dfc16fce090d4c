"""Proposals for whole responses: statuses, media types, headers and envelopes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http.client import responses
from typing import Any, Final

from attrs import evolve
from cometapi_suno_mock.media import is_json

from contract_tests.verifier.drift.explain_errors import describe_type
from contract_tests.verifier.drift.findings import DriftFinding, DriftKind, format_value
from contract_tests.verifier.exchange.exchange import TRANSPORT_HEADERS, ExchangeBody, ExchangeResponse
from contract_tests.verifier.exchange.sanitize import Sanitizer
from contract_tests.verifier.proposals.overlay_builder import OverlayBuilder, name_source
from contract_tests.verifier.proposals.schema_inference import UNEXPLAINED, infer_schema, pascal_case
from contract_tests.verifier.spec_index import SpecIndex
from scripts.openapi_document import is_object, join_pointer, split_pointer
from scripts.overlay.overlay_actions import EXAMPLES, RECORDINGS
from scripts.text_and_files import kebab_case

_REQUEST_ID: Final = "X-Oneapi-Request-Id"
_REQUEST_ID_HEADER: Final = "/components/headers/RequestId"
_LONGEST_PAGE: Final = 300
_ENVELOPE: Final = frozenset({"code", "message", "data"})


def propose_status(builder: OverlayBuilder, finding: DriftFinding) -> None:
    """Propose a response for the status; nothing for one without a body, which shows nothing to describe."""
    response = finding.response
    if response is None or response.body is None:
        return
    owner = finding.spec_pointer.removesuffix("/responses")
    content, components, files = _describe_content(builder, finding, owner, response, response.body)
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
    response = finding.response
    if response is None or response.body is None or not response.media:
        return
    owner = finding.spec_pointer.removesuffix("/content")
    content, components, files = _describe_content(builder, finding, owner, response, response.body)
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


def propose_envelope(builder: OverlayBuilder, finding: DriftFinding) -> None:
    """Propose another alternative of the body, of the constant that marks its envelope, or of the media type."""
    if finding.spec_pointer.endswith("/content"):
        propose_media(builder, finding)
    elif split_pointer(finding.spec_pointer)[-1] in ("const", "type"):
        _add_mark(builder, finding)
    elif finding.subject == "bare":
        _allow_bare(builder, finding)
    elif finding.subject == "enveloped in data":
        _allow_envelope(builder, finding)


def _describe_header(builder: OverlayBuilder, finding: DriftFinding, text: str) -> dict[str, Any]:
    kind = "integer" if re.fullmatch(r"\d{1,9}", text) else "string"
    entry = builder.make_entry(finding.evidence, f"With an answer of {finding.operation}.")
    return {"description": UNEXPLAINED, "schema": {"type": kind}, "x-evidence": [entry]}


def _describe_content(
    builder: OverlayBuilder, finding: DriftFinding, owner: str, response: ExchangeResponse, body: ExchangeBody
) -> tuple[dict[str, Any] | None, dict[str, Any], dict[str, Any]]:
    """Return the media type object of a body, with the components and example files that it needs.

    The media type object is `None` for bytes, and without a content type.
    """
    if body.kind == "base64" or not response.media:
        return None, {}, {}
    summary = f"An answer of {finding.operation}"
    if body.kind == "text":
        page = {"summary": summary, "value": body.value[:_LONGEST_PAGE]}
        return {"schema": {"type": "string"}, "examples": {"page": page}}, {}, {}
    schema, components = _find_schema(builder, finding, owner, body.value)
    example: dict[str, Any] = {"summary": summary}
    files: dict[str, Any] = {}
    if is_json(response.media):
        steps = split_pointer(owner)
        stem = steps[2] if steps[:2] == ["components", "responses"] else finding.operation
        name = f"{kebab_case(stem)}.{response.status}-{finding.id}.recorded"
        example["externalValue"] = f"examples/{name}.json"
        recording = _make_recording(builder, finding, name)
        files[EXAMPLES] = {f"examples/{name}.json": body.value if recording is None else _read_body(recording)}
        if recording is not None:
            files[RECORDINGS] = {f"{name}.json": recording}
    else:
        example["value"] = body.value
    return {"schema": schema, "examples": {"observed": example}}, components, files


def _make_recording(builder: OverlayBuilder, finding: DriftFinding, name: str) -> dict[str, Any] | None:
    """Return the exchange that showed a finding as a recording; `None` if it is not known."""
    if not finding.shown_by:
        return None
    exchange = Sanitizer().sanitize(finding.shown_by[0])
    target = name_source(builder.document, finding.evidence)
    return evolve(exchange, id=name, origin="recorded", target=target, note="From an accepted proposal.").to_json()


def _read_body(recording: Mapping[str, Any]) -> Any:
    return recording["response"]["body"]["json"]


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


def _add_mark(builder: OverlayBuilder, finding: DriftFinding) -> None:
    """Add another constant that marks a success."""
    if not isinstance(finding.actual, str | int) or isinstance(finding.actual, bool):
        return
    site = finding.spec_pointer.rpartition("/")[0]
    source = builder.at(site)
    other = {"type": describe_type(finding.actual), "const": finding.actual}
    if "oneOf" in source:
        builder.update(f"{site}/oneOf", other)
    else:
        kept = {name: value for name, value in source.items() if name not in ("type", "const")}
        known = {name: value for name, value in source.items() if name in ("type", "const")}
        builder.replace(site, {**kept, "oneOf": [known, other]})
    says = f"`{format_value(finding.actual, 30)}` in an answer of {finding.operation}."
    builder.add_evidence(site, finding.evidence, says)


def _allow_bare(builder: OverlayBuilder, finding: DriftFinding) -> None:
    """Allow the content of an envelope alone, if it requires a field that the envelope does not have."""
    envelope = finding.spec_pointer
    member = f"{envelope}/properties/data"
    inner = builder.resolve(member) if builder.has(member) else member
    if inner == member or len(split_pointer(inner)) != 3:
        return
    required = set(builder.at(inner).get("required", []))
    if required and required.isdisjoint(builder.at(envelope).get("properties", {})):
        _allow_either(builder, finding, envelope, inner)


def _allow_envelope(builder: OverlayBuilder, finding: DriftFinding) -> None:
    """Allow an envelope around a body, if the body requires a field that the envelope does not have."""
    inner, value = builder.resolve(finding.spec_pointer), finding.actual
    required = set(builder.at(inner).get("required", []))
    is_envelope = is_object(value) and value.keys() <= _ENVELOPE and isinstance(value.get("code"), str)
    if not is_envelope or len(split_pointer(inner)) != 3 or not required or required & _ENVELOPE:
        return
    name = f"{split_pointer(inner)[-1]}Envelope"
    if name in builder.component_schemas:
        return
    envelope = {
        "type": "object",
        "description": "Envelope around a result that is also sent alone.",
        "required": ["code", "data"],
        "x-required-because": {"code": "It alone marks success.", "data": "It is the result."},
        "properties": {
            "code": {"type": "string", "const": value["code"], "description": "Marks a success."},
            "message": {"type": "string", "description": "Empty on success."},
            "data": {"$ref": f"#{inner}", "description": "The result that is also sent alone."},
        },
    }
    builder.add_components({name: envelope})
    _allow_either(builder, finding, inner, f"/components/schemas/{name}")


def _allow_either(builder: OverlayBuilder, finding: DriftFinding, one: str, other: str) -> None:
    """Allow two alternatives for the JSON body of the response."""
    operation = builder.find_operation(finding.operation)
    response = builder.resolve(f"{operation}/responses/{finding.status}")
    where = join_pointer(response, "content", "application/json", "schema")
    if not builder.has(where):
        return
    target = builder.resolve(where)
    says = f"{'Bare' if finding.subject == 'bare' else 'In an envelope'} in an answer of {finding.operation}."
    if "oneOf" in builder.at(target):
        builder.update(f"{target}/oneOf", {"$ref": f"#{other}"})
    else:
        name = f"{pascal_case(finding.operation)}Answer"
        answer = {
            "description": "The result, bare or in an envelope.",
            "oneOf": [{"$ref": f"#{one}"}, {"$ref": f"#{other}"}],
        }
        builder.add_components({name: answer})
        builder.replace(where, {"$ref": f"#/components/schemas/{name}"})
        target = f"/components/schemas/{name}"
    builder.add_evidence(target, finding.evidence, says)
