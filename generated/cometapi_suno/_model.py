"""What every model is: a response adopts the parsed JSON object itself, a request writes only what was set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, cast

from ._unset import UNSET
from .errors import ModelError

F = TypeVar("F", bound=Callable[..., Any])

_JSON_NAMES: dict[type, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    dict: "object",
    list: "array",
    type(None): "null",
}


def make_model_error(expected: str, value: object, *path: str | int) -> ModelError:
    """The error for a value that the caller cannot do without: missing (`UNSET`), or of another type."""
    got = "nothing" if value is UNSET else _JSON_NAMES.get(type(value), type(value).__name__)
    return ModelError(expected=expected, got=got, path=path)


if TYPE_CHECKING:

    def unshadowed(method: F) -> F:
        """See below."""
        return method

else:

    class unshadowed:  # noqa: N801
        """A method that no key of the server's can shadow: a data descriptor wins over the instance's dict."""

        def __init__(self, method):
            self.method = method

        def __get__(self, instance, owner):
            return self.method if instance is None else self.method.__get__(instance, owner)

        def __set__(self, instance, value):
            raise AttributeError(f"{self.method.__name__} is a method")


class WireField:
    """A field whose wire name is no usable Python name: reads and writes the wire name."""

    def __init__(self, wire: str) -> None:
        self.wire = wire

    def __get__(self, instance: Model | None, owner: type) -> Any:
        return self if instance is None else instance.__dict__.get(self.wire)

    def __set__(self, instance: Model, value: object) -> None:
        if value is not UNSET:
            instance.__dict__[self.wire] = value


# Looked up once: in the decoder of a model, looking it up each time is a tenth of the cost.
new_instance = object.__new__


def restore(cls: type[M], data: dict[str, Any]) -> M:
    """An instance whose `__dict__` is `data` itself."""
    instance = new_instance(cls)
    instance.__dict__ = data
    return instance


class Model:
    """A JSON object with a typed face.

    The instance's `__dict__` is the very dict that the parser made, with nested objects and enums replaced in it. So a
    field that no description names is kept, an absent optional field reads as `None`, and `to_dict` gives back what
    came in, with whatever was changed since.
    """

    wire_names: ClassVar[frozenset[str]] = frozenset()
    """The described fields, by their names in JSON."""

    adopter: ClassVar[Callable[[dict[str, Any]], Any]]
    """What `adopt` does, as a plain function: a model calls another's in less time than a class method."""

    def __attrs_post_init__(self) -> None:
        absent = [name for name, value in self.__dict__.items() if value is UNSET]
        for name in absent:
            del self.__dict__[name]

    @classmethod
    def adopt(cls, data: dict[str, Any]) -> Self:
        """Make `data` itself the instance: it must not be used by anyone else afterwards.

        Raises:
            ModelError: A field that the caller cannot do without is missing or of another type.
        """
        cls.adopter(data)
        return restore(cls, data)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read a JSON object, leaving `data` as it is.

        Raises:
            ModelError: A field that the caller cannot do without is missing or of another type.
        """
        return cls.adopt(deepcopy(data))

    @unshadowed
    def to_dict(self) -> dict[str, Any]:
        """The JSON object: what was read, unknown fields included, with later changes."""
        return {name: to_json(value) for name, value in self.__dict__.items()}

    @property
    def unknown(self) -> dict[str, Any]:
        """The fields that came but that the description does not name."""
        known = type(self).wire_names
        return {name: value for name, value in self.__dict__.items() if name not in known}

    @unshadowed
    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        return restore, (type(self), dict(self.__dict__))

    @unshadowed
    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return restore(type(self), deepcopy(self.__dict__, memo))

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if type(other) is type(self) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"


M = TypeVar("M", bound=Model)


class RequestModel:
    """A request body: typed, slotted, and written without what was left out."""

    __slots__ = ()

    renamed: ClassVar[Mapping[str, str]] = {}
    """Python name -> name in JSON, where they differ."""

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that is sent: fields left out are not in it, `None` is null."""
        from attrs import fields_dict

        names = fields_dict(cast("Any", type(self)))
        values = ((self.renamed.get(name, name), getattr(self, name)) for name in names)
        return {wire: to_json(value) for wire, value in values if value is not UNSET}


