"""The shipped description has all of the contract and none of the maintainers' notes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

import pytest

from scripts.diff.snapshot import ROOT
from scripts.release.build_hook import BUNDLE, KEPT, strip_notes


def keywords(node: object) -> Iterator[str]:
    """Yield every key that looks like a keyword of ours; the real description has no other such names."""
    if isinstance(node, dict):
        for key, value in cast("dict[str, object]", node).items():
            yield from [key] if key.startswith("x-") else []
            yield from keywords(value)
    elif isinstance(node, list):
        for value in cast("list[object]", node):
            yield from keywords(value)


def test_only_keywords_of_the_mock_ship() -> None:
    shipped = strip_notes(json.loads((ROOT / BUNDLE).read_text("utf-8")))
    assert set(keywords(shipped)) == KEPT


@pytest.mark.parametrize(
    ("node", "shipped"),
    [
        ({"type": "string", "x-evidence": [{"says": "so"}], "x-doubt": "contested"}, {"type": "string"}),
        ({"properties": {"x-doubt": {"x-doubt": "inferred"}}}, {"properties": {"x-doubt": {}}}),
        ({"properties": {"examples": {"x-evidence": []}}}, {"properties": {"examples": {}}}),
        ({"headers": {"x-request-id": {"x-evidence": []}}}, {"headers": {"x-request-id": {}}}),
        ({"examples": [{"x-doubt": 1}]}, {"examples": [{"x-doubt": 1}]}),
        ({"examples": {"one": {"x-note": 1, "value": {"x-v": 1}}}}, {"examples": {"one": {"value": {"x-v": 1}}}}),
        ({"enum": [{"x-doubt": 1}], "const": {"x-doubt": 1}}, {"enum": [{"x-doubt": 1}], "const": {"x-doubt": 1}}),
        ({"parameters": [{"name": "a", "x-doubt": "inferred"}]}, {"parameters": [{"name": "a"}]}),
        ({"x-empty-body": {"x-evidence": [{"says": "so"}]}}, {"x-empty-body": True}),
        (
            {"x-extensible-enum": ["a"], "x-sdk": {"method": "get"}},
            {"x-extensible-enum": ["a"], "x-sdk": {"method": "get"}},
        ),
    ],
)
def test_notes_stay_behind_and_values_and_names_ship_whole(node: dict[str, Any], shipped: dict[str, Any]) -> None:
    assert strip_notes(node) == shipped
