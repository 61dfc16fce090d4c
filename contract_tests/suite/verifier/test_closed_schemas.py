"""Is the closed copy of a description closed everywhere, compositions included?"""

from __future__ import annotations

from typing import Any

import pytest

from contract_tests.verifier.spec_index import SpecIndex

SCHEMAS: dict[str, Any] = {
    "Leaf": {"type": "object", "properties": {"a": {"type": "integer"}}},
    "Holder": {"type": "object", "properties": {"leaf": {"$ref": "#/components/schemas/Leaf", "description": "d"}}},
    "Both": {
        "allOf": [{"$ref": "#/components/schemas/Holder"}, {"type": "object", "properties": {"b": {"type": "string"}}}],
        "properties": {"c": {"type": "string"}},
    },
    "Either": {"oneOf": [{"$ref": "#/components/schemas/List"}, {"$ref": "#/components/schemas/Holder"}]},
    "Extended": {"$ref": "#/components/schemas/Leaf", "properties": {"d": {"type": "string"}}},
    "Choice": {
        "properties": {"kind": {"type": "string"}},
        "oneOf": [
            {"required": ["y"], "properties": {"y": {"type": "string"}}},
            {"required": ["x"], "properties": {"x": {"type": "string"}}},
        ],
    },
    "List": {"type": "array", "items": {"$ref": "#/components/schemas/Leaf"}},
    "Map": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Leaf"}},
    "Free": {"type": "object", "additionalProperties": True},
    "Bare": {"type": "object"},
    "Any": {"description": "anything"},
    "Enum": {"type": "string", "x-extensible-enum": ["one", "two"]},
    "EnumOrNull": {"type": ["string", "null"], "x-extensible-enum": ["one"]},
    "Id": {"type": "string", "format": "uuid"},
}
INDEX = SpecIndex({"components": {"schemas": SCHEMAS}})


def _takes(name: str, value: Any) -> bool:
    return INDEX.closed(f"/components/schemas/{name}").is_valid(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Leaf", {"a": 1}),
        ("Holder", {"leaf": {"a": 1}}),
        ("Both", {"leaf": {"a": 1}, "b": "", "c": ""}),
        ("Either", {"leaf": {"a": 1}}),
        ("Extended", {"a": 1, "d": ""}),
        ("Choice", {"kind": "", "y": ""}),
        ("Choice", {"kind": "", "x": ""}),
        ("List", [{"a": 1}, {}]),
        ("Map", {"any": {"a": 1}}),
        ("Free", {"any": 1}),
        ("Bare", {}),
        ("Any", {"any": 1}),
        ("Enum", "one"),
        ("EnumOrNull", None),
        ("Id", "2dd391cd-996b-4843-9738-1aed26f170e4"),
    ],
)
def test_described_value_is_accepted(name: str, value: Any) -> None:
    assert _takes(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Leaf", {"a": 1, "new": 1}),
        ("Holder", {"leaf": {"new": 1}}),
        ("Both", {"leaf": {"a": 1}, "b": "", "c": "", "new": 1}),
        ("Both", {"leaf": {"new": 1}}),
        ("Either", {"leaf": {}, "new": 1}),
        ("Extended", {"a": 1, "d": "", "new": 1}),
        ("Choice", {"kind": "", "y": "", "new": 1}),
        ("List", [{"a": 1}, {"new": 1}]),
        ("Map", {"any": {"new": 1}}),
        ("Bare", {"new": 1}),
        ("Enum", "three"),
        ("EnumOrNull", "three"),
        ("Id", "no uuid"),
    ],
)
def test_undescribed_value_is_refused(name: str, value: Any) -> None:
    assert not _takes(name, value)
    assert INDEX.fits(f"/components/schemas/{name}", value)


def test_description_is_not_changed() -> None:
    assert "additionalProperties" not in SCHEMAS["Leaf"]
    assert "enum" not in SCHEMAS["Enum"]


def test_closed_keyword_maps_to_source() -> None:
    at = "/components/schemas"
    assert INDEX.to_source(f"{at}/Leaf/additionalProperties") == f"{at}/Leaf/properties"
    assert INDEX.to_source(f"{at}/Both/unevaluatedProperties") == f"{at}/Both/properties"
    assert INDEX.to_source(f"{at}/Bare/additionalProperties") == f"{at}/Bare"
    assert INDEX.to_source(f"{at}/Enum/enum") == f"{at}/Enum/x-extensible-enum"
    assert INDEX.to_source(f"{at}/Leaf/type") == f"{at}/Leaf/type"
