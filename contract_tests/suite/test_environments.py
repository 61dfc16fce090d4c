"""Does it work where users run it? The built wheel in environments that users have, with their plugins and settings."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from cometapi_suno_mock import DEMO_KEY, FINISHED_TASK, Gateway, Settings

from contract_tests.suite.support import user_program
from contract_tests.suite.support.readme import example
from contract_tests.suite.support.wheel import ROOT, install, run

pytestmark = pytest.mark.slow

PROGRAM = Path(user_program.__file__)
DONE = "".join(f"ok {part.__name__}\n" for part in user_program.PARTS)
USER_TESTS = PROGRAM.with_name("user_tests.py")
HTTP_LIBRARY_TESTS = Path(__file__).parent / "client" / "http_library_tests.py"

INTERPRETERS = ("/usr/bin/python3", "python3.11", "python3.12", "python3.13", "python3.14", "python3.15")
"""Each one that the machine has is tried; the system's may be an old patch release."""

SETTINGS: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    "warnings are errors, -OO": (("-W", "error", "-X", "dev", "-OO"), {}),
    "C locale, no home": (
        (),
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": "cp1252"}
        | {"HOME": "/nonexistent", "XDG_CACHE_HOME": "/nonexistent"},
    ),
}
"""Interpreter options and environment variables; without any, the program runs on each interpreter."""

NEIGHBOURS: Mapping[str, tuple[str, ...]] = {
    "openai with httpx2": ("openai>=3", "httpx2>=2.12"),
    "cometapi": ("cometapi==0.1.4",),
}
"""Packages that users install next to the client."""


# fastapi's test client would install another httpx.
FASTAPI_CALL = f"""
import asyncio, json
import httpx

async def call():
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app") as client:
        answer = await client.get("/tasks/{FINISHED_TASK}")
        schema = (await client.get("/openapi.json")).json()["paths"]["/tasks/{{task_id}}"]["get"]["responses"]["200"]
    described = schema["content"]["application/json"]["schema"]
    print(answer.status_code, answer.json()["status"], {{"type": described["type"]}})

asyncio.run(call())
"""


@pytest.fixture(scope="module")
def client_only(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python of an environment with only the wheel and pytest."""
    return install(tmp_path_factory.mktemp("client") / "venv", wheel, "pytest>=8")


@pytest.fixture(scope="module")
def served() -> Iterator[Mapping[str, str]]:
    """Serve a gateway; yield the environment variables that lead to it."""
    gateway = Gateway(settings=Settings(polls=0))
    with gateway.serve() as url:
        yield {"COMETAPI_BASE_URL": url, "COMETAPI_KEY": DEMO_KEY}
    assert not gateway.violations


def find_interpreters() -> list[str]:
    """Return the interpreters of this machine that are new enough, each release once."""
    found: dict[str, str] = {}
    # The shims of pyenv answer only for the selected versions, so its folders are searched too.
    folders = [None, *(str(path) for path in sorted(Path.home().glob(".pyenv/versions/*/bin")))]
    paths = [shutil.which(name, path=folder) for name in INTERPRETERS for folder in folders]
    for path in filter(None, paths):
        command = [path, "-c", "import sys; print(sys.version_info >= (3, 11), *sys.version_info[:3])"]
        release = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        if release.startswith("True"):
            found.setdefault(release, path)
    return list(found.values())


@pytest.mark.parametrize("setting", SETTINGS)
def test_program_runs_with_settings(client_only: Path, served: Mapping[str, str], setting: str, tmp_path: Path) -> None:
    options, variables = SETTINGS[setting]
    assert run(client_only, *options, PROGRAM, cwd=tmp_path, variables={**served, **variables}) == DONE


def test_program_runs_on_interpreters(
    wheel: Path, served: Mapping[str, str], tmp_path: Path, subtests: pytest.Subtests
) -> None:
    interpreters = find_interpreters()
    assert interpreters
    for number, interpreter in enumerate(interpreters):
        with subtests.test(interpreter):
            python = install(tmp_path / f"venv-{number}", wheel, interpreter=interpreter)
            assert run(python, PROGRAM, cwd=tmp_path, variables=served) == DONE


@pytest.mark.parametrize("neighbour", NEIGHBOURS)
def test_program_runs_with_neighbour(wheel: Path, served: Mapping[str, str], neighbour: str, tmp_path: Path) -> None:
    python = install(tmp_path / "venv", wheel, *NEIGHBOURS[neighbour])
    assert run(python, PROGRAM, cwd=tmp_path, variables=served) == DONE


def test_results_are_return_types_of_fastapi(wheel: Path, served: Mapping[str, str], tmp_path: Path) -> None:
    python = install(tmp_path / "venv", wheel, "fastapi>=0.115")
    program = f"{example('fastapi')}\n{FASTAPI_CALL}"
    assert run(python, "-c", program, cwd=tmp_path, variables=served) == "200 SUCCESS {'type': 'object'}\n"


def test_pytest_runs_without_the_extra(client_only: Path, tmp_path: Path) -> None:
    """The pytest plugin of the wheel must not break a run that does not use it."""
    (tmp_path / "test_of_a_user.py").write_text("def test_nothing():\n    assert True\n", "utf-8")
    assert "1 passed" in run(client_only, "-m", "pytest", "-q", cwd=tmp_path)


def test_fixture_names_the_missing_extra(client_only: Path, tmp_path: Path) -> None:
    (tmp_path / "test_of_a_user.py").write_text("def test_mock(suno_client):\n    suno_client.tasks\n", "utf-8")
    done = subprocess.run(
        [client_only, "-m", "pytest", "-q"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "pip install 'cometapi-suno[mock]'" in done.stdout


def test_fixtures_work_with_common_plugins(wheel: Path, tmp_path: Path) -> None:
    """All plugins are loaded as pytest finds them, and xdist runs the tests in two processes."""
    plugins = ("pytest>=8", "pytest-asyncio", "anyio", "pytest-httpx", "respx", "pytest-xdist")
    python = install(tmp_path / "venv", f"cometapi-suno[mock] @ {wheel.as_uri()}", *plugins)
    shutil.copy(USER_TESTS, tmp_path / "test_of_a_user.py")
    for processes in ("0", "2"):
        output = run(python, "-m", "pytest", "-q", "-n", processes, "test_of_a_user.py", cwd=tmp_path, PYTHONPATH="")
        assert "8 passed" in output.splitlines()[-1], output


HTTP_LIBRARIES = (
    "httpx2>=2.12",
    "pytest-httpx",
    "vcrpy",
    "opentelemetry-sdk",
    "sentry-sdk>=2",
    "opentelemetry-instrumentation-httpx>=0.50b0",
)
"""What is used with httpx, in addition to what the extra `transports` installs."""
HELPERS = ("pytest>=9", "anyio", "respx", "ruamel.yaml", "harfile")
"""What the tests and the helpers of this repository import."""


def test_client_works_with_http_libraries(wheel: Path, tmp_path: Path) -> None:
    """Injected clients and transports, those of the extra, and tools that patch httpx."""
    extras = f"cometapi-suno[mock,transports] @ {wheel.as_uri()}"
    python = install(tmp_path / "venv", extras, *HTTP_LIBRARIES, *HELPERS)
    shutil.copy(HTTP_LIBRARY_TESTS, tmp_path / "test_http_libraries.py")
    options = ("-q", "-W", "error", "-p", "no:cacheprovider", "test_http_libraries.py")
    output = run(python, "-m", "pytest", *options, cwd=tmp_path, PYTHONPATH=str(ROOT))
    assert re.fullmatch(r"\d+ passed in .*", output.splitlines()[-1]), output
