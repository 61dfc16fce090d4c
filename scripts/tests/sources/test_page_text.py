"""A document as text: the form of the document does not matter, its words do."""

from __future__ import annotations

import pytest

from scripts.sources.reading import extract_lines
from scripts.sources.source_record import compute_digest

HTML = """<!doctype html><html><head><title>T</title><style>p {color: red}</style></head><body><nav>Home</nav>
<script>var secret = "mv";</script><h1>Create &amp; use</h1><p>Set <code>mv</code> to
<b>chirp-auk</b>.</p><table><tr><td>name</td><td>string</td></tr><tr><td>clips</td><td>array</td></tr></table></body>"""


def test_html_becomes_one_line_per_block() -> None:
    assert extract_lines(HTML) == ["Home", "Create & use", "Set mv to chirp-auk.", "name string", "clips array"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("# Head\n\nSet `mv` to\n**chirp-auk**.\n", ["Head", "Set mv to chirp-auk."], id="wrapped"),
        pytest.param("| name | type |\n|---|---|\n| mv | string |", ["name type", "mv string"], id="table"),
        pytest.param("- one\n- [two](https://a.example/b)\n1. three", ["one", "two", "three"], id="list"),
        pytest.param('{"a": {"b": [1, "x"]}, "c": null}', ["a b 1", "a b x", "c null"], id="json"),
        pytest.param("say \u201cyes\u201d\u00a0\u2013 n\u200bow", ['say "yes" - now'], id="typography"),
        pytest.param("", [], id="empty"),
    ],
)
def test_text_of_a_document(text: str, lines: list[str]) -> None:
    assert extract_lines(text) == lines


def test_digest_ignores_line_breaks() -> None:
    assert compute_digest(["a b", "c"]) == compute_digest(["a", "b  c"])
    assert compute_digest(["a b"]) != compute_digest(["a B"])
