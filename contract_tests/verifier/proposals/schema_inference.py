"""Infer a schema from values: it says no more than the values show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from contract_tests.verifier.drift.schema_deviations import describe_type
from scripts.openapi_document import is_array, is_object

UNEXPLAINED: Final = "Seen in answers; its meaning is not documented."


def infer_schema(values: Sequence[Any], name: str, taken: Iterable[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a schema of all the values, and the components that it refers to.

    Args:
        values: JSON values.
        name: Component name of an object among them.
        taken: Names of the existing components.
    """
    inference = _Inference(taken)
    return inference.schema(values, name), inference.components


def pascal_case(name: str) -> str:
    """Return a name in the form of component names: `new_field` -> `NewField`."""
    words = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z0-9]+", name.encode("ascii", "ignore").decode())
    return "".join(word[:1].upper() + word[1:] for word in words) or "Value"


class _Inference:
    """Infers schemas; every object becomes a component."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self.components: dict[str, dict[str, Any]] = {}

    def schema(self, values: Sequence[Any], name: str) -> dict[str, Any]:
        types = list(dict.fromkeys(map(describe_type, values)))
        if "number" in types and "integer" in types:
            types.remove("integer")
        objects = [value for value in values if is_object(value)]
        items = [item for value in values if is_array(value) for item in value]
        simple = [each for each in types if each not in ("object", "array")]
        found: list[dict[str, Any]] = []
        if any(objects):
            found.append({"$ref": f"#/components/schemas/{self._add_component(objects, name)}"})
        elif objects:
            found.append({"type": "object"})
        if "array" in types:
            found.append({"type": "array", **({"items": self.schema(items, f"{name}Item")} if items else {})})
        if simple == ["null"] and not found:
            return {}  # null alone says nothing about the type
        if simple:
            found.append({"type": simple[0] if len(simple) == 1 else simple})
        return found[0] if len(found) == 1 else {"oneOf": found}

    def _add_component(self, objects: Sequence[Mapping[str, Any]], name: str) -> str:
        number, chosen = 2, name
        while chosen in self._taken:
            number, chosen = number + 1, f"{name}{number}"
        self._taken.add(chosen)
        members: dict[str, Any] = {}
        self.components[chosen] = {"type": "object", "description": UNEXPLAINED, "properties": members}
        for key in dict.fromkeys(key for each in objects for key in each):
            values = [each[key] for each in objects if key in each]
            members[key] = {**self.schema(values, f"{chosen}{pascal_case(key)}"), "description": UNEXPLAINED}
        return chosen
