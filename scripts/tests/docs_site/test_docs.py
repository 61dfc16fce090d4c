"""The reference site: it shows what the description says, needs no other host, and never shows text as markup."""

from __future__ import annotations

import filecmp
import inspect
import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import cometapi_suno
import pytest

from scripts import description_file
from scripts.docs_site import __main__ as docs
from scripts.docs_site import site_pages
from scripts.docs_site.evidence_views import list_drifts, view_statement
from scripts.docs_site.fact_tables import list_ages, list_lives, list_prices
from scripts.docs_site.guides import GUIDES, HOME, GuideError
from scripts.docs_site.html_fragments import single_line
from scripts.docs_site.site_pages import ReferenceSite, SitePage
from scripts.docs_site.site_urls import SiteUrls
from scripts.docs_site.zensical_build import build_site, write_sources
from scripts.lint.description_index import DescriptionIndex
from scripts.tests.generator.test_hostile_description import ATTACKS, hostile

MARKUP = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    'x" onmouseover="alert(1)',
    "</code></pre></td></tr></table></div><h2>taken over</h2>",
    "# heading\n\n* item [link](javascript:alert(1)) **bold** _slanted_",
    "| a | b |\n|---|---|\n| c | d |",
    "~~~\nfenced\n~~~",
    "a lone ` backtick",
    "{: onclick=alert(1) #taken }",
    "&lt;b&gt; &#60;b&#62; &amp;",
    "<!-- hidden --> ]]> <![CDATA[ x ]]>",
    '--8<-- "mkdocs.yml" !!! note "x" :smile: $$x$$',
    "\x02wzxhzdk:0\x03",
    "setext\n===\n\n---\n\n    indented",
]


GUIDE_PAGES = [f"{path.stem}.html" for path in (HOME, *GUIDES)]


class Reader(HTMLParser):
    """The content of a page: elements, anchors, addresses and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, ...]] = []
        self.attributes: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self._within: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes.append((tag, {name: value or "" for name, value in attrs}))
        if "pre" not in self._within:
            self.elements.append((tag, *(name for name, _ in attrs)))
        if tag in ("pre", "script", "style"):
            self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._within and self._within[-1] == tag:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self._within):
            self.words.append(data)

    @property
    def text(self) -> str:
        return single_line("".join(self.words))

    @property
    def anchors(self) -> set[str]:
        return {attributes["id"] for _, attributes in self.attributes if "id" in attributes}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the real description."""
    folder = tmp_path_factory.mktemp("docs") / "source"
    docs.write_pages(description_file.DEFAULT, folder)
    return build_site(folder)


@pytest.fixture(scope="module")
def site() -> ReferenceSite:
    """The pages of the real description."""
    return ReferenceSite(description_file.load())


@pytest.fixture(scope="module")
def readers(built: Path) -> dict[str, Reader]:
    """The built pages by name."""
    return {path.name: Reader(path.read_text("utf-8")) for path in sorted(built.glob("*.html"))}


@pytest.fixture(scope="module")
def document() -> DescriptionIndex:
    """The real description."""
    return DescriptionIndex(description_file.load())


