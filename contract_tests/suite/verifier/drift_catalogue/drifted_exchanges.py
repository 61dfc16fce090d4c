"""Every drifted exchange: what is to be found follows from where the change was made, and not from the engine.

Places are looked up in the description itself: at the top, in envelopes, in lists, in the clips of personas and tasks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cometapi_suno_mock import OperationContract
from cometapi_suno_mock.media import is_array
from cometapi_suno_mock.pointers import look, pointer, resolve

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
    beside_bodies,
    of_another_make,
)
from contract_tests.suite.verifier.drift_catalogue.request_mutations import in_requests
from contract_tests.verifier.drift.closed_schemas import OPEN_ENUM
from contract_tests.verifier.drift.findings import Kind


def drifted(description: Mapping[str, Any]) -> list[Case]:
    """Every drifted exchange, one change each."""
    bodies = Bodies(description)
    found = [*_in_bodies(bodies), *_in_items(bodies), *beside_bodies(bodies), *of_another_make(bodies)]
    found += [*in_requests(bodies), *against_changed_descriptions(bodies)]
    return list({case.name: case for case in found}.values())


def _in_bodies(bodies: Bodies) -> Iterator[Case]:
    """New fields in every object; every member missing, of another type, null, or of a new value."""
    for operation, status, where, name, body in _interesting(bodies):
        place = f"{operation.id} {status} {name}"

        def case(what: str, new: Any, *expected: Any, steps: Steps, shown: str = place, old: Any = body) -> Case:
            exchange = bodies.exchange(operation, status, changed(old, steps, new))  # noqa: B023
            return Case(f"{what}: {shown} {pointer(steps)}", exchange, Expected(*expected))

        for steps, owner in bodies.objects(where, body):
            at = (*steps, "quite new")
            fields = f"{owner}/properties"
            yield case("new field", {"of": [1]}, Kind.UNDOCUMENTED_FIELD, fields, pointer(at), steps=at)
        for member in bodies.members(where, body):
            there = pointer(member.steps)
            source = look(bodies.description, resolve(bodies.description, member.site))
            is_mark = len(member.steps) == 1 and "const" in source
            if member.name in look(bodies.description, member.owner).get("required", ()) and not _ambiguous(member):
                required = f"{member.owner}/required"
                yield case("missing", ..., Kind.MISSING_REQUIRED, required, there, steps=member.steps)
            if is_mark and body.get("data") is not None:  # without an answer, it would be the body of an error
                const = f"{member.site}/const"
                yield case("other mark", "ok", Kind.OTHER_ENVELOPE, const, there, steps=member.steps)
            typed = bodies.typed_by(member.site)
            if typed is None:
                continue
            if not bodies.tree.fits(member.site, None):
                kind = Kind.OTHER_ENVELOPE if is_mark else Kind.UNEXPECTED_NULL
                yield case("null", None, kind, typed, there, steps=member.steps)
            other = of_no_type(bodies, member.site)
            if other is not ...:
                kind = Kind.OTHER_ENVELOPE if is_mark else Kind.WRONG_TYPE
                yield case("other type", other, kind, typed, there, steps=member.steps)
            if OPEN_ENUM in source:
                listed = f"{resolve(bodies.description, member.site)}/{OPEN_ENUM}"
                yield case("new value", "HOLD", Kind.NEW_ENUM_VALUE, listed, there, steps=member.steps)


def _in_items(bodies: Bodies) -> Iterator[Case]:
    """An item of every list null, and of another type."""
    for operation, status, where, name, body in _interesting(bodies):
        for member in bodies.members(where, body):
            value = value_at(body, member.steps)
            if not is_array(value) or not value:
                continue
            site = f"{bodies.alternative(member.site, value)}/items"
            typed = bodies.typed_by(site)
            at = (*member.steps, len(value) - 1)
            for what, new in (("null item", None), ("other item", of_no_type(bodies, site))):
                if typed is not None and new is not ...:
                    kind = Kind.UNEXPECTED_NULL if new is None else Kind.WRONG_TYPE
                    exchange = bodies.exchange(operation, status, changed(body, at, new))
                    title = f"{what}: {operation.id} {status} {name} {pointer(at)}"
                    yield Case(title, exchange, Expected(kind, typed, pointer(at)))


def _interesting(bodies: Bodies) -> Iterator[tuple[OperationContract, int, str, str, Any]]:
    """Every answer of a success, and of each error body one."""
    seen: set[str] = set()
    for operation, status, where, name, body in bodies.answers:
        key = json.dumps(body, sort_keys=True)
        if status == 200 or key not in seen:
            seen.add(key)
            yield operation, status, where, name, body


def _ambiguous(member: Member) -> bool:
    """Whether the field alone tells which of two error bodies this is: without it, it may be the other one."""
    return member.owner.rpartition("/")[2] == "ErrorEnvelope"
