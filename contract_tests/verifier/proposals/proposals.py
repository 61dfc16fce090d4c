"""For each finding, what the description would have to say: an OpenAPI Overlay that a maintainer may accept.

A finding about which a person has to decide has no proposal: a body that nobody can read, an error sent as a success, a
field that merely did not come, an answer of quite another make.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import date
from typing import Any, Final

from cometapi_suno_mock.media import is_array
from cometapi_suno_mock.pointers import pointer, split

from contract_tests.verifier.drift.closed_schemas import OPEN_ENUM
from contract_tests.verifier.drift.explain_errors import type_of
from contract_tests.verifier.drift.findings import Finding, Kind, brief
from contract_tests.verifier.proposals.envelope_proposals import propose_envelope
from contract_tests.verifier.proposals.overlay_builder import Action, Draft, entry_of, new_sources
from contract_tests.verifier.proposals.response_proposals import propose_header, propose_media, propose_status
from contract_tests.verifier.proposals.schema_inference import Inference, pascal

_ARTICLES: Final = {
    "string": "A text",
    "integer": "A whole number",
    "number": "A number",
    "boolean": "True or false",
    "object": "An object",
    "array": "A list",
    "null": "Null",
}


def propose(document: Mapping[str, Any], findings: Iterable[Finding]) -> dict[str, tuple[Action, ...]]:
    """The actions for each finding by its id, in the order in which they are to be done.

    What two findings want of one place is proposed as the second one finds it. To take only one, ask for it alone.
    """
    ordered = sorted(findings, key=_order)
    proposed: dict[str, tuple[Action, ...]] = {}
    if not ordered:
        return proposed
    draft = Draft(document)
    for finding in ordered:
        before = deepcopy(draft.document) if finding.kind in _DELICATE else None
        _PROPOSERS.get(finding.kind, _nothing)(draft, finding)
        if before is not None and not draft.shows_its_examples():
            draft.undo(before)  # alternatives would no longer be told apart: a person has to decide
        title = f"{finding.kind.title}: {finding.operation} {finding.status}: {finding.subject}"
        actions = [{**action, "description": title, "x-finding": finding.id} for action in draft.taken()]
        if actions:
            proposed[finding.id] = tuple(actions)
    return proposed


def overlay(document: Mapping[str, Any], findings: Iterable[Finding], title: str, day: date) -> dict[str, Any] | None:
    """An Overlay 1.0 of the proposals of findings, with the sources that they name; `None` when there are none.

    Args:
        document: The bundled description.
        findings: What was accepted. Their proposals are made anew, so that they fit together.
        title: What the overlay is about.
        day: Its version.
    """
    found = list(findings)
    proposed = propose(document, found) if found else {}
    if not proposed:
        return None
    order = [finding.id for finding in sorted(found, key=_order)]
    actions = [action for name in dict.fromkeys(order) for action in proposed.get(name, ())]
    if sources := new_sources(document, [finding.evidence for finding in found], actions):
        origin = "Where the observations come from"
        actions.insert(0, {"target": "$['x-sources']", "update": sources, "description": origin})
    return {"overlay": "1.0.0", "info": {"title": title, "version": day.isoformat()}, "actions": actions}


def _order(finding: Finding) -> tuple[int, str, str]:
    """What adds to lists of alternatives comes before what adds to the members of one: its pointers stay right."""
    late = finding.kind in (Kind.WRONG_TYPE, Kind.UNEXPECTED_NULL, Kind.OTHER_ENVELOPE)
    return int(late), finding.spec_pointer, finding.id


def _nothing(draft: Draft, finding: Finding) -> None:
    pass


def _where(finding: Finding) -> str:
    return f"an answer of {finding.operation}" if finding.side == "response" else f"a request of {finding.operation}"


def _undocumented_field(draft: Draft, finding: Finding) -> None:
    owner, name = finding.difference.schema, finding.subject
    if f"{owner}/not" == finding.spec_pointer or not draft.has(owner):
        return
    inference = Inference(list(draft.at("/components/schemas")))
    called = f"{split(owner)[-1]}{pascal(name)}"
    member = inference.described([sighting.actual for sighting in finding.sightings], called)
    member["x-evidence"] = [entry_of(draft.document, finding.evidence, f"In {_where(finding)}.")]
    draft.update(owner, {"properties": {name: member}})
    if inference.components:
        draft.update("/components/schemas", inference.components)


def _missing_required(draft: Draft, finding: Finding) -> None:
    owner, name = finding.spec_pointer.rpartition("/")[0], finding.subject
    source = draft.at(owner)
    required = [each for each in source.get("required", []) if each != name]
    reasons = {key: why for key, why in source.get("x-required-because", {}).items() if key != name}
    draft.exchange(owner, **{"required": required or None, "x-required-because": reasons or None})
    member = f"{owner}/properties{pointer([name])}"
    missing = "Absent from" if finding.side == "response" else "Absent, and accepted, in"
    draft.witness(member if draft.has(member) else owner, finding.evidence, f"{missing} {_where(finding)}.")


def _other_type(draft: Draft, finding: Finding) -> None:
    """Widen the member that had a value of another type."""
    site, keyword = finding.spec_pointer.rpartition("/")[0], split(finding.spec_pointer)[-1]
    source = draft.at(site)
    if (len(split(site)) == 3 and keyword == "type") or (keyword == "$ref" and _is_result(draft, site)):
        return  # the whole of a component, or of what a caller gets, is something else: that is no member to be widened
    came = type_of(finding.actual)
    inference = Inference(list(draft.at("/components/schemas")))
    seen = {"type": "null"} if came == "null" else inference.schema([finding.actual], _called(site))
    choice = next((each for each in ("oneOf", "anyOf") if each in source), None)
    if choice is not None:
        draft.update(f"{site}/{choice}", seen)
    elif keyword == "type" and came not in ("object", "array") and OPEN_ENUM not in source and "enum" not in source:
        draft.exchange(site, type=_widened(source["type"], came))
    else:
        kept = {name: value for name, value in source.items() if name == "description" or name.startswith("x-")}
        kept.pop(OPEN_ENUM, None)
        rest = {name: value for name, value in source.items() if name not in kept}
        draft.replace(site, {**kept, "oneOf": [rest, seen]})
    if inference.components:
        draft.update("/components/schemas", inference.components)
    draft.witness(site, finding.evidence, f"{_ARTICLES[came]} in {_where(finding)}.")


def _is_result(draft: Draft, site: str) -> bool:
    """Whether a place is what an envelope holds, or an item of the list that it holds."""
    owner = site.removesuffix("/items").rpartition("/properties/")[0]
    mark = f"{owner}/properties/code"
    return draft.has(mark) and bool({"const", "oneOf"} & draft.at(mark).keys())


def _new_value(draft: Draft, finding: Finding) -> None:
    owner, keyword = finding.spec_pointer.rpartition("/")[0], split(finding.spec_pointer)[-1]
    if keyword not in (OPEN_ENUM, "enum"):
        return  # a constant: it tells one thing from another, and another value tells something else
    draft.update(finding.spec_pointer, finding.actual)
    draft.witness(owner, finding.evidence, f"`{brief(finding.actual, 30)}` in {_where(finding)}.")


def _other_form(draft: Draft, finding: Finding) -> None:
    owner, keyword = finding.spec_pointer.rpartition("/")[0], split(finding.spec_pointer)[-1]
    draft.exchange(owner, **{keyword: None})
    draft.witness(owner, finding.evidence, f"Without this {keyword} in {_where(finding)}.")


def _empty_body(draft: Draft, finding: Finding) -> None:
    says = f"{finding.operation} answered {finding.status} without a body."
    entry = entry_of(draft.document, finding.evidence, says)
    draft.update(finding.spec_pointer, {"x-empty-body": entry})


def _widened(types: Any, came: str) -> str | list[str]:
    """The types with another one; a number may be whole."""
    listed: Sequence[str] = types if is_array(types) else [types]
    kept = [each for each in listed if not (came == "number" and each == "integer")]
    found = [*kept, came]
    return found[0] if len(found) == 1 else found


def _called(site: str) -> str:
    """What a value at a place would be called as a component."""
    steps = [step for step in split(site)[2:] if step not in ("properties", "items") and not step.isdigit()]
    return "".join(step if step[:1].isupper() else pascal(step) for step in steps)


_DELICATE: Final = frozenset({Kind.MISSING_REQUIRED, Kind.OTHER_ENVELOPE})
_PROPOSERS: Final[Mapping[Kind, Callable[[Draft, Finding], None]]] = {
    Kind.UNDOCUMENTED_FIELD: _undocumented_field,
    Kind.MISSING_REQUIRED: _missing_required,
    Kind.WRONG_TYPE: _other_type,
    Kind.UNEXPECTED_NULL: _other_type,
    Kind.NEW_ENUM_VALUE: _new_value,
    Kind.FORMAT: _other_form,
    Kind.EMPTY_BODY: _empty_body,
    Kind.UNDOCUMENTED_STATUS: propose_status,
    Kind.CONTENT_TYPE: propose_media,
    Kind.UNDESCRIBED_BODY: propose_media,
    Kind.HEADER: propose_header,
    Kind.UNDOCUMENTED_HEADER: propose_header,
    Kind.OTHER_ENVELOPE: propose_envelope,
}
