"""Does every body have an example, and does every example tell the truth?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scripts.lint.description_index import Document
from scripts.lint.lint_finding import Problem
from scripts.lint.operation_rules import variants
from scripts.lint.schema_validation import complaints
from scripts.openapi_document import join

ORIGINS: Final = ("documented", "recorded", "synthesised")
FOLDER: Final = "examples"

_VARIANT: Final = r"(-[a-z0-9]+(-[a-z0-9]+)*)?"


def missing(document: Document) -> Iterator[Problem]:
    """Each status of each response, and each request body, has an example in each of its media types."""
    for content in document.contents:
        if not content.node.get("examples"):
            yield Problem(content.pointer, "no example", "Add a file under openapi/examples/ and name it here")
    for operation in document.operations:
        for status, response in operation.node.get("responses", {}).items():
            if not document.resolve(response).get("content"):
                at = join(join(operation.pointer, "responses"), status)
                yield Problem(at, "no body is described", "Describe one, with an example")


def variants_shown(document: Document) -> Iterator[Problem]:
    """Each variant of a request body has an example of its own, named as the variant with a small first letter."""
    for operation in document.operations:
        at = f"{operation.pointer}/requestBody/content/application~1json"
        for name in variants(document, operation):
            key = name[:1].lower() + name[1:]
            if key not in document.at(at).get("examples", {}):
                yield Problem(at, f"no example of {name}", f"Add one with the key {key}")


def parameters_shown(document: Document) -> Iterator[Problem]:
    """Each parameter has an example that fits its schema."""
    for pointer, parameter in document.objects.items():
        if "in" in parameter and "name" in parameter and _holds_parameters(pointer):
            if "example" not in parameter:
                yield Problem(pointer, "no example", "Add `example`")
                continue
            for complaint in complaints(document, parameter.get("schema", {}), parameter["example"]):
                yield Problem(join(pointer, "example"), complaint, "Mend the example or the schema")


def written(document: Document) -> Iterator[Problem]:
    """A JSON example is a file of its own; another media type has one example, written where it stands."""
    for example in document.examples:
        content, node = example.content, example.node
        if content.is_json and "externalValue" not in node:
            yield Problem(example.pointer, "a JSON example without a file", "Move it under openapi/examples/")
        elif not content.is_json and ("value" not in node or len(content.node["examples"]) > 1):
            yield Problem(example.pointer, "not the one inline value", "Write one example, with `value`")
        elif not node.get("summary"):
            yield Problem(example.pointer, "no summary", "Say what the example shows")


def names(document: Document) -> Iterator[Problem]:
    """A file is named by operation or shared response, by status or `request`, by variant, and by origin."""
    for example in document.examples:
        owner = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", example.content.owner).lower()
        stem = f"{FOLDER}/{owner}.{example.content.status}"
        pattern = rf"{re.escape(stem)}{_VARIANT}\.({'|'.join(ORIGINS)})\.json"
        name = example.node.get("externalValue")
        if name is not None and not re.fullmatch(pattern, str(name)):
            at = join(example.pointer, "externalValue")
            fix = f"Call it {stem}[-variant].<{' | '.join(ORIGINS)}>.json"
            yield Problem(at, f"{name} is named otherwise", fix)


def readable(document: Document) -> Iterator[Problem]:
    """Each example file is there and is JSON."""
    for example in document.examples:
        if example.unreadable:
            yield Problem(join(example.pointer, "externalValue"), example.unreadable, "Add or mend the file")


def valid(document: Document) -> Iterator[Problem]:
    """Each example fits the schema of the place that it stands at."""
    for example in document.examples:
        if not example.unreadable and not {"value", "externalValue"}.isdisjoint(example.node):
            for complaint in complaints(document, example.content.node.get("schema", {}), example.value):
                yield Problem(example.pointer, complaint, "Mend the example or the schema")


def orphans(document: Document) -> Iterator[Problem]:
    """Each file in the folder of examples is named once in the description."""
    named: set[str] = set()
    for example in document.examples:
        name = str(example.node.get("externalValue"))
        if "externalValue" in example.node and name in named:
            at = join(example.pointer, "externalValue")
            yield Problem(at, f"{name} is named twice", "Give each place its file")
        named.add(name)
    folder = document.description.path.parent / FOLDER
    for file in sorted(folder.glob("*")) if folder.is_dir() else []:
        if f"{FOLDER}/{file.name}" not in named:
            yield Problem("", f"no example names {FOLDER}/{file.name}", "Name it, or delete the file")


def _holds_parameters(pointer: str) -> bool:
    return "parameters" in pointer.split("/")[-2:] and "/schemas/" not in pointer