def inhabited(text: str) -> dict[str, Any]:
    """Return the hostile description, with `text` also in every place that only the site shows."""
    made = hostile(text)
    evidence = {
        "x-doubt": "contested",
        "x-evidence": [{"source": "one", "says": text, "status": "contested", "drift": "D1"}],
    }
    first, second = (next(iter(item.values())) for item in made["paths"].values())
    first |= evidence | {"x-sdk": {"resource": "things", "method": "make"}}  # lint refuses any other name
    first["requestBody"]["content"]["application/json"]["examples"] = {
        "one": {"summary": text, "value": {"name": text}}
    }
    answer = first["responses"]["200"]
    answer |= {"description": text, "headers": {"X-One": {"description": text}}, **evidence}
    answer["content"]["application/json"]["examples"] = {"one": {"summary": text, "value": {"id": text}}}
    answer["links"] = {
        "then": {
            "operationId": second["operationId"],
            "description": text,
            "parameters": {"id": f"$response.body#/{text}"},
        }
    }
    for operation in (first, second):
        operation["responses"]["400"] = {"$ref": "#/components/responses/Bad"}
    second["parameters"][0] |= {"example": text, **evidence}
    page = {"schema": {"type": "string"}, "examples": {"one": {"summary": text, "value": text}}}
    made["components"] |= {
        "responses": {"Bad": {"description": text, "content": {"text/html": page}, **evidence}},
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": text, **evidence}},
        "headers": {"Id": {"description": text, "schema": {"type": "string"}, **evidence}},
    }
    made["servers"][0] |= evidence
    made["x-sources"] = {
        "one": {"title": text, "kind": text, "weight": text, "date": text, "url": f"javascript:{text}"},
        f"two {text}": {"title": text, "kind": text, "weight": text, "date": text, "url": f"https://x.test/{text}"},
    }
    made["x-coverage"] = [
        {"page": text, "operationId": "makeThing", "variants": [], "confidence": text, "unknown": [text]}
    ]
    return made


def harmless(paragraphs: int) -> str:
    """Return a text without markup."""
    return "\n\n".join(["plain"] * paragraphs)


@lru_cache
def plain_pages(paragraphs: int) -> list[SitePage]:
    """Return the pages of a description whose texts have no markup."""
    with tempfile.TemporaryDirectory() as folder:
        return pages_of(inhabited(harmless(paragraphs)), Path(folder))[1]


def pages_of(made: dict[str, Any], folder: Path) -> tuple[str, list[SitePage]]:
    """Return the title and the pages of a description."""
    path = folder / "suno.yaml"
    path.write_text(json.dumps(made), "utf-8")
    site = ReferenceSite(description_file.load(path))
    return site.title, list(site.pages())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, id=str(n), marks=pytest.mark.slow if n % 5 else [])
        for n, text in enumerate([*ATTACKS, *MARKUP])
    ],
)
def test_text_never_changes_page_elements(tmp_path: Path, text: str) -> None:
    plain = plain_pages(len(text.split("\n\n")))
    _, pages = pages_of(inhabited(text), tmp_path)
    assert len(pages) == len(plain)
    for page, other in zip(pages, plain, strict=True):
        lines, others = page.markdown.split("\n"), other.markdown.split("\n")
        assert len(lines) == len(others)
        guide = page.name in GUIDE_PAGES
        assert guide or all(re.match(r"#+ [^<>`*_\[\]\\|]*\{: #[\w.~-]+ \}$|<div|$", each) for each in lines)
        assert Reader(page.markdown).elements == Reader(other.markdown).elements


@pytest.mark.slow
def test_zensical_shows_no_text_as_markup(tmp_path: Path) -> None:
    text = "\n\n".join([*ATTACKS, *MARKUP]).replace("`", "")
    built: list[Path] = []
    for name, each in (("plain", harmless(len(text.split("\n\n")))), ("hostile", text)):
        folder = tmp_path / name
        folder.mkdir()
        title, pages = pages_of(inhabited(each), folder)
        write_sources(title, pages, folder / "source")
        built.append(build_site(folder / "source"))
    names = [sorted(path.name for path in folder.glob("*.html")) for folder in built]
    assert names[0] == names[1]
    for name in names[0]:
        plain, taken = (Reader((folder / name).read_text("utf-8")) for folder in built)
        assert taken.elements == plain.elements, name
    shown = Reader((built[1] / "things.make.html").read_text("utf-8")).text
    assert single_line(text) in shown


def test_backticks_become_only_code(tmp_path: Path) -> None:
    _, pages = pages_of(inhabited("say `<b>` twice"), tmp_path)
    assert "say <code>&lt;b&gt;</code> twice" in next(page.markdown for page in pages if page.name == "reference.html")


