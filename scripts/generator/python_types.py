"""What a parsed property means in Python: its annotation, and how a JSON value becomes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve, frozen
from openapi_python_client.parser.properties import (
    AnyProperty,
    EnumProperty,
    ModelProperty,
    Property,
)
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.schema.untrusted_string import UntrustedString

from scripts.generator.generation_error import GenerationError

_PRIMITIVES: dict[type, tuple[str, str, tuple[str, ...]]] = {
    StringProperty: ("str", "string", ("str",)),
    IntProperty: ("int", "integer", ("int",)),
    FloatProperty: ("float", "number", ("int", "float")),
    BooleanProperty: ("bool", "boolean", ("bool",)),
    NoneProperty: ("None", "null", ("NoneType",)),
}

_NONE = "type(None)"


@frozen
class Shape:
    """A JSON value's type.

    Attributes:
        names: Python types of the union, in the order of the description.
        expected: JSON type names for a message, such as "array or null".
        kinds: The Python types that the JSON parser can give for it; empty for any.
        models: Names of the models among them, by module.
        marks: What an object of each model says of itself, as Python literals by the model's name, where it says any.
        enum: Name of the open enum among them.
        items: Shape of the items, when a list is among them.
        values: Shape of the values, when a map is among them: an object whose keys no one knows before.
    """

    names: tuple[str, ...]
    expected: tuple[str, ...]
    kinds: tuple[str, ...]
    models: tuple[tuple[str, str], ...] = ()
    marks: tuple[tuple[str, str], ...] = ()
    enum: tuple[str, str] | None = None
    items: Shape | None = None
    values: Shape | None = None

    @property
    def imports(self) -> dict[str, str]:
        """Name -> module of every class that the annotation names, and of what makes its values of JSON."""
        found = {name: module for inner in self.inner for name, module in inner.imports.items()}
        for name, module in self.models:
            found |= {name: module, adopter_name(module): module}
        if self.enum:
            found |= {self.enum[0]: self.enum[1], self.known: self.enum[1]}
        return found

    @property
    def inner(self) -> list[Shape]:
        """The shapes of items and values."""
        return [shape for shape in (self.items, self.values) if shape is not None]

    @property
    def known(self) -> str:
        """Name of what finds the open enum's members."""
        return finder_name(self.enum[1]) if self.enum else ""

    def annotation(self, *, sent: bool) -> str:
        """The type as users see it; what is sent may be any sequence, and any string for an open enum."""
        parts = [self._part(name, sent=sent) for name in self.names]
        if sent and self.enum and "str" not in parts:
            parts.append("str")
        return " | ".join(sorted(dict.fromkeys(parts), key="None".__eq__))

    def optional(self, *, sent: bool) -> str:
        """The same for a value that may be left out."""
        others = [name for name in self.names if name != "None"]
        left_out = [*(["Unset"] if sent else []), *(["None"] if not sent or len(others) < len(self.names) else [])]
        given = [evolve(self, names=tuple(others)).annotation(sent=sent)] if others else []
        return " | ".join([*given, *left_out])

    def _part(self, name: str, *, sent: bool) -> str:
        if name == "list" and self.items is not None:
            return f"{'Sequence' if sent else 'list'}[{self.items.annotation(sent=sent)}]"
        if name == "dict" and self.values is not None:
            return f"{'Mapping' if sent else 'dict'}[str, {self.values.annotation(sent=sent)}]"
        return name

    @property
    def nullable(self) -> bool:
        return not self.kinds or "NoneType" in self.kinds

    @property
    def check(self) -> str:
        """A Python expression that is true when `value` is of another JSON type."""
        kinds = [_NONE if name == "NoneType" else name for name in self.kinds]
        return "value.__class__ " + (f"is not {kinds[0]}" if len(kinds) == 1 else f"not in ({', '.join(kinds)})")

    @property
    def guarded(self) -> bool:
        """Whether `convert` asks `kind` even when the value has been checked."""
        return " if kind is " in (self.convert(checked=True, strict=True) or "").partition("lambda")[0]

    @property
    def told(self) -> str:
        return " or ".join(self.expected)

    def cases(self, *, strict: bool = False) -> list[tuple[str, str]]:
        """The type of a JSON `value` -> a Python expression that makes the typed value of it, where it is not that yet.

        Args:
            strict: An item of a list that is no object is an error; by default it stays as it came.
        """
        cases: list[tuple[str, str]] = []
        if len(self.models) == 1:
            cases.append(("dict", f"{adopter_name(self.models[0][1])}(value)"))
        elif self.marks:
            marks = dict(self.marks)
            choices = (f"({name}, {marks.get(name, '{}')})" for name, _ in self.models)
            cases.append(("dict", f"adopt_by_discriminator(value, {', '.join(choices)})"))
        elif self.models:
            cases.append(("dict", f"adopt_first_match(value, {', '.join(name for name, _ in self.models)})"))
        elif self.values and (inner := self.values.convert()):
            cases.append(("dict", f"convert_values(lambda value, kind: {inner}, value)"))
        if self.items and (inner := self.items.convert()):
            if self.items.kinds == ("dict",) and len(self.items.models) == 1:
                each = "adopt_object_items" if strict else "adopt_items"
                cases.append(("list", f"{each}({adopter_name(self.items.models[0][1])}, value)"))
            else:
                cases.append(("list", f"convert_items(lambda value, kind: {inner}, value)"))
        if self.enum:
            cases.append(("str", f"{self.known}(value) or {self.enum[0]}(value)"))
        return cases

    def convert(self, *, checked: bool = False, strict: bool = False) -> str | None:
        """A Python expression that makes the typed value of the JSON `value`, or None when it is that already.

        It asks `kind`, the type of `value`.

        Args:
            checked: The JSON type of `value` is known to be one of `kinds`.
            strict: An item of a list that is no object is an error; by default it stays as it came.
        """
        cases = self.cases(strict=strict)
        if not cases:
            return None
        if checked and len(cases) == len(self.kinds) == 1:
            return cases[0][1]
        return " ".join(f"{made} if kind is {kind} else" for kind, made in cases) + " value"

    @property
    def helpers(self) -> set[str]:
        """Names from `_model` that `convert` uses."""
        made = f"{self.convert() or ''} {self.convert(strict=True) or ''}"
        words = set(made.replace("(", " ").split())
        return words & {
            "adopt_by_discriminator",
            "adopt_first_match",
            "adopt_items",
            "adopt_object_items",
            "convert_items",
            "convert_values",
        }


