"""Does the docs site that the mock serves work in a real browser?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cometapi_suno_mock import DEMO_KEY, FINISHED_TASK, Gateway, status_page

from contract_tests.suite.mock.test_status_page import HOSTILE, RINGED, looked_at
from contract_tests.suite.support.browser import (
    BOTH_WIDTHS,
    FITS_WIDTH,
    LOW_CONTRAST_SCRIPT,
    ONE_VIEWPORT,
    VIEWPORTS,
    OpenPage,
)
from scripts.docs_site import __main__ as docs

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.slow


PAGES = ("index", "options", "failures", "explore", "personas.create")  # every kind of table and form


@pytest.mark.parametrize("place", [VIEWPORTS[0], VIEWPORTS[-1]], indirect=True)
def test_reference_is_linked_and_self_contained(docs_page: OpenPage) -> None:
    docs_page.page.click("#docs a")
    docs_page.page.wait_for_load_state("networkidle")
    site = docs_page.page.url
    assert site.endswith("/docs/")
    for name in PAGES:
        docs_page.page.goto(f"{site}{name}.html")
        assert docs_page.page.evaluate(FITS_WIDTH), name
        low = docs_page.page.evaluate(LOW_CONTRAST_SCRIPT)
        assert [each for each in low if each[1] != "md-skip"] == [], name  # transparent until it has the focus
    assert "persona" in docs_page.page.inner_text("h1").lower()
    assert docs_page.said == []


@BOTH_WIDTHS
def test_focus_is_always_visible(docs_page: OpenPage) -> None:
    page = docs_page.page
    page.goto(page.url + "docs/explore.html")
    names: list[str] = []
    page.keyboard.press("Tab")
    while not page.evaluate("document.activeElement === document.body"):
        names.append(page.evaluate("document.activeElement.id || document.activeElement.innerText"))
        assert page.evaluate(RINGED), names
        page.keyboard.press("Tab")
    fields = ["explore-address", "explore-key", "explore-call", "Make a persona from a finished clip", "", "Send"]
    assert names[-7:-1] == fields  # the one without a name is the body


@ONE_VIEWPORT
def test_request_is_edited_and_sent_by_keyboard(docs_page: OpenPage, gateway: Gateway) -> None:
    page = docs_page.page
    page.goto(page.url + "docs/explore.html")
    assert page.input_value("#explore-address") == page.url.partition("/docs")[0]
    page.keyboard.press("Tab")
    assert page.inner_text(":focus").strip() == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('article') !== null")
    body = json.loads(page.input_value("textarea:visible"))
    page.fill("textarea:visible", json.dumps(body | {"name": HOSTILE}))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#explore-answer h2")
    assert page.inner_text("#explore-answer h2") == "200 OK"
    headers, answer = page.locator("#explore-answer pre").all_inner_texts()
    assert "x-oneapi-request-id: " in headers
    assert json.loads(answer)["name"] == HOSTILE
    assert answer.startswith('{\n  "')
    assert page.locator("#explore-answer img").count() == 0
    assert [(each.operation, each.status) for each in gateway.exchanges] == [("createPersona", 200)]
    assert "sk-mock" not in page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")


@ONE_VIEWPORT
def test_wrong_input_is_named_and_not_sent(docs_page: OpenPage, gateway: Gateway) -> None:
    page = docs_page.page
    page.goto(page.url + "docs/explore.html#tasks.get")
    for address in (
        *("https://api.cometapi.com", "http://127.0.0.1.example.com", "http://127.0.0.1@example.com", "file:///x"),
        *("http://localhost.example.com:4010", "nonsense", "http://a:b@127.0.0.1", "//example.com", "http://0.0.0.0"),
    ):
        page.fill("#explore-address", address)
        page.click("button:text('Send'):visible")
        assert "Nothing was sent: the address must be one of this machine" in page.inner_text("#explore-answer")
    page.fill("#explore-address", "http://127.0.0.1:4010")
    page.fill(".explore form:not([hidden]) input", "..")
    page.keyboard.press("Enter")
    assert page.inner_text("#explore-answer") == "Nothing was sent: task_id needs a value."
    page.fill("#explore-key", "schlüssel ♪")
    page.fill(".explore form:not([hidden]) input", FINISHED_TASK)
    page.keyboard.press("Enter")
    assert page.inner_text("#explore-answer").startswith("Nothing was sent: the key, or a header,")
    page.select_option("#explore-call", value="personas.create.documented")
    page.fill("textarea:visible", '{"name": }')
    page.fill("#explore-key", DEMO_KEY)
    page.click("button:text('Send'):visible")
    assert "Nothing was sent: the body is not JSON." in page.inner_text("#explore-answer")
    assert list(gateway.exchanges) == []
    assert [url for url in docs_page.asked if "/suno/" in url] == []


@ONE_VIEWPORT
def test_site_of_files_sends_too(place: BrowserContext, gateway: Gateway, reference: Path) -> None:
    page = place.new_page()
    page.goto(f"{(reference / 'explore.html').as_uri()}#tasks.get")
    assert page.input_value("#explore-address") == "http://127.0.0.1:4010"
    with gateway.serve() as base:
        page.fill("#explore-address", base)
        page.fill(".explore form:not([hidden]) input", FINISHED_TASK)
        page.keyboard.press("Enter")
        page.wait_for_selector("#explore-answer h2")
        assert page.inner_text("#explore-answer h2") == "200 OK"
    page.keyboard.press("Enter")
    page.wait_for_selector("#explore-answer p")
    assert page.inner_text("#explore-answer") == f"No answer from {base}. Is the mock running? Start it with: make mock"


LENGTHEN = """() => {
  const texts = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode())
    texts.currentNode.data = texts.currentNode.data.replaceAll("Create New Persona", "x".repeat(300));
}"""


@BOTH_WIDTHS
def test_long_word_stays_within_page(place: BrowserContext, reference: Path) -> None:
    """An address in a text is one word. The page's name is in a table, in a list of facts and in titles of sources."""
    page = place.new_page()
    for name in ("index", "personas.create", "sources"):
        page.goto((reference / f"{name}.html").as_uri())
        page.evaluate(LENGTHEN)
        assert "x" * 300 in page.inner_text("article")
        assert page.evaluate(FITS_WIDTH), name


@pytest.fixture
def docs_page(
    place: BrowserContext, gateway: Gateway, reference: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OpenPage]:
    """The status page of a gateway that serves the site."""
    monkeypatch.setattr(status_page, "_DOCS", reference)
    with looked_at(place, gateway) as opened:
        yield opened


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The docs site, built for this run."""
    folder = tmp_path_factory.mktemp("reference") / "docs"
    assert docs.main(["--output", str(folder)]) == 0
    return folder
