"""The JSON serializer writes and refuses the same values with orjson and with the standard library."""

from __future__ import annotations

import json
import sys
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum, IntEnum
from math import inf, nan
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from cometapi_suno import InvalidRequestError, SongFromDescription
from cometapi_suno._request_encoding import encode_json_body
from cometapi_suno._unset import UNSET


@pytest.fixture(params=["json", "orjson"], autouse=True)
def writer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cometapi_suno._json_serializer._serialize", None)  # let it choose again
    if request.param == "json":
        monkeypatch.setitem(sys.modules, "orjson", None)


class Shade(Enum):
    LIGHT = "light"


class Level(IntEnum):
    ONE = 1


class Pair(NamedTuple):
    left: int
    right: int


class Ratio(float):
    pass


@dataclass
class Data:
    number: int = 1


WRITTEN: dict[str, tuple[Any, str]] = {
    "an object": ({"a": "é \u2028", "b": [1, True, None]}, '{"a":"é \u2028","b":[1,true,null]}'),
    "the word null": ("null", '"null"'),
    "what was left out": ({"a": UNSET, "b": 1}, '{"b":1}'),
    "a request model": (
        SongFromDescription(mv="chirp-v4", gpt_description_prompt="x"),
        '{"gpt_description_prompt":"x","mv":"chirp-v4"}',
    ),
    "enums": ([Shade.LIGHT, Level.ONE], '["light",1]'),
    "more than 64 bits": (2**64, "18446744073709551616"),
    "names that are not text": ({2: "a", True: "b"}, '{"2":"a","true":"b"}'),
    "tuples": ([(1, 2), Pair(3, 4)], "[[1,2],[3,4]]"),
    "a kind of float": (Ratio(1.5), "1.5"),
    "mappings": ([OrderedDict(a=1), MappingProxyType({"b": 2})], '[{"a":1},{"b":2}]'),
    "a UUID": (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
}
REFUSED: dict[str, Any] = {
    "no number": {"a": [nan]},
    "an infinite number": {"a": inf},
    "a lone surrogate": {"a": "\ud800"},
    "a set": {"a": {1}},
    "bytes": {"a": b"1"},
    "a date": {"a": datetime(2024, 12, 23, tzinfo=UTC)},
    "a decimal": {"a": Decimal(1)},
    "a dataclass": {"a": Data()},
}


@pytest.mark.parametrize(("value", "text"), WRITTEN.values(), ids=WRITTEN)
def test_both_write_the_same(value: Any, text: str) -> None:
    content = encode_json_body("any.operation", value)
    assert content is not None
    assert json.loads(content.data) == json.loads(text)
    assert " " not in content.data.decode().replace("é \u2028", "")


@pytest.mark.parametrize("value", REFUSED.values(), ids=REFUSED)
def test_both_refuse_what_is_no_json(value: Any) -> None:
    with pytest.raises(InvalidRequestError, match="the request cannot be serialized as JSON"):
        encode_json_body("any.operation", value)


def test_both_refuse_what_holds_itself() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(InvalidRequestError, match="Circular reference"):
        encode_json_body("any.operation", value)
