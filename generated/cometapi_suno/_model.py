"""Base classes of models: a response model uses the parsed dict itself, a request model writes only set fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, cast

from ._unset import UNSET
from .errors import ModelError

if TYPE_CHECKING:
    from ._response import Headers

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

REQUEST_ID_HEADER = "x-oneapi-request-id"
_INTERNAL = frozenset({"adopt", "adopter", "wire_names", "_headers"})  # not offered by tab completion


def make_model_error(expected: str, value: object, *path: str | int) -> ModelError:
    """Make the error for a required value that is missing (`UNSET`) or of another type."""
    got = "nothing" if value is UNSET else _JSON_NAMES.get(type(value), type(value).__name__)
    return ModelError(expected=expected, got=got, path=path)


def is_whole_float(value: object) -> bool:
    """Check whether a JSON value is a number such as 1.0 or 1e3, which is an integer for JSON Schema."""
    return isinstance(value, float) and value.is_integer()


if TYPE_CHECKING:

    def unshadowed(method: F) -> F:
        """Return the method; the class below is for run time."""
        return method

else:

    class unshadowed:  # noqa: N801
        """A method that a response field cannot shadow: data descriptors take precedence over the instance's dict."""

        def __init__(self, method):
            self.method = method

        def __get__(self, instance, owner):
            return self.method if instance is None else self.method.__get__(instance, owner)

        def __set__(self, instance, value):
            raise AttributeError(f"{self.method.__name__} is a method and cannot be set")


class WireField:
    """A field whose name in JSON is not a usable Python name: it reads and writes the name in JSON."""

    def __init__(self, wire: str) -> None:
        self.wire = wire

    def __get__(self, instance: Model | None, owner: type) -> Any:
        return self if instance is None else instance.__dict__.get(self.wire)

    def __set__(self, instance: Model, value: object) -> None:
        if value is not UNSET:
            instance.__dict__[self.wire] = value


# Looked up once: looking it up each time is a tenth of the time that decoding a model takes.
new_instance = object.__new__


def restore(cls: type[M], data: dict[str, Any]) -> M:
    """Return an instance whose `__dict__` is `data` itself."""
    instance = new_instance(cls)
    instance.__dict__ = data
    return instance


class Shown:
    """A result, as it is shown by Python and rich, and written by `to_json` and pydantic."""

    __slots__ = ()

    @unshadowed
    def to_json(self, *, indent: int | None = None) -> str:
        """Return the result as JSON text, as it was received."""
        from ._result import format_json

        return format_json(to_json(self), indent)

    def __repr__(self) -> str:
        from ._result import format_result

        return format_result(self)

    @unshadowed
    def __rich_repr__(self) -> Iterator[tuple[str, Any]]:
        from ._result import list_shown_fields

        return list_shown_fields(self)

    def __dir__(self) -> list[str]:
        return [name for name in object.__dir__(self) if name not in _INTERNAL]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> Any:
        from ._result import make_pydantic_schema

        return make_pydantic_schema(cls)


class Model(Shown):
    """A JSON object with typed attributes.

    The instance's `__dict__` is the dict from the JSON parser, in which nested objects and enums are replaced by models
    and members. So unknown fields are kept, an absent optional field reads as `None`, and `to_dict` returns what was
    received, with later changes.
    """

    __slots__ = ("__dict__", "__weakref__", "_headers")

    wire_names: ClassVar[frozenset[str]] = frozenset()
    """The fields in the description, by their names in JSON."""

    adopter: ClassVar[Callable[[dict[str, Any]], Any]]
    """The function behind `adopt`: models call each other's, which is faster than calling a class method."""

    def __attrs_post_init__(self) -> None:
        absent = [name for name, value in self.__dict__.items() if value is UNSET]
        for name in absent:
            del self.__dict__[name]

    @classmethod
    def adopt(cls, data: dict[str, Any]) -> Self:
        """Make a model that uses `data` itself, without copying it; do not use `data` afterwards.

        Raises:
            ModelError: A required field is missing or of another type.
        """
        cls.adopter(data)
        return restore(cls, data)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Make a model from a copy of a JSON object.

        Raises:
            ModelError: `data` is not an object, or a required field is missing or of another type.
        """
        if type(data) is not dict:
            raise make_model_error(f"a dict with the fields of {cls.__name__}", data)
        return cls.adopt(deepcopy(data))

    @unshadowed
    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object as received, unknown fields included, with later changes."""
        return {name: to_json(value) for name, value in self.__dict__.items()}

    @property
    def unknown(self) -> dict[str, Any]:
        """The received fields that are not in the description."""
        known = type(self).wire_names
        return {name: value for name, value in self.__dict__.items() if name not in known}

    if TYPE_CHECKING:
        _headers: Headers
        request_id: str | None
    else:

        @property
        def request_id(self):
            """The gateway's id of the request, if this is the result of a call and its response had one."""
            headers = getattr(self, "_headers", None)
            return headers.get(REQUEST_ID_HEADER) if headers else None

    @unshadowed
    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        return restore, (type(self), dict(self.__dict__))

    @unshadowed
    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return restore(type(self), deepcopy(self.__dict__, memo))

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if type(other) is type(self) else NotImplemented

    __hash__: ClassVar[None]  # type: ignore[assignment]


