"""Do the projects in `examples/` work with only the wheel and its extra?"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from contract_tests.suite.support.wheel import ROOT, install, run

pytestmark = pytest.mark.slow

PROJECTS = sorted(path.parent for path in (ROOT / "examples").glob("*/pyproject.toml"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python of an empty environment with the wheel, its mock extra, and pytest."""
    return install(tmp_path_factory.mktemp("empty") / "venv", f"cometapi-suno[mock] @ {wheel.as_uri()}", "pytest>=8")


def test_example_projects_exist() -> None:
    assert PROJECTS


@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.name)
def test_example_project_passes_on_wheel(python: Path, project: Path, tmp_path: Path) -> None:
    copy = tmp_path / project.name
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    output = run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=copy, PYTHONPATH="")
    last = output.splitlines()[-1]
    assert "passed" in last
    assert not any(word in last for word in ("skipped", "failed", "error", "xfailed"))
    assert "site-packages" in run(python, "-c", "import cometapi_suno; print(cometapi_suno.__file__)", cwd=copy)
