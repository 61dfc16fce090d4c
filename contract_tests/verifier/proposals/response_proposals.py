"""Proposals for what a response has beside its JSON: statuses, media types and headers."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from cometapi_suno_mock.media import is_json
from cometapi_suno_mock.pointers import pointer, split

from contract_tests.verifier.drift.comparer import TRANSPORT_HEADERS
from contract_tests.verifier.drift.document_index import Tree
from contract_tests.verifier.drift.findings import Finding, Kind
from contract_tests.verifier.exchange.exchange import Body, Response
from contract_tests.verifier.proposals.overlay_builder import Draft, entry_of
from contract_tests.verifier.proposals.schema_inference import Inference, pascal

_REQUEST_ID = "X-Oneapi-Request-Id"
_REQUEST_ID_HEADER = "/components/headers/RequestId"
_LONGEST_PAGE = 300


def propose_status(draft: Draft, finding: Finding) -> None:
    """A response of its own for the status; none for one without a body, of which there is nothing to be said."""
    response = finding.difference.response
    if response is None or response.body is None:
        return
    owner = finding.spec_pointer.removesuffix("/responses")
    content, components, files = _content(draft, finding, owner, response, response.body)
    if content is None:
        return
    described: dict[str, Any] = {"description": f"{_phrase(response.status)}. Seen in answers, documented nowhere."}
    described["x-evidence"] = [_entry(draft, finding, f"{finding.operation} answered {response.status}.")]
    headers = {
        _titled(name): _header(draft, finding, value)
        for name, value in response.headers.items()
        if name not in TRANSPORT_HEADERS and name != _REQUEST_ID.lower()
    }
    if _REQUEST_ID.lower() in response.headers and draft.has(_REQUEST_ID_HEADER):
        headers[_REQUEST_ID] = {"$ref": f"#{_REQUEST_ID_HEADER}"}
    if headers:
        described["headers"] = headers
    described["content"] = {response.media: content}
    draft.update(finding.spec_pointer, {finding.subject: described}, files)
    if components:
        draft.update("/components/schemas", components)


def propose_media(draft: Draft, finding: Finding) -> None:
    """Another media type of a response that is described."""
    response = finding.difference.response
    if response is None or response.body is None or not response.media:
        return
    owner = finding.spec_pointer.removesuffix("/content")
    content, components, files = _content(draft, finding, owner, response, response.body)
    if content is None:
        return
    draft.update(owner, {"content": {response.media: content}}, files)
    draft.witness(owner, finding.evidence, f"As `{response.media}` from {finding.operation}.")
    if components:
        draft.update("/components/schemas", components)


def propose_header(draft: Draft, finding: Finding) -> None:
    """A header that is new, not always there, or of another type."""
    if finding.kind is Kind.HEADER:
        owner, keyword = finding.spec_pointer.rpartition("/")[0], split(finding.spec_pointer)[-1]
        if keyword == "required":
            draft.exchange(owner, required=None)
            draft.witness(owner, finding.evidence, f"Absent from an answer of {finding.operation}.")
        elif keyword == "type":
            header = owner.rpartition("/")[0]
            draft.exchange(owner, type="string")
            draft.witness(header, finding.evidence, f"Another text in an answer of {finding.operation}.")
        return
    owner = finding.spec_pointer.removesuffix("/headers")
    draft.update(owner, {"headers": {_titled(finding.subject): _header(draft, finding, str(finding.actual))}})


def _header(draft: Draft, finding: Finding, text: str) -> dict[str, Any]:
    """What is known of a header that nobody described."""
    kind = "integer" if re.fullmatch(r"\d{1,9}", text) else "string"
    described = {"description": "Seen in answers; what it means is not documented.", "schema": {"type": kind}}
    return {**described, "x-evidence": [_entry(draft, finding, f"With an answer of {finding.operation}.")]}


def _titled(name: str) -> str:
    """A header's name as people write it."""
    return "-".join(word.capitalize() for word in name.split("-"))


def _content(
    draft: Draft, finding: Finding, owner: str, response: Response, body: Body
) -> tuple[dict[str, Any] | None, dict[str, Any], dict[str, Any]]:
    """What `content` says of a body, with the components and example files that it takes; `None` when it cannot."""
    if body.kind == "base64" or not response.media:
        return None, {}, {}
    summary = f"An answer of {finding.operation}"
    if body.kind == "text":
        page = body.value[:_LONGEST_PAGE]
        return {"schema": {"type": "string"}, "examples": {"page": {"summary": summary, "value": page}}}, {}, {}
    schema, components = _schema(draft, finding, owner, body.value)
    example: dict[str, Any] = {"summary": summary}
    files: dict[str, Any] = {}
    if is_json(response.media):
        status = str(response.status)
        name = f"examples/{_kebab(_owner_name(finding, owner))}.{status}-{finding.id}.recorded.json"
        example["externalValue"] = name
        files[name] = body.value
    else:
        example["value"] = body.value
    return {"schema": schema, "examples": {"observed": example}}, components, files


def _schema(draft: Draft, finding: Finding, owner: str, value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema of another answer of the same operation that the value fits, or one made from it."""
    tree = Tree(draft.document)
    candidates = [owner] if "content" in draft.at(owner) else []
    operation = next(
        (
            pointer(("paths", path, method))
            for path, item in draft.document["paths"].items()
            for method, node in item.items()
            if node.get("operationId") == finding.operation
        ),
        "",
    )
    responses: dict[str, Any] = draft.at(operation).get("responses", {}) if operation else {}
    order = sorted(responses, key=lambda status: status[0] != str(finding.status)[0])
    candidates += [draft.resolve(f"{operation}/responses/{status}") for status in order]
    for each in candidates:
        for media in draft.at(each).get("content", {}):
            place = each + pointer(("content", media, "schema"))
            if is_json(media) and draft.has(place) and tree.fits(place, value):
                found: dict[str, Any] = draft.at(place)
                return found, {}
    inference = Inference(list(draft.at("/components/schemas")))
    return inference.schema([value], f"{pascal(finding.operation)}{finding.status}"), inference.components


def _entry(draft: Draft, finding: Finding, says: str) -> dict[str, Any]:
    return entry_of(draft.document, finding.evidence, says)


def _owner_name(finding: Finding, owner: str) -> str:
    """The name that examples of a place have: that of the shared response, or that of the operation."""
    steps = split(owner)
    return steps[2] if steps[:2] == ["components", "responses"] else finding.operation


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"
