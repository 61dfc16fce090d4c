"""Pytest fixtures and respx routes for the tests of users."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import respx
from cometapi_suno import AsyncSunoClient, BadRequestError, SunoClient
from cometapi_suno_mock import DEMO_KEY, FINISHED_CLIP, FINISHED_TASK, Gateway
from cometapi_suno_mock.respx_routes import add_routes

from contract_tests.suite.support.assert_installed_wheel import SEARCHED

A_USERS_TESTS = """
import time

import httpx
import pytest
from cometapi_suno import QuotaError
from cometapi_suno_mock import FINISHED_CLIP, Settings

PERSONA = dict(root_clip_id=FINISHED_CLIP, name="n", description="d", clips=[FINISHED_CLIP], is_public=False)


def test_a_persona(suno_client, suno_mock):
    assert suno_client.personas.create(**PERSONA).name == "n"
    assert [exchange.operation for exchange in suno_mock.exchanges] == ["createPersona"]


def test_fresh_gateway(suno_mock):
    assert not suno_mock.exchanges


@pytest.mark.anyio
async def test_async(async_suno_client):
    assert (await async_suno_client.personas.create(**PERSONA)).root_clip_id == FINISHED_CLIP


def test_a_wait(suno_client):
    began = time.monotonic()
    task = suno_client.tasks.wait(suno_client.lyrics.submit(prompt="x"))
    assert (task.status, time.monotonic() - began < 1) == ("SUCCESS", True)


@pytest.mark.anyio
async def test_an_async_wait(async_suno_client):
    began = time.monotonic()
    tasks = await async_suno_client.tasks.wait_all([await async_suno_client.lyrics.submit(prompt="x")])
    assert (tasks[0].status, time.monotonic() - began < 1) == ("SUCCESS", True)


def test_a_url(suno_mock_url):
    assert httpx.get(f"{suno_mock_url}/suno/fetch/x").status_code == 401


def test_respx(suno_routes, respx_mock):
    httpx.get("https://api.cometapi.com/suno/fetch/x")
    assert suno_routes["fetchTask"].called


class TestWithoutCredits:
    @pytest.fixture
    def suno_mock_settings(self):
        return Settings(credits=0, keys=("sk-poor",))

    def test_is_refused(self, suno_client):
        with pytest.raises(QuotaError):
            suno_client.personas.create(**PERSONA)


@pytest.fixture
def anyio_backend():
    return "asyncio"
"""


def run_pytest(folder: Path, *searched: Path) -> subprocess.CompletedProcess[str]:
    """Run the tests of a folder with the plugin, which pytest finds by its entry point."""
    # Other plugins with entry points are slow and do not matter here.
    others = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:schemathesis", "-p", "no:xdist")
    path = os.pathsep.join((*map(str, searched), SEARCHED))
    return subprocess.run(
        [sys.executable, "-m", "pytest", *others, "-q", "--rootdir", str(folder), str(folder)],
        capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": path}, cwd=folder,
    )  # fmt: skip


def test_user_tests_get_fixtures(tmp_path: Path) -> None:
    """The plugin is found by its entry point, as in a user's project."""
    (tmp_path / "test_theirs.py").write_text(A_USERS_TESTS, "utf-8")
    done = run_pytest(tmp_path)
    assert "8 passed" in done.stdout, done.stdout + done.stderr


WITHOUT_EXTRA = """
def test_that_needs_no_fixture():
    pass


def test_that_needs_the_mock(suno_client):
    pass
"""


def test_missing_extra_fails_fixture_only(tmp_path: Path) -> None:
    """`pip install cometapi-suno pytest` must not break the user's other tests."""
    for name in ("jsonschema_rs", "starlette", "uvicorn"):
        missing = f"raise ModuleNotFoundError(\"No module named '{name}'\", name='{name}')"
        (tmp_path / "stubs").mkdir(exist_ok=True)
        (tmp_path / "stubs" / f"{name}.py").write_text(missing, "utf-8")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_theirs.py").write_text(WITHOUT_EXTRA, "utf-8")
    done = run_pytest(tmp_path / "tests", tmp_path / "stubs")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 passed, 1 error" in done.stdout
    assert "cometapi_suno_mock needs further packages: pip install 'cometapi-suno[mock]'" in done.stdout
    assert "Traceback" not in done.stdout


LOADING = """
import sys, pytest
known = set(sys.modules)
import cometapi_suno_mock.pytest_plugin
print(*sorted(set(sys.modules) - known))
"""


def test_plugin_loads_nothing_else() -> None:
    """Pytest loads it in every run of every project that has the package installed."""
    environment = os.environ | {"PYTHONPATH": SEARCHED}
    command = [sys.executable, "-c", LOADING]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    expected = ["cometapi_suno_mock", "cometapi_suno_mock.pytest_plugin", "cometapi_suno_mock.seed_ids"]
    assert done.stdout.split() == expected


def test_respx_routes_answer(respx_mock: respx.MockRouter, gateway: Gateway) -> None:
    routes = add_routes(respx_mock, gateway)
    with SunoClient(api_key=DEMO_KEY) as client:
        assert client.tasks.get(FINISHED_TASK).task_id == FINISHED_TASK
        with pytest.raises(BadRequestError):
            client.tasks.get("a/b")
        client.clips.wav(FINISHED_CLIP)
    assert [routes[name].call_count for name in ("fetchTask", "getWav", "createPersona")] == [2, 1, 0]


@pytest.mark.anyio
async def test_respx_routes_answer_async_client(respx_mock: respx.MockRouter, gateway: Gateway) -> None:
    add_routes(respx_mock, gateway)
    async with AsyncSunoClient(api_key=DEMO_KEY) as client:
        assert (await client.tasks.get(FINISHED_TASK)).task_id == FINISHED_TASK


def test_respx_unknown_path_gets_page(respx_mock: respx.MockRouter, gateway: Gateway) -> None:
    add_routes(respx_mock, gateway, base_url="http://example.test/")
    answer = httpx.get("http://example.test/suno/nowhere?x=1")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_fault_applies_behind_respx(respx_mock: respx.MockRouter, gateway: Gateway) -> None:
    add_routes(respx_mock, gateway)
    gateway.faults.add("reset=after")
    with pytest.raises(httpx.ReadError):
        httpx.get(f"https://api.cometapi.com/suno/fetch/{FINISHED_TASK}")
