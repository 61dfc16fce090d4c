"""Results: how they are shown, as JSON text, and as types of pydantic."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from importlib import import_module
from typing import Any, NamedTuple, cast

_EMPTY: tuple[object, ...] = (None, "", [], {})
_UNKNOWN = 3  # unknown fields that are shown even when some known ones do not fit
_TELLING = ("id", "name", "title", "status", "progress")  # what comes first when there is room for few fields
_LONGEST = 1000  # characters: half of a terminal of 80 by 24


class _Limits(NamedTuple):
    """How much is shown: characters of a text, items of a list, fields of the result and of inner objects, depth."""

    text: int
    items: int
    fields: int
    inner_fields: int
    depth: int


_LEVELS = (
    _Limits(100, 3, 40, 8, 3),
    _Limits(80, 3, 40, 5, 2),
    _Limits(60, 2, 30, 4, 2),
    _Limits(48, 2, 20, 3, 1),
    _Limits(32, 1, 12, 2, 1),
    _Limits(24, 0, 8, 1, 0),
)


class _Shown(str):
    """A text whose repr is the text itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def format_result(result: object) -> str:
    """Return the repr of a result that fits a screen: the fields that say something, long ones shortened."""
    text = _format(result, _choose_limits(result), outer=True)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4]}...)"


def list_shown_fields(result: object) -> Iterator[tuple[str, object]]:
    """Yield the fields that say something by name, as `__rich_repr__` does: rich breaks the lines."""
    limits = _choose_limits(result)
    shown, hidden = _list_fields(result, limits, outer=True)
    for name, value in shown:
        if isinstance(value, list):
            items = cast("list[object]", value)
            inner = [_Shown(_format(each, limits)) for each in items[: limits.items]]
            yield name, _count_rest(inner, len(items) - len(inner))
        else:
            yield name, _Shown(_format(value, limits))
    if hidden:
        yield "more", hidden


def format_json(plain: object, indent: int | None, encoding: str = "utf-8") -> str:
    """Return plain values as JSON text, with escapes where the encoding needs them."""
    text = json.dumps(plain, indent=indent, ensure_ascii=False)
    try:
        text.encode(encoding)
    except UnicodeEncodeError:  # in UTF-8, half of a surrogate pair
        text = json.dumps(plain, indent=indent)
    return text


def make_pydantic_schema(cls: type[Any]) -> Any:
    """Return the pydantic schema of a result: `to_dict` writes it, and `from_dict` of a model reads it."""
    core: Any = import_module("pydantic_core").core_schema
    if not hasattr(cls, "from_dict"):
        written = core.plain_serializer_function_ser_schema(cls.to_dict, return_schema=core.any_schema())
        return core.json_or_python_schema(core.any_schema(), core.is_instance_schema(cls), serialization=written)
    read = core.no_info_after_validator_function(cls.from_dict, core.dict_schema(core.str_schema()))
    written = core.plain_serializer_function_ser_schema(cls.to_dict, return_schema=core.dict_schema(core.str_schema()))
    either = core.union_schema([core.is_instance_schema(cls), read])
    return core.json_or_python_schema(read, either, serialization=written)


def _choose_limits(result: object) -> _Limits:
    """Return the widest limits with which a result fits."""
    fitting = (limits for limits in _LEVELS if len(_format(result, limits, outer=True)) <= _LONGEST)
    return next(fitting, _LEVELS[-1])


def _list_fields(value: object, limits: _Limits, *, outer: bool = False) -> tuple[list[tuple[str, Any]], int]:
    """Return the fields that are not null or empty, unknown ones last, and how many more there are."""
    most = limits.fields if outer else limits.inner_fields
    values, known_names = _read_attributes(value)
    fields = [(name, each) for name, each in values.items() if each not in _EMPTY]
    known = [each for each in fields if each[0] in known_names]
    if len(known) > most:
        known.sort(key=lambda each: not (each[0] in _TELLING or each[0].endswith("_id")))
    kept = [each for each in fields if each[0] not in known_names][: max(most - len(known), _UNKNOWN if outer else 0)]
    shown = [*known[: max(most - len(kept), 1)], *kept]
    return shown, len(fields) - len(shown)


def _read_attributes(value: object) -> tuple[dict[str, Any], Collection[str]]:
    """Return the fields of a model or of an attrs class, and the names of those that are described."""
    names: Any = getattr(type(value), "wire_names", None)
    if names is not None:
        return vars(value), names
    fields: Any = getattr(type(value), "__attrs_attrs__", ())
    values = {each.name: getattr(value, each.name) for each in fields}
    return values, values


def _format(value: object, limits: _Limits, *, outer: bool = False) -> str:
    inner = limits._replace(depth=limits.depth - 1)
    if isinstance(value, str):
        return repr(_shorten(str(value), limits.text))
    if isinstance(value, Mapping):
        members = list(cast("Mapping[str, object]", value).items())
        pairs = members[: limits.items] if limits.depth > 0 else []
        texts = [f"{_shorten(repr(name), limits.text)}: {_format(each, inner)}" for name, each in pairs]
        return f"{{{', '.join(_count_rest(texts, len(members) - len(texts)))}}}"
    if isinstance(value, list | tuple):
        items = cast("list[object]", value)
        texts = [_format(each, inner) for each in items[: limits.items]] if limits.depth > 0 else []
        return f"[{', '.join(_count_rest(texts, len(items) - len(texts)))}]"
    if not hasattr(type(value), "__rich_repr__"):
        return _shorten(repr(value), limits.text)
    if limits.depth < 0:
        return f"{type(value).__name__}(...)"
    fields, hidden = _list_fields(value, limits, outer=outer)
    texts = [f"{_format_name(name, limits)}={_format(each, inner)}" for name, each in fields]
    return f"{type(value).__name__}({', '.join(_count_rest(texts, hidden))})"


def _format_name(name: str, limits: _Limits) -> str:
    return name if name.isidentifier() else _shorten(repr(name), limits.text)


def _count_rest(texts: list[Any], hidden: int) -> list[Any]:
    return [*texts, _Shown(f"... {hidden} more")] if hidden else texts


def _shorten(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 3]}..."
