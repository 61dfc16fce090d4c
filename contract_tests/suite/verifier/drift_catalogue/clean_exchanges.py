"""Unusual exchanges that the description allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from attrs import evolve
from cometapi_suno_mock.media import is_array, is_object
from cometapi_suno_mock.pointers import join_pointer, look_up, resolve

from contract_tests.suite.verifier.drift_catalogue.body_mutations import (
    JSON,
    PAGE,
    Bodies,
    Case,
    Steps,
    changed,
    value_at,
)
from contract_tests.verifier.exchange.exchange import ExchangeBody

ODD_TEXTS = ("", " ", "größer 我们 🎵", "a\u0000b", '"\\/', "null", "x" * 5000, "https://example.com/?a=b&c=%20")
BIG_NUMBERS = (0, -1, 2**31, 2**53 + 1, 2**64, 10**30)
FRACTIONS = (0.0, -0.5, 1e-300, 1.7976931348623157e308, 3)


def clean(description: Mapping[str, Any]) -> list[Case]:
    """Return every clean exchange."""
    bodies = Bodies(description)
    found = [*_bodies(bodies), *_values(bodies), *_yield_transport_variants(bodies), *_requests(bodies)]
    return list({case.name: case for case in found}.values())


def _bodies(bodies: Bodies) -> Iterator[Case]:
    """Yield examples unchanged, with required members only, with nulls, in another order, with empty lists."""
    for operation, status, where, name, body in bodies.answers:
        for title, value in (
            ("as shown", body),
            ("only what is required", _least(bodies, where, body)),
            ("nulls", _unfinished(_with_nulls(bodies, where, body))),
            ("another order", _reversed(body)),
            ("empty lists", _unfinished(_emptied(bodies, where, body))),
        ):
            yield Case(f"{title}: {operation.id} {status} {name}", bodies.exchange(operation, status, value))


def _values(bodies: Bodies) -> Iterator[Case]:
    """Yield unusual texts, big numbers and every listed value, wherever they are allowed."""
    for operation, status, where, name, body in bodies.answers:
        if status != 200:
            continue
        texts: Any = body
        numbers: Any = body
        for index, member in enumerate(bodies.members(where, body)):
            target = resolve(bodies.description, member.site)
            source = look_up(bodies.description, target)
            types = source.get("type", [])
            if "x-extensible-enum" in source:
                for value in source["x-extensible-enum"]:
                    exchange = bodies.exchange(operation, status, changed(body, member.steps, value))
                    yield Case(f"{value}: {operation.id} {name} {join_pointer('', *member.steps)}", exchange)
            elif "const" not in source and "string" in types:
                texts = changed(texts, member.steps, ODD_TEXTS[index % len(ODD_TEXTS)])
            elif "integer" in types:
                numbers = changed(numbers, member.steps, BIG_NUMBERS[index % len(BIG_NUMBERS)])
            elif "number" in types:
                numbers = changed(numbers, member.steps, FRACTIONS[index % len(FRACTIONS)])
        yield Case(f"odd texts: {operation.id} {name}", bodies.exchange(operation, status, texts))
        yield Case(f"odd numbers: {operation.id} {name}", bodies.exchange(operation, status, numbers))


def _yield_transport_variants(bodies: Bodies) -> Iterator[Case]:
    """Yield charsets, transport headers, no headers, and described HTML pages and empty bodies."""
    transport = {"date": "Sun, 22 Nov 2026 10:00:00 GMT", "server": "cloudflare", "cf-ray": "8f", "set-cookie": "a=b"}
    for operation in bodies.operations:
        good = next(body for each, status, _, _, body in bodies.answers if each is operation and status == 200)
        for title, headers in (
            ("a charset", {"content-type": "application/json; charset=utf-8"}),
            ("capitals", {"content-type": "Application/JSON"}),
            ("headers of the transport", {**JSON, **transport}),
        ):
            yield Case(f"{title}: {operation.id}", bodies.exchange(operation, 200, good, headers))
        exchange = bodies.exchange(operation, 200, good)
        without = evolve(exchange, response=evolve(exchange.response, headers=JSON))
        yield Case(f"no request id: {operation.id}", without)
        for status in (504, 524):
            page = bodies.exchange(
                operation, status, ExchangeBody("text", PAGE), {"content-type": "text/html; charset=utf-8"}
            )
            yield Case(f"a page: {operation.id} {status}", page)
        yield Case(f"no body: {operation.id} 429", bodies.exchange(operation, 429, ..., {}))


def _requests(bodies: Bodies) -> Iterator[Case]:
    """Yield every example request, also with extra fields, and refused requests, which may be anything."""
    for operation in bodies.operations:
        if operation.body is None:
            continue
        good = next(body for each, status, _, _, body in bodies.answers if each is operation and status == 200)
        bad = next(body for each, status, _, _, body in bodies.answers if each is operation and status == 400)
        content = next(iter(operation.body.content.values()))
        for name, sent in content.examples.items():
            for title, body in (("as shown", sent), ("with more", {**sent, "quite new": 1}), ("odd", _reversed(sent))):
                exchange = bodies.exchange(operation, 200, good)
                request = evolve(exchange.request, body=ExchangeBody("json", body))
                yield Case(f"request {title}: {operation.id} {name}", evolve(exchange, request=request))
        exchange = bodies.exchange(operation, 400, bad)
        for title, refused in (("a list", ExchangeBody("json", [])), ("no JSON", ExchangeBody("text", "{"))):
            request = evolve(exchange.request, body=refused)
            yield Case(f"{title} was refused: {operation.id}", evolve(exchange, request=request))


def _least(bodies: Bodies, where: str, body: Any) -> Any:
    """Return the body without optional members, the innermost removed first; an object keeps its last one."""
    for member in sorted(bodies.members(where, body), key=lambda each: -len(each.steps)):
        is_last = len(value_at(body, member.steps[:-1])) == 1
        if member.name not in look_up(bodies.description, member.owner).get("required", ()) and not is_last:
            fewer = changed(body, member.steps, ...)
            body = fewer if bodies.tree.fits(where, fewer) else body
    return body


def _with_nulls(bodies: Bodies, where: str, body: Any) -> Any:
    """Return the body with null at every nullable member, the innermost first."""
    for member in sorted(bodies.members(where, body), key=lambda each: -len(each.steps)):
        if bodies.tree.fits(member.site, None):
            body = changed(body, member.steps, None)
    return body


def _emptied(bodies: Bodies, where: str, body: Any) -> Any:
    """Return the body with every list empty."""
    places: list[Steps] = [each.steps for each in bodies.members(where, body) if is_array(value_at(body, each.steps))]
    for steps in sorted(places, key=len, reverse=True):
        body = changed(body, steps, [])
    return body


def _unfinished(body: Any) -> Any:
    """Return a copy in which every finished task without clips or lyrics is still in progress: it has none to show."""
    body = deepcopy(body)
    found = body.get("data") if is_object(body) else None
    for task in found if is_array(found) else [found]:
        if is_object(task) and task.get("status") == "SUCCESS" and not task.get("data"):
            task["status"] = "IN_PROGRESS"
    return body


def _reversed(value: Any) -> Any:
    """Return the value with the members of every object in reverse order."""
    if is_object(value):
        return {name: _reversed(value[name]) for name in reversed(value)}
    return [_reversed(item) for item in value] if is_array(value) else value
