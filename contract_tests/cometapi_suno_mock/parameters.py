"""Path, query and header parameters of an operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
from cometapi_suno_mock.pointers import look, pointer, resolve
from cometapi_suno_mock.violations import Violation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cometapi_suno_mock.schemas import Schema, Schemas

_PLACES = ("path", "query", "header")


@attrs.frozen
class Parameter:
    """One described parameter; its value arrives as text."""

    name: str
    place: str
    required: bool
    pointer: str
    schema: Schema | None

    def check(self, given: Mapping[str, str]) -> list[Violation]:
        """What is wrong with it among the parameters of its place; header names are in lower case."""
        text = given.get(self.name.lower() if self.place == "header" else self.name)
        if text is None:
            missing = Violation(
                "parameter", self.pointer, "", f"{self.name}: required {self.place} parameter is missing"
            )
            return [missing] if self.required else []
        if self.schema is None:
            return []
        return [
            attrs.evolve(
                violation,
                kind="parameter",
                message=f"{self.name}: {violation.message.removeprefix('body: ')}",
            )
            for violation in self.schema.check(typed(self.schema.source.get("type"), text))
        ]


def read_parameters(document: Mapping[str, Any], schemas: Schemas, path: str, method: str) -> tuple[Parameter, ...]:
    """The parameters of an operation: those of its path, replaced by its own where name and place agree."""
    found: dict[tuple[str, str], Parameter] = {}
    for owner in (("paths", path), ("paths", path, method)):
        listed: Sequence[Any] = look(document, pointer(owner)).get("parameters", [])
        for index in range(len(listed)):
            where = resolve(document, pointer((*owner, "parameters", index)))
            source: Mapping[str, Any] = look(document, where)
            if source["in"] in _PLACES:
                found[source["in"], source["name"]] = Parameter(
                    name=source["name"],
                    place=source["in"],
                    required=bool(source.get("required", False)),
                    pointer=where,
                    schema=schemas.at(f"{where}/schema") if "schema" in source else None,
                )
    return tuple(found.values())


def typed(kind: Any, text: str) -> Any:
    """The value that a text stands for, or the text itself when it stands for none of the described type."""
    try:
        if kind == "integer":
            return int(text)
        if kind == "number":
            return float(text)
    except ValueError:
        return text
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    return text
