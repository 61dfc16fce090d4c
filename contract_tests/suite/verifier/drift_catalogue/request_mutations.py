"""Drift in requests: accepted requests that the description refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve
from cometapi_suno_mock.pointers import join_pointer, look_up, resolve

from contract_tests.suite.verifier.drift_catalogue.body_mutations import (
    Bodies,
    Case,
    Expected,
    Member,
    changed,
    of_no_type,
)
from contract_tests.verifier.drift.findings import DriftKind
from contract_tests.verifier.exchange.exchange import ExchangeBody


def in_requests(bodies: Bodies) -> Iterator[Case]:
    """Yield accepted requests that the description refuses."""
    for operation in bodies.operations:
        if operation.body is None:
            continue
        content = next(iter(operation.body.content.values()))
        assert content.schema is not None
        good = next(body for each, status, _, _, body in bodies.answers if each is operation and status == 200)
        exchange = bodies.exchange(operation, 200, good)
        for name, sent in content.examples.items():
            place = f"request of {operation.id} {name}"
            for member in bodies.members(content.schema.pointer, sent):
                at = join_pointer("", *member.steps)
                source = look_up(bodies.description, resolve(bodies.description, member.site))
                if "anyOf" in content.schema.source and "const" in source:
                    continue  # what tells variants apart says another variant when it is changed
                for what, new, expected in _request_changes(bodies, member, source):
                    other = changed(sent, member.steps, new)
                    if not bodies.tree.fits(content.schema.pointer, other) or what == "other form":
                        request = evolve(exchange.request, body=ExchangeBody("json", other))
                        yield Case(f"{what}: {place} {at}", evolve(exchange, request=request), expected)


def _request_changes(bodies: Bodies, member: Member, source: Mapping[str, Any]) -> Iterator[tuple[str, Any, Expected]]:
    at = join_pointer("", *member.steps)
    target = resolve(bodies.description, member.site)
    if member.name in look_up(bodies.description, member.owner).get("required", ()):
        yield "missing", ..., Expected(DriftKind.MISSING_REQUIRED, f"{member.owner}/required", at)
    other, typed = of_no_type(bodies, member.site), bodies.typed_by(member.site)
    if other is not ... and typed is not None:
        yield "other type", other, Expected(DriftKind.WRONG_TYPE, typed, at)
    if "format" in source:
        yield "other form", "no such form", Expected(DriftKind.FORMAT, f"{target}/format", at)
    if "enum" in source:
        yield "new value", "HOLD", Expected(DriftKind.NEW_ENUM_VALUE, f"{target}/enum", at)
    if "minLength" in source:
        yield "too short", "", Expected(DriftKind.FORMAT, f"{target}/minLength", at)
