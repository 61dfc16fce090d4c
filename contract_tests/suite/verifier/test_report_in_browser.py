"""Does the page work in a real browser: wide and narrow, light and dark, with a keyboard only, asking for nothing?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from contract_tests.suite.support.browser import BOTH_WIDTHS, FITS_WIDTH, LOW_CONTRAST_SCRIPT, ONE_VIEWPORT, OpenPage
from contract_tests.suite.verifier.example_runs import clean, drifted
from contract_tests.verifier.report import html
from contract_tests.verifier.report.matrix import list_columns, make_matrix

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.slow

SHOWN: Final = """
row => [...row.querySelectorAll('td')].map(cell => [cell.dataset.title, cell.querySelector('.mark').innerText.trim()])
"""
INSIDE: Final = """
() => [...document.querySelectorAll('.matrix .mark')].every(mark => mark.getBoundingClientRect().right <= innerWidth)
"""

Opener = Callable[..., OpenPage]


@pytest.fixture
def opened(place: BrowserContext, tmp_path: Path) -> Iterator[Opener]:
    """Opens a page as a file. In the end it must have said nothing, and asked for nothing but itself."""
    made: list[OpenPage] = []

    def open_it(source: str) -> OpenPage:
        path = tmp_path / "report.html"
        path.write_text(source, "utf-8")
        page = OpenPage(place.new_page())
        page.page.goto(path.as_uri())
        made.append(page)
        return page

    yield open_it
    for each in made:
        assert each.said == []
        assert {url.partition("#")[0] for url in each.asked} - {"data:,"} == {(tmp_path / "report.html").as_uri()}
        assert each.page.title() != "taken"


@pytest.fixture
def page(opened: Opener) -> Page:
    """The page of the run that drifted."""
    return opened(html.render(drifted())).page


@ONE_VIEWPORT
def test_matrix_cells_are_visible(page: Page) -> None:
    titles = list_columns(drifted())
    page.click("#unfold")
    for group in make_matrix(drifted()):
        body = page.locator(f"tbody[data-operation={group.operation}]")
        for row, place in [(group.whole, ".whole"), *((each, f"[data-status='{each.status}']") for each in group.rows)]:
            line = body.locator(place)
            assert line.is_visible()
            assert line.evaluate(SHOWN) == [[title, str(row.cells[title])] for title in titles]


def test_layout_fits_and_has_contrast(page: Page) -> None:
    page.click("#unfold")
    for summary in page.locator("summary").all():
        summary.click()
    assert page.evaluate(FITS_WIDTH)
    assert page.evaluate(INSIDE)
    assert page.evaluate(LOW_CONTRAST_SCRIPT) == []


@ONE_VIEWPORT
def test_statuses_are_folded(page: Page) -> None:
    rows = page.locator("tbody[data-operation=createPersona] .status")
    assert not any(row.is_visible() for row in rows.all())
    page.click("tbody[data-operation=createPersona] .fold")
    assert all(row.is_visible() for row in rows.all())
    assert not page.locator("tbody[data-operation=fetchTask] .status").first.is_visible()


@ONE_VIEWPORT
def test_filter(page: Page) -> None:
    page.fill("#words", "persona/create 502")
    shown = [each.get_attribute("data-status") for each in page.locator(".status:visible").all()]
    assert shown == ["502"]
    assert page.locator("tbody:visible[data-operation]").count() == 1
    assert page.locator(".finding:visible h4").all_inner_texts()[0].split("\n")[0].startswith("✘ drift")
    assert page.locator(".finding:visible").count() == 1
    assert page.inner_text("#count") == "1 status, 1 finding"
    page.fill("#words", "nowhere at all")
    assert page.is_visible("#matrix .none")
    assert page.is_visible("#findings .none")
    page.fill("#words", "")
    assert page.locator("tbody:visible[data-operation]").count() == 15
    assert page.locator(".finding:visible").count() == 3


@ONE_VIEWPORT
def test_toggles(page: Page) -> None:
    page.click(".toggles [data-tone=note]")
    assert page.locator(".finding:visible").count() == 1
    assert "undocumented field" in page.inner_text(".finding:visible h4")
    page.click(".toggles [data-tone=bad]")
    assert page.locator(".finding:visible").count() == 3
    shown = [each.get_attribute("data-status") for each in page.locator(".status:visible").all()]
    assert shown == ["200", "502"]


@ONE_VIEWPORT
def test_keyboard(page: Page) -> None:
    def focused(what: str) -> Any:
        return page.evaluate(f"document.activeElement.{what}")

    page.keyboard.press("/")
    assert focused("id") == "words"
    page.keyboard.type("502 bad")
    assert page.input_value("#words") == "502 bad"
    assert page.locator(".status:visible").count() == 1
    page.keyboard.press("Escape")
    assert page.input_value("#words") == ""
    page.keyboard.press("Tab")
    assert focused("dataset.tone") == "bad"
    page.keyboard.press("Space")
    assert focused("ariaPressed") == "true"
    assert page.locator(".status:visible").count() == 2
    page.keyboard.press("Escape")
    assert focused("ariaPressed") == "false"
    for _ in range(5):
        page.keyboard.press("Tab")
    assert focused("className") == "fold"
    page.keyboard.press("Enter")
    assert focused("ariaExpanded") == "true"
    assert page.locator("[data-operation=createPersona] .status:visible").count() == 11


@BOTH_WIDTHS
def test_cell_links_to_its_finding(page: Page) -> None:
    page.click("tbody[data-operation=createPersona] .whole td[data-title=Live] a")
    where = page.evaluate("location.hash.slice(1)")
    assert where in {finding.id for _, finding in drifted().findings()}
    page.wait_for_function("where => document.getElementById(where).getBoundingClientRect().top < 400", arg=where)
    assert page.is_visible(f"[id='{where}']")


@ONE_VIEWPORT
def test_link_to_a_finding_clears_the_filter(page: Page) -> None:
    page.fill("#words", "lyrics")
    finding = next(finding.id for _, finding in drifted().findings())
    assert not page.is_visible(f"[id='{finding}']")
    page.evaluate("where => { location.hash = where }", finding)
    page.wait_for_function("where => document.getElementById(where).checkVisibility()", arg=finding)
    assert page.input_value("#words") == ""


@ONE_VIEWPORT
def test_page_of_a_run_that_holds(opened: Opener) -> None:
    page = opened(html.render(clean())).page
    assert page.inner_text("h1").split("\n")[-1] == clean().headline
    assert page.inner_text("#findings .quiet") == "None."
    assert set(page.locator(".whole td[data-title=Live] .mark").all_inner_texts()) == {"⊘ not run"}


def test_page_without_scripts(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(html.render(drifted()), "utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.locator(".status:visible").count() == sum(len(group.rows) for group in make_matrix(drifted()))
    assert page.locator(".finding:visible").count() == 3
    context.close()