@pytest.mark.slow
def test_only_hyperlinks_lead_to_other_hosts(built: Path, readers: dict[str, Reader]) -> None:
    for name, reader in readers.items():
        for tag, attributes in reader.attributes:
            for attribute in ("src", "href", "data", "action", "srcset", "poster", "content"):
                address = attributes.get(attribute, "")
                assert tag == "a" or "//" not in address, f"{name}: <{tag} {attribute}={address}>"
    for path in built.rglob("*.css"):
        assert not re.search(r"(url\(|@import)[\s'\"]*(https?:)?//", path.read_text("utf-8")), path


@pytest.mark.slow
def test_every_internal_link_has_a_target(readers: dict[str, Reader]) -> None:
    for name, reader in readers.items():
        for tag, attributes in reader.attributes:
            address = attributes.get("href", "")
            if tag != "a" or address.startswith(("http://", "https://")):
                continue
            page, _, anchor = address.partition("#")
            target = readers.get(page.removeprefix("./") or name)
            assert target is not None or page == ".", f"{name}: {address}"
            assert target is None or not anchor or unescape(anchor) in target.anchors, f"{name}: {address}"


@pytest.mark.slow
def test_anchors_of_a_page_are_unique(readers: dict[str, Reader]) -> None:
    for name, reader in readers.items():
        ids = [attributes["id"] for _, attributes in reader.attributes if "id" in attributes]
        assert len(ids) == len(set(ids)), f"{name}: {sorted({each for each in ids if ids.count(each) > 1})}"


@pytest.mark.slow
def test_every_statement_is_shown_with_its_mark(document: DescriptionIndex, readers: dict[str, Reader]) -> None:
    everything = "\n".join(reader.text for reader in readers.values())
    assert len(document.evidence) > 200
    for evidence in document.evidence:
        statement = view_statement(evidence.entry)
        says = single_line(statement.says.replace("`", ""))
        mark = statement.mark
        assert f"{mark.glyph} {mark.word} {statement.source} {says}" in everything, evidence.pointer


@pytest.mark.slow
def test_every_page_of_cometapi_is_listed_with_what_is_unknown(
    document: DescriptionIndex, readers: dict[str, Reader]
) -> None:
    rows = document.data["x-coverage"]
    assert len(rows) == 12 + 5  # pages of the Suno section, and what CometAPI's command line calls for the account
    for row in rows:
        for text in (row["page"], row["confidence"], *row["unknown"]):
            assert single_line(text.replace("`", "")) in readers["index.html"].text


@pytest.mark.slow
def test_every_drift_and_source_has_a_row(document: DescriptionIndex, readers: dict[str, Reader]) -> None:
    drifts = {f"D{number}" for number in range(1, 30)}
    assert drifts <= readers["drift.html"].anchors
    assert set(document.data["x-sources"]) <= readers["sources.html"].anchors


def test_models_and_prices_have_their_dates(document: DescriptionIndex) -> None:
    """By the record of November 2026 and the fact sheet."""
    urls = SiteUrls(document)
    lives = {row.value: row for row in list_lives(document, urls)}
    assert (lives["chirp-hawk"].since, lives["chirp-hawk"].until, lives["chirp-hawk"].aliases) == (
        *("2026-09-09", ""), ["chirp-v6"]
    )  # fmt: skip
    assert (lives["chirp-crow"].since, lives["chirp-v3-0"].until) == ("2025-09-23", "undated")
    assert {row.value for row in lives.values() if not row.evidence} == set()
    prices = {(row.operation.label, row.variant): (row.amount, row.read) for row in list_prices(document, urls)}
    assert prices["music.submit", ""] == ("0.144 USD", "2026-11-26")
    assert prices["music.submit", "SongExtension"] == ("0.04 USD", "2026-11-26")
    assert prices["personas.create", ""] == ("", "")
    ages = list_ages(document, urls)
    assert {row.operation.label for row in ages} == {urls.call_name(operation) for operation in document.operations}
    assert all(row.oldest <= row.newest for row in ages)


