"""What changes say of null, of listed values and of types is true for every combination of them."""

from __future__ import annotations

import re
from itertools import product
from typing import Any, Final

import jsonschema_rs
import pytest

from scripts.diff import Change, Severity, compare
from scripts.tests.generator.small_descriptions import body, describe, operation

NULL: dict[str, Any] = {"type": "null"}
TEXT: dict[str, Any] = {"type": "string"}
WHOLE: dict[str, Any] = {"type": "integer"}
NULLABLE: dict[str, Any] = {"type": ["string", "null"]}
COMPONENTS: Final[dict[str, Any]] = {"Nullable": NULLABLE, "Model": {"type": "object", "properties": {"a": TEXT}}}
REFERENCE = {"$ref": "#/components/schemas/Nullable"}
FORMS: Final[list[dict[str, Any]]] = [
    {},
    TEXT, WHOLE, NULL, {"type": "number"}, {"type": "boolean"}, {"type": ["null"]},
    NULLABLE, {"type": ["integer", "null"]}, {"type": ["integer", "string"]}, {"type": ["integer", "string", "null"]},
    {"const": None}, {"const": 1}, {"const": "a"}, {"type": ["string", "null"], "const": None},
    {"enum": [None]}, {"enum": [1, None]}, {"enum": [1, 2]}, {"enum": ["a", "b"]}, {"enum": ["a", None]},
    {"type": ["integer", "null"], "enum": [1, None]}, {"type": ["integer", "null"], "enum": [1]},
    {"type": "integer", "enum": [1, None]},
    {"oneOf": [TEXT, NULL]}, {"oneOf": [TEXT, WHOLE, NULL]}, {"anyOf": [TEXT, NULL]}, {"oneOf": [TEXT, WHOLE]},
    {"anyOf": [TEXT, WHOLE]}, {"oneOf": [NULLABLE, NULL]}, {"anyOf": [NULLABLE, NULL]}, {"oneOf": [NULLABLE, WHOLE]},
    {"anyOf": [{"enum": ["a", None]}, WHOLE]}, {"oneOf": [{"const": None}, TEXT]},
    {"anyOf": [{"enum": [None]}, {"const": 1}]}, {"not": NULL}, {"allOf": [NULLABLE], "minLength": 1},
    {"allOf": [NULLABLE, {"enum": ["a", None]}]}, REFERENCE, {"oneOf": [REFERENCE, NULL]},
    {"oneOf": [{"$ref": "#/components/schemas/Model"}, NULL]},
]  # fmt: skip
# Values that tell all of the forms apart.
PROBES: Final[tuple[Any, ...]] = (None, 1, 2, 3, "a", "b", "c", "", True, 1.5, {}, [])
CHUNKS: Final = 16


def allowed(schema: dict[str, Any]) -> set[str]:
    validator = jsonschema_rs.Draft202012Validator({"allOf": [schema], "components": {"schemas": COMPONENTS}})
    return {repr(value) for value in PROBES if validator.is_valid(value)}


def place(schema: dict[str, Any], *, sent: bool) -> dict[str, Any]:
    """Return a description in which a schema is the one field of what is sent or read."""
    whole = {"type": "object", "required": ["f"], "properties": {"f": schema}}
    found = operation("getA", requestBody=body(whole)) if sent else operation("getA", result=whole)
    return describe({"/a": {"post": found}}, COMPONENTS)


def untruths(old: set[str], new: set[str], changes: list[Change], *, sent: bool) -> list[str]:
    """Return the false statements of a diff about the field; those about one of its alternatives do not count."""
    wrong: list[str] = []
    for change in changes:
        text = change.sentence
        wrong += [text] if re.search(r"`(\w+)` is (.+), and was \2\.", text) else []
        if text.startswith("Field `f`"):
            null = "null is allowed now" in text, "null is not allowed any more" in text
            wrong += [text] if null[0] and "None" not in new - old else []
            wrong += [text] if null[1] and "None" not in old - new else []
            wrong += [text] if re.search("takes less|can be less", text) and not new < old else []
            wrong += [text] if re.search("takes more|can be more", text) and not new > old else []
    harm = old - new if sent else new - old
    # A class of the client may break its users whatever the values are.
    breaking = [change for change in changes if change.severity is Severity.BREAKING]
    by_value = [
        change for change in breaking if not change.kind.startswith("class-") and change.kind != "field-removed"
    ]
    if harm and not breaking:
        wrong.append(f"missed {sorted(harm)}")
    if by_value and not harm and len(breaking) == len(by_value):
        wrong.append(f"over-reported {by_value[0].sentence}")
    return wrong


@pytest.mark.parametrize("chunk", [0, *(pytest.param(each, marks=pytest.mark.slow) for each in range(1, CHUNKS))])
def test_sentences_about_values_are_true(chunk: int) -> None:
    wrong: list[tuple[Any, ...]] = []
    for old, new in list(product(FORMS, FORMS))[chunk::CHUNKS]:
        for sent in (True, False):
            changes = compare(place(old, sent=sent), place(new, sent=sent))
            found = untruths(allowed(old), allowed(new), changes, sent=sent)
            wrong += [(old, new, sent, found)] if found or (old != new and not changes) else []
    assert not wrong, f"{len(wrong)} wrong\n" + "\n".join(map(str, wrong[:5]))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ({"type": ["integer", "null"]}, {"type": ["integer", "null"], "enum": [1, None]}, "`enum` is `1`, `null`"),
        (
            {"oneOf": [TEXT, WHOLE, NULL]},
            {"oneOf": [TEXT, NULL]},
            '`{"type": "integer"}` is not an alternative any more',
        ),
        (NULLABLE, TEXT, "null is not allowed any more"),
        ({"enum": ["a", None]}, {"const": "a"}, "null is not allowed any more"),
        ({"const": "a"}, {"const": "b"}, "`a` is not listed any more"),
        (TEXT, {"const": None}, "`enum` is `null`, and was not set"),
    ],
)
def test_change_of_null_is_said_once(old: dict[str, Any], new: dict[str, Any], said: str) -> None:
    sentences = [each.sentence for each in compare(place(old, sent=True), place(new, sent=True))]
    assert sum(said in each for each in sentences) == 1, sentences
    if "null" not in said:
        assert not any("null is" in each for each in sentences)
