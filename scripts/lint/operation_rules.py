"""Rules of operations: each says what the client, the mock and the docs need to know of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scripts.lint.contradiction_rules import suggest
from scripts.lint.description_index import DescriptionIndex, Problem
from scripts.lint.evidence_rules import is_day
from scripts.openapi_document import (
    Operation,
    find_parameters,
    is_array,
    is_object,
    is_reference,
    join_pointer,
    parse_reference,
    split_pointer,
)

CHARGES: Final = ("paid", "free", "unknown")
EFFECTS: Final = ("creates", "reads")
VERSION: Final = re.compile(r"\d+\.\d+\.\d+([abrc.]+(post|dev)?\d+)?")

_NO_PRICE: Final = "none on record"
_PRICE_KEYS: Final = frozenset({"amount", "currency", "source", "read"})
_CAMEL_CASE: Final = re.compile(r"[a-z][a-zA-Z0-9]*")
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_PYTHON_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_SDK_KEYS: Final = frozenset(
    {"resource", "method", "unwrap", "bare", "poll", "workflow", "follow_up", "defaults", "address", "task"}
)
_CONFIDENCES: Final = ("high", "medium", "low", "none")
_COVERAGE_KEYS: Final = ("page", "operationId", "variants", "confidence", "unknown")


def check_ids(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that an operation has an operationId in camelCase."""
    for operation in index.operations:
        if not _CAMEL_CASE.fullmatch(str(operation.node.get("operationId", ""))):
            yield Problem(operation.pointer, "no operationId in camelCase", "Add one, such as `createPersona`")


