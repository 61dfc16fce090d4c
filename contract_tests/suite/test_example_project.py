"""Do the projects in `examples/` work with only the wheel and its extra?"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from contract_tests.suite.support.wheel import ROOT, install, run

pytestmark = pytest.mark.slow

PROJECTS = sorted(path.parent for path in (ROOT / "examples").glob("*/pyproject.toml"))


def test_example_projects_exist() -> None:
    assert PROJECTS


@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.name)
def test_example_project_passes_on_wheel(wheel: Path, project: Path, tmp_path: Path) -> None:
    """In an empty environment with the wheel, its mock extra, and what the project names."""
    copy = tmp_path / project.name
    wanted = ("-r", project / "pyproject.toml", "--group", f"{project / 'pyproject.toml'}:dev")
    python = install(tmp_path / "venv", f"cometapi-suno[mock] @ {wheel.as_uri()}", *wanted)
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    output = run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=copy, PYTHONPATH="")
    last = output.splitlines()[-1]
    assert "passed" in last
    assert not any(word in last for word in ("skipped", "failed", "error", "xfailed"))
    assert "site-packages" in run(python, "-c", "import cometapi_suno; print(cometapi_suno.__file__)", cwd=copy)
