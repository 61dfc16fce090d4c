"""With orjson and without it, an answer reads the same."""

from __future__ import annotations

import sys
from math import inf
from typing import Any

import pytest
from cometapi_suno._json_parser import parse_json


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
