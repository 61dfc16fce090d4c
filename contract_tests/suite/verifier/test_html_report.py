"""Is the page one file in which whatever a service said is text?"""

from __future__ import annotations

import re
from copy import deepcopy
from functools import cache
from html.parser import HTMLParser

from attrs import define, evolve, field

from contract_tests.suite.verifier.example_runs import HOSTILE, clean, drifted
from contract_tests.verifier.report import html

VOID = {"meta", "link", "input", "rect"}


@define(slots=False)
class Page(HTMLParser):
    """What a browser makes of a page: its elements, and its text."""

    elements: list[tuple[str, dict[str, str]]] = field(factory=list)
    text: list[str] = field(factory=list)
    open: list[str] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


@cache
def source(*, held: bool) -> str:
    return html.render(clean() if held else drifted())


@cache
def page(*, held: bool) -> Page:
    parsed = Page()
    parsed.feed(source(held=held))
    parsed.close()
    return parsed


def test_html_is_well_formed() -> None:
    for held in (True, False):
        assert page(held=held).open == []
        ids = [each["id"] for _, each in page(held=held).elements if "id" in each]
        assert len(ids) == len(set(ids))


def test_text_of_a_service_is_escaped() -> None:
    """Markup in a body does not become an element, and invisible characters are written as escapes."""
    found = page(held=False)
    assert len(found.all("script")) == 1
    assert found.all("img") == []
    assert not [name for _, each in found.elements for name in each if name.startswith("on") or name == "style"]
    text = "".join(found.text)
    assert "<script>document.title='taken'</script><img src=x" in text
    assert not set("\x00\x1b\u202e\ufffe") & set(text)
    assert "\\u{1b}[31m\\u{202e}\\u{0}\\u{fffe}" in text
    assert HOSTILE not in source(held=False)


def test_page_loads_nothing() -> None:
    """Only links that a reader may follow lead out of it, and the policy forbids whatever is not in it."""
    for held in (True, False):
        found = page(held=held)
        assert not [each for _, each in found.elements if {"src", "srcset", "action", "data"} & each.keys()]
        assert [each["href"] for each in found.all("link")] == ["data:,"]
        assert all(re.match("#|https://", each["href"]) for each in found.all("a"))
        policy = next(
            each["content"] for each in found.all("meta") if each.get("http-equiv") == "Content-Security-Policy"
        )
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy
        assert "url(" not in source(held=held)
        assert "@import" not in source(held=held)


def test_source_links_are_https() -> None:
    """`x-sources` could name any scheme; only https becomes a link."""
    data = deepcopy(drifted().description.data)
    data["x-sources"]["seed"]["url"] = "javascript:alert(1)"
    output = html.render(evolve(drifted(), description=evolve(drifted().description, data=data)))
    assert data["x-sources"]["seed"]["title"].partition('"')[0] in output
    assert "javascript:" not in output


def test_verdict_and_next_command_come_first() -> None:
    text = " ".join("".join(page(held=False).text).split())
    assert drifted().headline in text
    assert text.index("Next") < text.index("Effect on the client")
    assert "make apply-overlay FILE=build/report/overlay.yaml" in text


def test_live_run_with_its_caps() -> None:
    """The run of `example_runs.py` sent one call of at most three, for 0.02 of at most 0.50."""
    text = " ".join("".join(page(held=False).text).split())
    assert "1 call of at most 3" in text
    assert "Spent, at most0.02 (cap: 0.5)" in text  # two elements side by side


def test_live_run_that_was_not_made() -> None:
    text = " ".join("".join(page(held=True).text).split())
    assert "Last live check ⊘ not run The live service was not checked. make verify TARGET=live." in text


def test_due_question_has_a_badge() -> None:
    suite = clean().suite
    assert suite is not None
    cells = {key: each for key, each in suite.results.items() if key != ("getWav", "test_client_reads")}
    output = html.render(evolve(clean(), suite=evolve(suite, results=cells)))
    mark = '<span class="mark warn"><span class="glyph" aria-hidden="true">▲</span> not asked</span>'
    assert (output.count(mark), source(held=True).count(mark)) == (1, 0)


def test_badges_have_sign_and_word() -> None:
    for held in (True, False):
        marks = re.findall(r'<span class="mark (\w+)">(.*?)</span>\s*([^<]*)</span>', source(held=held))
        assert len(marks) > 100
        assert {tone for tone, _, _ in marks} <= {"bad", "warn", "note", "part", "good", "grey"}
        for _, sign, word in marks:
            assert re.fullmatch(r'<span class="glyph" aria-hidden="true">\S', sign)
            assert word.strip()


def test_undescribed_is_listed() -> None:
    text = " ".join("".join(page(held=False).text).split())
    undescribed = text.partition("Seen but not described")[2]
    assert "createPersona: status 502" in undescribed
    assert "field /components/schemas/Persona/properties/" in undescribed


def test_page_is_reproducible() -> None:
    assert html.render(drifted()) == source(held=False)
