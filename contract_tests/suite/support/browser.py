"""Headless Chromium: console messages, requests, and the contrast of a page.

Needs Chromium (Debian's package `chromium`, or what CHROMIUM names) and Playwright, which drives it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
# Without them Chromium looks for its maker's servers by itself.
QUIET: Final = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
VIEWPORTS: Final = [(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")]
"""Desktop and phone width, in light and dark mode."""
ONE_VIEWPORT: Final = pytest.mark.parametrize("place", VIEWPORTS[:1], indirect=True)
"""For a test of behaviour that depends on neither width nor colour."""
BOTH_WIDTHS: Final = pytest.mark.parametrize("place", VIEWPORTS[::2], indirect=True)
"""For a test that does not depend on colour."""
FITS_WIDTH: Final = "document.documentElement.scrollWidth <= innerWidth"
"""True when the page does not scroll horizontally."""
LOW_CONTRAST_SCRIPT: Final = """
() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const read = colour => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const linear = part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  const light = ([red, green, blue]) =>
    0.2126 * linear(red / 255) + 0.7152 * linear(green / 255) + 0.0722 * linear(blue / 255);
  const ground = element => {
    for (let each = element; each; each = each.parentElement) {
      const colour = read(getComputedStyle(each).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return read('#fff');
  };
  const isText = node => node.nodeType === 3 && node.data.trim();
  const hasText = each => each.placeholder || [...each.childNodes].some(isText);
  const ink = each => getComputedStyle(each, each.placeholder ? '::placeholder' : null).color;
  const contrast = each => {
    const [text, back] = [light(read(ink(each))), light(ground(each))];
    return (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
  };
  return [...document.querySelectorAll('body *')]
    .filter(each => each.checkVisibility() && hasText(each) && contrast(each) < 4.5)
    .map(each => [each.tagName, String(each.className), contrast(each)]);
}
"""
"""Returns the elements whose text has a contrast below 4.5:1 (WCAG 2)."""


class OpenPage:
    """A page with its console messages and requests."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))


@contextmanager
def launch_chromium() -> Generator[Browser]:
    """Start Chromium for the length of the block."""
    asked = os.environ.get("CHROMIUM")
    found = asked or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.fail("no Chromium: install Debian's package `chromium`, or name a browser by CHROMIUM=/path/to/it")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        pytest.fail("no Playwright: `make .venv/.check` installs it")
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=found, args=QUIET)
        yield chromium
        chromium.close()
