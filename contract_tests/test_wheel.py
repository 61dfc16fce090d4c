"""What is published is what was tested: the wheel, alone in an empty environment."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from cometapi_suno_mock import DEMO_KEY, Gateway

from contract_tests.support.wheel import UV, build, install, run
from contract_tests.test_readme import example

# httpx and attrs, and what httpx needs (its metadata: anyio, certifi, httpcore, idna; anyio: sniffio or
# typing-extensions by version; httpcore: h11).
ALLOWED = {
    "anyio",
    "attrs",
    "certifi",
    "cometapi-suno",
    "h11",
    "httpcore",
    "httpx",
    "idna",
    "sniffio",
    "typing-extensions",
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an empty environment in which only the wheel was installed."""
    return install(tmp_path_factory.mktemp("empty") / "venv", wheel)


def test_the_wheel_brings_httpx_and_attrs_and_nothing_else(python: Path) -> None:
    listed = json.loads(run(UV, "pip", "list", "--python", python, "--format", "json"))
    names = {entry["name"] for entry in listed}
    assert {"attrs", "cometapi-suno", "httpx"} <= names <= ALLOWED


def test_the_wheel_holds_the_client_and_the_mock_and_no_test(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {"cometapi_suno/py.typed", "cometapi_suno_mock/py.typed", "cometapi_suno_mock/openapi.json"} <= set(names)
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"cometapi_suno", "cometapi_suno_mock"}
    assert not [name for name in names if "/test" in name or name.endswith("conftest.py")]


def test_the_readme_example_runs_in_the_empty_environment(python: Path, gateway: Gateway, tmp_path: Path) -> None:
    code = tmp_path / "example.py"
    code.write_text(example("create-persona"), "utf-8")
    with gateway.serve() as url:
        printed = run(python, "-I", code, COMETAPI_BASE_URL=url, COMETAPI_KEY=DEMO_KEY)
    assert len(printed.strip()) == 36


def test_the_tree_is_not_what_was_tested(python: Path) -> None:
    place = run(python, "-I", "-c", "import cometapi_suno; print(cometapi_suno.__file__)")
    assert "site-packages" in place
