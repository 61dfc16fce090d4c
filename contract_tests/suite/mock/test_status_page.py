"""The status page in a real browser: wide and narrow, light and dark, with a keyboard only."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest
from cometapi_suno_mock import DEMO_KEY, FINISHED_TASK, Gateway, Settings, Violation
from cometapi_suno_mock.http_messages import OwnViolation

from contract_tests.suite.mock.conftest import PERSONA_BODY, Caller
from contract_tests.suite.mock.test_bounds import FULL_STEMS
from contract_tests.suite.support.browser import BOTH_WIDTHS, FITS_WIDTH, LOW_CONTRAST_SCRIPT, ONE_VIEWPORT, OpenPage

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.slow

HOSTILE: Final = "<img src=x onerror=\"document.title='taken'\">"
LONG: Final = "averylongwordwithoutanyspace" * 6
FOCUSED: Final = "[document.activeElement.id, document.activeElement.innerText.split('\\n')[0]]"
RINGED: Final = """
() => {
  const {outlineStyle, outlineWidth} = getComputedStyle(document.activeElement);
  const {top, bottom, left, right} = document.activeElement.getBoundingClientRect();
  const seen = bottom > 0 && top < innerHeight && left >= 0 && right <= innerWidth;
  return seen && outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
}
"""
"""Return whether the focus is visible."""
STICKING_OUT: Final = """
() => [...document.querySelectorAll('body *')]
  .filter(each => each.checkVisibility() && each.getBoundingClientRect().right > innerWidth)
  .map(each => [each.tagName, each.className])