def to_json(value: Any) -> Any:
    """The plain JSON value of a model, an enum, or a list of such."""
    if isinstance(value, Model | RequestModel):
        return value.to_dict()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list | tuple):
        items = cast("list[Any]", value)
        return [to_json(item) for item in items]
    if isinstance(value, Mapping):
        return {key: to_json(item) for key, item in cast("Mapping[str, Any]", value).items()}
    return value


def configure_model(cls: type[M], adopter: Callable[[dict[str, Any]], M], renamed: Mapping[str, str] = {}) -> None:
    """Give a response model its reading side: absent fields are `None`, odd wire names get a `WireField`.

    Args:
        cls: A model, after attrs has made its `__init__`.
        adopter: Makes an instance of a parsed object.
        renamed: Python name -> name in JSON, where they differ.
    """
    from attrs import fields_dict

    fields = fields_dict(cast("Any", cls))
    cls.adopter = adopter
    cls.wire_names = frozenset(renamed.get(name, name) for name in fields)
    for name, field in fields.items():
        if name in renamed:
            setattr(cls, name, WireField(renamed[name]))
        elif field.default is UNSET:
            setattr(cls, name, None)


def adopt_items(adopt: Callable[[dict[str, Any]], Any], items: list[Any]) -> list[Any]:
    """Adopt every object of a list; what is no object stays as it came."""
    done: list[Any] = []
    try:
        for item in items:
            done.append(adopt(item) if item.__class__ is dict else item)  # noqa: PERF401 (its length is the failing index)
    except ModelError as error:
        raise error.under(len(done)) from None
    return done


def adopt_object_items(adopt: Callable[[dict[str, Any]], Any], items: list[Any]) -> list[Any]:
    """Adopt every object of a list, which may hold nothing else."""
    for index, item in enumerate(items):
        if type(item) is not dict:
            raise make_model_error("object", item, index)
    return adopt_items(adopt, items)


def convert_items(convert: Callable[[Any, type], Any], items: list[Any]) -> list[Any]:
    """Convert every item of a list, given with its type."""
    done: list[Any] = []
    try:
        for item in items:
            done.append(convert(item, item.__class__))  # noqa: PERF401 (its length is the failing index)
    except ModelError as error:
        raise error.under(len(done)) from None
    return done


def convert_values(convert: Callable[[Any, type], Any], members: dict[str, Any]) -> dict[str, Any]:
    """Convert every value of a map, given with its type."""
    done: dict[str, Any] = {}
    for name, value in members.items():
        try:
            done[name] = convert(value, value.__class__)
        except ModelError as error:
            raise error.under(name) from None
    return done


def adopt_by_discriminator(data: dict[str, Any], *choices: tuple[type[Model], Mapping[str, tuple[object, ...]]]) -> Any:
    """Adopt `data` as the first model that it fits, of those whose marks it bears; of all when it bears those of none.

    Args:
        data: A JSON object.
        choices: Each model with the values that its objects have in some fields, where they have those.
    """
    borne = [
        model for model, marks in choices if all(data[name] in values for name, values in marks.items() if name in data)
    ]
    return adopt_first_match(data, *(borne or (model for model, _ in choices)))


def adopt_first_match(data: dict[str, Any], *models: type[Model]) -> Any:
    """Adopt `data` as the first of `models` whose required fields it has; the last one says what is missing."""
    for model in models[:-1]:
        try:
            return model.adopt(deepcopy(data))
        except ModelError:
            continue
    return models[-1].adopt(data)
