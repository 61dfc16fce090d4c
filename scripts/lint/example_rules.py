"""Rules of examples: every body has one, and every example fits its schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scripts.lint.description_index import DescriptionIndex, Problem
from scripts.lint.operation_rules import find_variants
from scripts.openapi_document import join_pointer, split_pointer
from scripts.text_and_files import kebab_case

ORIGINS: Final = ("documented", "recorded", "synthesised")
FOLDER: Final = "examples"

_VARIANT: Final = r"(-[a-z0-9]+(-[a-z0-9]+)*)?"


def check_missing(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that each status of each response, and each request body, has an example in each of its media types."""
    for content in index.contents:
        if not content.node.get("examples"):
            yield Problem(content.pointer, "no example", "Add a file under openapi/examples/ and name it here")
    for operation in index.operations:
        for response in index.responses(operation):
            if not response.node.get("content"):
                yield Problem(response.written, "no body is described", "Describe one, with an example")


def check_variants(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that each variant of a request body has an example, named as the variant with a small first letter."""
    for operation in index.operations:
        at = join_pointer(operation.pointer, "requestBody", "content", "application/json")
        variants = find_variants(index, operation)
        for name in variants:
            key = name[:1].lower() + name[1:]
            if key not in index.at(at).get("examples", {}):
                yield Problem(at, f"no example of {name}", f"Add one with the key {key}")
        for example in index.examples:
            variant = example.name[:1].upper() + example.name[1:]
            named = join_pointer(at, "examples", example.name) == example.pointer and variant in variants
            if named and not example.unreadable and not any(index.validate(index.at(at)["schema"], example.value)):
                for complaint in index.validate(index.components("schemas")[variant], example.value):
                    yield Problem(
                        example.pointer, f"not a {variant}: {complaint}", "Show the variant it is named after"
                    )


def check_parameters(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that each parameter has an example that fits its schema."""
    for pointer, parameter in index.objects.items():
        if {"in", "name"} <= parameter.keys() and "parameters" in split_pointer(pointer)[-2:]:
            if "example" not in parameter:
                yield Problem(pointer, "no example", "Add `example`")
                continue
            for complaint in index.validate(parameter.get("schema", {}), parameter["example"]):
                yield Problem(join_pointer(pointer, "example"), complaint, "Fix the example or the schema")


def check_inline(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that a JSON example is in a file; another media type has one example, written inline."""
    for example in index.examples:
        content, node = example.content, example.node
        if content.is_json and "externalValue" not in node:
            yield Problem(example.pointer, "a JSON example without a file", "Move it under openapi/examples/")
        elif not content.is_json and ("value" not in node or len(content.node["examples"]) > 1):
            yield Problem(example.pointer, "not the one inline value", "Write one example, with `value`")
        elif not node.get("summary"):
            yield Problem(example.pointer, "no summary", "Say what the example shows")


def check_names(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that a file is named by operation or shared response, by status or `request`, by variant, and by origin."""
    for example in index.examples:
        stem = f"{FOLDER}/{kebab_case(example.content.owner)}.{example.content.status}"
        pattern = rf"{re.escape(stem)}{_VARIANT}\.({'|'.join(ORIGINS)})\.json"
        name = example.node.get("externalValue")
        if name is not None and not re.fullmatch(pattern, str(name)):
            fix = f"Call it {stem}[-variant].<{' | '.join(ORIGINS)}>.json"
            yield Problem(join_pointer(example.pointer, "externalValue"), f"{name} has the wrong name", fix)


def check_readable(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that each example file is there and is JSON."""
    for example in index.examples:
        if example.unreadable:
            at = join_pointer(example.pointer, "externalValue")
            yield Problem(at, example.unreadable, "Add or fix the file")


def check_valid(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that each example fits the schema of its body."""
    for example in index.examples:
        if not example.unreadable and not {"value", "externalValue"}.isdisjoint(example.node):
            for complaint in index.validate(example.content.node.get("schema", {}), example.value):
                yield Problem(example.pointer, complaint, "Fix the example or the schema")


def check_orphans(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that each file in the folder of examples is named once in the description."""
    named: set[str] = set()
    for example in index.examples:
        name = str(example.node.get("externalValue"))
        if "externalValue" in example.node and name in named:
            at = join_pointer(example.pointer, "externalValue")
            yield Problem(at, f"{name} is named twice", "Use one file for each example")
        named.add(name)
    folder = index.description.path.parent / FOLDER
    for file in sorted(folder.glob("*")) if folder.is_dir() else []:
        if f"{FOLDER}/{file.name}" not in named:
            yield Problem("", f"no example names {FOLDER}/{file.name}", "Name it, or delete the file")