_ANY = Shape(names=("Any",), expected=("any value",), kinds=())
_STRING = Shape(names=("str",), expected=("string",), kinds=("str",))
_BYTES = Shape(names=("bytes",), expected=("bytes",), kinds=("bytes",))


@frozen(eq=False)
class Catalog:
    """What a parsed property refers to by name.

    Attributes:
        models: The parsed models by class name. A property holds a copy from before its members were known.
        open_enums: Class names of the enums whose values the server owns.
        tags: Class name -> wire name -> the values by which a discriminator tells that model.
    """

    models: Mapping[str, ModelProperty]
    open_enums: frozenset[str]
    tags: Mapping[str, Mapping[str, tuple[str, ...]]]

    def properties(self, name: str) -> list[Property]:
        """The properties of a model, required ones first."""
        model = self.models[name]
        return [*(model.required_properties or ()), *(model.optional_properties or ())]

    def is_map(self, name: str) -> bool:
        """Whether a model is no class of its own, but an object of any keys."""
        return not self.properties(name) and self.models[name].data.additionalProperties not in (None, False)

    def marks(self, name: str) -> dict[str, tuple[object, ...]]:
        """Wire name -> the values that an object of a model has there: its constants, closed enums and tags."""
        found: dict[str, tuple[object, ...]] = {}
        for prop in self.properties(name):
            wire = prop.name.get_untrusted_value()
            if isinstance(prop, ConstProperty):
                found[wire] = (prop.value.raw_value,)
            elif isinstance(prop, EnumProperty) and prop.class_info.name not in self.open_enums:
                found[wire] = tuple(prop.values.values())
        return found | dict(self.tags.get(name, {}))