M = TypeVar("M", bound=Model)


class Result(Shown):
    """A result that is made of several: an attrs class."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the results by name, each as JSON."""
        from attrs import fields_dict

        return {name: to_json(getattr(self, name)) for name in fields_dict(cast("Any", type(self)))}


class RequestModel:
    """A request body with typed fields; fields that are not set are not sent."""

    __slots__ = ()

    renamed: ClassVar[Mapping[str, str]] = {}
    """Python name -> name in JSON, where they differ."""

    retired_fields: ClassVar[Mapping[str, str]] = {}
    """Python name -> open enum, of fields whose enum has retired values."""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object to send, without fields that are not set; `None` is null."""
        from attrs import fields_dict

        names = fields_dict(cast("Any", type(self)))
        values = ((self.renamed.get(name, name), getattr(self, name)) for name in names)
        return {wire: to_json(value) for wire, value in values if value is not UNSET}


def to_json(value: Any) -> Any:
    """Convert models and enums in a value to what `json` knows."""
    if isinstance(value, Model | RequestModel | Result):
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
    """Set up a response model: absent fields read as `None`, renamed fields become a `WireField`.

    Args:
        cls: A model, after attrs has made its `__init__`.
        adopter: Makes an instance that uses a parsed object.
        renamed: Python name -> name in JSON, where they differ.
    """
    from attrs import fields_dict

    fields = fields_dict(cast("Any", cls))
    cls.adopter = adopter
    cls.wire_names = frozenset(renamed.get(name, name) for name in fields)
    for name, field in fields.items():
        if name in renamed:
            setattr(cls, name, WireField(renamed[name]))
        elif hasattr(Model, name):  # `request_id` is a field of this model
            setattr(cls, name, WireField(name))
        elif field.default is UNSET:
            setattr(cls, name, None)


def adopt_described(model: type[Model], data: dict[str, Any]) -> Any:
    """Parse `data` as the model if it has one of its fields or is empty; leave any other object as it is."""
    return data if data and model.wire_names.isdisjoint(data) else model.adopter(data)


def adopt_items(adopt: Callable[[dict[str, Any]], Any], items: list[Any]) -> list[Any]:
    """Convert the objects of a list to models; leave other items as they are."""
    converted: list[Any] = []
    try:
        for item in items:
            converted.append(adopt(item) if item.__class__ is dict else item)  # noqa: PERF401 (its length is the failing index)
    except ModelError as error:
        raise error.under(len(converted)) from None
    return converted


def adopt_object_items(adopt: Callable[[dict[str, Any]], Any], items: list[Any]) -> list[Any]:
    """Convert the objects of a list to models.

    Raises:
        ModelError: An item is not an object, or does not match the model.
    """
    for index, item in enumerate(items):
        if type(item) is not dict:
            raise make_model_error("object", item, index)
    return adopt_items(adopt, items)


def convert_items(convert: Callable[[Any, type], Any], items: list[Any]) -> list[Any]:
    """Convert every item of a list; `convert` gets the item and its type."""
    converted: list[Any] = []
    try:
        for item in items:
            converted.append(convert(item, item.__class__))  # noqa: PERF401 (its length is the failing index)
    except ModelError as error:
        raise error.under(len(converted)) from None
    return converted


def convert_values(convert: Callable[[Any, type], Any], members: dict[str, Any]) -> dict[str, Any]:
    """Convert every value of a map; `convert` gets the value and its type."""
    converted: dict[str, Any] = {}
    for name, value in members.items():
        try:
            converted[name] = convert(value, value.__class__)
        except ModelError as error:
            raise error.under(name) from None
    return converted


def adopt_by_discriminator(data: dict[str, Any], *choices: tuple[type[Model], Mapping[str, tuple[object, ...]]]) -> Any:
    """Parse `data` as the first matching model. Try the models whose discriminator matches; if none does, try all.

    Args:
        data: A JSON object.
        choices: Each model with its discriminators: the values that it allows in some fields.
    """
    matching = [
        model
        for model, discriminators in choices
        if all(data[name] in values for name, values in discriminators.items() if name in data)
    ]
    return adopt_first_match(data, *(matching or (model for model, _ in choices)))


def adopt_first_match(data: dict[str, Any], *models: type[Model]) -> Any:
    """Parse `data` as the first model whose required fields it has.

    Raises:
        ModelError: No model matches; the error is that of the last one.
    """
    for model in models[:-1]:
        try:
            return model.adopt(deepcopy(data))
        except ModelError:
            continue
    return models[-1].adopt(data)
