"""Drifted exchanges. The expected finding follows from the place of the change, not from the detector.

Places are looked up in the description itself: at the top, in envelopes, in lists, in the clips of personas and tasks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cometapi_suno_mock import OperationContract
from cometapi_suno_mock.media import is_array
from cometapi_suno_mock.pointers import join_pointer, look_up, resolve

from contract_tests.suite.verifier.drift_catalogue.body_mutations import (
    Bodies,
    Case,
    Expected,
    Member,
    Steps,
    changed,
    of_no_type,
    value_at,
)
from contract_tests.suite.verifier.drift_catalogue.non_body_mutations import (
    against_changed_descriptions,
    outside_bodies,
    with_other_envelopes,
)
from contract_tests.suite.verifier.drift_catalogue.request_mutations import in_requests
from contract_tests.verifier.drift.findings import DriftKind
from scripts.openapi_document import OPEN_ENUM


def drifted(description: Mapping[str, Any]) -> list[Case]:
    """Return every drifted exchange, with one change each."""
    bodies = Bodies(description)
    found = [*_in_bodies(bodies), *_in_items(bodies), *outside_bodies(bodies), *with_other_envelopes(bodies)]
    found += [*in_requests(bodies), *against_changed_descriptions(bodies)]
    return list({case.name: case for case in found}.values())


def _in_bodies(bodies: Bodies) -> Iterator[Case]:
    """Yield new fields in every object, and every member missing, of another type, null, or with a new value."""
    for operation, status, where, name, body in _interesting(bodies):
        place = f"{operation.id} {status} {name}"

        def case(what: str, new: Any, *expected: Any, steps: Steps, shown: str = place, old: Any = body) -> Case:
            exchange = bodies.exchange(operation, status, changed(old, steps, new))  # noqa: B023
            return Case(f"{what}: {shown} {join_pointer('', *steps)}", exchange, Expected(*expected))

        for steps, owner in bodies.objects(where, body):
            at = (*steps, "quite new")
            fields = f"{owner}/properties"
            yield case("new field", {"of": [1]}, DriftKind.UNDOCUMENTED_FIELD, fields, join_pointer("", *at), steps=at)
        for member in bodies.members(where, body):
            there = join_pointer("", *member.steps)
            source = look_up(bodies.description, resolve(bodies.description, member.site))
            is_mark = len(member.steps) == 1 and "const" in source
            if member.name in look_up(bodies.description, member.owner).get("required", ()) and not _ambiguous(member):
                required = f"{member.owner}/required"
                yield case("missing", ..., DriftKind.MISSING_REQUIRED, required, there, steps=member.steps)
            if is_mark and body.get("data") is not None:  # without an answer, it would be the body of an error
                const = f"{member.site}/const"
                yield case("other mark", "ok", DriftKind.OTHER_ENVELOPE, const, there, steps=member.steps)
            typed = bodies.typed_by(member.site)
            if typed is None:
                continue
            if not bodies.tree.fits(member.site, None):
                kind = DriftKind.OTHER_ENVELOPE if is_mark else DriftKind.UNEXPECTED_NULL
                yield case("null", None, kind, typed, there, steps=member.steps)
            other = of_no_type(bodies, member.site)
            if other is not ...:
                kind = DriftKind.OTHER_ENVELOPE if is_mark else DriftKind.WRONG_TYPE
                yield case("other type", other, kind, typed, there, steps=member.steps)
            if OPEN_ENUM in source:
                listed = f"{resolve(bodies.description, member.site)}/{OPEN_ENUM}"
                yield case("new value", "HOLD", DriftKind.NEW_ENUM_VALUE, listed, there, steps=member.steps)


def _in_items(bodies: Bodies) -> Iterator[Case]:
    """Yield every list with one item null, or of another type."""
    for operation, status, where, name, body in _interesting(bodies):
        for member in bodies.members(where, body):
            value = value_at(body, member.steps)
            owner = bodies.alternative(member.site, value)
            if not is_array(value) or not value or "items" not in look_up(bodies.description, owner):
                continue
            site = f"{owner}/items"
            typed = bodies.typed_by(site)
            at = (*member.steps, len(value) - 1)
            for what, new in (("null item", None), ("other item", of_no_type(bodies, site))):
                if typed is not None and new is not ...:
                    kind = DriftKind.UNEXPECTED_NULL if new is None else DriftKind.WRONG_TYPE
                    exchange = bodies.exchange(operation, status, changed(body, at, new))
                    title = f"{what}: {operation.id} {status} {name} {join_pointer('', *at)}"
                    yield Case(title, exchange, Expected(kind, typed, join_pointer("", *at)))


def _interesting(bodies: Bodies) -> Iterator[tuple[OperationContract, int, str, str, Any]]:
    """Yield every success example, and each distinct error example."""
    seen: set[str] = set()
    for operation, status, where, name, body in bodies.answers:
        key = json.dumps(body, sort_keys=True)
        if status == 200 or key not in seen:
            seen.add(key)
            yield operation, status, where, name, body


def _ambiguous(member: Member) -> bool:
    """Return whether the field alone distinguishes two error bodies."""
    return member.owner.rpartition("/")[2] == "ErrorEnvelope"
