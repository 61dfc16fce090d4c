"""Proposals for answers of another make, where a description of both is one that tells them apart."""

from __future__ import annotations

from cometapi_suno_mock.media import is_object
from cometapi_suno_mock.pointers import pointer, split

from contract_tests.verifier.drift.explain_errors import type_of
from contract_tests.verifier.drift.findings import Finding, brief
from contract_tests.verifier.proposals.overlay_builder import Draft
from contract_tests.verifier.proposals.response_proposals import propose_media
from contract_tests.verifier.proposals.schema_inference import pascal

_ENVELOPE = frozenset({"code", "message", "data"})


def propose_envelope(draft: Draft, finding: Finding) -> None:
    """Another alternative of the body, of the constant that marks it, or of the media type."""
    if finding.spec_pointer.endswith("/content"):
        propose_media(draft, finding)
    elif split(finding.spec_pointer)[-1] in ("const", "type"):
        _other_mark(draft, finding)
    elif finding.subject == "bare":
        _bare(draft, finding)
    elif finding.subject == "enveloped in data":
        _enveloped(draft, finding)


def _other_mark(draft: Draft, finding: Finding) -> None:
    """The mark of success has another value too."""
    if not isinstance(finding.actual, str | int) or isinstance(finding.actual, bool):
        return
    site = finding.spec_pointer.rpartition("/")[0]
    source = draft.at(site)
    other = {"type": type_of(finding.actual), "const": finding.actual}
    if "oneOf" in source:
        draft.update(f"{site}/oneOf", other)
        draft.witness(site, finding.evidence, _mark(finding))
        return
    kept = {name: value for name, value in source.items() if name not in ("type", "const")}
    known = {name: value for name, value in source.items() if name in ("type", "const")}
    draft.replace(site, {**kept, "oneOf": [known, other]})
    draft.witness(site, finding.evidence, _mark(finding))


def _mark(finding: Finding) -> str:
    return f"`{brief(finding.actual, 30)}` in an answer of {finding.operation}."


def _bare(draft: Draft, finding: Finding) -> None:
    """What the envelope holds may come alone, where it requires a field that the envelope does not have."""
    envelope = finding.spec_pointer
    inner = _held(draft, envelope)
    if inner is None:
        return
    required = set(draft.at(inner).get("required", []))
    if required and required.isdisjoint(draft.at(envelope).get("properties", {})):
        _either(draft, finding, envelope, inner)


def _enveloped(draft: Draft, finding: Finding) -> None:
    """What comes alone may come in an envelope, where it requires a field that the envelope does not have."""
    inner, value = draft.resolve(finding.spec_pointer), finding.actual
    required = set(draft.at(inner).get("required", []))
    is_envelope = is_object(value) and value.keys() <= _ENVELOPE and isinstance(value.get("code"), str)
    if not is_envelope or len(split(inner)) != 3 or not required or required & _ENVELOPE:
        return
    name = f"{split(inner)[-1]}Envelope"
    if draft.has(f"/components/schemas/{name}"):
        return
    envelope = {
        "type": "object",
        "description": "Envelope around what comes alone too.",
        "required": ["code", "data"],
        "x-required-because": {"code": "It alone tells success.", "data": "It is the answer."},
        "properties": {
            "code": {"type": "string", "const": value["code"], "description": "The mark of a success."},
            "message": {"type": "string", "description": "Empty on success."},
            "data": {"$ref": f"#{inner}", "description": "What comes alone too."},
        },
    }
    draft.update("/components/schemas", {name: envelope})
    _either(draft, finding, inner, f"/components/schemas/{name}")


def _held(draft: Draft, envelope: str) -> str | None:
    """The component that an envelope holds; `None` when that is none."""
    member = f"{envelope}/properties/data"
    inner = draft.resolve(member) if draft.has(member) else member
    return inner if inner != member and len(split(inner)) == 3 else None


def _either(draft: Draft, finding: Finding, one: str, other: str) -> None:
    """Let the body of the response be one or the other."""
    where = _body_of(draft, finding)
    if where is None:
        return
    target = draft.resolve(where)
    says = f"{'Bare' if finding.subject == 'bare' else 'In an envelope'} in an answer of {finding.operation}."
    if "oneOf" in draft.at(target):
        draft.update(f"{target}/oneOf", {"$ref": f"#{other}"})
        draft.witness(target, finding.evidence, says)
        return
    name = f"{pascal(finding.operation)}Answer"
    answer = {
        "description": "The answer, bare or in an envelope.",
        "oneOf": [{"$ref": f"#{one}"}, {"$ref": f"#{other}"}],
    }
    draft.update("/components/schemas", {name: answer})
    draft.replace(where, {"$ref": f"#/components/schemas/{name}"})
    draft.witness(f"/components/schemas/{name}", finding.evidence, says)


def _body_of(draft: Draft, finding: Finding) -> str | None:
    """Where the description says what the JSON body of the response is."""
    for path, item in draft.document["paths"].items():
        for method, node in item.items():
            if is_object(node) and node.get("operationId") == finding.operation:
                place = draft.resolve(pointer(("paths", path, method, "responses", str(finding.status))))
                where = place + pointer(("content", "application/json", "schema"))
                return where if draft.has(where) else None
    return None
