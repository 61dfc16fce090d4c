"""`python -m scripts.sources`: a page that changes what is claimed is found with its claims; another change is not."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import attrs
import pytest

from scripts.sources.__main__ import main
from scripts.sources.reading import SourceReader

PAGE = """<html><body><h1>Create persona</h1>
<p>Send POST /personas. The answer comes at once.</p>
<p>To make the music, mv must be chirp-auk. A persona costs 0.144 US dollars. Wait 30 seconds between calls.</p>
<table>
<tr><th>Field</th><th>Type</th><th>Need</th></tr>
<tr><td>root_clip_id</td><td>string</td><td>required</td></tr>
<tr><td>name</td><td>string</td><td>required</td></tr>
<tr><td>is_public</td><td>boolean</td><td>optional</td></tr>
<tr><td>clips</td><td>array</td><td>required</td></tr>
</table>
<p>Statuses are SUCCESS and FAILURE. The error code is quota_not_enough.</p>
<p>Keep the answer for at least a week.</p></body></html>"""

MARKDOWN = """\
# Create persona

Send POST `/personas`.

To make the music, `mv` must be **chirp-auk**. A persona costs 0.144
dollars.

| Field | Type | Need |
|---|---|---|
| root_clip_id | string | required |
| name | string | required |
| is_public | boolean | optional |
| clips | array | required |

SUCCESS or FAILURE, and `quota_not_enough`. Keep it for *at least a week*.
"""

DESCRIPTION = """\
openapi: 3.1.0
info: {title: Personas, version: 1.0.0}
tags: [{name: personas}]
x-sources:
  page: {title: The page, url: "%s/page"}
  index: {title: The index, url: "%s/llms.txt"}
  file: {title: The file}
paths:
  /personas:
    post:
      operationId: createPersona
      tags: [personas]
      x-effect: creates
      x-evidence:
        - {source: page, says: "POST on `/personas`.", status: documented}
        - {source: page, says: "It must be kept.", status: documented, quote: "at least a week"}
        - {source: index, says: "Names the page.", status: documented}
      x-billing: {charge: paid, x-evidence: [{source: page, says: "0.144 US dollars a persona.", status: documented}]}
      requestBody:
        content: {application/json: {schema: {$ref: '#/components/schemas/PersonaRequest'}}}
      responses:
        '200': {description: The persona, content: {application/json: {schema: {type: object}}}}
        '403':
          description: No quota
          x-evidence: [{source: page, says: "The code is `quota_not_enough`.", status: documented}]
  /health:
    get:
      operationId: getHealth
      x-evidence: [{source: file, says: "Exists.", status: documented}]
      responses: {'200': {description: Fine}}
components:
  schemas:
    PersonaRequest:
      type: object
      properties:
        root_clip_id:
          type: string
          x-evidence: [{source: page, says: "A required string.", status: documented}]
        is_public: {type: boolean, x-evidence: [{source: page, says: "Optional.", status: documented}]}
        clips: {type: array, x-evidence: [{source: page, says: "A list.", status: documented}]}
        mv:
          type: string
          x-evidence: [{source: page, says: "`mv` must be `chirp-auk`.", status: documented}]
        status:
          x-extensible-enum: [SUCCESS, FAILURE]
          x-evidence: [{source: page, says: "`SUCCESS` and `FAILURE`.", status: documented}]
