"""The capabilities in the generator's README: each is generated, called and type-checked, or refused by name."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.generator.generation_error import GenerationError
from scripts.generator.render_package import render_package
from scripts.tests.generator.capabilities.read import READ
from scripts.tests.generator.capabilities.refused import REFUSED
from scripts.tests.generator.capabilities.row import Row, called, described
from scripts.tests.generator.capabilities.sent import SENT
from scripts.tests.generator.small_descriptions import generated, run
from scripts.tests.generator.test_other_descriptions import BODIES, PARAMETERS, UNIONS

README = Path(__file__).parents[2] / "generator" / "README.md"
ROWS = [*SENT, *READ]
# Calls every row of a table of (call, body of the answer, its media type, how the result is shown).
CALLER = """
import httpx, cometapi_suno as k
from email.parser import BytesParser
from email.policy import HTTP

def parts(request):
    head = b"Content-Type: " + request.headers["content-type"].encode() + b"\\r\\n\\r\\n"
    for part in BytesParser(policy=HTTP).parsebytes(head + request.content).iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True).decode()
        yield f"{name} {part.get_filename()} {part.get_content_type()} {content}"

def wire(request):
    target = request.url.raw_path.decode().lstrip("/0123456789") if request.url.path.count("/") == 1 else None
    if target is None:
        target = "/" + request.url.raw_path.decode().split("/", 2)[2]
    lines = [f"{request.method} {target}"]
    if "x-trace" in request.headers:
        lines.append(f"x-trace: {request.headers['x-trace']}")
    media = request.headers.get("content-type")
    if media and media.startswith("multipart/"):
        return [*lines, media.partition(";")[0], *parts(request)]
    return [*lines, media, request.content.decode()] if media else lines

def outcome(number, call, reply, media, shown):
    seen = []
    def answer(request):
        seen.append(wire(request))
        return httpx.Response(200, content=reply.encode(), headers={"content-type": media})
    c = k.SunoClient(api_key="sk-of-this-test", base_url="http://127.0.0.1", http_client=httpx.MockTransport(answer))
    it = eval(call)
    return [seen[0], eval(shown)]

print(json.dumps([outcome(number, *row) for number, row in enumerate(TABLE)]))
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(described(ROWS), tmp_path_factory.mktemp("capabilities"))


@pytest.fixture(scope="module")
def outcomes(package: Path) -> list[Any]:
    table = [(called(row, number), row.reply, row.media, row.shown) for number, row in enumerate(ROWS)]
    done: list[Any] = run(package, f"TABLE = {table!r}\n{CALLER}")
    return done


@pytest.mark.parametrize(("number", "row"), list(enumerate(ROWS)), ids=[row.name for row in ROWS])
def test_capability_round_trips(outcomes: list[Any], number: int, row: Row) -> None:
    assert outcomes[number] == [list(row.sent), row.gives]


@pytest.mark.slow
def test_package_and_calls_type_check(tmp_path: Path) -> None:
    """One package of all operations, so that the checkers read the client and the libraries once."""
    everything = described(ROWS)
    for each in (UNIONS, PARAMETERS, BODIES):
        everything["paths"] |= each["paths"]
        everything["components"]["schemas"] |= each["components"]["schemas"]
    generated(everything, tmp_path)
    given = (f"x{number}: {row.typed} = " if row.typed != "None" else "" for number, row in enumerate(ROWS))
    calls = [f"{name}{called(row, number)}" for number, (name, row) in enumerate(zip(given, ROWS, strict=True))]
    user = "\n".join(["import cometapi_suno as k", "", "c = k.SunoClient()", *calls, ""])
    (tmp_path / "calls.py").write_text(user, "utf-8")
    settings = '{"typeCheckingMode": "strict", "pythonVersion": "3.11"}'
    (tmp_path / "pyrightconfig.json").write_text(settings, "utf-8")
    mypy = ["mypy", "--config-file=", "--strict", "--cache-dir", "cache", "cometapi_suno", "calls.py"]
    pyright = ["basedpyright", "--pythonpath", sys.executable, "--project", str(tmp_path)]
    for checker in (mypy, pyright):
        command = [sys.executable, "-m", *checker]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("description", "expected"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED])
def test_unsupported_is_refused_by_name(tmp_path: Path, description: dict[str, Any], expected: str) -> None:
    with pytest.raises(
        GenerationError, match=r"(POST|GET|PUT|TRACE) ?/things|^/things|/paths/~1things|things\.a"
    ) as error:
        render_package(description, tmp_path)
    assert expected in str(error.value)
    assert "\n" not in str(error.value)
    assert not list(tmp_path.iterdir())


def test_readme_lists_every_capability() -> None:
    tables = re.split(r"^## ", README.read_text("utf-8"), flags=re.MULTILINE)
    rows = {part.partition("\n")[0]: re.findall(r"^\| (?!---|what )(.+?) \|", part, re.MULTILINE) for part in tables}
    assert rows["What a request may be made of"] == [row.name for row in SENT]
    assert rows["What an answer may be made of"] == [row.name for row in READ]
    assert rows["What is refused"] == list(dict.fromkeys(name for name, *_ in REFUSED))
