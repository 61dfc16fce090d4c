"""Propose, for each finding, what the description would have to say: an OpenAPI Overlay for a maintainer to accept.

A person has to decide about a body that cannot be read, an error sent as a success, a field that merely did not come,
or an entirely different answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any, Final

from attrs import evolve

from contract_tests.verifier.drift.findings import ClientEffect, DriftFinding, DriftKind, format_value
from contract_tests.verifier.drift.result_reader import ResultReader
from contract_tests.verifier.drift.schema_deviations import describe_type
from contract_tests.verifier.exchange.harmless_content import find_names
from contract_tests.verifier.proposals.overlay_builder import (
    OverlayAction,
    OverlayBuilder,
    copy_document,
    describe_sources,
)
from contract_tests.verifier.proposals.response_proposals import propose_header, propose_media, propose_status
from contract_tests.verifier.proposals.schema_inference import UNEXPLAINED, infer_schema, pascal_case
from contract_tests.verifier.proposals.settlements import Settlement
from contract_tests.verifier.spec_index import CHOICES, SpecIndex
from scripts.openapi_document import OPEN_ENUM, join_pointer, schema_types, split_pointer

_UNDECIDED: Final = "no overlay can describe this; a person has to decide"
_TYPES_IN_WORDS: Final = {
    "string": "A text",
    "integer": "A whole number",
    "number": "A number",
    "boolean": "True or false",
    "object": "An object",
    "array": "A list",
    "null": "Null",
}


def propose(index: SpecIndex, findings: Iterable[DriftFinding]) -> list[DriftFinding]:
    """Return the findings with their proposals, in the order in which they are to be applied.

    When two findings concern the same place, the second proposal builds on the first. To accept only one, propose it
    alone.
    """
    ordered = sorted(findings, key=_order)
    proposed: list[DriftFinding] = []
    if not ordered:
        return proposed
    builder = OverlayBuilder(index.document)
    statuses = ResultReader(index).poll_statuses
    for finding in ordered:
        proposer, undecided = _PROPOSERS.get(finding.kind), _find_obstacle(index, finding, statuses)
        if proposer is None or undecided:
            proposed.append(evolve(finding, proposal=(), undecided=undecided or _UNDECIDED))
            continue
        before = copy_document(builder.document) if finding.kind is DriftKind.MISSING_REQUIRED else None
        proposer(builder, finding)
        if before is not None and not builder.keeps_examples():
            builder.restore(before)
            undecided = "the alternatives of the answer could not be distinguished any more"
        title = f"{finding.kind.title}: {finding.operation} {finding.status}: {finding.subject}"
        actions = tuple({**each, "description": title, "x-finding": finding.id} for each in builder.take_actions())
        proposed.append(evolve(finding, proposal=actions, undecided="" if actions else undecided or _UNDECIDED))
    return proposed


def make_overlay(
    document: Mapping[str, Any],
    findings: Iterable[DriftFinding],
    title: str,
    day: date,
    settled: Iterable[Settlement] = (),
) -> dict[str, Any] | None:
    """Return an Overlay 1.0 of the proposals of findings, with their new sources; `None` without a proposal.

    Args:
        document: The bundled description.
        findings: The findings to accept. Their proposals are made again, so that they fit together.
        title: Title of the overlay.
        day: Version of the overlay.
        settled: The contested facts that answers settled.
    """
    found, facts = list(findings), list(settled)
    builder = OverlayBuilder(document)
    actions: list[OverlayAction] = []
    for fact in facts:
        fact.apply(builder)
        title_of_fact = f"Settled by an answer of {fact.operation}"
        actions += [{**each, "description": title_of_fact} for each in builder.take_actions()]
    proposed = propose(SpecIndex(builder.document), found)
    actions += [action for finding in proposed for action in finding.proposal]
    if not actions:
        return None
    named = {finding.id for finding in proposed if finding.proposal}
    observed = [*(each.evidence for each in found if each.id in named), *(each.evidence for each in facts)]
    sources = describe_sources(document, observed)
    if sources:
        add = {"target": "$['x-sources']", "update": sources, "description": "The sources of the observations"}
        actions = [add, *actions]
    return {"overlay": "1.0.0", "info": {"title": title, "version": day.isoformat()}, "actions": actions}


def _find_obstacle(index: SpecIndex, finding: DriftFinding, statuses: Collection[str]) -> str:
    """Return why a finding must not be described away; empty when it may be."""
    if finding.kind is DriftKind.UNDOCUMENTED_FIELD and finding.effect in (
        ClientEffect.CRASH,
        ClientEffect.SILENTLY_WRONG,
    ):
        return f"another object came than the one that is described: {finding.worst.effect_note}"
    if not _list_names(finding).isdisjoint(finding.evidence.pseudonyms):
        return "a name or code in it may be a value, such as an id, and was replaced; --keep-contents shows it"
    if finding.kind is DriftKind.OTHER_ENVELOPE and not finding.spec_pointer.endswith("/content"):
        return "another envelope changes what the client returns"
    if finding.kind is DriftKind.EMPTY_BODY and finding.status // 100 == 2:
        return "a success without a body has no result"
    if finding.kind in (DriftKind.MISSING_REQUIRED, DriftKind.UNEXPECTED_NULL, DriftKind.WRONG_TYPE):
        *steps, _ = split_pointer(finding.spec_pointer)
        name = finding.subject if finding.kind is DriftKind.MISSING_REQUIRED else steps[-1]
        owner = steps[:-2] if steps[-2:-1] == ["properties"] and steps[-1] == name else steps
        reason = index.at(join_pointer("", *owner)).get("x-required-because", {}).get(name)
        return f"{name} is required, because: {reason}" if reason else ""
    if finding.kind is DriftKind.NEW_ENUM_VALUE and finding.schema in statuses:
        return "say in x-sdk.poll whether a wait ends on it, and how; then add it to the list"
    return ""


def _list_names(finding: DriftFinding) -> set[str]:
    """Return the names and codes that a proposal would have of an answer."""
    response, values = finding.evidence.response, [each.actual for each in finding.sightings]
    names = {finding.subject}
    if finding.kind is DriftKind.NEW_ENUM_VALUE:
        names.add(str(finding.actual))
    elif finding.kind in (DriftKind.UNDOCUMENTED_STATUS, DriftKind.CONTENT_TYPE, DriftKind.UNDESCRIBED_BODY):
        names.update(response.headers)
        values = [] if response.body is None else [response.body.value]
    return names.union(*map(find_names, values))


def _order(finding: DriftFinding) -> tuple[int, str, str]:
    """Put additions to the members of alternatives last: a new alternative does not change their pointers."""
    late = finding.kind in (DriftKind.WRONG_TYPE, DriftKind.UNEXPECTED_NULL)
    return int(late), finding.spec_pointer, finding.id


def _message(finding: DriftFinding) -> str:
    return f"{'an answer' if finding.side == 'response' else 'a request'} of {finding.operation}"


def _propose_field(builder: OverlayBuilder, finding: DriftFinding) -> None:
    owner, name = finding.schema, finding.subject
    if f"{owner}/not" == finding.spec_pointer or not builder.has(owner):
        return
    values = [sighting.actual for sighting in finding.sightings]
    component = f"{split_pointer(owner)[-1]}{pascal_case(name)}"
    schema, components = infer_schema(values, component, builder.component_schemas)
    entry = builder.make_entry(finding.evidence, f"In {_message(finding)}.")
    member = {**schema, "description": UNEXPLAINED, "x-evidence": [entry]}
    builder.update(owner, {"properties": {name: member}})
    builder.add_components(components)


def _propose_optional(builder: OverlayBuilder, finding: DriftFinding) -> None:
    owner, name = finding.spec_pointer.rpartition("/")[0], finding.subject
    source = builder.at(owner)
    required = [each for each in source.get("required", []) if each != name]
    reasons = {key: why for key, why in source.get("x-required-because", {}).items() if key != name}
    builder.set_members(owner, **{"required": required or None, "x-required-because": reasons or None})
    member = join_pointer(owner, "properties", name)
    absent = "Absent from" if finding.side == "response" else "Absent, and accepted, in"
    builder.add_evidence(member if builder.has(member) else owner, finding.evidence, f"{absent} {_message(finding)}.")


def _propose_type(builder: OverlayBuilder, finding: DriftFinding) -> None:
    site, _, keyword = finding.spec_pointer.rpartition("/")
    source = builder.at(site)
    if (len(split_pointer(site)) == 3 and keyword == "type") or (keyword == "$ref" and _is_result(builder, site)):
        return  # a whole component or the whole result differs, not a member
    actual = describe_type(finding.actual)
    steps = [step for step in split_pointer(site)[2:] if step not in ("properties", "items") and not step.isdigit()]
    component = "".join(step if step[:1].isupper() else pascal_case(step) for step in steps)
    schema, components = infer_schema([finding.actual], component, builder.component_schemas)
    schema = {"type": "null"} if actual == "null" else schema
    choice = next((each for each in CHOICES if each in source), None)
    if choice is not None:
        builder.update(f"{site}/{choice}", schema)
    elif keyword == "type" and actual not in ("object", "array") and OPEN_ENUM not in source and "enum" not in source:
        kept = [each for each in schema_types(source) if not (actual == "number" and each == "integer")]
        builder.set_members(site, type=[*kept, actual] if kept else actual)
    else:
        kept_members = {name: value for name, value in source.items() if name == "description" or name[:2] == "x-"}
        kept_members.pop(OPEN_ENUM, None)
        rest = {name: value for name, value in source.items() if name not in kept_members}
        builder.replace(site, {**kept_members, "oneOf": [rest, schema]})
    builder.add_components(components)
    builder.add_evidence(site, finding.evidence, f"{_TYPES_IN_WORDS[actual]} in {_message(finding)}.")


def _is_result(builder: OverlayBuilder, site: str) -> bool:
    """Return whether a place is the content of an envelope, or an item of the list that it contains."""
    owner = site.removesuffix("/items").rpartition("/properties/")[0]
    mark = f"{owner}/properties/code"
    return builder.has(mark) and not builder.at(mark).keys().isdisjoint({"const", "oneOf"})


def _propose_value(builder: OverlayBuilder, finding: DriftFinding) -> None:
    owner, _, keyword = finding.spec_pointer.rpartition("/")
    if keyword in (OPEN_ENUM, "enum"):  # another value of a constant means something else
        builder.update(finding.spec_pointer, finding.actual)
        builder.add_evidence(owner, finding.evidence, f"`{format_value(finding.actual, 30)}` in {_message(finding)}.")


def _propose_no_limit(builder: OverlayBuilder, finding: DriftFinding) -> None:
    owner, _, keyword = finding.spec_pointer.rpartition("/")
    builder.set_members(owner, **{keyword: None})
    builder.add_evidence(owner, finding.evidence, f"Without this {keyword} in {_message(finding)}.")


def _propose_empty_body(builder: OverlayBuilder, finding: DriftFinding) -> None:
    says = f"{finding.operation} answered {finding.status} without a body."
    builder.update(finding.spec_pointer, {"x-empty-body": builder.make_entry(finding.evidence, says)})


_PROPOSERS: Final[Mapping[DriftKind, Callable[[OverlayBuilder, DriftFinding], None]]] = {
    DriftKind.UNDOCUMENTED_FIELD: _propose_field,
    DriftKind.MISSING_REQUIRED: _propose_optional,
    DriftKind.WRONG_TYPE: _propose_type,
    DriftKind.UNEXPECTED_NULL: _propose_type,
    DriftKind.NEW_ENUM_VALUE: _propose_value,
    DriftKind.FORMAT: _propose_no_limit,
    DriftKind.EMPTY_BODY: _propose_empty_body,
    DriftKind.UNDOCUMENTED_STATUS: propose_status,
    DriftKind.CONTENT_TYPE: propose_media,
    DriftKind.UNDESCRIBED_BODY: propose_media,
    DriftKind.HEADER: propose_header,
    DriftKind.UNDOCUMENTED_HEADER: propose_header,
    DriftKind.OTHER_ENVELOPE: propose_media,
}
