"""Does the mock, which ships without the tools, read JSON pointers as they do?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cometapi_suno_mock import pointers

from scripts import openapi_document

DOCUMENT: dict[str, Any] = {
    "": {"": 1},
    "a/b": [{"~1": 2}, {"~0": 3}],
    "%41": 4,
    "A": 5,
    "é {x}": {"$ref": "#/a~1b/1"},
    "again": {"$ref": "#/%C3%A9%20%7Bx%7D"},
    "far": {"$ref": "other.json#/A"},
    "round": {"$ref": "#/round"},
    "list": [0, 1],
}
TEXTS = [
    *("", "/", "//", "/a~1b/0/~01", "/a~1b/1/~00", "/a~1b/1/~0", "/%41", "/A", "/%2541", "/é {x}", "/list/1"),
    *(
        "/list/01",
        "/list/+1",
        "/list/-1",
        "/list/\u0660",
        "/list/1_0",
        "/list/-",
        "/list/2",
        "/A/0",
        "/~",
        "/~2",
        "/none",
    ),
    *("/again", "/far", "/round"),
]


@pytest.mark.parametrize("text", TEXTS)
def test_pointer_leads_to_the_same(text: str) -> None:
    assert pointers.split_pointer(text) == openapi_document.split_pointer(text)
    assert outcome(pointers.look_up, text) == outcome(openapi_document.look_up, text)
    assert outcome(pointers.resolve, text) == outcome(locate, text)


@pytest.mark.parametrize("text", TEXTS)
def test_pointer_is_written_the_same(text: str) -> None:
    tokens: list[str | int] = [*text.split("/"), text, "~", 0]
    assert pointers.join_pointer("", *tokens) == openapi_document.join_pointer("", *tokens)
    assert pointers.format_reference(text) == openapi_document.format_reference(text)


@pytest.mark.parametrize("reference", ["#", "#/%25", "#/%zz", "#/%ff", "#a", "a", "", "a#", "#/a#b", "?#/a", "#%2Fa"])
def test_reference_is_read_the_same(reference: str) -> None:
    assert outcome(read_by_mock, reference) == outcome(read_by_tools, reference)


def locate(document: Any, pointer: str) -> str:
    return openapi_document.locate(document, openapi_document.look_up(document, pointer), pointer).pointer


def read_by_mock(_: Any, reference: str) -> str:
    return pointers.parse_reference(reference)


def read_by_tools(_: Any, reference: str) -> str:
    return openapi_document.parse_reference(reference)


def outcome(look: Callable[[Any, str], Any], text: str) -> Any:
    try:
        return look(DOCUMENT, text)
    except LookupError:
        return LookupError