def check_summaries(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that an operation has a summary, of one line without a full stop, and a description."""
    for operation in index.operations:
        summary = operation.node.get("summary", "")
        if not summary or "\n" in summary or summary.endswith("."):
            yield Problem(operation.pointer, "no summary of one line", "Add one, without a full stop")
        if not operation.node.get("description"):
            yield Problem(operation.pointer, "no description", "Say what the call does")


def check_tags(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that an operation has one tag, from the list at the root; each tag of the list is used."""
    known = [tag.get("name") for tag in index.data.get("tags", [])]
    used: set[str] = set()
    for operation in index.operations:
        tags = operation.node.get("tags", [])
        used.update(tags)
        if len(tags) != 1 or tags[0] not in known:
            yield Problem(operation.pointer, "not exactly one known tag", f"Name one of {', '.join(known)}")
    for position, name in enumerate(known):
        if name not in used:
            yield Problem(f"/tags/{position}", f"no operation has the tag {name}", "Use it or remove it")


def check_security(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that an operation names its security scheme itself: the generator does not see the root's."""
    schemes = index.components("securitySchemes")
    for operation in index.operations:
        named = [name for choice in operation.node.get("security", []) for name in choice]
        if not named or any(name not in schemes for name in named):
            yield Problem(operation.pointer, "no known security scheme", "Add `security: [{bearerAuth: []}]`")


def check_billing(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that an operation says under `x-billing` whether it is charged, and how that is known."""
    for operation in index.operations:
        value = operation.node.get("x-billing", {})
        if value.get("charge") not in CHARGES or not value.get("note"):
            fix = f"Add `{{charge: {' | '.join(CHARGES)}, note: ...}}`"
            yield Problem(_part(operation, "x-billing"), "no x-billing with a known charge and a note", fix)


def check_prices(index: DescriptionIndex) -> Iterator[Problem]:
    """The `prices` of a call have amount, currency, source and day, or are none on record; `unpriced` are variants."""
    for operation in index.operations:
        billing = operation.node.get("x-billing", {})
        variants = set(find_variants(index, operation))
        for name in billing.get("unpriced", []):
            if name not in variants:
                at_name = join_pointer(operation.pointer, "x-billing", "unpriced")
                yield Problem(at_name, f"{name} is not a variant of the request", "Name one of its variants")
        if billing.get("prices", _NO_PRICE) == _NO_PRICE:
            continue
        at, prices = join_pointer(operation.pointer, "x-billing", "prices"), billing["prices"]
        if not is_array(prices) or not prices:
            yield Problem(at, "no prices", f"Write `[{{amount, currency, source, read}}]`, or `{_NO_PRICE}`")
            continue
        seen: set[str | None] = set()
        for number, price in enumerate(prices):
            here = join_pointer(at, number)
            if not is_object(price) or not _PRICE_KEYS <= price.keys() <= _PRICE_KEYS | {"variant"}:
                yield Problem(here, "not `{amount, currency, source, read, variant?}`", "Add or remove keys")
            else:
                yield from _check_price(price, variants, index.data.get("x-sources", {}), seen, here)


def check_effects(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that an operation says under `x-effect` whether it creates or reads; a GET reads."""
    for operation in index.operations:
        effect = operation.node.get("x-effect")
        if effect not in EFFECTS:
            yield Problem(_part(operation, "x-effect"), "no known x-effect", f"Add {' or '.join(EFFECTS)}")
        elif operation.method == "get" and effect != "reads":
            yield Problem(_part(operation, "x-effect"), "a GET that creates", "Write `reads`: a GET is repeated freely")


def check_sdk_names(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that an operation has a unique name under `x-sdk`; the property that it unwraps is in its response."""
    names = Counter(_sdk_name(operation) for operation in index.operations)
    for operation in index.operations:
        at, sdk = _part(operation, "x-sdk"), operation.node.get("x-sdk", {})
        unknown = sorted(sdk.keys() - _SDK_KEYS)
        if unknown:
            yield Problem(at, f"x-sdk has no key {unknown[0]}", suggest(unknown[0], _SDK_KEYS))
        elif not all(_PYTHON_NAME.fullmatch(str(sdk.get(k, ""))) for k in ("resource", "method")):
            yield Problem(at, "no x-sdk with resource and method", "Add `{resource: personas, method: create}`")
        elif sdk["resource"] not in operation.node.get("tags", []):
            yield Problem(at, "the resource is not the tag", "Give them one name")
        elif names[_sdk_name(operation)] > 1:
            yield Problem(at, f"{'.'.join(_sdk_name(operation))} is another operation too", "Choose another method")
        elif "bare" in sdk and not _names_some(sdk["bare"], find_variants(index, operation)):
            fix = f"Write a list of {', '.join(find_variants(index, operation)) or 'variants'}, or remove it"
            yield Problem(join_pointer(at, "bare"), "not a list of variants of the request", fix)
        elif "unwrap" in sdk and not index.find_properties(str(sdk["unwrap"]), *index.success_bodies(operation)):
            yield Problem(at, f"no response has the property {sdk['unwrap']}", "Remove `unwrap`, or name a property")


def check_request_media(index: DescriptionIndex) -> Iterator[Problem]:
    """A request body is JSON: the mock and the contract suite know no forms, text or bytes in requests."""
    for content in index.contents:
        if content.status == "request" and split_pointer(content.pointer)[2:3] == ["get"]:
            yield Problem(content.pointer, f"{content.owner} is a GET with a body", "Use POST, or parameters")
        elif content.status == "request" and not (content.is_json and ";" not in content.media_type):
            message = f"{content.owner} takes {content.media_type}, which the mock and the suite cannot read"
            yield Problem(content.pointer, message, "Describe a JSON body, without parameters of its media type")


def check_servers(index: DescriptionIndex) -> Iterator[Problem]:
    """The first server is an absolute http(s) URL; the version is MAJOR.MINOR.PATCH."""
    servers: list[dict[str, Any]] = index.data.get("servers") or [{}]
    if not re.fullmatch(r"https?://[\w.-]+(:\d{1,5})?(/[^\s?#]*)?", str(servers[0].get("url"))):
        yield Problem("/servers", "the first server is not an absolute URL", "Write `url: https://host`")
    if not VERSION.fullmatch(index.data["info"]["version"]):
        message = f"{index.data['info']['version']} is not a version"
        yield Problem("/info/version", message, "Write MAJOR.MINOR.PATCH, such as 1.0.0")


def check_paths(index: DescriptionIndex) -> Iterator[Problem]:
    """A path has no query, and two paths do not differ in the names of parameters only."""
    seen: dict[str, str] = {}
    for path in index.data["paths"]:
        if re.search(r"[?#\s]", path):
            fix = "Percent-encode it; describe a query by parameters"
            yield Problem(join_pointer("/paths", path), f"{path} has a character that ends a path", fix)
        form = re.sub(r"\{[^{}]*\}", "{}", path)
        if form in seen:
            message = f"{path} and {seen[form]} match the same requests"
            yield Problem(join_pointer("/paths", path), message, "Make one path of them")
        seen[form] = path


def check_wire_names(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that HTTP can carry the name of each parameter and header."""
    names = dict[str, str]()
    for operation in index.operations:
        for at, node in find_parameters(index.data, operation):
            if node["in"] in ("header", "cookie") or not node["name"]:
                names[join_pointer(at, "name")] = node["name"]
        for response in index.responses(operation):
            names |= {
                join_pointer(response.pointer, "headers", name): name for name in response.node.get("headers", ())
            }
    for at, name in names.items():
        if not _HEADER_NAME.fullmatch(name):
            yield Problem(at, f"HTTP has no name {name!r}", "Use letters, digits and hyphens")


def check_responses(index: DescriptionIndex) -> Iterator[Problem]:
    """An operation describes a success, and each refusal that the gateway has for every operation of its kind."""
    for operation in index.operations:
        statuses = {response.status for response in index.responses(operation)}
        if not any(status.startswith("2") for status in statuses):
            yield Problem(operation.pointer, "no success is described", "Describe a response 200, 201 or 202")
        charged = operation.node.get("x-billing", {"charge": "free"}).get("charge") != "free"
        sends = "requestBody" in operation.node
        takes = sends or bool(find_parameters(index.data, operation))
        needed = {"400": takes, "401": True, "403": charged, "413": sends}
        for status, holds in needed.items():
            if holds and status not in statuses:
                reason = f"{operation.id} does not describe {status}, which the gateway answers"
                yield Problem(operation.pointer, reason, "Refer to the shared response")


def check_statuses(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that a response is for one status and not another's shared response, and that a success is never empty."""
    uses: Counter[tuple[str, str]] = Counter()
    for operation in index.operations:
        for response in index.responses(operation):
            if not re.fullmatch(r"[1-5][0-9][0-9]", response.status):
                yield Problem(
                    response.written, f"{response.status} is not one status", "Describe each status by itself"
                )
            if response.status.startswith("2") and "x-empty-body" in response.node:
                message = (
                    f"{response.status} with `x-empty-body`: the client would read it as a success without a result"
                )
                yield Problem(response.written, message, "Describe the empty success by another status, such as 204")
            uses[response.status, response.component] += 1
    usual = {status: component for (status, component), _ in reversed(uses.most_common())}
    for operation in index.operations:
        for response in index.responses(operation):
            other = usual[response.status]
            if response.component and other and response.component != other and response.component in usual.values():
                message = f"{response.component} is the response of another status"
                yield Problem(response.written, message, f"Refer to {other}, or describe the response here")


def check_coverage(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that `x-coverage` has a complete row for each page, names what exists, and omits no operation."""
    covered: set[str] = set()
    pages: set[str] = set()
    for position, row in enumerate(index.data.get("x-coverage", [])):
        at = f"/x-coverage/{position}"
        covered.update([row.get("operationId"), *row.get("variants", [])])
        if list(row) != list(_COVERAGE_KEYS):
            yield Problem(at, "not a complete row", f"Write {', '.join(_COVERAGE_KEYS)}, in this order")
            continue
        if row["page"] in pages:
            yield Problem(at, f"{row['page']} has a row already", "Name each page once")
        pages.add(row["page"])
        if not any(word in _CONFIDENCES for word in str(row["confidence"]).split()):
            message = f"{row['confidence']} is not a confidence"
            yield Problem(at, message, f"Use one of {', '.join(_CONFIDENCES)}")
        operation = index.operation(row["operationId"])
        if operation is None:
            yield Problem(at, f"no operation {row['operationId']}", "Name one that is described")
            continue
        for variant in sorted(set(row["variants"]) - set(find_variants(index, operation))):
            yield Problem(at, f"{variant} is not a variant of {operation.id}", "Name one that is described")
    for operation in index.operations:
        for name in [operation.id, *find_variants(index, operation)]:
            if name not in covered:
                yield Problem(operation.pointer, f"x-coverage does not name {name}", "Add a row, or add it to one")


def find_variants(index: DescriptionIndex, operation: Operation) -> list[str]:
    """Return the names of the component schemas that an operation's request body may be, when there is a choice."""
    content = operation.node.get("requestBody", {}).get("content", {})
    schema = index.resolve(content.get("application/json", {}).get("schema", {}))
    choices = [*schema.get("anyOf", []), *schema.get("oneOf", [])]
    return [split_pointer(parse_reference(each["$ref"]))[-1] for each in choices if is_reference(each)]


def _check_price(
    price: Mapping[str, Any], variants: set[str], sources: Mapping[str, Any], seen: set[str | None], at: str
) -> Iterator[Problem]:
    amount, variant = price["amount"], str(price["variant"]) if "variant" in price else None
    if isinstance(amount, bool) or not isinstance(amount, int | float) or not 0 <= amount < float("inf"):
        yield Problem(join_pointer(at, "amount"), f"{amount} is not an amount", "Write a number, such as 0.02")
    if not re.fullmatch("[A-Z]{3}", str(price["currency"])):
        yield Problem(join_pointer(at, "currency"), f"{price['currency']} is not a currency", "Write USD, EUR, ...")
    if str(price["source"]) not in sources:
        yield Problem(join_pointer(at, "source"), f"no source {price['source']}", "Name one of x-sources")
    if not is_day(price["read"]):
        yield Problem(join_pointer(at, "read"), f"{price['read']} is not a day", "Write 'YYYY-MM-DD'")
    if variant is not None and variant not in variants:
        yield Problem(
            join_pointer(at, "variant"), f"{variant} is not a variant of the request", "Name one, or remove it"
        )
    if variant in seen:
        yield Problem(at, "a second price of the same call", "Keep the price that is valid")
    seen.add(variant)


def _part(operation: Operation, key: str) -> str:
    return join_pointer(operation.pointer, key) if key in operation.node else operation.pointer


def _sdk_name(operation: Operation) -> tuple[str, str]:
    sdk = operation.node.get("x-sdk", {})
    return str(sdk.get("resource")), str(sdk.get("method"))


def _names_some(names: Any, known: list[str]) -> bool:
    return is_array(names) and bool(names) and all(each in known for each in names)