"""
BROWSER_LOG: Final = "the server responded with a status of 400"
"""What Chromium itself logs when the gateway refuses a fault."""


@contextmanager
def looked_at(place: BrowserContext, gateway: Gateway) -> Generator[OpenPage]:
    """Open the status page; check at the end that it loaded nothing else and ran no injected script."""
    with gateway.serve() as base:
        opened = OpenPage(place.new_page())
        opened.page.goto(base)
        yield opened
        assert [url for url in opened.asked if not url.startswith((f"{base}/", "data:"))] == []
        assert opened.page.title() != "taken"


@pytest.fixture
def page(place: BrowserContext, gateway: Gateway) -> Iterator[Page]:
    """Open the status page of a fresh gateway; check at the end that the browser logged nothing."""
    with looked_at(place, gateway) as opened:
        opened.page.wait_for_selector("#tasks .row")
        yield opened.page
        assert opened.said == []


def _fill(gateway: Gateway) -> None:
    """Create everything that the page can show, with long and hostile texts."""
    caller = Caller(gateway)
    caller.finished(caller.submit("music", {"prompt": "x"}))
    gateway.state.next_failures.append(f"The prompt was refused: {LONG} {HOSTILE}")
    caller.finished(caller.submit("music", {"prompt": "x"}))
    caller.submit("music", FULL_STEMS)
    for name in ("", LONG, HOSTILE, "夜の歌"):
        caller.post("/suno/persona/create", PERSONA_BODY | {"name": name})
    caller.refused("/suno/persona/create", PERSONA_BODY | {"name": 1, HOSTILE: 1})
    caller.refused(f"/suno/fetch/{LONG}")
    caller.send("GET", "/suno/nowhere")
    caller.send("GET", f"/suno/fetch/{FINISHED_TASK}", b"", x_mock_fault="status=502; body=html")
    gateway.faults.add("status=503; retry-after=2; operation=getMp4; nth=2; probability=0.5; seed=7; times=3")


@pytest.fixture
def busy(page: Page, gateway: Gateway) -> Iterator[Page]:
    """Return the same page with everything on it."""
    _fill(gateway)
    gateway.violations.append(OwnViolation("getMp4", 200, Violation("schema", f"/{LONG}", f"/{LONG}", HOSTILE)))
    page.wait_for_selector("#faults .row")
    yield page
    gateway.violations.clear()


def test_busy_page_fits_and_has_contrast(busy: Page) -> None:
    assert busy.evaluate(FITS_WIDTH)
    assert busy.evaluate(STICKING_OUT) == []
    assert busy.evaluate(LOW_CONTRAST_SCRIPT) == []


@BOTH_WIDTHS
def test_empty_page_shows_curl_hint(page: Page, gateway: Gateway) -> None:
    assert page.evaluate(FITS_WIDTH)
    assert page.evaluate(LOW_CONTRAST_SCRIPT) == []
    command = page.inner_text("#call")
    assert command.startswith(f"curl -s {page.url}suno/")
    assert DEMO_KEY in command
    assert not page.is_visible("#bugs")


@ONE_VIEWPORT
def test_page_updates_while_open(page: Page, gateway: Gateway) -> None:
    caller = Caller(gateway)
    task = caller.submit("music", {"prompt": "x"})
    caller.post("/suno/persona/create", PERSONA_BODY | {"name": "Ada"})
    caller.refused("/suno/persona/create", PERSONA_BODY | {"name": 1})
    caller.refused("/suno/fetch/unknown")
    row = page.locator("#tasks .row", has_text=task)
    row.wait_for()
    assert row.locator(".status").inner_text() == "NOT_START"
    assert page.locator("#personas .row").first.inner_text().startswith("Ada")
    shown = page.locator("#exchanges .row").all_inner_texts()
    assert [text.split("\n")[1] for text in shown] == ["400", "400", "200", "200"]
    assert "task_not_exist" in shown[0]
    assert "outside the contract: name: 1 is not of type" in shown[1]
    assert not page.is_visible("#first")
    figures = dict(zip(page.locator("dt").all_inner_texts(), page.locator("dd").all_inner_texts(), strict=True))
    assert figures == {name: f"{value:,}" for name, value in gateway.state.accounts[DEMO_KEY].view().items()}
    gateway.state.finish_all()
    row.locator("text=SUCCESS").wait_for()


@ONE_VIEWPORT
def test_own_violation_is_shown_first(busy: Page) -> None:
    """It is a bug of the mock, so it comes before everything else."""
    busy.wait_for_selector("#bugs")
    assert busy.locator("h2").first.inner_text() == "Own replies that break the contract"
    assert "getMp4 200" in busy.inner_text("#violations")


@ONE_VIEWPORT
def test_hostile_names_are_escaped(busy: Page) -> None:
    assert HOSTILE in busy.inner_text("#personas")
    assert HOSTILE in busy.inner_text("#tasks")
    assert busy.locator("img").count() == 0
    assert "(no name)" in busy.inner_text("#personas")


@ONE_VIEWPORT
def test_filter_selects_exchanges(busy: Page) -> None:
    def statuses(choice: str) -> list[str]:
        busy.select_option("#filter", choice)
        return busy.locator("#exchanges .row b").all_inner_texts()

    assert statuses("errors") == ["502", "400", "400"]
    assert statuses("findings") == ["400"]
    assert statuses("faults") == ["502"]
    assert len(statuses("all")) == 13


@ONE_VIEWPORT
def test_empty_filter_result_says_so(page: Page, gateway: Gateway) -> None:
    Caller(gateway).look(FINISHED_TASK)
    page.wait_for_selector("#exchanges .row")
    page.select_option("#filter", "faults")
    assert page.locator("#exchanges .row").count() == 0
    assert (
        page.evaluate("getComputedStyle(document.getElementById('exchanges'), '::after').content")
        == '"No matching exchanges."'
    )


@BOTH_WIDTHS
def test_tab_order_is_complete_and_visible(busy: Page) -> None:
    stops: list[Any] = []
    while True:
        busy.keyboard.press("Tab")
        if busy.evaluate("document.activeElement === document.body"):
            break
        stops.append(busy.evaluate(FOCUSED))
        assert busy.evaluate(RINGED), stops[-1]
    names = [name or text for name, text in stops]
    expected = [
        "violations", "filter", "exchanges", "finish", "tasks", "personas", "fault", "Add", "faults", "Remove", "reset",
    ]  # fmt: skip
    assert [name for name in names if name in expected] == expected


@ONE_VIEWPORT
def test_keyboard_controls_everything(page: Page, gateway: Gateway) -> None:
    Caller(gateway).submit("music", {"prompt": "x"})
    page.focus("#fault")
    page.keyboard.type("status=503; operation=getMp4")
    page.keyboard.press("Enter")
    page.wait_for_selector("#faults .row")
    assert page.input_value("#fault") == ""
    for _ in range(12):  # the cheat-sheet of faults comes between
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.ariaLabel") == "Remove fault operation=getMp4; status=503":
            break
    assert page.evaluate("document.activeElement.ariaLabel") == "Remove fault operation=getMp4; status=503"
    page.keyboard.press("Enter")
    page.wait_for_selector("#fault:focus")
    assert list(gateway.faults) == []
    page.focus("#finish")
    page.keyboard.press("Space")
    page.locator("#tasks .row").nth(1).wait_for()
    page.locator("#tasks .row", has_text="NOT_START").wait_for(state="hidden")
    page.focus("#reset")
    page.keyboard.press("Enter")
    page.wait_for_selector("#first")
    assert gateway.seen == 0
    assert page.evaluate("document.activeElement.id") == "reset"


@ONE_VIEWPORT
def test_focus_stays_during_updates(page: Page, gateway: Gateway) -> None:
    gateway.faults.add("status=503; operation=getMp4")
    page.wait_for_selector("#faults button")
    page.focus("#faults button")
    Caller(gateway).look(FINISHED_TASK)
    page.wait_for_selector("#exchanges .row")
    assert page.evaluate("document.activeElement.ariaLabel") == "Remove fault operation=getMp4; status=503"


@ONE_VIEWPORT
def test_invalid_fault_shows_reason(place: BrowserContext, gateway: Gateway) -> None:
    with looked_at(place, gateway) as opened:
        opened.page.fill("#fault", "staus=503")
        opened.page.keyboard.press("Enter")
        opened.page.locator("#said", has_text="staus: no such fault").wait_for()
        assert opened.page.input_value("#fault") == "staus=503"
        assert opened.page.evaluate(LOW_CONTRAST_SCRIPT) == []
        assert all(BROWSER_LOG in text for text in opened.said)


@ONE_VIEWPORT
def test_page_recovers_after_restart(place: BrowserContext) -> None:
    with looked_at(place, Gateway()) as opened:
        page, port = opened.page, int(opened.page.url.rstrip("/").rpartition(":")[2])
        page.wait_for_selector("#tasks .row")
    page.locator("#about", has_text="does not answer").wait_for()
    with Gateway(settings=Settings(seed=7)).serve(port=port):
        page.locator("#about", has_text="seed 7").wait_for()
