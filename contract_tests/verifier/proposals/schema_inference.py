"""What a schema would have to say for values that were seen: no more than they show."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cometapi_suno_mock.media import is_array, is_object

from contract_tests.verifier.drift.explain_errors import type_of

UNEXPLAINED = "Seen in answers; what it means is not documented."


class Inference:
    """Makes schemas of values; every object becomes a component of its own.

    Args:
        taken: Names that components have already.
    """

    def __init__(self, taken: Sequence[str]) -> None:
        self._taken = set(taken)
        self.components: dict[str, dict[str, Any]] = {}

    def schema(self, values: Sequence[Any], name: str) -> dict[str, Any]:
        """A schema for all of the values; `name` is what an object in them would be called."""
        types = list(dict.fromkeys(type_of(value) for value in values))
        if "number" in types and "integer" in types:
            types.remove("integer")
        objects = [value for value in values if is_object(value)]
        items = [item for value in values if is_array(value) for item in value]
        plain = [each for each in types if each not in ("object", "array")]
        found: list[dict[str, Any]] = []
        if any(objects):
            found.append({"$ref": f"#/components/schemas/{self._component(objects, name)}"})
        elif objects:
            found.append({"type": "object"})
        if "array" in types:
            of = {"items": self.schema(items, f"{name}Item")} if items else {}
            found.append({"type": "array", **of})
        if plain == ["null"] and not found:
            return {}  # only null was seen: that says nothing of its type
        if plain:
            found.append({"type": plain[0] if len(plain) == 1 else plain})
        return found[0] if len(found) == 1 else {"oneOf": found}

    def described(self, values: Sequence[Any], name: str, description: str = UNEXPLAINED) -> dict[str, Any]:
        """The same with a description."""
        return {**self.schema(values, name), "description": description}

    def _component(self, objects: Sequence[Mapping[str, Any]], name: str) -> str:
        name = self.free(name)
        members: dict[str, Any] = {}
        self.components[name] = {"type": "object", "description": UNEXPLAINED, "properties": members}
        for key in dict.fromkeys(key for each in objects for key in each):
            values = [each[key] for each in objects if key in each]
            members[key] = self.described(values, f"{name}{pascal(key)}")
        return name

    def free(self, name: str) -> str:
        """A name for a component that none has yet; it is taken from here on."""
        number, chosen = 2, name
        while chosen in self._taken:
            number, chosen = number + 1, f"{name}{number}"
        self._taken.add(chosen)
        return chosen


def pascal(name: str) -> str:
    """A name as a component has it: `new_field` -> `NewField`."""
    words = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z0-9]+", name.encode("ascii", "ignore").decode())
    return "".join(word[:1].upper() + word[1:] for word in words) or "Value"