@pytest.mark.parametrize(
    ("drift", "found", "against"),
    [("D7", "gptbest", ["cometapi-persona", "yutoai"]), ("D28", "clients", ["evolink", "suno-news"])],
)
def test_drift_is_compared_with_the_same_node(
    document: DescriptionIndex, drift: str, found: str, against: list[str]
) -> None:
    """D7 is about the slash of the path, D28 about a second call for a song."""
    row = next(row for row in list_drifts(document, SiteUrls(document)) if row.id == drift)
    assert (row.found.source, [each.source for each in row.against]) == (found, against)


@pytest.mark.slow
def test_every_property_is_on_a_page(document: DescriptionIndex, readers: dict[str, Reader]) -> None:
    anchors = {anchor for reader in readers.values() for anchor in reader.anchors}
    for name, schema in document.components("schemas").items():
        assert {name, *(f"{name}.{key}" for key in schema.get("properties", {}))} <= anchors


def test_home_begins_where_users_begin(site: ReferenceSite) -> None:
    (home,) = (page for page in site.pages() if page.name == "index.html")
    assert re.findall("^## (.*)$", home.markdown, re.MULTILINE) == [
        *("Install", "First call", "From a song to songs with its voice", "On the command line", "Where to go on"),
        "How sure we are",
    ]
    for text in ("pip install", "personas.create(", "create_from_song(", "save_all(", "$ cometapi-suno music submit"):
        assert text in home.markdown


@pytest.mark.parametrize("line", ["readme no-such-block", "errors NoSuchError", "options NoSuch", "options", "x y"])
def test_wrong_insert_is_named(site: ReferenceSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    (tmp_path / "wrong.md").write_text(f"# Wrong\n\n<!-- insert: {line} -->\n", "utf-8")
    monkeypatch.setattr(site_pages, "GUIDES", (tmp_path / "wrong.md",))
    with pytest.raises(GuideError, match=f"wrong.md: <!-- insert: {line} -->: .+"):
        list(site.pages())


def test_every_call_can_be_sent(document: DescriptionIndex, site: ReferenceSite) -> None:
    (page,) = (page for page in site.pages() if page.name == "explore.html")
    forms = [each for tag, each in Reader(page.markdown).attributes if tag == "form"]
    sent = {(form["data-method"], form["data-path"]) for form in forms}
    assert sent == {(operation.method.upper(), operation.path) for operation in document.operations}
    assert len({form["id"] for form in forms}) == len(forms) >= 13 + 14  # variants of a song, and the other calls


def test_guides_have_every_option_and_exception(site: ReferenceSite) -> None:
    pages = {page.name: Reader(page.markdown).text for page in site.pages()}
    for owner in (cometapi_suno.SunoClient, cometapi_suno.Timeout, cometapi_suno.RetryPolicy):
        assert set(inspect.signature(owner).parameters) <= set(pages["options.html"].split())
    errors = {each for each in cometapi_suno.__all__ if each.endswith("Error")}
    bases = {"CallRefusedError", "DeliveryError", "ResponseError", "TaskError", "SunoError"}
    assert len(errors) > 25
    assert errors - bases <= set(pages["failures.html"].split())


@pytest.mark.slow
def test_site_names_calls_as_the_client_does(document: DescriptionIndex, built: Path) -> None:
    """Pages, headings, navigation, text and search have `tasks.get`, never the operationId."""
    texts = {path.name: path.read_text("utf-8") for path in (*built.glob("*.html"), built / "search.json")}
    assert {"index.html", "search.json", "tasks.get.html", "music.submit.song-cover.html"} <= set(texts)
    ids = "|".join(operation.id for operation in document.operations)
    names = re.compile(rf"(?<!\boperation=)\b({ids})\b")  # a fault of the mock takes one
    assert {name: found[0] for name, text in texts.items() if (found := names.search(text))} == {}


def test_what_the_client_fills_in_is_not_required(site: ReferenceSite) -> None:
    """`task` is a constant of the model, and `clips` has a default by the description."""
    pages = {page.name: Reader(page.markdown).text for page in site.pages()}
    assert "task filled in" in pages["music.submit.song-with-persona.html"]
    assert "persona_id required" in pages["music.submit.song-with-persona.html"]
    assert "clips filled in" in pages["personas.create.html"]
    assert "root_clip_id required" in pages["personas.create.html"]


@pytest.mark.slow
def test_site_is_reproducible(built: Path, tmp_path: Path) -> None:
    docs.write_pages(description_file.DEFAULT, tmp_path / "again")
    again = build_site(tmp_path / "again")
    assert set(_files(built)) == set(_files(again))
    assert not [name for name in _files(built) if not filecmp.cmp(built / name, again / name, shallow=False)]


def test_broken_description_leaves_old_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken, site = tmp_path / "suno.yaml", tmp_path / "docs"
    broken.write_text("openapi: [", "utf-8")
    site.mkdir()
    (site / "index.html").write_text("old", "utf-8")
    assert docs.main(["--description", str(broken), "--output", str(site)]) == 2
    assert re.search(r"suno\.yaml:\d+: ", capsys.readouterr().err)
    assert (site / "index.html").read_text("utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["docs", "suno.yaml"]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("externalValue: examples/fetch-tasks.request.synthesised.json", "example-orphan"),
        ("description: The API key, as `Authorization` with the prefix `Bearer`.", "undescribed"),
    ],
)
def test_unsound_page_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, rule: str) -> None:
    """Pages show an example and a description of each part, so a description without them is refused."""
    folder = shutil.copytree(description_file.DEFAULT.parent, tmp_path / "openapi")
    path = folder / description_file.DEFAULT.name
    text = path.read_text("utf-8")
    assert text.count(line) == 1
    path.write_text(text.replace(line, "x-gone: true"), "utf-8")
    assert docs.main(["--description", str(path), "--output", str(tmp_path / "docs")]) == 2
    assert f"[{rule}]" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["openapi"]


