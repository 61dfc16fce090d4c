"""The pages become a site: Markdown and a configuration for Zensical, which lays them out."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import shorten
from typing import Any

from markupsafe import escape

from scripts.docs_site.html_fragments import line
from scripts.docs_site.site_pages import Page

STYLES = Path(__file__).resolve().parent / "suno.css"
_UNUSED = ("404.html", "sitemap.xml")  # they need the address that a site is published under


class SiteError(Exception):
    """Zensical did not build the site. The message holds what it said."""


def write_sources(title: str, pages: list[Page], folder: Path) -> None:
    """Write what Zensical reads into the new folder `folder`."""
    docs = folder / "docs"
    docs.mkdir(parents=True)
    for page in pages:
        (docs / _source(page)).write_text(page.markdown, encoding="utf-8", newline="\n")
    shutil.copyfile(STYLES, docs / STYLES.name)
    # JSON is YAML, and its escapes hold whatever a title may be.
    settings = json.dumps(configuration(title, pages), indent=2, ensure_ascii=False)
    (folder / "mkdocs.yml").write_text(settings + "\n", encoding="utf-8", newline="\n")


def lay_out(folder: Path) -> Path:
    """Have Zensical build the site from what `write_sources` wrote; return the folder of the site.

    Raises:
        SiteError: It did not.
    """
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--config-file", "mkdocs.yml"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    site = folder / "site"
    if done.returncode or not (site / "index.html").is_file():
        raise SiteError(f"zensical: {(done.stderr or done.stdout).strip()}")
    for name in _UNUSED:
        (site / name).unlink(missing_ok=True)
    return site


def configuration(title: str, pages: list[Page]) -> dict[str, Any]:
    """The settings of the site. No font, script or image comes from another host."""
    return {
        "site_name": _label(title),
        "docs_dir": "docs",
        "site_dir": "site",
        "use_directory_urls": False,
        "extra_css": [STYLES.name],
        "nav": _navigation(pages),
        "theme": {
            "name": "material",
            "language": "en",
            "font": False,
            "features": ["navigation.sections", "navigation.top", "content.code.copy"],
            "palette": [
                _palette("(prefers-color-scheme: light)", "default", "lucide/sun", "Dark"),
                _palette("(prefers-color-scheme: dark)", "slate", "lucide/moon", "Light"),
            ],
        },
        "plugins": ["search"],
        # None but these two: text stays text.
        "markdown_extensions": ["attr_list", {"toc": {"permalink": "¶", "toc_depth": 3}}],
    }


def _navigation(pages: list[Page]) -> list[Any]:
    """The pages by group; one that has children opens a group of its own."""
    top: list[Any] = []
    for group in dict.fromkeys(page.group for page in pages):
        members = [page for page in pages if page.group == group and page.parent is None]
        entries = [_entry(page, [each for each in pages if each.parent == page.name]) for page in members]
        top += [{_label(group, capital=True): entries}] if group else entries
    return top


def _entry(page: Page, children: list[Page]) -> dict[str, Any]:
    own = _source(page)
    below = [{"All variants": own}, *({_label(each.label): _source(each)} for each in children)]
    return {_label(page.label): below if children else own}


def _label(name: str, *, capital: bool = False) -> str:
    """A name for the settings: the theme prints it as it stands, and a key of YAML has to be short."""
    label = shorten(line(name), 60, placeholder="…") or "…"
    return str(escape(label[:1].upper() + label[1:] if capital else label))


def _source(page: Page) -> str:
    return f"{page.name.removesuffix('.html')}.md"


def _palette(media: str, scheme: str, icon: str, other: str) -> dict[str, Any]:
    return {"media": media, "scheme": scheme, "toggle": {"icon": icon, "name": f"{other} colours"}}
