"""Does the docs site that the mock serves work in a real browser?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cometapi_suno_mock import Gateway, status_page

from contract_tests.suite.mock.test_status_page import looked_at
from contract_tests.suite.support.browser import BOTH_WIDTHS, FITS_WIDTH
from scripts.docs_site import __main__ as docs

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.slow


@BOTH_WIDTHS
def test_reference_is_linked_and_self_contained(
    place: BrowserContext, gateway: Gateway, reference: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_page, "_DOCS", reference)
    with looked_at(place, gateway) as opened:
        opened.page.click("#docs a")
        opened.page.wait_for_load_state("networkidle")
        assert opened.page.url.endswith("/docs/")
        assert opened.page.evaluate(FITS_WIDTH)
        opened.page.goto(opened.page.url + "personas.create.html")
        opened.page.wait_for_load_state("networkidle")
        assert opened.page.evaluate(FITS_WIDTH)
        assert "persona" in opened.page.inner_text("h1").lower()
        assert opened.said == []


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The docs site, built for this run."""
    folder = tmp_path_factory.mktemp("reference") / "docs"
    assert docs.main(["--output", str(folder)]) == 0
    return folder
