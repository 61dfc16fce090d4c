"""Schemas with their references followed, each known by what it takes: two that are written alike have one key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum, auto
from typing import Any, Final

import attrs

from scripts.diff.values.plain import text
from scripts.openapi_document import is_array, is_object, split

# Words about a schema, remarks that are heard elsewhere, and how bytes are packed: none says which values are taken.
WORDS: Final = frozenset({"title", "description", "summary", "examples", "example", "externalDocs", "xml"}) | {
    "$comment", "$id", "$schema", "$anchor", "$defs", "$dynamicAnchor"
}  # fmt: skip
REMARKS: Final = frozenset({"default", "deprecated", "readOnly", "writeOnly", "discriminator"})
PACKING: Final = frozenset({"contentEncoding", "contentMediaType", "contentSchema"})
ANNOTATIONS: Final = WORDS | REMARKS | PACKING
MAPS: Final = ("properties", "patternProperties", "dependentSchemas")
LISTS: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
SINGLES: Final = ("not", "if", "then", "else", "items", "contains", "additionalProperties", "propertyNames")
# The keys of what stands under these are names that somebody chose, not keywords.
_NAMED_SCHEMAS: Final = frozenset({"properties", "patternProperties", "dependentSchemas", "dependentRequired", "$defs"})
_NAMED_COMPONENTS: Final = frozenset(
    {
        "schemas",
        "parameters",
        "headers",
        "responses",
        "links",
        "securitySchemes",
        "examples",
        "requestBodies",
        "pathItems",
    }
)
NAMED: Final = _NAMED_SCHEMAS | _NAMED_COMPONENTS | {
    "callbacks", "content", "encoding", "mapping", "paths", "scopes", "variables", "webhooks"
}  # fmt: skip
_AS_DATA: Final = frozenset({"const", "default", "enum", "example", "value"})


class Mode(Enum):
    """Whose view of a schema is taken.

    PLAIN: what a validator takes.
    KNOWN: what somebody sends who has read the description: no field that it does not name.
    TOLERANT: what a reader of it copes with: fields that it does not name, and null for a field that may be absent.
    """

    PLAIN = auto()
    KNOWN = auto()
    TOLERANT = auto()


@attrs.frozen(eq=False, repr=False)
class Node:
    """A schema, seen in a mode.

    Attributes:
        schema: An object of keywords, or a boolean.
        mode: Whose view is taken.
        required: Names that what encloses it requires of the same object.
        key: The same for schemas that take the same values because they say the same.
    """

    schema: Any
    mode: Mode
    required: frozenset[str]
    key: int


class Pool:
    """The schemas of some descriptions, whose references are tagged: `old#/components/...`."""

    def __init__(
        self,
        documents: Mapping[str, Mapping[str, Any]],
        *,
        ignored: frozenset[str] = ANNOTATIONS,
        kept: frozenset[str] = frozenset(),
        named: bool = False,
    ) -> None:
        """Take the descriptions.

        Args:
            documents: By tag.
            ignored: Keywords that make no difference.
            kept: Extensions that do.
            named: The name of a component that is referred to makes a difference.
        """
        self._documents = documents
        self._ignored = ignored
        self._kept = kept
        self._named = named
        self._keys: dict[object, int] = {}
        self._known: dict[int, tuple[Any, int]] = {}  # by id; the schema is kept, so that its id stays its own
        self._nodes: dict[tuple[int, Mode, frozenset[str]], Node] = {}
        self._targets: dict[str, Any] = {}
        self._cyclic: dict[str, bool] = {}

    def node(self, schema: Any, mode: Mode = Mode.PLAIN, required: frozenset[str] = frozenset()) -> Node:
        """The node of a schema; the same object for the same arguments."""
        while is_object(schema) and "$ref" in schema and not self._others(schema):
            schema = self.target(schema["$ref"])
        needed = required if mode is Mode.TOLERANT else frozenset[str]()
        key = self.key(schema)
        found = self._nodes.get((key, mode, needed))
        if found is None:
            found = self._nodes[key, mode, needed] = Node(schema, mode, needed, key)
        return found

    def target(self, reference: str) -> Any:
        """What a tagged reference leads to.

        Raises:
            LookupError: Nothing.
        """
        if reference not in self._targets:
            tag, _, pointer = reference.partition("#")
            node: Any = self._documents[tag]
            for token in split(pointer):
                node = node[int(token)] if is_array(node) else node[token]
            self._targets[reference] = node
        return self._targets[reference]

    def required(self, schema: Any) -> frozenset[str]:
        """Names that a schema requires, by itself or by what it is composed of."""
        if not is_object(schema):
            return frozenset()
        names = frozenset[str](schema.get("required", ()))
        parts = [self.target(schema["$ref"])] if "$ref" in schema else []
        return names.union(*(self.required(part) for part in (*parts, *schema.get("allOf", ()))))

    def key(self, schema: Any) -> int:
        """A number that schemas share which say the same of values."""
        known = self._known.get(id(schema))
        if known is not None:
            return known[1]
        if is_object(schema) and "$ref" in schema and not self._others(schema):
            said = self._reference_key(schema["$ref"])
            if isinstance(said, int):
                return said
        else:
            said = self._said(schema)
        key = self._keys.setdefault(said, len(self._keys))
        self._known[id(schema)] = schema, key
        return key

    def _said(self, schema: Any) -> object:
        if not is_object(schema):
            return schema is not False
        said: list[tuple[str, object]] = []
        for keyword in sorted(schema):
            value = schema[keyword]
            if keyword == "$ref":
                said.append((keyword, self._reference_key(value)))
            elif not self._ignores(keyword):
                said.append((keyword, self._value(keyword, value)))
        return tuple(said) or True

    def _value(self, keyword: str, value: Any) -> object:
        if keyword in MAPS and is_object(value):
            return tuple(sorted((name, self.key(each)) for name, each in value.items()))
        if keyword in LISTS and is_array(value):
            keys = [self.key(each) for each in value]
            return tuple(keys if keyword == "prefixItems" else sorted(keys))
        if keyword in SINGLES:
            return self.key(value)
        if keyword in ("required", "enum", "type"):
            return tuple(sorted({text(each) for each in (value if is_array(value) else [value])}))
        return text(value)

    def _reference_key(self, reference: str) -> object:
        if self._is_cyclic(reference):
            # A schema that holds itself has no finite form: its name stands for it.
            return reference.partition("#")[2] if self._same_in_all(reference) else reference
        key = self.key(self.target(reference))
        return (reference.partition("#")[2], key) if self._named else key

    def _ignores(self, keyword: str) -> bool:
        return keyword in self._ignored or (keyword.startswith("x-") and keyword not in self._kept)

    def _others(self, schema: Mapping[str, Any]) -> bool:
        """Whether something beside a reference makes a difference."""
        return any(name != "$ref" and not self._ignores(name) for name in schema)

    def _is_cyclic(self, reference: str) -> bool:
        if reference not in self._cyclic:
            self._cyclic[reference] = reference in self._closure(reference)
        return self._cyclic[reference]

    def _closure(self, reference: str) -> set[str]:
        """Every reference below what `reference` leads to."""
        found: set[str] = set()
        waiting = list(references(self.target(reference)))
        while waiting:
            each = waiting.pop()
            if each not in found:
                found.add(each)
                waiting += references(self.target(each))
        return found

    def _same_in_all(self, reference: str) -> bool:
        for each in {reference, *self._closure(reference)}:
            pointer = each.partition("#")[2]
            try:
                forms = {text(self._untagged(self.target(f"{tag}#{pointer}"))) for tag in self._documents}
            except LookupError:
                return False
            if len(forms) > 1:
                return False
        return True

    def _untagged(self, schema: Any, *, named: bool = False) -> Any:
        if is_array(schema):
            return [self._untagged(item) for item in schema]
        if not is_object(schema):
            return schema
        return {
            name: item.partition("#")[2] if name == "$ref" else self._untagged(item, named=not named and name in NAMED)
            for name, item in schema.items()
            if named or not self._ignores(name)
        }


def tagged(value: Any, tag: str, *, named: bool = False) -> Any:
    """A copy of a description in which every reference carries the name of the description.

    Args:
        value: The description, or a part of it.
        tag: The name.
        named: The keys of `value` are names, not keywords.
    """
    if is_array(value):
        return [tagged(item, tag) for item in value]
    if not is_object(value):
        return value
    copy: dict[str, Any] = {}
    for name, item in value.items():
        if not named and name == "$ref" and isinstance(item, str):
            copy[name] = f"{tag}{item}"
        elif not named and _is_data(name, item):
            copy[name] = item
        else:
            copy[name] = tagged(item, tag, named=not named and name in NAMED)
    return copy


def references(schema: Any, *, named: bool = False) -> Iterator[str]:
    """Every reference in a part of a description, not followed."""
    if is_array(schema):
        for item in schema:
            yield from references(item)
    elif is_object(schema):
        for name, item in schema.items():
            if not named and name == "$ref" and isinstance(item, str):
                yield item
            elif isinstance(item, dict | list) and (named or not _is_data(name, item)):
                yield from references(item, named=not named and name in NAMED)


def _is_data(keyword: str, value: Any) -> bool:
    return keyword in _AS_DATA or (keyword == "examples" and is_array(value)) or keyword.startswith("x-")
