"""Does each operation say what the client, the mock and the docs need to know of it?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from scripts.lint.description_index import Document, Operation
from scripts.lint.lint_finding import Problem
from scripts.openapi_document import is_array, is_object, join, split

CHARGES: Final = ("paid", "free", "unknown")
EFFECTS: Final = ("creates", "reads")

_CAMEL_CASE: Final = re.compile(r"[a-z][a-zA-Z0-9]*")
_PYTHON_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_COVERAGE_KEYS: Final = ("page", "operationId", "variants", "confidence", "unknown")


def identifiers(document: Document) -> Iterator[Problem]:
    """An operation has an operationId in camelCase."""
    for operation in document.operations:
        if not _CAMEL_CASE.fullmatch(str(operation.node.get("operationId", ""))):
            yield Problem(operation.pointer, "no operationId in camelCase", "Add one, such as `createPersona`")


def summaries(document: Document) -> Iterator[Problem]:
    """An operation has a summary, of one line without a full stop, and a description."""
    for operation in document.operations:
        summary = operation.node.get("summary", "")
        if not summary or "\n" in summary or summary.endswith("."):
            yield Problem(operation.pointer, "no summary of one line", "Add one, without a full stop")
        if not operation.node.get("description"):
            yield Problem(operation.pointer, "no description", "Say what the call does")


def tags(document: Document) -> Iterator[Problem]:
    """An operation has one tag, from the list at the root; each tag of the list is used."""
    known = [tag.get("name") for tag in document.data.get("tags", [])]
    used: set[str] = set()
    for operation in document.operations:
        own = operation.node.get("tags", [])
        used.update(own)
        if len(own) != 1 or own[0] not in known:
            yield Problem(operation.pointer, "not exactly one known tag", f"Name one of {', '.join(known)}")
    for index, name in enumerate(known):
        if name not in used:
            yield Problem(f"/tags/{index}", f"no operation has the tag {name}", "Use it or take it out")


def security(document: Document) -> Iterator[Problem]:
    """An operation names its security scheme itself: the generator does not see the root's."""
    schemes = document.components("securitySchemes")
    for operation in document.operations:
        named = [name for choice in operation.node.get("security", []) for name in choice]
        if not named or any(name not in schemes for name in named):
            yield Problem(operation.pointer, "no known security scheme", "Add `security: [{bearerAuth: []}]`")


def billing(document: Document) -> Iterator[Problem]:
    """An operation says under `x-billing` whether it is charged, and on what ground."""
    for operation in document.operations:
        value = operation.node.get("x-billing")
        if not is_object(value) or value.get("charge") not in CHARGES or not value.get("note"):
            fix = f"Add `{{charge: {' | '.join(CHARGES)}, note: ...}}`"
            yield Problem(_part(operation, "x-billing"), "no x-billing with a known charge and a note", fix)


def effects(document: Document) -> Iterator[Problem]:
    """An operation says under `x-effect` whether it creates or reads; a GET reads."""
    for operation in document.operations:
        effect = operation.node.get("x-effect")
        if effect not in EFFECTS:
            yield Problem(_part(operation, "x-effect"), "no known x-effect", f"Add {' or '.join(EFFECTS)}")
        elif operation.method == "get" and effect != "reads":
            yield Problem(_part(operation, "x-effect"), "a GET that creates", "Write `reads`: a GET is repeated freely")


def sdk_names(document: Document) -> Iterator[Problem]:
    """An operation has a name of its own under `x-sdk`; what it unwraps is in its answer."""
    names = Counter(_sdk_name(operation) for operation in document.operations)
    for operation in document.operations:
        at, sdk = _part(operation, "x-sdk"), operation.node.get("x-sdk")
        if not is_object(sdk) or not all(_PYTHON_NAME.fullmatch(str(sdk.get(k, ""))) for k in ("resource", "method")):
            yield Problem(at, "no x-sdk with resource and method", "Add `{resource: personas, method: create}`")
        elif sdk["resource"] not in operation.node.get("tags", []):
            yield Problem(at, "the resource is not the tag", "Give them one name")
        elif names[_sdk_name(operation)] > 1:
            yield Problem(at, f"{'.'.join(_sdk_name(operation))} is another operation too", "Choose another method")
        elif "unwrap" in sdk and not _answers_with(document, operation, str(sdk["unwrap"])):
            yield Problem(at, f"no answer with the property {sdk['unwrap']}", "Take `unwrap` out, or name the property")


def statuses(document: Document) -> Iterator[Problem]:
    """Each response is for one status: a range or a default would hide what was never described."""
    for operation in document.operations:
        for status in operation.node.get("responses", {}):
            if not re.fullmatch(r"[1-5][0-9][0-9]", status):
                at = join(join(operation.pointer, "responses"), status)
                yield Problem(at, f"{status} is not one status", "Describe each status by itself")


def coverage(document: Document) -> Iterator[Problem]:
    """`x-coverage` has a complete row for each page, names what exists, and leaves no operation or variant out."""
    rows = document.data.get("x-coverage", [])
    covered: set[str] = set()
    for index, row in enumerate(rows):
        at = f"/x-coverage/{index}"
        covered.update([row.get("operationId"), *row.get("variants", [])])
        if list(row) != list(_COVERAGE_KEYS):
            yield Problem(at, "not a complete row", f"Write {', '.join(_COVERAGE_KEYS)}, in this order")
            continue
        operation = document.operation(row["operationId"])
        if operation is None:
            yield Problem(at, f"no operation {row['operationId']}", "Name one that is described")
            continue
        for variant in sorted(set(row["variants"]) - set(variants(document, operation))):
            yield Problem(at, f"{variant} is no variant of {operation.id}", "Name one that is described")
    for operation in document.operations:
        for name in [operation.id, *variants(document, operation)]:
            if name not in covered:
                yield Problem(operation.pointer, f"x-coverage says nothing of {name}", "Add a row, or add it to one")


def variants(document: Document, operation: Operation) -> dict[str, str]:
    """Return the variants of an operation's request body by name, with the pointers of their schemas."""
    content = operation.node.get("requestBody", {}).get("content", {})
    schema = document.resolve(content.get("application/json", {}).get("schema", {}))
    named = (choice.get("$ref", "") for choice in schema.get("anyOf", []))
    return {split(target)[-1]: target.removeprefix("#") for target in named if target}


def _part(operation: Operation, key: str) -> str:
    return join(operation.pointer, key) if key in operation.node else operation.pointer


def _sdk_name(operation: Operation) -> tuple[str, str]:
    sdk = operation.node.get("x-sdk")
    return (str(sdk.get("resource")), str(sdk.get("method"))) if is_object(sdk) else ("", "")


def _answers_with(document: Document, operation: Operation, name: str) -> bool:
    responses = operation.node.get("responses", {})
    for status, response in responses.items():
        if status.startswith("2"):
            for media in document.resolve(response).get("content", {}).values():
                if _has_property(document, media.get("schema"), name):
                    return True
    return False


def _has_property(document: Document, schema: Any, name: str) -> bool:
    schema = document.resolve(schema)
    if not is_object(schema):
        return False
    choices = [choice for keyword in ("oneOf", "anyOf", "allOf") for choice in schema.get(keyword, [])]
    own = schema.get("properties", {})
    return name in own or any(_has_property(document, choice, name) for choice in choices if not is_array(choice))
