"""Does the wheel work alone in an empty environment?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cometapi_suno_mock import DEMO_KEY, Gateway

from contract_tests.suite.support.readme import example
from contract_tests.suite.support.wheel import ROOT, UV, install, run

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

EVERY_MODULE = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
names = [each.name for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
print(1 + len([importlib.import_module(name) for name in names]))
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python of an empty environment with only the wheel."""
    return install(tmp_path_factory.mktemp("empty") / "venv", wheel)


def site_packages(python: Path) -> Path:
    """Return the site-packages folder of an environment."""
    return Path(run(python, "-I", "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])").strip())


def test_wheel_installs_only_httpx_and_attrs(python: Path) -> None:
    listed = json.loads(run(UV, "pip", "list", "--python", python, "--format", "json"))
    names = {entry["name"] for entry in listed}
    assert {"attrs", "cometapi-suno", "httpx"} <= names <= ALLOWED


def test_installed_client_is_small(python: Path) -> None:
    """Size of the source files; bytecode adds one and a half times that."""
    files = [path for path in (site_packages(python) / "cometapi_suno").rglob("*") if path.suffix in {".py", ".typed"}]
    assert len(files) > 50
    assert sum(path.stat().st_size for path in files) < 700_000


def test_client_modules_import_without_warning(wheel: Path, tmp_path: Path) -> None:
    python = install(tmp_path / "venv", f"cometapi-suno[cli] @ {wheel.as_uri()}")
    output = run(python, "-I", "-W", "error", "-X", "dev", "-c", EVERY_MODULE, "cometapi_suno")
    assert int(output) == len([*(site_packages(python) / "cometapi_suno").rglob("*.py")]) > 50


def test_mock_modules_import_without_warning(wheel: Path, tmp_path: Path) -> None:
    python = install(tmp_path / "venv", f"cometapi-suno[mock] @ {wheel.as_uri()}", "pytest>=9", "respx>=0.23")
    output = run(python, "-I", "-W", "error", "-X", "dev", "-c", EVERY_MODULE, "cometapi_suno_mock")
    assert int(output) == len([*(site_packages(python) / "cometapi_suno_mock").rglob("*.py")]) > 30


def test_mock_names_missing_extra(python: Path) -> None:
    done = subprocess.run(
        [python, "-I", "-m", "cometapi_suno_mock"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("needs further packages: pip install 'cometapi-suno[mock]'")


def test_readme_example_runs_on_wheel(python: Path, gateway: Gateway, tmp_path: Path) -> None:
    code = tmp_path / "example.py"
    code.write_text(example("create-persona"), "utf-8")
    with gateway.serve() as url:
        printed = run(python, "-I", code, COMETAPI_BASE_URL=url, COMETAPI_KEY=DEMO_KEY)
    assert len(printed.strip()) == 36


def test_wheel_is_what_was_tested(python: Path) -> None:
    place = run(python, "-I", "-c", "import cometapi_suno; print(cometapi_suno.__file__)")
    assert "site-packages" in place


def test_run_with_the_tree_s_packages_ends_at_once() -> None:
    """The plugin of `make lane` proves that the tests see the wheel."""
    path = os.pathsep.join(str(ROOT / name) for name in ("generated", "contract_tests"))
    plugin = "contract_tests.suite.support.assert_installed_wheel"
    command = [sys.executable, "-m", "pytest", "-p", plugin, "contract_tests/suite/test_readme.py"]
    environment = os.environ | {"PYTHONPATH": path}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"cometapi_suno comes from {ROOT / 'generated'}" in done.stderr
    assert "passed" not in done.stdout