def test_output_that_is_no_site_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave(source: Path) -> Path:
        return source

    monkeypatch.setattr(docs, "build_site", leave)
    foreign = tmp_path / "thesis"
    foreign.mkdir()
    (foreign / "chapter.txt").write_text("mine", "utf-8")
    for output in (foreign, foreign / "chapter.txt", foreign / "chapter.txt" / "docs"):
        assert docs.main(["--output", str(output)]) == 2
        assert capsys.readouterr().err.startswith("docs: ")
    assert (foreign / "chapter.txt").read_text("utf-8") == "mine"
    assert [each.name for each in tmp_path.rglob("*")] == ["thesis", "chapter.txt"]


def test_call_names_its_credential(site: ReferenceSite) -> None:
    """By `security`: CometAPI's command line reads the account with the access token, another secret than the key."""
    pages = {page.name: Reader(page.markdown).text for page in site.pages()}
    assert "the access token as a bearer token" in pages["account.user.html"]
    assert "the key as a bearer token" in pages["personas.create.html"]


def test_response_and_schema_may_share_a_name(tmp_path: Path) -> None:
    made = inhabited("plain")
    bad = made["components"]["responses"]["Bad"]
    made["components"]["schemas"]["Bad"] = {"type": "object", "description": "d", "properties": {}}
    bad["content"] = {"application/json": {"schema": {"$ref": "#/components/schemas/Bad"}}}
    (errors,) = (page for page in pages_of(made, tmp_path)[1] if page.name == "errors.html")
    anchors = re.findall(r"\{: #(\S+) \}", errors.markdown)
    assert len(anchors) == len(set(anchors))


def _files(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
