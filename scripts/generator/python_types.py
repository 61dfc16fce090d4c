"""The Python type of a parsed schema: its annotation, and the code that makes typed values of parsed JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

from attrs import evolve, field, frozen
from openapi_python_client.parser.properties import AnyProperty, EnumProperty, ModelProperty, Property
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.union import UnionProperty

from scripts.generator.generation_error import GenerationError
from scripts.generator.normalize import decode_enum_value
from scripts.generator.python_names import name_class
from scripts.openapi_document import is_object, is_reference, walk_objects


class ClassRef(NamedTuple):
    """A generated model or enum, and its module below `models/`."""

    name: str
    module: str


class Conversion(NamedTuple):
    """A call that makes the typed value of a JSON `value`, and an expression for when it returns nothing."""

    function: str
    arguments: str = "value"
    otherwise: str = ""

    @property
    def expression(self) -> str:
        return f"{self.function}({self.arguments})" + (f" or {self.otherwise}" if self.otherwise else "")


@frozen
class PythonType:
    """The Python type of a JSON value.

    Attributes:
        names: Members of the union, in the order of the description: `str`, `list`, `dict`, a class, `Literal[...]`.
        json_types: The same as JSON types, for messages.
        classes: Names of the classes that the JSON parser can make of it, such as dict or NoneType; empty for any.
        models: The models in the union.
        discriminators: The known values of each model of a union, as a Python literal by class name.
        enum: The open enum in the union.
        items: Type of the items, when a list is in the union.
        values: Type of the values, when a map is in the union.
        uncertain: The only model has no required field and other types are possible: an object may be something else.
    """

    names: tuple[str, ...]
    json_types: tuple[str, ...]
    classes: tuple[str, ...]
    models: tuple[ClassRef, ...] = ()
    discriminators: Mapping[str, str] = field(factory=dict[str, str])
    enum: ClassRef | None = None
    items: PythonType | None = None
    values: PythonType | None = None
    uncertain: bool = False

    @property
    def imports(self) -> dict[str, str]:
        """Module by name: the classes in the annotation, and the functions that make their instances."""
        found = {name: module for inner in self.inner for name, module in inner.imports.items()}
        for name, module in self.models:
            found |= {name: module, name_adopter(module): module}
        if self.enum:
            found |= {self.enum.name: self.enum.module, name_finder(self.enum.module): self.enum.module}
        return found

    @property
    def listed_enum(self) -> ClassRef | None:
        """The open enum in the union, or of the items of its list."""
        return self.enum or (self.items.enum if self.items else None)

    @property
    def inner(self) -> list[PythonType]:
        """The types of items and values."""
        return [each for each in (self.items, self.values) if each is not None]

    def annotate(self, *, sent: bool, in_class: bool = False) -> str:
        """Return the annotation. A request takes any sequence, any mapping, and any string for an open enum.

        Args:
            sent: It is part of a request.
            in_class: It is in a class whose method `list` may hide the built-in class.
        """
        parts = [self._annotate_member(name, sent, in_class) for name in self.names]
        if sent and self.enum and "str" not in parts:
            parts.append("str")
        return " | ".join(sorted(dict.fromkeys(parts), key="None".__eq__))

    def annotate_optional(self, *, sent: bool) -> str:
        """Return the annotation of a value that may be left out."""
        others = self.without_null
        left_out = [*(["Unset"] if sent else []), *(["None"] if not sent or others != self else [])]
        return " | ".join([*([others.annotate(sent=sent)] if others.names else []), *left_out])

    @property
    def without_null(self) -> PythonType:
        """The same type without `None` in its annotation."""
        return evolve(self, names=tuple(name for name in self.names if name != "None"))

    def _annotate_member(self, name: str, sent: bool, in_class: bool) -> str:
        if name == "list" and self.items is not None:
            items = self.items.annotate(sent=sent, in_class=in_class)
            return f"{'Sequence' if sent else 'builtins.list' if in_class else 'list'}[{items}]"
        if name == "dict" and self.values is not None:
            values = self.values.annotate(sent=sent, in_class=in_class)
            return f"{'Mapping' if sent else 'dict'}[str, {values}]"
        return name

    @property
    def expected(self) -> str:
        """What a message says was expected, such as "array or null"."""
        return " or ".join(self.json_types)

    @property
    def class_names(self) -> list[str]:
        """`classes` as Python expressions."""
        return ["type(None)" if name == "NoneType" else name for name in self.classes]

    @property
    def mismatch(self) -> str:
        """A Python expression that is true when `value` has another JSON type."""
        names = self.class_names
        return "value.__class__ " + (f"is not {names[0]}" if len(names) == 1 else f"not in ({', '.join(names)})")

    @property
    def reads_whole_floats(self) -> bool:
        """Whether a number such as 1.0 becomes an integer: for JSON Schema it is one."""
        return "int" in self.classes and "float" not in self.classes

    def conversions(self, *, strict: bool = False) -> dict[str, Conversion]:
        """Return how the typed value is made, by the class of the JSON value; a class that is missing needs nothing.

        Args:
            strict: A list item that is not an object is an error; by default it stays as it is.
        """
        found: dict[str, Conversion] = {}
        if self.uncertain and not strict:
            found["dict"] = Conversion("adopt_described", f"{self.models[0].name}, value")
        elif len(self.models) == 1:
            found["dict"] = Conversion(name_adopter(self.models[0].module))
        elif self.discriminators:
            choices = (f"({name}, {self.discriminators.get(name, '{}')})" for name, _ in self.models)
            found["dict"] = Conversion("adopt_by_discriminator", ", ".join(("value", *choices)))
        elif self.models:
            found["dict"] = Conversion("adopt_first_match", ", ".join(("value", *(name for name, _ in self.models))))
        elif self.values and self.values.conversions():
            found["dict"] = Conversion("convert_values", f"lambda value, kind: {self.values.convert()}, value")
        if self.items and self.items.conversions():
            if self.items.classes == ("dict",) and len(self.items.models) == 1:
                adopter = name_adopter(self.items.models[0].module)
                found["list"] = Conversion("adopt_object_items" if strict else "adopt_items", f"{adopter}, value")
            else:
                found["list"] = Conversion("convert_items", f"lambda value, kind: {self.items.convert()}, value")
        if self.enum:
            found["str"] = Conversion(name_finder(self.enum.module), otherwise=f"{self.enum.name}(value)")
        return found

    def convert(self, *, strict: bool = False) -> str:
        """Return a Python expression that makes the typed value of `value`, whose class is `kind`."""
        conversions = self.conversions(strict=strict)
        return " ".join(f"{each.expression} if kind is {name} else" for name, each in conversions.items()) + " value"

    @property
    def sole_conversion(self) -> Conversion | None:
        """How the typed value is made of a checked value, when that has only one class."""
        return self.conversions(strict=True).get(self.classes[0]) if len(self.classes) == 1 else None

    @property
    def helpers(self) -> set[str]:
        """The functions of `_model` that the conversions call."""
        called = {each.function for each in self.conversions().values()}
        return called.union(*(each.helpers for each in self.inner)) - self.imports.keys()


_ANY = PythonType(names=("Any",), json_types=("any value",), classes=())
STRING = PythonType(names=("str",), json_types=("string",), classes=("str",))
BYTES = PythonType(names=("bytes",), json_types=("bytes",), classes=("bytes",))
NULL = PythonType(names=("None",), json_types=("null",), classes=("NoneType",))
_INTEGER = PythonType(names=("int",), json_types=("integer",), classes=("int",))
_PRIMITIVES: dict[type, PythonType] = {
    StringProperty: STRING,
    FileProperty: STRING,
    NoneProperty: NULL,
    AnyProperty: _ANY,
    IntProperty: _INTEGER,
    FloatProperty: PythonType(names=("float",), json_types=("number",), classes=("int", "float")),
    BooleanProperty: PythonType(names=("bool",), json_types=("boolean",), classes=("bool",)),
}


@frozen(eq=False)
class ParsedSchemas:
    """The parsed models, and what the description says of them that the parser does not keep.

    Attributes:
        models: The parsed models by class name. A property holds an incomplete copy.
        open_enums: Class names of the enums whose values the server owns.
        discriminators: Class name -> property name in JSON -> the values of a discriminator for that model.
    """

    models: Mapping[str, ModelProperty]
    open_enums: frozenset[str]
    discriminators: Mapping[str, Mapping[str, tuple[str, ...]]]
    _members: dict[str, dict[str, tuple[Property, PythonType]]] = field(factory=dict, init=False)

    def members(self, name: str) -> Mapping[str, tuple[Property, PythonType]]:
        """Return the properties of a model and their types by name in JSON, required ones first."""
        if name not in self._members:
            found: dict[str, tuple[Property, PythonType]] = {}
            for prop in self._properties(name):
                wire = prop.name.get_untrusted_value()
                try:
                    found[wire] = prop, self.type_of(prop)
                except GenerationError as error:
                    raise GenerationError(f"{name}.{wire}: {error.reason}") from error
            self._members[name] = found
        return self._members[name]

    def is_map(self, name: str) -> bool:
        """Return whether a model is an object of any keys, which gets no class."""
        return not self._properties(name) and self.models[name].data.additionalProperties not in (None, False)

    def type_of(self, prop: Any, inside: frozenset[str] = frozenset()) -> PythonType:
        """Return the Python type of a parsed property.

        Args:
            prop: What the parser made of a schema.
            inside: Names of the maps that it is a value of.
        """
        if isinstance(prop, UnionProperty):
            union = unite([self.type_of(inner, inside) for inner in prop.inner_properties])
            distinct = union.models if len(union.models) > 1 else ()
            known = {name: values for name, _ in distinct if (values := self.known_values(name))}
            return evolve(
                union,
                discriminators={name: ascii(values) for name, values in known.items()},
                uncertain=len(union.models) == 1
                and not {"dict", "NoneType"}.issuperset(union.classes)
                and not any(member.required for member in self._properties(union.models[0].name)),
            )
        if isinstance(prop, ModelProperty):
            ref = ClassRef(prop.class_info.name, prop.class_info.module_name)
            if self.is_map(ref.name):
                return PythonType(("dict",), ("object",), ("dict",), values=self._map_values(ref.name, inside))
            return PythonType(names=(ref.name,), json_types=("object",), classes=("dict",), models=(ref,))
        if isinstance(prop, ListProperty):
            return list_of(self.type_of(prop.inner_property, inside))
        if isinstance(prop, EnumProperty):
            return self._enum(prop)
        if isinstance(prop, ConstProperty):
            raw = prop.value.raw_value
            return PythonType(names=(f"Literal[{raw!a}]",), json_types=(repr(raw),), classes=(type(raw).__name__,))
        if (primitive := _PRIMITIVES.get(prop.__class__)) is not None:
            return primitive
        raise GenerationError(f"a {type(prop).__name__} is not supported.")

    def _properties(self, name: str) -> list[Property]:
        model = self.models[name]
        return [*(model.required_properties or ()), *(model.optional_properties or ())]

    def known_values(self, name: str) -> dict[str, tuple[object, ...]]:
        """Return the values that an object of a model has by name in JSON: constants, closed enums, discriminators."""
        found: dict[str, tuple[object, ...]] = {}
        for prop in self._properties(name):
            wire = prop.name.get_untrusted_value()
            if isinstance(prop, ConstProperty):
                found[wire] = (prop.value.raw_value,)
            elif isinstance(prop, EnumProperty) and prop.class_info.name not in self.open_enums:
                found[wire] = _enum_values(prop)
        return found | dict(self.discriminators.get(name, {}))

    def _map_values(self, name: str, inside: frozenset[str]) -> PythonType:
        if name in inside:
            raise GenerationError(f"{name} is a map of itself, which is not supported.")
        values = self.models[name].additional_properties
        return _ANY if values is None else self.type_of(values, inside | {name})

    def _enum(self, prop: EnumProperty) -> PythonType:
        ref = ClassRef(prop.class_info.name, prop.class_info.module_name)
        if ref.name in self.open_enums:
            return PythonType(names=(ref.name,), json_types=("string",), classes=("str",), enum=ref)
        values = f"Literal[{', '.join(map(ascii, _enum_values(prop)))}]"
        base = STRING if prop.value_type is str else _INTEGER
        return evolve(base, names=(values,))


def _enum_values(prop: EnumProperty) -> tuple[object, ...]:
    return tuple(decode_enum_value(each) if isinstance(each, str) else each for each in prop.values.values())


def name_adopter(module: str) -> str:
    """Return the name of the function that makes a model of a parsed object, in its module."""
    return f"adopt_{module}"


def name_finder(module: str) -> str:
    """Return the name of the function that finds the member of an open enum by its value, in its module."""
    return f"known_{module}"


def list_of(items: PythonType) -> PythonType:
    """Return the type of a list."""
    return PythonType(names=("list",), json_types=("array",), classes=("list",), items=items)


def unite(types: list[PythonType]) -> PythonType:
    """Return the type of a value that may have any of several."""
    if len(types) == 1:
        return types[0]
    lists = [each.items for each in types if each.items]
    enums = [each.enum for each in types if each.enum]
    maps = [each.values for each in types if each.values]
    if len(lists) > 1 or len(enums) > 1:
        raise GenerationError(f"a union of several {'arrays' if lists[1:] else 'open enums'} is not supported.")
    if any(not each.classes for each in types):
        return _ANY
    if len(maps) > 1 or (maps and any(each.models for each in types)):
        raise GenerationError("a union of a map and another object is not supported.")
    return PythonType(
        names=_merge(each.names for each in types),
        json_types=_merge(each.json_types for each in types),
        classes=_merge(each.classes for each in types),
        models=tuple(dict.fromkeys(model for each in types for model in each.models)),
        enum=enums[0] if enums else None,
        items=lists[0] if lists else None,
        values=maps[0] if maps else None,
    )


def _merge(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for group in groups for name in group))


def find_discriminators(description: Mapping[str, Any]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the values of discriminators for models: class name -> property name in JSON -> values."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for _, node in walk_objects({key: description.get(key, {}) for key in ("paths", "components")}):
        choices: list[dict[str, Any]] = [*node.get("oneOf", []), *node.get("anyOf", [])]
        discriminator = node.get("discriminator")
        if not choices or not is_object(discriminator):
            continue
        named: dict[str, list[str]] = {}
        for value, target in discriminator.get("mapping", {}).items():
            named.setdefault(_component(target), []).append(value)
        for component in (_component(each["$ref"]) for each in choices if is_reference(each)):
            fields = found.setdefault(name_class(component), {})
            wire = discriminator["propertyName"]
            fields[wire] = tuple(dict.fromkeys((*fields.get(wire, ()), *named.get(component, [component]))))
    return found


def _component(reference: str) -> str:
    """Return the component that a reference, or the short form of `mapping`, leads to."""
    return unquote(reference.rpartition("/")[2])


def find_used_classes(roots: Iterable[PythonType], schemas: ParsedSchemas) -> Iterator[str]:
    """Yield the names of the models and open enums that types contain, at any depth."""
    seen: set[str] = set()
    waiting = list(roots)
    while waiting:
        found = waiting.pop()
        waiting += found.inner
        if found.enum and found.enum.name not in seen:
            seen.add(found.enum.name)
            yield found.enum.name
        for name, _ in found.models:
            if name not in seen:
                seen.add(name)
                yield name
                waiting += [member for _, member in schemas.members(name).values()]
