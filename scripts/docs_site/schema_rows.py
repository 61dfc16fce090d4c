"""A schema as people read it: its fields as rows, its type in words, its limits and its evidence."""

from __future__ import annotations

import json
from collections.abc import Mapping, Set
from typing import Any

from attrs import field, frozen

from scripts.docs_site.evidence_views import EvidenceView, Mark, view_evidence
from scripts.docs_site.html_fragments import slug
from scripts.docs_site.site_urls import SiteUrls, alternatives, component_name
from scripts.lint.description_index import DescriptionIndex
from scripts.openapi_document import OPEN_ENUM, is_object, schema_types

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
class TypeWord:
    """A piece of a type's name; a component has an address, and the doubt about its values."""

    text: str
    address: str | None = None
    code: bool = False
    doubt: Mark | None = None


@frozen
class FieldRow:
    """A property of an object, or a parameter.

    Attributes:
        required: The caller must give it.
        filled: The client sends it unless the caller gives another value.
    """

    name: str
    anchor: str
    type: list[TypeWord]
    limits: list[str]
    required: bool
    filled: bool
    because: str | None
    description: str
    evidence: EvidenceView


@frozen
class SchemaView:
    """A component, or a schema that is shown like one.

    Attributes:
        type: Its type, if it is not an object.
        values: The values of an enum; `open` says that the server may add to them.
        members: Its alternatives, when there is a choice.
        absent: Names that must not be present, because they identify another body.
    """

    name: str
    anchor: str
    address: str
    description: str
    evidence: EvidenceView
    type: list[TypeWord]
    rows: list[FieldRow]
    values: list[str]
    open: bool
    members: list[TypeWord]
    absent: list[str] = field(factory=list)


@frozen
class SchemaReader:
    """Makes views of the schemas of a description."""

    index: DescriptionIndex
    urls: SiteUrls
    filled: Mapping[str, Set[str]]  # by schema: the fields that the client fills in

    def view_component(self, name: str) -> SchemaView:
        """Return the view of a component schema."""
        return self.view(self.index.components("schemas").get(name, {}), name)

    def view(self, node: dict[str, Any], name: str) -> SchemaView:
        """Return the view of a schema under a name."""
        required, because = node.get("required", []), node.get("x-required-because", {})
        filled = self.filled.get(name, frozenset())
        rows = [
            self.view_field(
                key,
                anchor=slug(name, key),
                schema=value,
                holder={"description": self.index.resolve(value).get("description", ""), **value},
                required=key in required and key not in filled,
                filled=key in filled,
                because=because.get(key),
            )
            for key, value in node.get("properties", {}).items()
            if is_object(value)
        ]
        values: list[Any] = node.get(OPEN_ENUM) or node.get("enum") or []
        return SchemaView(
            name=name,
            anchor=slug(name),
            address=self.urls.link_schema(name).address,
            description=node.get("description", ""),
            evidence=view_evidence(node),
            type=[] if rows else self.describe_type({**node, "enum": []}),
            rows=sorted(rows, key=lambda row: (not row.required, not row.filled)),
            values=[_write_value(value) for value in values],
            open=OPEN_ENUM in node,
            members=[word for member in alternatives(node) for word in self.describe_type(member)],
            absent=[str(key) for key in node.get("not", {}).get("required", [])],
        )

    def view_field(
        self,
        name: str,
        *,
        anchor: str,
        schema: dict[str, Any],
        holder: Mapping[str, Any],
        required: bool,
        filled: bool = False,
        because: str | None = None,
    ) -> FieldRow:
        """Return the row of a field. `holder` has its description and evidence."""
        return FieldRow(
            name=name,
            anchor=anchor,
            type=self.describe_type(schema),
            limits=[text.format(_write_value(schema[key])) for key, text in _LIMITS.items() if key in schema],
            required=required,
            filled=filled,
            because=because,
            description=holder.get("description", ""),
            evidence=view_evidence(holder),
        )

    def describe_type(self, node: Any) -> list[TypeWord]:
        """Return the type of a schema, in words."""
        if not is_object(node):
            return [TypeWord("any value")]
        if (name := component_name(node)) is not None:
            return [TypeWord(name, self.urls.link_schema(name).address, code=True, doubt=self._doubt(name))]
        if "const" in node:
            return [TypeWord("always"), TypeWord(_write_value(node["const"]), code=True)]
        if values := node.get("enum"):
            return _join_words([[TypeWord(_write_value(value), code=True)] for value in values])
        if members := alternatives(node):
            return _join_words([self.describe_type(member) for member in members])
        return _join_words([self._describe_kind(kind, node) for kind in schema_types(node)]) or [TypeWord("any value")]

    def _doubt(self, name: str) -> Mark | None:
        """Return the doubt about a component that is a plain value; an object shows its doubt in its section."""
        node: dict[str, Any] = self.index.components("schemas").get(name, {})
        return None if "properties" in node or "oneOf" in node else view_evidence(node).doubt

    def _describe_kind(self, kind: str, node: dict[str, Any]) -> list[TypeWord]:
        if kind == "array":
            return [TypeWord("array of"), *self.describe_type(node.get("items", {}))]
        return [TypeWord(f"string ({node['format']})" if kind == "string" and "format" in node else kind)]


def _write_value(value: Any) -> str:
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)


def _join_words(groups: list[list[TypeWord]]) -> list[TypeWord]:
    words: list[TypeWord] = []
    for group in groups:
        words += [TypeWord("or"), *group] if words else group
    return words
