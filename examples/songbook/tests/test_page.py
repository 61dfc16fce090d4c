"""The page in a real browser: Debian's package `chromium`, or what CHROMIUM names. Keyboard only."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from cometapi_suno_mock import Gateway, Settings
from playwright.sync_api import Page, expect, sync_playwright
from songbook import create_app

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SHOTS = os.environ.get("SCREENSHOTS")


@pytest.fixture
def suno_mock_settings() -> Settings:
    """Let the first poll find a song unfinished, so that there is progress to see."""
    return Settings(polls=1)


@pytest.fixture
def service_url(
    suno_mock: Gateway, suno_mock_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    monkeypatch.setenv("COMETAPI_BASE_URL", suno_mock_url)
    monkeypatch.setenv("COMETAPI_KEY", suno_mock.settings.keys[0])
    server = uvicorn.Server(uvicorn.Config(create_app(tmp_path), port=0, log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(20)


@pytest.fixture
def page(service_url: str) -> Iterator[Page]:
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.fail("no Chromium: install it, or name a browser by CHROMIUM=/path/to/it")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=["--disable-background-networking"])
        page = browser.new_page()
        page.goto(service_url)
        yield page
        browser.close()


def photograph(page: Page, name: str) -> None:
    """Take a picture of each width and colour scheme, when SCREENSHOTS names a folder."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            if SHOTS:
                page.screenshot(path=f"{SHOTS}/{name}-{width}-{scheme}.png", full_page=True)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key) if key in {"Tab", "Enter", "ArrowDown"} else page.keyboard.type(key)


def test_voice_is_made_and_sings(page: Page, suno_mock: Gateway) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    press(page, "Tab", "Hush", "Tab", "hush little one", "Tab", "Tab", "Tab", "Enter")
    songs = page.locator("#song-list > li")
    expect(songs.locator("progress")).to_be_visible()
    photograph(page, "waiting")
    page.reload()
    expect(songs.locator("audio")).to_be_visible(timeout=15_000)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").press("Enter")
    assert download.value.suggested_filename == "Hush.mp3"
    assert Path(download.value.path()).read_bytes().startswith(b"\xff\xfb")
    press(page, "Tab", "Enter", "Tab", "Ada", "Tab", "warm alto", "Tab", "Enter")
    expect(page.locator("#voice-list > li")).to_contain_text("is ready")
    page.get_by_label("Title").focus()
    press(page, "Again", "Tab", "hush again", "Tab", "Tab", "ArrowDown", "Tab", "Enter")
    expect(songs.locator("audio")).to_have_count(2, timeout=15_000)
    photograph(page, "ready")
    assert said == []
    paid = [each.operation for each in suno_mock.exchanges if each.operation not in {"", "fetchTask", "fetchTasks"}]
    assert paid == ["submitMusic", "createPersona", "submitMusic"]


def test_refusal_is_shown(page: Page, suno_mock: Gateway) -> None:
    suno_mock.faults.add("reset=after; operation=submitMusic")
    press(page, "Tab", "Hush", "Tab", "hush little one", "Tab", "Tab", "Tab", "Enter")
    expect(page.get_by_role("alert")).to_contain_text("the list says why")
    expect(page.locator("#song-list")).to_contain_text("outcome unknown")
    expect(page.get_by_label("Title")).to_have_value("")
    photograph(page, "unclear")
