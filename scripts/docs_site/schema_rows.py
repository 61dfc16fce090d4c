"""A schema as rows that people read: the name, the type, what it means, and how sure that is."""

from __future__ import annotations

import json
from typing import Any

from attrs import frozen

from scripts.docs_site.evidence_views import Evidence, Mark, evidence_of
from scripts.docs_site.html_fragments import slug
from scripts.docs_site.site_urls import Places, choices, ref_name
from scripts.lint.description_index import DescriptionIndex
from scripts.openapi_document import is_array, is_object

_LIMITS = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "pattern": "of the form {}",
}


@frozen
class Word:
    """A piece of a type's name; a component leads to its place, and tells when its values are in doubt."""

    text: str
    address: str | None = None
    code: bool = False
    doubt: Mark | None = None


@frozen
class Row:
    """One property of an object."""

    name: str
    anchor: str
    type: list[Word]
    limits: list[str]
    required: bool
    because: str | None
    description: str
    evidence: Evidence


@frozen
class Schema:
    """A component, or a schema in its place, as a section shows it.

    Attributes:
        type: Its type, for one that is no object.
        values: The values of an enum; `open` says that the server may add to them.
        members: What it is one of, when there is a choice.
        absent: Names that must not be there, for they tell another body.
    """

    name: str
    anchor: str
    address: str
    description: str
    evidence: Evidence
    type: list[Word]
    rows: list[Row]
    values: list[str]
    open: bool
    members: list[Word]
    absent: list[str]


@frozen
class Schemas:
    """Reads the schemas of a description."""

    document: DescriptionIndex
    places: Places

    def component(self, name: str) -> Schema:
        """A component schema by its name."""
        node: dict[str, Any] = self.document.components("schemas").get(name, {})
        return self.read(node, name)

    def read(self, node: dict[str, Any], name: str) -> Schema:
        """A schema under a name."""
        required = node.get("required", [])
        because = node.get("x-required-because", {})
        rows = [
            Row(
                name=key,
                anchor=slug(name, key),
                type=self.type_of(value),
                limits=limits(value),
                required=key in required,
                because=because.get(key),
                description=value.get("description") or self.document.resolve(value).get("description", ""),
                evidence=evidence_of(value),
            )
            for key, value in node.get("properties", {}).items()
            if is_object(value)
        ]
        values: list[Any] = node.get("x-extensible-enum") or node.get("enum") or []
        return Schema(
            name=name,
            anchor=slug(name),
            address=self.places.schema(name).address,
            description=node.get("description", ""),
            evidence=evidence_of(node),
            type=[] if rows else self.type_of({**node, "x-extensible-enum": [], "enum": []}),
            rows=sorted(rows, key=lambda row: not row.required),
            values=[_plain(value) for value in values],
            open="x-extensible-enum" in node,
            members=[word for member in choices(node) for word in self.type_of(member)],
            absent=[str(key) for key in node.get("not", {}).get("required", [])],
        )

    def type_of(self, node: Any) -> list[Word]:
        """The type of a schema, in words."""
        if not is_object(node):
            return [Word("any value")]
        if (name := ref_name(node)) is not None:
            return [Word(name, self.places.schema(name).address, code=True, doubt=self._doubt(name))]
        if "const" in node:
            return [Word("always"), Word(_plain(node["const"]), code=True)]
        if values := node.get("enum"):
            return _joined([[Word(_plain(value), code=True)] for value in values])
        if members := choices(node):
            return _joined([self.type_of(member) for member in members])
        kinds = node.get("type", [])
        kinds = kinds if is_array(kinds) else [kinds]
        return _joined([self._kind(str(kind), node) for kind in kinds]) or [Word("any value")]

    def _doubt(self, name: str) -> Mark | None:
        """The doubt about a component that is a value; one about an object is told where the object is shown."""
        node: dict[str, Any] = self.document.components("schemas").get(name, {})
        return None if "properties" in node or "oneOf" in node else evidence_of(node).doubt

    def _kind(self, kind: str, node: dict[str, Any]) -> list[Word]:
        if kind == "array":
            return [Word("array of"), *self.type_of(node.get("items", {}))]
        if kind == "string" and "format" in node:
            return [Word(f"string ({node['format']})")]
        return [Word(kind)]


def limits(node: dict[str, Any]) -> list[str]:
    """The bounds that a schema sets."""
    return [told.format(_plain(node[keyword])) for keyword, told in _LIMITS.items() if keyword in node]


def _plain(value: Any) -> str:
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)


def _joined(groups: list[list[Word]]) -> list[Word]:
    words: list[Word] = []
    for index, group in enumerate(groups):
        if index:
            words.append(Word("or"))
        words += group
    return words
