"""Larger descriptions are made in our style, and the promises on growth can be broken."""

from __future__ import annotations

import pytest

from scripts import openapi_document as source
from scripts.bench.scaling_thresholds import broken
from scripts.bench.synthetic_spec import enlarged
from scripts.generator.project import view

KEPT = {
    "generate": {12: 1.0, 120: 4.0, 480: 12.0},
    "import": {12: 0.010, 120: 0.010, 480: 0.011},
    "mock": {12: 0.3, 120: 0.5, 480: 1.0},
    "call": {12: 0.01, 120: 0.01, 480: 0.01},
}


def test_a_larger_description_has_methods_and_models_of_its_own_for_each_set() -> None:
    bundled = source.load().bundled()
    ours, larger = view(bundled), view(enlarged(bundled, 2 * len(view(bundled).operations)))
    assert len(larger.operations) == 2 * len(ours.operations)
    assert len(larger.models) == 2 * len(ours.models)
    assert len(larger.enums) == 2 * len(ours.enums)


def test_promises_that_hold_are_not_told_of() -> None:
    assert broken(KEPT) == []


@pytest.mark.parametrize(
    ("name", "seconds", "told"),
    [
        ("generate", 21.0, "20 s"),
        ("generate", 19.5, "1.22 times as fast"),
        ("import", 0.013, "1.30 times as long"),
        ("mock", 2.5, "2 s"),
        ("call", 0.02, "2.00 times as long"),
    ],
)
def test_a_broken_promise_is_told_with_its_figure(name: str, seconds: float, told: str) -> None:
    sentences = broken({**KEPT, name: {**KEPT[name], 480: seconds}})
    assert told in " ".join(sentences)
