"""Containment of schemas, decided by jsonschema-rs: which values does one schema allow that another refuses?

`canonicalize` is marked experimental: the version of jsonschema-rs is locked, and the random oracle checks its answers.
"""

from __future__ import annotations

import json
import re
from enum import Enum, auto
from functools import cached_property
from typing import Any, Final

import jsonschema_rs
from jsonschema_rs import canonical

from scripts.diff.change import Direction
from scripts.diff.counterexamples import list_matches, sample_values
from scripts.diff.joined_descriptions import References, canonical_text
from scripts.openapi_document import ANNOTATIONS, FORMATS, SCHEMA_MAPS, SCHEMA_SINGLES, is_object, parse_reference

_CLOSING: Final = ("additionalProperties", "unevaluatedProperties")
# Formats of the OpenAPI format registry that are bounds of a number.
_BOUNDS: Final = {
    **{f"int{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64)},
    "double-int": (-(2**53) + 1, 2**53 - 1),
}
_UNBOUNDED: Final = frozenset({"float", "double"})
_YES: Final = canonical.Containment.YES
_NULL: Final = {"type": "null"}
_NO_STRINGS: Final = ["null", "boolean", "number", "array", "object"]
_FREE: Final = "\0any field"  # stands for every name that no description has


class SchemaMode(Enum):
    """Whose view of a schema is taken.

    PLAIN: what a validator allows.
    KNOWN: what somebody sends who has read the description: no field that it does not name.
    TOLERANT: what a reader of it copes with: fields that it does not name, and null for a field that may be absent.
    """

    PLAIN = auto()
    KNOWN = auto()
    TOLERANT = auto()


class ContainmentVerdict:
    """Whether a change of a schema breaks somebody; each answer is worked out when it is asked for."""

    def __init__(self, containment: Containment, old: Any, new: Any, direction: Direction, *, optional: bool) -> None:
        self._containment = containment
        self._schemas = old, new
        if direction is Direction.SENT:
            self._question = old, new, (SchemaMode.KNOWN, SchemaMode.PLAIN)
        else:
            self._question = new, {"anyOf": [old, _NULL]} if optional else old, (SchemaMode.PLAIN, SchemaMode.TOLERANT)

    @cached_property
    def _answer(self) -> canonical.Containment:
        inner, outer, modes = self._question
        answer = self._containment.contains(outer, inner)
        return answer if answer is _YES else self._containment.contains(outer, inner, modes)

    @property
    def breaking(self) -> bool:
        """It does break somebody, or that could not be ruled out."""
        return self._answer is not _YES

    @property
    def is_decided(self) -> bool:
        """Whether that is certain."""
        return self._answer is not canonical.Containment.UNKNOWN or self.example is not None

    @cached_property
    def relation(self) -> str:
        """How the values of the new schema lie to those of the old: narrower, wider, other or equal."""
        old, new = self._schemas
        lost, gained = (self._containment.contains(*pair) is not _YES for pair in ((new, old), (old, new)))
        return {(False, False): "equal", (True, False): "narrower", (False, True): "wider"}.get((lost, gained), "other")

    @cached_property
    def example(self) -> str | None:
        """A value that breaks somebody, as JSON; None without one."""
        inner, outer, modes = self._question
        return self._containment.find_counterexample(inner, outer, modes) if self.breaking else None


class Containment:
    """Compares schemas whose references are tagged with the description that they belong to."""

    def __init__(self, references: References) -> None:
        self._references = references
        self._canonical: dict[tuple[str, SchemaMode], jsonschema_rs.CanonicalSchema | None] = {}
        self._known: dict[tuple[str, str, Direction, bool], ContainmentVerdict] = {}
        self._answers: dict[tuple[int, int], canonical.Containment] = {}
        self._nullable: dict[str, bool] = {}

    def compare(self, old: Any, new: Any, direction: Direction, *, optional: bool) -> ContainmentVerdict:
        """Compare two schemas.

        Args:
            old: The schema that users wrote their code for.
            new: The schema that holds now.
            direction: Whether they send the values or read them.
            optional: The value may be absent, so that its reader copes with null.
        """
        key = canonical_text(old), canonical_text(new), direction, optional
        if key not in self._known:
            self._known[key] = ContainmentVerdict(self, old, new, direction, optional=optional)
        return self._known[key]

    def allows_null(self, schema: Any) -> bool:
        """Return whether a schema allows null."""
        key = canonical_text(schema)
        if key not in self._nullable:
            validator = self._validator(schema, SchemaMode.PLAIN)
            self._nullable[key] = validator is not None and validator.is_valid(None)
        return self._nullable[key]

    def contains(
        self, outer: Any, inner: Any, modes: tuple[SchemaMode, SchemaMode] = (SchemaMode.PLAIN, SchemaMode.PLAIN)
    ) -> canonical.Containment:
        """Return whether `outer` allows all that `inner` allows, each seen in its mode (that of `inner` is first)."""
        within, without = self._canonicalized(inner, modes[0]), self._canonicalized(outer, modes[1])
        if within is None or without is None:
            return canonical.Containment.UNKNOWN
        key = id(within), id(without)
        if key not in self._answers:
            self._answers[key] = without.covers(within)
        return self._answers[key]

    def _canonicalized(self, schema: Any, mode: SchemaMode) -> jsonschema_rs.CanonicalSchema | None:
        """Return the canonical form of a schema; None when jsonschema-rs has none."""
        key = canonical_text(schema), mode
        if key not in self._canonical:
            copy = _Copier(self._references, mode, exact=False).copy_whole(schema)
            try:
                self._canonical[key] = jsonschema_rs.canonicalize(copy, validate_formats=True)
            except (jsonschema_rs.ValidationError, canonical.CanonicalizationError):
                self._canonical[key] = None
        return self._canonical[key]

    def find_counterexample(self, inner: Any, outer: Any, modes: tuple[SchemaMode, SchemaMode]) -> str | None:
        """Return a value that `inner` allows and `outer` refuses, checked with the validator; None without one."""
        within, without = self._canonicalized(inner, modes[0]), self._canonicalized(outer, modes[1])
        if within is None or without is None:
            return None
        try:
            difference = within.subtract(without).to_json_schema()
        except canonical.CanonicalizationError:
            return None
        allowing, refusing = self._validator(inner, modes[0]), self._validator(outer, modes[1])
        if allowing is None or refusing is None:
            return None
        for value in sample_values(difference):
            if allowing.is_valid(value) and not refusing.is_valid(value):
                return json.dumps(value, sort_keys=True, ensure_ascii=False)
        return None

    def _validator(self, schema: Any, mode: SchemaMode) -> jsonschema_rs.Draft202012Validator | None:
        """Return the validator of a schema; None when the schema is not valid itself."""
        copy = _Copier(self._references, mode, exact=True).copy_whole(schema)
        try:
            return jsonschema_rs.Draft202012Validator(copy, validate_formats=True)
        except jsonschema_rs.ValidationError:
            return None


class _Copier:
    """Makes self-contained copies of schemas, as seen in a mode.

    An exact copy is for the validator. The other one is for containment: there a component that holds itself has a
    token with its name inside (what is to be shown of the whole may be assumed of the part), formats of numbers become
    bounds, and a format that jsonschema-rs does not check becomes a pattern that is the same as itself only.
    """

    def __init__(self, references: References, mode: SchemaMode, *, exact: bool) -> None:
        self._references = references
        self._mode = mode
        self._exact = exact
        self._keys: dict[tuple[SchemaMode, str, frozenset[str], tuple[str, ...]], str] = {}
        self._definitions: dict[str, Any] = {}

    def copy_whole(self, schema: Any) -> Any:
        """Return the copy of a schema, with everything that it refers to."""
        copy = self._copy(schema, frozenset(), ())
        return {"allOf": [copy], "$defs": self._definitions} if self._definitions and self._exact else copy

    def _copy(self, schema: Any, around: frozenset[str], inside: tuple[str, ...]) -> Any:
        """Return the copy of a schema.

        Args:
            schema: The schema.
            around: Names that the enclosing schema of the same value describes (KNOWN) or requires (TOLERANT).
            inside: The components that it is a part of.
        """
        if not is_object(schema):
            return schema
        copy: dict[str, Any] = {}
        parts: list[Any] = []
        names = self._names(schema, around)
        for keyword, value in schema.items():
            if keyword in ("$ref", "anyOf", "oneOf", "format", "pattern"):
                # A field that another branch describes is not known to somebody who sends this one.
                passed = names if keyword == "$ref" else self._names(schema | {keyword: ()}, around)
                parts += self._apart(keyword, value, passed, inside)
            elif keyword in SCHEMA_MAPS:
                copy[keyword] = {name: self._part(keyword, name, each, names, inside) for name, each in value.items()}
            elif keyword in ("allOf", "prefixItems"):
                passed = names if keyword == "allOf" else frozenset[str]()
                copy[keyword] = [self._copy(each, passed, inside) for each in value]
            elif keyword in ("not", "if", "then", "else"):
                copy[keyword] = self._plainly(value, inside)
            elif keyword in SCHEMA_SINGLES:
                if not (self._mode is SchemaMode.TOLERANT and keyword in _CLOSING and value is False):
                    copy[keyword] = self._copy(value, frozenset(), inside)
            elif keyword not in ANNOTATIONS and not keyword.startswith(("$", "x-")):
                copy[keyword] = value
        if self._mode is SchemaMode.KNOWN and names and _FREE not in names:
            copy["properties"] = dict.fromkeys(sorted(names), True) | copy.get("properties", {})
            copy["additionalProperties"] = False
        if parts:
            copy["allOf"] = [*copy.get("allOf", []), *parts]
        return copy

    def _apart(self, keyword: str, value: Any, names: frozenset[str], inside: tuple[str, ...]) -> list[Any]:
        """Return what a keyword says as schemas that hold together with the others."""
        match keyword:
            case "$ref":
                return [self._reference(value, names, inside)]
            case "anyOf":
                return [{"anyOf": [self._copy(each, names, inside) for each in value]}]
            case "oneOf":
                return self._one_of(value, [self._copy(each, names, inside) for each in value], inside)
            case "pattern" if not self._exact and (words := list_matches(value)) is not None:
                return [{"anyOf": [{"enum": words}, {"type": _NO_STRINGS}]}]
            case "pattern":
                return [{"pattern": value}]
            case _:
                return self._format(value)

    def _names(self, schema: dict[str, Any], around: frozenset[str]) -> frozenset[str]:
        keyword = {SchemaMode.KNOWN: "properties", SchemaMode.TOLERANT: "required"}.get(self._mode)
        return around | self._collect_names(schema, keyword) if keyword else around

    def _part(self, keyword: str, name: str, schema: Any, around: frozenset[str], inside: tuple[str, ...]) -> Any:
        copy = self._copy(schema, frozenset(), inside)
        if self._mode is SchemaMode.TOLERANT and keyword == "properties" and name not in around:
            return {"anyOf": [copy, _NULL]}
        return copy

    def _one_of(self, branches: list[Any], loose: list[Any], inside: tuple[str, ...]) -> list[Any]:
        """Return what holds when exactly one branch holds, each as seen in the mode."""
        strict = [self._plainly(each, inside) for each in branches]
        if strict == loose:
            return [{"oneOf": strict}]
        if self._mode is SchemaMode.KNOWN:
            return [{"oneOf": strict}, {"anyOf": loose}]
        others = [[{"not": other} for other in strict[:at] + strict[at + 1 :]] for at in range(len(strict))]
        return [{"anyOf": [{"allOf": [each, *others[at]]} for at, each in enumerate(loose)]}]

    def _plainly(self, schema: Any, inside: tuple[str, ...]) -> Any:
        mode, self._mode = self._mode, SchemaMode.PLAIN
        copy = self._copy(schema, frozenset(), inside)
        self._mode = mode
        return copy

    def _reference(self, reference: str, names: frozenset[str], inside: tuple[str, ...]) -> Any:
        if self._mode is SchemaMode.PLAIN or (
            self._mode is SchemaMode.KNOWN and names <= self._collect_names({"$ref": reference}, "properties")
        ):
            names = frozenset()
        pointer = parse_reference(reference)
        component = pointer[len("/old") :]
        if not self._exact and any(each.endswith(component) for each in inside):
            return {"type": "object", "required": [f"the fields of {component}"]}
        below = self._references.closure_of({"$ref": reference})
        inside = () if self._exact else tuple(each for each in inside if each in below)
        key = self._mode, pointer, names, inside
        if key not in self._keys:
            self._keys[key] = at = str(len(self._keys))  # a component that holds itself is copied once
            self._definitions[at] = self._copy(self._references.step(reference).value, names, (*inside, pointer))
        if not self._exact:
            return self._definitions[self._keys[key]]  # jsonschema-rs does not look through references everywhere
        return {"$ref": f"#/$defs/{self._keys[key]}"}

    def _format(self, name: str) -> list[Any]:
        if name in FORMATS or self._exact:
            return [{"format": name}]
        if name in _BOUNDS:
            return [{"minimum": _BOUNDS[name][0], "maximum": _BOUNDS[name][1]}]
        return [] if name in _UNBOUNDED else [{"pattern": f"^format {re.escape(name)}$"}]

    def _collect_names(self, schema: Any, keyword: str) -> frozenset[str]:
        """Return the fields that `properties` or `required` of a schema names, and of all that it is composed of."""
        if not is_object(schema):
            return frozenset()
        names = frozenset[str](schema.get(keyword, ()))
        composing = ["allOf"]
        if keyword == "properties":
            composing += ["anyOf", "oneOf"]
            if {"additionalProperties", "patternProperties"} & schema.keys():
                names |= {_FREE}
        parts: list[Any] = [self._references.step(schema["$ref"]).value] if "$ref" in schema else []
        for each in composing:
            parts += schema.get(each, ())
        return names.union(*(self._collect_names(part, keyword) for part in parts))
