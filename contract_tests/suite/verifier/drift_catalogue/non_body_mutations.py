"""Drift outside the members of bodies: statuses, media types, headers, missing bodies, wrong envelopes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from attrs import evolve
from cometapi_suno_mock.media import is_object
from cometapi_suno_mock.pointers import look_up, resolve

from contract_tests.suite.verifier.drift_catalogue.body_mutations import (
    JSON,
    PAGE,
    Bodies,
    Case,
    Expected,
)
from contract_tests.verifier.drift.findings import DriftKind
from contract_tests.verifier.exchange.exchange import ExchangeBody


def outside_bodies(bodies: Bodies) -> Iterator[Case]:
    """Yield other statuses, media types and headers, and bodies that are missing or unreadable."""
    for operation in bodies.operations:
        good = next(body for each, status, _, _, body in bodies.answers if each is operation and status == 200)
        answer = operation.answers[200]
        content = f"{answer.pointer}/content"
        for status in (201, 202, 302, 404, 418, 422, 502):
            expected = Expected(DriftKind.UNDOCUMENTED_STATUS, f"{operation.pointer}/responses", "")
            yield Case(f"status {status}: {operation.id}", bodies.exchange(operation, status, good), expected)
        for media in ("text/plain", "application/octet-stream", ""):
            expected = Expected(DriftKind.CONTENT_TYPE, content, "")
            exchange = bodies.exchange(operation, 200, good, {"content-type": media} if media else {})
            yield Case(f"media type {media or 'none'}: {operation.id}", exchange, expected)
        for name, value in (("retry-after", "7"), ("x-ratelimit-remaining", "12"), ("x-new", "text")):
            expected = Expected(DriftKind.UNDOCUMENTED_HEADER, f"{answer.pointer}/headers", "")
            yield Case(
                f"header {name}: {operation.id}", bodies.exchange(operation, 200, good, {**JSON, name: value}), expected
            )
        yield Case(
            f"no body: {operation.id}",
            bodies.exchange(operation, 200, ...),
            Expected(DriftKind.EMPTY_BODY, answer.pointer, ""),
        )
        for title, text in (("half a body", json.dumps(good)[:-1]), ("no JSON", "upstream connect error")):
            expected = Expected(DriftKind.UNREADABLE_BODY, f"{content}/application~1json", "")
            yield Case(
                f"{title}: {operation.id}", bodies.exchange(operation, 200, ExchangeBody("text", text)), expected
            )
        for status, media in ((200, "text/html"), (200, "application/json"), (400, "text/html"), (503, "text/html")):
            where = f"{operation.answers[status].pointer}/content"
            exchange = bodies.exchange(operation, status, ExchangeBody("text", PAGE), {"content-type": media})
            expected = Expected(DriftKind.OTHER_ENVELOPE, where, "")
            yield Case(f"a page as {media}: {operation.id} {status}", exchange, expected)


def with_other_envelopes(bodies: Bodies) -> Iterator[Case]:
    """Yield bodies without their envelope, in an extra one, and errors sent as success."""
    for operation, status, where, name, body in bodies.answers:
        if status != 200:
            continue
        owner = bodies.alternative(where, body)
        place = f"{operation.id} {name}"
        if not is_object(body):
            continue
        if bodies.is_envelope(owner):
            if body["data"] is not None and not _is_described(bodies, where, body["data"]):
                exchange = bodies.exchange(operation, 200, body["data"])
                yield Case(f"bare: {place}", exchange, Expected(DriftKind.OTHER_ENVELOPE, owner, ""))
        else:
            enveloped = {"code": "success", "message": "", "data": body}
            if not any(bodies.is_envelope(each) for each in bodies.choices(where)):
                expected = Expected(DriftKind.OTHER_ENVELOPE, resolve(bodies.description, where), "")
                yield Case(f"in an envelope: {place}", bodies.exchange(operation, 200, enveloped), expected)
    for operation in bodies.operations:
        content = next(iter(operation.answers[200].content.values()))
        assert content.schema is not None
        expected = Expected(DriftKind.OTHER_ENVELOPE, content.schema.pointer, "")
        for title, error in (
            ("error", {"error": {"message": "no", "type": "comet_api_error"}}),
            ("task error", {"code": "task_not_exist", "message": "task_not_exist", "data": None}),
        ):
            yield Case(f"{title} as a success: {operation.id}", bodies.exchange(operation, 200, error), expected)


def against_changed_descriptions(bodies: Bodies) -> Iterator[Case]:
    """Yield drift from a changed description: a body where none is described, a required header."""
    for operation in bodies.operations[:3]:
        good = next(body for each, status, _, _, body in bodies.answers if each is operation and status == 200)
        bare = deepcopy(dict(bodies.description))
        look_up(bare, operation.pointer)["responses"]["204"] = {"description": "Nothing."}
        where = f"{operation.pointer}/responses/204"
        for title, body, media in (
            ("JSON", good, "application/json"),
            ("a page", ExchangeBody("text", PAGE), "text/html"),
        ):
            exchange = bodies.exchange(operation, 204, body, {"content-type": media})
            exchange = evolve(exchange, response=evolve(exchange.response, headers={"content-type": media}))
            yield Case(
                f"{title} where no body is described: {operation.id}",
                exchange,
                Expected(DriftKind.UNDESCRIBED_BODY, where, ""),
                bare,
            )
        strict = deepcopy(dict(bodies.description))
        header = {"description": "Seconds.", "required": True, "schema": {"type": "integer"}}
        look_up(strict, operation.pointer)["responses"]["200"]["headers"]["X-Left"] = header
        place = f"{operation.pointer}/responses/200/headers/X-Left"
        yield Case(
            f"a header is missing: {operation.id}",
            bodies.exchange(operation, 200, good),
            Expected(DriftKind.HEADER, f"{place}/required", ""),
            strict,
        )
        yield Case(
            f"a header is not a number: {operation.id}",
            bodies.exchange(operation, 200, good, {**JSON, "x-left": "many"}),
            Expected(DriftKind.HEADER, f"{place}/schema/type", ""),
            strict,
        )


def _is_described(bodies: Bodies, where: str, value: Any) -> bool:
    """Return whether a value fits a described alternative and has at least one of its fields."""
    where = bodies.alternative(where, value)
    if not bodies.tree.fits(where, value):
        return False
    return not is_object(value) or bool(value.keys() & look_up(bodies.description, where).get("properties", {}).keys())