def shape_of(prop: Any, catalog: Catalog, where: str, inside: frozenset[str] = frozenset()) -> Shape:
    """The shape of a parsed property.

    Args:
        prop: What the parser made of a schema.
        catalog: What it may refer to.
        where: What a message names.
        inside: Names of the maps that it is a value of.

    Raises:
        GenerationError: The templates cannot express it.
    """
    if isinstance(prop, UnionProperty):
        shape = union([shape_of(inner, catalog, where, inside) for inner in prop.inner_properties], where)
        marks = {name: catalog.marks(name) for name, _ in shape.models} if len(shape.models) > 1 else {}
        return evolve(shape, marks=tuple((name, ascii(values)) for name, values in marks.items() if values))
    if isinstance(prop, AnyProperty):
        return _ANY
    if isinstance(prop, FileProperty):
        return _STRING
    if isinstance(prop, ModelProperty):
        reference = (prop.class_info.name, prop.class_info.module_name)
        if catalog.is_map(reference[0]):
            return Shape(("dict",), ("object",), ("dict",), values=_values(reference[0], catalog, where, inside))
        return Shape(names=(reference[0],), expected=("object",), kinds=("dict",), models=(reference,))
    if isinstance(prop, ListProperty):
        return Shape(
            names=("list",),
            expected=("array",),
            kinds=("list",),
            items=shape_of(prop.inner_property, catalog, where, inside),
        )
    if isinstance(prop, EnumProperty):
        return _enum(prop, catalog)
    if isinstance(prop, ConstProperty):
        raw = prop.value.raw_value
        literal = prop.value.python_code.as_unembedded_code()
        return Shape(names=(f"Literal[{literal}]",), expected=(repr(raw),), kinds=(type(raw).__name__,))
    if (primitive := _PRIMITIVES.get(prop.__class__)) is not None:
        name, expected, kinds = primitive
        return Shape(names=(name,), expected=(expected,), kinds=kinds)
    raise GenerationError(f"{where}: a {type(prop).__name__} is not supported by the templates.")


def _values(name: str, catalog: Catalog, where: str, inside: frozenset[str]) -> Shape:
    """The shape of a map's values."""
    if name in inside:
        raise GenerationError(f"{where}: {name} is a map of itself, which is not supported.")
    values = catalog.models[name].additional_properties
    return shape_of(values, catalog, where, inside | {name}) if values is not None else _ANY


def _enum(prop: EnumProperty, catalog: Catalog) -> Shape:
    reference = (prop.class_info.name, prop.class_info.module_name)
    if reference[0] in catalog.open_enums:
        return Shape(names=(reference[0],), expected=("string",), kinds=("str",), enum=reference)
    text = prop.value_type is str
    values = (f'"{value}"' if text else str(value) for value in prop.values.values())
    kind = "str" if text else "int"
    return Shape(names=(f"Literal[{', '.join(values)}]",), expected=("string" if text else "integer",), kinds=(kind,))


def plain_shape(*, text: bool) -> Shape:
    """The shape of a body that is no JSON."""
    return _STRING if text else _BYTES


def adopter_name(module: str) -> str:
    """Name of what adopts a model's objects, in its module."""
    return f"adopt_{module}"


def finder_name(module: str) -> str:
    """Name of what finds an open enum's members by their values, in its module."""
    return f"known_{module}"


def union(shapes: list[Shape], where: str) -> Shape:
    """One shape for a value that may have any of several.

    Raises:
        GenerationError: Its members cannot be told apart by their JSON types.
    """
    if len(shapes) == 1:
        return shapes[0]
    lists = [shape.items for shape in shapes if shape.items]
    enums = [shape.enum for shape in shapes if shape.enum]
    if len(lists) > 1 or len(enums) > 1:
        raise GenerationError(
            f"{where}: a union of several {'arrays' if lists[1:] else 'open enums'} is not supported."
        )
    maps = [shape.values for shape in shapes if shape.values]
    if any(not shape.kinds for shape in shapes):
        return _ANY
    if len(maps) > 1 or (maps and any(shape.models for shape in shapes)):
        raise GenerationError(f"{where}: a union of a map and another object is not supported.")
    return Shape(
        names=_all(shape.names for shape in shapes),
        expected=_all(shape.expected for shape in shapes),
        kinds=_all(shape.kinds for shape in shapes),
        models=tuple(dict.fromkeys(model for shape in shapes for model in shape.models)),
        enum=enums[0] if enums else None,
        items=lists[0] if lists else None,
        values=maps[0] if maps else None,
    )


def _all(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for group in groups for name in group))


def member_doc(model: ModelProperty, member: Property) -> str:
    """A property's description in one line: the one beside its `$ref`, else its schema's."""
    described = (model.data.properties or {}).get(member.name)
    sibling = (described.model_extra or {}).get("description") if described is not None else None
    text = plain(sibling if isinstance(sibling, str) else member.description)
    return told(text, deprecated=getattr(described, "deprecated", False))


def told(text: str, *, deprecated: object) -> str:
    """A text, after the word that what it tells of is going away."""
    return f"Deprecated. {text}".strip() if deprecated is True else text


def plain(value: UntrustedString | str | None) -> str:
    """A text of the description in one line. It is escaped where it is printed."""
    raw = value.get_untrusted_value() if isinstance(value, UntrustedString) else value
    return " ".join((raw or "").split())
