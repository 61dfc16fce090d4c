"""Do the code samples of the docs site work? Each runs unchanged against the mock, and so do those of the guides."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from cometapi_suno_mock import DEMO_KEY, Gateway, Settings
from cometapi_suno_mock.http_messages import ExchangeRecord

from contract_tests.suite.mock.test_pytest_plugin import run_pytest
from contract_tests.suite.support.loaded_spec import CONTRACT
from contract_tests.suite.support.readme import README, example, list_examples
from scripts import description_file
from scripts.docs_site.code_samples import VARIABLES, CodeSamples
from scripts.lint.description_index import DescriptionIndex
from scripts.lint.operation_rules import find_variants


@pytest.fixture(scope="module")
def client() -> CodeSamples:
    """The samples of the site, by operationId."""
    loaded = description_file.load()
    document = DescriptionIndex(loaded)
    return CodeSamples(document, loaded.bundled())


@pytest.fixture(scope="module")
def mock() -> Iterator[tuple[Gateway, str]]:
    """A served mock whose tasks finish at once, and its base URL."""
    gateway = Gateway(settings=Settings(polls=0))
    with gateway.serve() as url:
        yield gateway, url


@pytest.fixture
def configured(mock: tuple[Gateway, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The environment of a user: an empty folder, the mock's address and its key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMETAPI_BASE_URL", mock[1])
    monkeypatch.setenv("COMETAPI_KEY", DEMO_KEY)
    monkeypatch.setenv("COMETAPI_ACCESS_TOKEN", DEMO_KEY)


@pytest.fixture
def run(
    mock: tuple[Gateway, str], configured: None, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], list[ExchangeRecord]]:
    """Run Python code unchanged and return its exchanges; it must print something."""
    gateway, _ = mock

    def execute(code: str) -> list[ExchangeRecord]:
        gateway.reset()
        exec(compile(code, "example", "exec"), {"__name__": "example"})
        assert capsys.readouterr().out.strip()
        return list(gateway.exchanges)

    return execute


def test_python_sample_runs_unchanged(
    operation: str, client: CodeSamples, run: Callable[[str], list[ExchangeRecord]], checked: Callable[[int], None]
) -> None:
    assert client.calls[operation]
    for call in client.calls[operation]:
        for code in (call.python.blocking, call.python.awaited):
            (exchange,) = run(code)
            success = CONTRACT.operations[operation].success
            assert (exchange.operation, exchange.status, exchange.findings) == (operation, success, ()), code
            checked(1)


@pytest.mark.operation("createPersona", "submitMusic", "fetchTask")
@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("fetchTask", ["fetchTask"]),
        ("createPersona", ["submitMusic", "fetchTask", "createPersona"]),
        ("submitMusic", ["submitMusic", "fetchTask"]),
    ],
)
def test_workflow_sample_runs_unchanged(
    name: str,
    steps: list[str],
    client: CodeSamples,
    run: Callable[[str], list[ExchangeRecord]],
    checked: Callable[[int], None],
) -> None:
    (sample,) = client.workflows[name]
    for code in (sample.python.blocking, sample.python.awaited):
        exchanges = run(code)
        assert [exchange.operation for exchange in exchanges] == steps
        assert {exchange.status for exchange in exchanges} == {200}
    checked(2 * len(steps))


def test_curl_sample_sends_same_request(
    operation: str, client: CodeSamples, mock: tuple[Gateway, str], checked: Callable[[int], None]
) -> None:
    gateway, url = mock
    gateway.reset()
    for call in client.calls[operation]:
        method, path, headers, body = parsed(call.curl)
        variable = VARIABLES[CONTRACT.operations[operation].credential]
        assert headers.pop("Authorization") == f"Bearer ${variable}"
        headers["Authorization"] = f"Bearer {DEMO_KEY}"
        answer = httpx.request(method, url + path, headers=headers, content=body)
        assert answer.status_code == CONTRACT.operations[operation].success, call.curl
        assert gateway.exchanges[-1].operation == operation
        assert call.body is None or json.loads(body) == call.body.value
    checked(len(client.calls[operation]))


@pytest.mark.operation("submitMusic")
def test_each_song_variant_has_a_sample(client: CodeSamples) -> None:
    document = DescriptionIndex(description_file.load())
    operation = document.operation("submitMusic")
    assert operation is not None
    variants = find_variants(document, operation)
    assert len(variants) == 13
    shown = {call.variant: call.python.blocking for call in client.calls["submitMusic"]}
    assert list(shown) == variants
    for variant, python in shown.items():
        assert f"client.music.submit(\n        {variant}(" in python


GUIDES = README.parent / "docs" / "guide"
PRINTED = {
    "options": r"SUCCESS 100%\n",
    "failures": r"refused: 400 task_not_exist \w+\n",
    "waiting": r"100\.0\n\['[0-9a-f-]{36}', '[0-9a-f-]{36}'\]\n",
    "waiting-together": r"\[2, 2\]\n",
    "webhook": "",
    "raw-answer": r"200 \w+ b'\{.{30,}'\nSUCCESS\n",
    "unreadable": r"200 /data \{'code': 'success', .*\}\n",
    "any-path": r"success\n",
    "fixtures": "",
    "limits": r"music\.submit: .*max_spend.*\n.*Balance.*\n",
}
"""What the examples of the guides print, by what the pages say."""


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize(("page", "name"), list_examples(GUIDES))
def test_guide_example_runs_unchanged(
    page: Path,
    name: str,
    mock: tuple[Gateway, str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    gateway, _ = mock
    gateway.reset()
    if name == "unreadable":
        gateway.faults.add("operation=fetchTask; retype=/data")
    exec(compile(example(name, page), page.name, "exec"), {"__name__": "example"})
    assert re.fullmatch(PRINTED[name], capsys.readouterr().out, re.DOTALL)


def test_guide_parses_only_signed_notification() -> None:
    names: dict[str, Any] = {}
    exec(example("webhook", GUIDES / "waiting.md"), names)
    body = b'{"task_id": "1", "action": "MUSIC", "status": "SUCCESS"}'
    assert names["receive"](names["SECRET"], body).task_id == "1"
    assert names["receive"]("guessed", body) is None


def test_guide_tests_pass(tmp_path: Path) -> None:
    (tmp_path / "test_guide.py").write_text(example("fixtures", GUIDES / "testing.md"), "utf-8")
    done = run_pytest(tmp_path)
    assert "2 passed" in done.stdout, done.stdout


def parsed(command: str) -> tuple[str, str, dict[str, str], str]:
    """Parse a curl command as a shell does; return method, path, headers and body."""
    words = shlex.split(command.replace("\\\n", " "))
    assert words.pop(0) == "curl"
    address = urlsplit(words.pop(0))
    assert address.geturl().startswith("https://api.cometapi.com/")
    headers: dict[str, str] = {}
    method, body = "", ""
    while words:
        option, value = words.pop(0), words.pop(0)
        if option == "-H":
            name, _, content = value.partition(": ")
            headers[name] = content
        elif option == "-d":
            body = value
        else:
            assert option == "-X"
            method = value
    path = address.path + (f"?{address.query}" if address.query else "")
    return method or ("POST" if body else "GET"), path, headers, body


def test_curl_parser_reads_like_a_shell() -> None:
    command = "curl https://api.cometapi.com/suno/x \\\n  -H 'A: b: c' \\\n  -d '{\"a\": \"it'\"'\"'s\"}'"
    expected: tuple[Any, ...] = ("POST", "/suno/x", {"A": "b: c"}, '{"a": "it\'s"}')
    assert parsed(command) == expected
