"""A schema as one set of keywords: references followed, `allOf` merged, `const` as an `enum`, and null removed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from scripts.diff.joined_descriptions import DocumentNode, References, canonical_text
from scripts.openapi_document import (
    ANNOTATIONS,
    OPEN_ENUM,
    copy_edited,
    is_array,
    is_object,
    is_reference,
    join_pointer,
    split_pointer,
)

NULL: Final = {"type": "null"}
# Keywords that say nothing of the values.
WORDS: Final = (ANNOTATIONS - {"default", "deprecated", "readOnly", "writeOnly"}) | {
    "$id", "$schema", "$anchor", "$defs", "$dynamicAnchor"
}  # fmt: skip
# With these in a part of an `allOf`, what it says of further fields does not hold for the whole.
_NOT_MERGED: Final = frozenset(
    {"additionalProperties", "patternProperties", "unevaluatedProperties", "unevaluatedItems", "items", "prefixItems"}
)


@attrs.define(eq=False)
class NormalizedSchema:
    """What a schema says of its values.

    Attributes:
        node: The schema, references followed.
        place: Pointer of where it is used.
        component: Name of the component that it is; "" for none.
        keywords: What each keyword says, but for those below.
        written: What a keyword says in the file, where null was taken out of it or `const` has become `enum`.
        fields: The described fields; several nodes where parts of an `allOf` describe the same.
        required: The fields that must be there, and where that is said.
        choice: `anyOf` or `oneOf`, without the null; "" for none.
        branches: The branches of the choice.
        alone: The only branch that a choice has apart from null.
        parts: Parts of an `allOf` that could not be merged.
        null: Where null is said to be allowed, when it was taken out.
        only_null: Nothing but null is allowed.
    """

    node: DocumentNode
    place: str
    component: str = ""
    keywords: dict[str, DocumentNode] = attrs.field(factory=dict)
    written: dict[str, Any] = attrs.field(factory=dict)
    fields: dict[str, list[DocumentNode]] = attrs.field(factory=dict)
    required: dict[str, str] = attrs.field(factory=dict)
    choice: str = ""
    branches: list[DocumentNode] = attrs.field(factory=list)
    alone: DocumentNode | None = None
    parts: list[DocumentNode] = attrs.field(factory=list)
    null: str | None = None
    only_null: bool = False

    def as_schema(self) -> Any:
        """Return the schema as one object of keywords."""
        if not is_object(self.node.value):
            return self.node.value
        schema = {keyword: node.value for keyword, node in self.keywords.items()}
        if self.fields:
            schema["properties"] = {name: merge_nodes(nodes).value for name, nodes in self.fields.items()}
        if self.required:
            schema["required"] = sorted(self.required)
        if self.choice:
            schema[self.choice] = [node.value for node in self.branches]
        if self.parts:
            schema["allOf"] = [node.value for node in self.parts]
        return schema

    def pointer_of(self, keyword: str) -> str:
        """Return where a keyword is; the schema itself when it has none."""
        return self.keywords[keyword].pointer if keyword in self.keywords else self.node.pointer

    def as_choice(self, node: DocumentNode, other: NormalizedSchema) -> NormalizedSchema:
        """Return the view as a choice of one branch, to compare it with a choice; itself when it is one."""
        if self.choice or not other.choice:
            return self
        stripped = self.alone or (
            DocumentNode(self.node.pointer, self.as_schema()) if self.null and other.null else None
        )
        null = self.null if stripped else None
        return NormalizedSchema(self.node, self.place, choice=other.choice, branches=[stripped or node], null=null)


def merge_nodes(nodes: list[DocumentNode]) -> DocumentNode:
    """Return several descriptions of one value as one."""
    return nodes[0] if len(nodes) == 1 else DocumentNode(nodes[0].pointer, {"allOf": [node.value for node in nodes]})


def as_list(value: Any) -> list[Any]:
    """Return a list as it is, nothing for None, and anything else as a list of one."""
    return value if is_array(value) else [] if value is None else [value]


def as_object(value: Any) -> dict[str, Any]:
    """Return an object as it is, and an empty one for anything else."""
    return value if is_object(value) else {}


def _sort_values(value: Any) -> list[Any]:
    return sorted(as_list(value), key=canonical_text)


# References without the description that they are in, and lists that have no order in one.
_EDITS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "$ref": lambda reference: re.sub("^#/(old|new)", "", reference),
    **dict.fromkeys(("required", "type", "enum"), _sort_values),
}


class SchemaNormalizer:
    """Makes views of schemas, and compares schemas by what they say."""

    def __init__(self, references: References, allows_null: Callable[[Any], bool]) -> None:
        self._references = references
        self._allows_null = allows_null
        self._made: dict[tuple[str, int, bool], tuple[DocumentNode, NormalizedSchema]] = {}
        self._texts: dict[int, tuple[Any, str]] = {}

    def view(self, node: DocumentNode, *, with_null: bool = False) -> NormalizedSchema:
        """Return the view of a schema; it is not to be changed.

        Args:
            node: The schema.
            with_null: Leave null where it is written.
        """
        key = node.pointer, id(node.value), with_null
        if key not in self._made:
            self._made[key] = node, self._make(node, with_null=with_null)  # the node is kept, so its id stays its own
        return self._made[key][1]

    def say_the_same(self, old: Any, new: Any) -> bool:
        """Return whether two schemas differ in words only, with everything that they refer to."""
        return self.text(old) == self.text(new)

    def text(self, value: Any) -> str:
        """Return what a schema says without words, with everything that it refers to."""
        if id(value) not in self._texts:
            said = canonical_text(copy_edited(value, _counts, _EDITS))
            if '"$ref"' in said:  # most schemas refer to nothing
                reached = self._references.closure_of(value)
                below = {at[len("/old") :]: self._references.step(f"#{at}").value for at in reached}
                said += canonical_text(copy_edited(below, _counts, _EDITS))
            self._texts[id(value)] = value, said
        return self._texts[id(value)][1]

    def _make(self, node: DocumentNode, *, with_null: bool) -> NormalizedSchema:
        view = NormalizedSchema(self._target(node), node.pointer)
        view.component = _component(view.node.pointer)
        if is_object(view.node.value):
            self._merge(view, node if self._restricts(node) else view.node, top=True)
            if "const" in view.keywords and "enum" not in view.keywords:
                const = view.keywords.pop("const")
                view.keywords["enum"] = DocumentNode(const.pointer, [const.value])
            if not with_null:
                return self._remove_null(view)
        return view

    def _target(self, node: DocumentNode) -> DocumentNode:
        """Return what a reference leads to, when no keyword next to it restricts the values."""
        while is_object(node.value):
            parts = node.value.get("allOf")
            if "$ref" in node.value:
                node = self._references.step(node.value["$ref"])
            elif is_array(parts) and len(parts) == 1 and is_reference(parts[0]) and not _says(node.value) - {"allOf"}:
                node = node.child("allOf", 0)
            else:
                break
        return node

    def _restricts(self, node: DocumentNode) -> bool:
        """Return whether a keyword next to a reference restricts the values, here or on the way."""
        while is_object(node.value) and "$ref" in node.value:
            if _says(node.value) - {"$ref"}:
                return True
            node = self._references.step(node.value["$ref"])
        return False

    def _merge(self, view: NormalizedSchema, node: DocumentNode, *, top: bool) -> None:
        """Add what a schema says to a view."""
        value = node.value
        parts = [self._references.follow(node)] if "$ref" in value else []
        parts += [part for _, part in node.children("allOf")]
        for keyword in value:
            if keyword in ("$ref", "allOf") or not _counts(keyword):
                continue
            if keyword == "properties":
                for name, child in node.children("properties"):
                    view.fields.setdefault(name, []).append(child)
            elif keyword == "required":
                view.required |= {name: join_pointer(node.pointer, "required") for name in value["required"]}
            elif keyword in ("anyOf", "oneOf") and not view.choice:
                view.choice, view.branches = keyword, [child for _, child in node.children(keyword)]
            else:
                view.keywords[keyword] = node.child(keyword)
        apart = top and bool(_NOT_MERGED & value.keys())
        for part in parts:
            target = self._references.follow(part)
            if not apart and self._fits(view, target):
                self._merge(view, target, top=False)
            else:
                view.parts.append(part)

    def _fits(self, view: NormalizedSchema, part: DocumentNode) -> bool:
        """Return whether what a part says can be merged with what a view says already."""
        if not is_object(part.value) or (part.value.keys() & _NOT_MERGED):
            return False
        for keyword in _says(part.value) - {"properties", "required", "allOf"}:
            if keyword in ("anyOf", "oneOf"):
                if view.choice:
                    return False
            elif keyword in view.keywords and canonical_text(view.keywords[keyword].value) != canonical_text(
                part.value[keyword]
            ):
                return False
        return True

    def _remove_null(self, view: NormalizedSchema) -> NormalizedSchema:
        """Remove null from the types, the listed values and the branches, unless nothing else would be left.

        A choice that has only one other branch, and says nothing else, becomes that branch.
        """
        for keyword in ("type", "enum"):
            listed = as_list(view.keywords[keyword].value) if keyword in view.keywords else []
            null = "null" if keyword == "type" else None
            if null in listed:
                left = [each for each in listed if each != null]
                at = view.keywords[keyword]
                if not left:
                    view.only_null = True
                    return view
                view.null = view.null or at.pointer
                view.written.setdefault(keyword, at.value)
                view.keywords[keyword] = DocumentNode(
                    at.pointer, left[0] if keyword == "type" and len(left) == 1 else left
                )
        nulls = [index for index, branch in enumerate(view.branches) if self._is_null(branch)]
        if len(nulls) == 1 and len(view.branches) > 1:
            rest = [branch for index, branch in enumerate(view.branches) if index != nulls[0]]
            if not self._allows_null({view.choice: [branch.value for branch in rest]}):
                view.null = view.null or view.branches[nulls[0]].pointer
                view.branches = rest
                if len(rest) == 1 and not view.keywords and not view.fields and not view.parts and not view.required:
                    return attrs.evolve(self.view(rest[0]), place=view.place, null=view.null, alone=rest[0])
        return view

    def _is_null(self, branch: DocumentNode) -> bool:
        value = self._references.follow(branch).value
        return is_object(value) and value.get("type") == "null" and _says(value) == {"type"}


def _says(value: dict[str, Any]) -> set[str]:
    return {keyword for keyword in value if _counts(keyword)}


def _counts(keyword: str) -> bool:
    return keyword not in WORDS and (not keyword.startswith("x-") or keyword == OPEN_ENUM)


def _component(pointer: str) -> str:
    match split_pointer(pointer):
        case [_, "components", "schemas", name]:
            return name
        case _:
            return ""
