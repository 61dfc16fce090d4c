"""Can a version pin be trusted? A pinned project passes after a compatible release; mypy reports a breaking one.

Three releases are made in a clone by editing only the description: the current one, one with a new field, and one with
a renamed field. The project is `examples/lullaby` with a version pin.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cometapi_suno import __version__

from contract_tests.suite.support.readme import example
from contract_tests.suite.support.wheel import ROOT, build, install, run
from scripts.diff.change import Severity
from scripts.release.since_release import parse_version

COMPATIBLE, BREAKING = (
    str(parse_version(__version__).next_after(worst)) for worst in (Severity.COMPATIBLE, Severity.BREAKING)
)
PROPERTIES = "      properties:\n"
# In which component, what, and what instead.
EDITS = {
    COMPATIBLE: ("    Persona:\n", PROPERTIES, f"{PROPERTIES}        mood: {{type: string, description: Mood.}}\n"),
    BREAKING: ("    Clip:\n", "        audio_url:", "        sound_url:"),
}

pytestmark = pytest.mark.slow


def edit(text: str, version: str) -> str:
    """Return the description with another version and its change in one component."""
    component, old, new = EDITS[version]
    head, found, tail = text.partition(f"\n{component}")
    assert found
    assert old in tail
    head, count = re.subn(r"(?m)^(  version: ).*$", rf"\g<1>{version}", head, count=1)
    assert count == 1
    return f"{head}{found}{tail.replace(old, new, 1)}"


@pytest.fixture(scope="module")
def releases(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the wheels of the releases."""
    clone, folder = tmp_path_factory.mktemp("clone") / "project", tmp_path_factory.mktemp("wheels")
    run("git", "clone", "--quiet", ROOT, clone)
    shutil.copy(wheel, folder)
    description = clone / "openapi" / "suno.yaml"
    text = description.read_text("utf-8")
    for version in (COMPATIBLE, BREAKING):
        description.write_text(edit(text, version), "utf-8")
        run(sys.executable, "-m", "scripts.generate", cwd=clone)
        shutil.copy(build(clone / "dist" / version, tree=clone), folder)
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example project with a version pin."""
    folder = tmp_path_factory.mktemp("theirs") / "lullaby"
    shutil.copytree(
        ROOT / "examples" / "lullaby", folder, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache")
    )
    about = folder / "pyproject.toml"
    about.write_text(about.read_text("utf-8").replace('["cometapi-suno"]', f'["{pin()}"]'), "utf-8")
    return folder


def pin() -> str:
    """Return a pin on compatible releases: `~=1.2` or, before 1.0.0, `~=0.1.0`."""
    now = parse_version(__version__)
    return f"cometapi-suno~={now}" if now.major == 0 else f"cometapi-suno~={now.major}.{now.minor}"


def environment(folder: Path, releases: Path, *wanted: str) -> Path:
    """Create an environment with a release and the test requirements of the project."""
    return install(folder, "--find-links", releases, "--refresh-package", "cometapi-suno", *wanted, "pytest>=9")


def checked(python: Path, project: Path) -> subprocess.CompletedProcess[str]:
    """Run the type check of the project."""
    cache = ("--cache-dir", str(python.parents[2] / "cache"))
    command = [sys.executable, "-m", "mypy", "--strict", *cache, "--python-executable", str(python), "lullaby.py"]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def test_pin_accepts_compatible_release(releases: Path, project: Path, tmp_path: Path) -> None:
    python = environment(tmp_path / "venv", releases, pin(), "cometapi-suno[mock]")
    assert run(python, "-c", "import cometapi_suno; print(cometapi_suno.__version__)").strip() == COMPATIBLE
    assert "mood" in run(python, "-c", "from cometapi_suno import Persona; print(Persona.__annotations__)")
    output = run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=project, PYTHONPATH="")
    assert re.search(r"^\d+ passed", output.splitlines()[-1])
    assert checked(python, project).returncode == 0


def test_type_checker_reports_breaking_change(releases: Path, project: Path, tmp_path: Path) -> None:
    python = environment(tmp_path / "venv", releases, f"cometapi-suno=={BREAKING}")
    output = checked(python, project)
    assert output.returncode == 1
    errors = [line for line in output.stdout.splitlines() if "error:" in line]
    assert len(errors) == 1
    assert re.search(r'"Clip" has no attribute "audio_url".*\[attr-defined\]', errors[0])


def test_old_client_works_with_new_gateway(releases: Path, tmp_path: Path) -> None:
    old = install(tmp_path / "old", *releases.glob(f"*-{__version__}-*.whl"))
    new = environment(tmp_path / "new", releases, f"cometapi-suno[mock]=={COMPATIBLE}")
    code = tmp_path / "example.py"
    code.write_text(example("create-persona"), "utf-8")
    command = [str(new), "-m", "cometapi_suno_mock", "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as gateway:
        assert gateway.stdout is not None
        try:
            url = re.search(r"http://127\.0\.0\.1:\d+", gateway.stdout.readline() + gateway.stdout.readline())
            assert url is not None
            printed = run(old, "-I", code, COMETAPI_BASE_URL=url[0], COMETAPI_KEY="sk-mock")
        finally:
            gateway.terminate()
    assert len(printed.strip()) == 36
