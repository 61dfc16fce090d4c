"""The JSON parser reads the same values with orjson and with the standard library."""

from __future__ import annotations

import json
import sys
import tracemalloc
from functools import cache
from itertools import count, islice
from math import inf
from typing import Any

import pytest
from cometapi_suno._json_parser import JSONLimitError, parse_json


@pytest.fixture(params=["json", "orjson"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("cometapi_suno._json_parser._parse", None)  # let it choose again
    if request.param == "json":
        monkeypatch.setitem(sys.modules, "orjson", None)
    return str(request.param)


# A number beyond a float's range is read as infinite: one such number in an unused field must not cost
# the result of a paid call.
READ: dict[str, tuple[bytes, Any]] = {
    "too large": (b'{"a": 1e999, "b": -1e999}', {"a": inf, "b": -inf}),
    "too small": (b"[1e-999]", [0.0]),
    "64 bits": (b"[18446744073709551615, -9223372036854775808]", [2**64 - 1, -(2**63)]),
    "a lone surrogate": (b'["\\ud800"]', ["\ud800"]),
    "a pair of surrogates": (b'["\\ud83d\\ude00"]', ["\U0001f600"]),
    "the last of two": (b'{"a": 1, "a": 2}', {"a": 2}),
    "blanks around": (b" \t\r\n[1]\n", [1]),
    "a byte order mark": (b"\xef\xbb\xbf {}", {}),
    "no object": (b'"text"', "text"),
}
REFUSED = [b"", b" ", b"{", b"[NaN]", b"[Infinity]", b"[1] 2", b"['a']", b"\xff", b'{"a": 01}', b"[" * 100_000]


@pytest.mark.parametrize(("body", "value"), READ.values(), ids=READ)
def test_both_read_the_same(parser: str, body: bytes, value: Any) -> None:
    assert parse_json(body) == value


@pytest.mark.parametrize("body", REFUSED, ids=lambda body: repr(body[:12]))
def test_both_refuse_what_is_no_json(parser: str, body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (whatever it says, the error of the call says what was expected)
        parse_json(body)


def test_depth_is_limited(parser: str) -> None:
    """Writing, copying or pickling deeper values would end in a RecursionError."""
    for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
        assert parse_json(opening * 100 + b"1" + closing * 100)
        with pytest.raises(ValueError, match="nested too deeply"):
            parse_json(opening * 101 + b"1" + closing * 101)
    assert len(parse_json(b"[" + b",".join([b"[{}]"] * 1000) + b"]")) == 1000


def test_only_an_integer_of_more_than_64_bits_differs(parser: str) -> None:
    """orjson's documentation: it reads a float; the standard library reads any integer."""
    value = parse_json(b"[18446744073709551616]")[0]
    assert value == 2**64
    assert type(value) is {"json": int, "orjson": float}[parser]


@cache
def _fill(item: str, size: int, ends: str) -> bytes:
    """Return a JSON array or object of about `size` bytes; `#` in the item is a number that is different each time."""
    items = (item.replace("#", f"{number:x}") for number in count())
    return (ends[0] + ",".join(islice(items, size // (len(item) + 4 * ("#" in item) + 1))) + ends[1]).encode()


WEIGHTY = {
    "numbers": ("0", "[]"),
    "floats": ("1.5", "[]"),
    "texts": ('"ab"', "[]"),
    "other texts": ('"#"', "[]"),
    "objects": ("{}", "[]"),
    "objects with a name": ('{"#":0}', "[]"),
    "arrays": ("[]", "[]"),
    "arrays of one": ("[0]", "[]"),
    "names": ('"#":0', "{}"),
    "a long text": ('"' + "a" * 390_000 + '"', "[]"),
    "a wide text": ('"\U0001f600' + "a" * 390_000 + '"', "[]"),
    "a wide text, escaped": ('"\\ud83d\\ude00' + "a" * 390_000 + '"', "[]"),
    "a euro, escaped": ('"\\u20ac' + "a" * 390_000 + '"', "[]"),
}
"""Items of which a body is full, and the brackets around them."""


@pytest.mark.parametrize("name", WEIGHTY)
@pytest.mark.parametrize("times", [3, 8, 40])
def test_memory_is_limited(name: str, times: int) -> None:
    """Whatever is parsed stays below the limit; 40 times the size allows anything but a list of objects."""
    item, ends = WEIGHTY[name]
    body = _fill(item, 400_000, ends)
    memory = times * len(body)
    tracemalloc.start()
    try:
        parse_json(body, memory)
    except JSONLimitError:
        assert times < 40 or body.count(b"{") + body.count(b"[") > 1
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < memory


def test_ordinary_response_is_within_the_memory() -> None:
    """A page of 20,000 tasks and 5 MB."""
    task = {"task_id": "a" * 36, "status": "SUCCESS", "data": [{"id": "b" * 36, "title": "Ünter", "n": 1.5}] * 2}
    body = json.dumps({"data": [task] * 20_000}).encode()
    assert len(parse_json(body)["data"]) == 20_000