"""

INDEX = """# Docs
- [Chat](https://docs.example/chat.md)
- [Images](https://docs.example/images.md)
- [Video](https://docs.example/video.md)
"""


@attrs.define
class Site:
    """Pages on 127.0.0.1 that a test can change.

    Attributes:
        url: The address.
        pages: Body by path; a number is a status, an address a redirect.
        requests: Path and headers of each request.
    """

    url: str
    pages: dict[str, str | int]
    requests: list[tuple[str, dict[str, str]]] = attrs.field(factory=list)


@pytest.fixture
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.requests.append((self.path, {key.lower(): value for key, value in self.headers.items()}))
            page = served.pages.get(self.path, 404)
            tag = f'"{hash(page)}"'
            if isinstance(page, int):
                status, headers, body = page, {}, b""
            elif page.startswith("http"):
                status, headers, body = 302, {"Location": page}, b""
            elif self.headers.get("If-None-Match") == tag:
                status, headers, body = 304, {}, b""
            else:
                body = page.encode()
                kind = "text/html" if page.startswith("<") else "text/plain"
                status, headers = 200, {"ETag": tag, "Content-Type": f"{kind}; charset=utf-8", "Set-Cookie": "a=b"}
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (overrides)
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Site(f"http://127.0.0.1:{server.server_port}", {"/page": PAGE, "/llms.txt": INDEX})
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield served
    server.shutdown()
    server.server_close()


@pytest.fixture
def description(site: Site, tmp_path: Path) -> Path:
    path = tmp_path / "openapi" / "suno.yaml"
    path.parent.mkdir()
    path.write_text(DESCRIPTION % (site.url, site.url), "utf-8")
    return path


def run(description: Path, *arguments: str) -> int:
    return main(["--description", str(description), *arguments], SourceReader(sleep=lambda _: None))


CHANGES = {
    "value": ("must be chirp-auk", "must be chirp-crow", "chirp-crow", "`mv` must be `chirp-auk`"),
    "need": (
        "<td>string</td><td>required</td></tr>\n<tr><td>name",
        "<td>string</td><td>optional</td></tr>\n<tr><td>name",
        "root_clip_id",
        "A required string",
    ),
    "need-negated": (
        "<td>string</td><td>required</td></tr>\n<tr><td>name",
        "<td>string</td><td>not required</td></tr>\n<tr><td>name",
        "root_clip_id",
        "A required string",
    ),
    "now-required": ("<td>boolean</td><td>optional", "<td>boolean</td><td>required", "is_public", "Optional"),
    "type": ("<td>array</td>", "<td>string</td>", "clips", "A list"),
    "nullable": ("<td>array</td>", "<td>array or null</td>", "null", "A list"),
    "field-renamed": ("<td>root_clip_id</td>", "<td>clip_id</td>", "root_clip_id", "A required string"),
    "field-removed": ("<tr><td>is_public</td><td>boolean</td><td>optional</td></tr>\n", "", "is_public", "Optional"),
    "field-deprecated": (
        "<td>boolean</td><td>optional",
        "<td>boolean</td><td>optional, deprecated",
        "gone",
        "Optional",
    ),
    "price": ("0.144", "0.2", "0.144", "0.144 US dollars"),
    "price-by-a-digit": ("0.144", "0.1445", "0.144", "0.144 US dollars"),
    "status-renamed": ("SUCCESS", "SUCCEEDED", "SUCCESS", "`SUCCESS` and `FAILURE`"),
    "error-code": ("quota_not_enough", "insufficient_user_quota", "quota_not_enough", "The code is"),
    "method": ("POST /personas", "PUT /personas", "POST", "POST on"),
    "path": ("POST /personas.", "POST /personas/create.", "/personas", "POST on"),
    "path-slash": ("POST /personas.", "POST /personas/ .", "/personas", "POST on"),
    "quote": ("at least a week", "at least a day", "at least a week", "It must be kept"),
    "no-longer-a-must": ("mv must be chirp-auk", "mv is optional, such as chirp-auk", "optional", "`mv` must be"),
    "retired": ("mv must be chirp-auk", "mv must be chirp-auk (retired in June)", "gone", "`mv` must be"),
    "rewritten": (PAGE, "<html><body>Please sign in.</body></html>", "quota_not_enough", "The code is"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_change_names_its_claim(
    change: tuple[str, str, str, str], site: Site, description: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after, shown, says = change
    assert run(description, "--record", "page") == 0
    capsys.readouterr()
    assert before in PAGE
    site.pages["/page"] = PAGE.replace(before, after, 1)
    assert run(description, "page") == 1
    out = capsys.readouterr().out
    assert "page: changed" in out
    assert says in out
    assert shown in out
    assert "[createPersona]" in out


SILENT = {
    "layout-list": re.sub(
        r"<tr><td>(\w+)</td><td>(\w+)</td><td>(\w+)</td></tr>", r"<ul><li>\1</li><li>\2</li><li>\3</li></ul>", PAGE
    ),
    "layout-inline": re.sub(r"<tr><td>(\w+)</td><td>(\w+)</td><td>(\w+)</td></tr>", r"<p>\1 (\2, \3)</p>", PAGE),
    "markup": PAGE.replace("chirp-auk", "<code><b>chirp-auk</b></code>").replace("<td>", "<td class='x'> "),
    "line-breaks": PAGE.replace("mv must be", "mv\n   must\nbe").replace("at least a week", "at\nleast  a week"),
    "script-and-style": PAGE.replace("<body>", "<body><script>let mv = 'chirp-crow'; // removed</script>"),
    "navigation": PAGE.replace("<body>", "<body><nav>Home Prices Blog (12 new posts)</nav>"),
    "date": PAGE.replace("</body>", "<footer>Updated 3 days ago. Copyright 2027</footer></body>"),
    "wording": PAGE.replace("The answer comes at once", "You get your persona in the answer").replace(
        "Keep the", "Store the"
    ),
    "synonym": PAGE.replace("mv must be", "it is required that mv is"),
    "section-moved": PAGE.replace("<p>Keep the answer for at least a week.</p>", "").replace(
        "<h1>", "<p>Keep the answer for at least a week.</p><h1>"
    ),
    "new-section": PAGE.replace("</body>", "<h2>Songs</h2><p>A song needs a prompt.</p></body>"),
    "named-again": PAGE.replace("<h1>", "<p>All about chirp-auk.</p><h1>"),
    "markdown": MARKDOWN,
}


@pytest.mark.parametrize("page", SILENT.values(), ids=SILENT)
def test_layout_and_wording_are_silent(
    page: str, site: Site, description: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(description, "--record", "page") == 0
    capsys.readouterr()
    assert page != PAGE
    site.pages["/page"] = page
    assert run(description, "page") == 0, capsys.readouterr().out
    assert "0 findings" in capsys.readouterr().out


def test_unchanged_page_is_asked_conditionally(site: Site, description: Path) -> None:
    assert run(description, "--record", "page") == 0
    assert run(description, "page") == 0
    assert "if-none-match" not in site.requests[0][1]
    assert site.requests[1][1]["if-none-match"]
    assert not {"authorization", "cookie"} & {name for _, headers in site.requests for name in headers}


@pytest.mark.parametrize("status", [404, 410])
def test_page_that_is_gone(status: int, site: Site, description: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(description, "--record", "page") == 0
    site.pages["/page"] = status
    assert run(description, "page") == 1
    assert f"page is gone: the answer is {status}" in capsys.readouterr().out


def test_redirects_stay_on_the_host(site: Site, description: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(description, "--record", "page") == 0
    site.pages |= {"/page": f"{site.url}/moved", "/moved": PAGE}
    assert run(description, "page") == 0
    site.pages["/page"] = f"{site.url.replace('127.0.0.1', 'localhost')}/page"
    asked = len(site.requests)
    assert run(description, "page") == 1
    assert "redirects to another host, localhost" in capsys.readouterr().out
    assert len(site.requests) == asked + 1


@pytest.mark.parametrize("status", [403, 500, 503])
def test_unreadable_page_is_not_a_finding(
    status: int, site: Site, description: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(description, "--record", "page", "index") == 0
    site.pages["/page"] = status
    assert run(description, "page", "index") == 0
    assert f"page: unreadable: the answer is {status}" in capsys.readouterr().out
    assert run(description, "page") == 2


def test_large_page_is_unreadable(site: Site, description: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site.pages["/page"] = f"<p>{'x' * (9 * 1024 * 1024)}</p>"
    assert run(description, "page") == 2
    assert "larger than 8388608 bytes" in capsys.readouterr().out


@pytest.mark.parametrize("before", ["", "- [Old personas](https://docs.example/old.md)\n"], ids=["none", "one"])
def test_index_names_a_new_page(before: str, site: Site, description: Path, capsys: pytest.CaptureFixture[str]) -> None:
    added = "- [Create persona](https://docs.example/new.md)\n- [Audio](https://docs.example/a.md)\n"
    site.pages["/llms.txt"] = INDEX + before
    assert run(description, "--record", "index") == 0
    assert run(description, "index") == 0
    site.pages["/llms.txt"] = INDEX + before + added
    assert run(description, "index") == 1
    out = capsys.readouterr().out
    assert "names a new page: https://docs.example/new.md" in out
    assert "old.md" not in out
    assert "/a.md" not in out


def test_openapi_document_is_compared(site: Site, description: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(description, "--record", "page") == 0
    schema = {"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}}
    content = {"application/json": {"schema": schema}}
    post = {"requestBody": {"content": content}, "responses": {"200": {"description": "Fine"}}}
    theirs = {"openapi": "3.1.0", "paths": {"/personas": {"post": post}, "/chat": {"post": post}}}
    site.pages["/page"] = json.dumps(theirs)
    assert run(description, "page") == 1
    out = capsys.readouterr().out
    assert "its OpenAPI document differs" in out
    assert "title" in out
    assert "/chat" not in out


def test_file_takes_the_place_of_a_page(tmp_path: Path, site: Site, description: Path) -> None:
    saved = tmp_path / "saved.html"
    saved.write_text(PAGE, "utf-8")
    assert run(description, "--record", "--file", f"page={saved}", "page") == 0
    saved.write_text(PAGE.replace("0.144", "0.3"), "utf-8")
    assert run(description, "--file", f"page={saved}", "page") == 1
    assert site.requests == []


def test_record_holds_no_text_of_the_page(description: Path) -> None:
    assert run(description, "--record", "page") == 0
    record = (description.parent / "sources.json").read_text("utf-8")
    assert "Keep the answer" not in record
    assert "The answer comes" not in record


@pytest.mark.parametrize("kind", ["text", "markdown", "github", "sarif"])
def test_report_hides_control_characters(
    kind: str, site: Site, description: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(description, "--record", "page") == 0
    capsys.readouterr()
    site.pages["/page"] = PAGE.replace("must be chirp-auk", "must be \u202echirp-crow\x1b[31m {0} ```")
    assert run(description, "--format", kind, "page") == 1
    out = capsys.readouterr().out
    assert "chirp-auk" in out
    assert not re.search("[\u202e\x1b]", out)
    if kind == "sarif":
        (result, *_) = json.loads(out)["runs"][0]["results"]
        assert result["ruleId"] == "source-changed"
        assert result["locations"][0]["physicalLocation"]["region"]["startLine"] > 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], "no such source: nothing"),
        (["--file", "page"], "write SOURCE=PATH"),
        (["--file", "other=x"], "no such source: other"),
    ],
)
def test_wrong_use_is_one_line(
    arguments: list[str], message: str, description: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(description, *arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_broken_record_is_one_line(description: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (description.parent / "sources.json").write_text("{]", "utf-8")
    assert run(description, "page") == 2
    assert "Restore it from git" in capsys.readouterr().err


def test_our_sources_are_readable(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    page = tmp_path / "seed.md"
    page.write_text("`mv` must be `chirp-auk`", "utf-8")
    assert main(["--file", f"seed={page}", "seed"]) in {0, 1}
    assert "Traceback" not in capsys.readouterr().err
