"""From pages to a site: write Markdown and a configuration, and run Zensical on them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import shorten
from typing import Any

from markupsafe import escape

from scripts.docs_site.html_fragments import single_line
from scripts.docs_site.site_pages import SitePage

ASSETS = tuple(Path(__file__).resolve().parent / name for name in ("suno.css", "explore.js"))
_UNUSED = ("404.html", "sitemap.xml")  # they need the address that a site is published under


class SiteError(Exception):
    """Zensical failed. The message has its output."""


def write_sources(title: str, pages: list[SitePage], folder: Path) -> None:
    """Write the input of Zensical into the new folder `folder`."""
    docs = folder / "docs"
    docs.mkdir(parents=True)
    for page in pages:
        (docs / _source(page)).write_text(page.markdown, encoding="utf-8", newline="\n")
    for asset in ASSETS:
        shutil.copyfile(asset, docs / asset.name)
    # JSON is YAML, and its escapes work for any title.
    settings = json.dumps(configuration(title, pages), indent=2, ensure_ascii=False)
    (folder / "mkdocs.yml").write_text(settings + "\n", encoding="utf-8", newline="\n")


def build_site(folder: Path) -> Path:
    """Build the site from what `write_sources` wrote, and return its folder.

    Raises:
        SiteError: Zensical failed.
    """
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--config-file", "mkdocs.yml"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    site = folder / "site"
    if done.returncode or not (site / "index.html").is_file():
        raise SiteError(f"zensical: {(done.stderr or done.stdout).strip()}")
    for name in _UNUSED:
        (site / name).unlink(missing_ok=True)
    return site


def configuration(title: str, pages: list[SitePage]) -> dict[str, Any]:
    """Return the settings of the site. No font, script or image comes from another host."""
    return {
        "site_name": _label(title),
        "docs_dir": "docs",
        "site_dir": "site",
        "use_directory_urls": False,
        "extra_css": [ASSETS[0].name],
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
        # Only what the guides need: text of the description must stay text.
        "markdown_extensions": [
            *("attr_list", "tables", "pymdownx.superfences"),
            {"toc": {"permalink": "¶", "toc_depth": 3}},
            {"pymdownx.highlight": {"pygments_lang_class": False}},
        ],
    }


def _navigation(pages: list[SitePage]) -> list[Any]:
    """Return the pages by group; a page with children becomes a group."""
    top: list[Any] = []
    for group in dict.fromkeys(page.group for page in pages):
        members = [page for page in pages if page.group == group and page.parent is None]
        entries = [_entry(page, [each for each in pages if each.parent == page.name]) for page in members]
        top += [{_label(group, capital=True): entries}] if group else entries
    return top


def _entry(page: SitePage, children: list[SitePage]) -> dict[str, Any]:
    own = _source(page)
    below = [{"All variants": own}, *({_label(each.label): _source(each)} for each in children)]
    return {_label(page.label): below if children else own}


def _label(name: str, *, capital: bool = False) -> str:
    """Return a name for the settings, escaped: the theme prints it raw, and a YAML key has to be short."""
    label = shorten(single_line(name), 60, placeholder="…") or "…"
    return str(escape(label[:1].upper() + label[1:] if capital else label))


def _source(page: SitePage) -> str:
    return f"{page.name.removesuffix('.html')}.md"


def _palette(media: str, scheme: str, icon: str, other: str) -> dict[str, Any]:
    return {"media": media, "scheme": scheme, "toggle": {"icon": icon, "name": f"{other} colours"}}
