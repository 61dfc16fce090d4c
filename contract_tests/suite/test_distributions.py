"""What is in the wheel and the sdist: nothing more, nothing less, and the same bytes from every clone."""

from __future__ import annotations

import email
import json
import sys
import tarfile
import zipfile
from email.message import Message
from pathlib import Path

import pytest
from cometapi_suno import __version__

from contract_tests.suite.support.wheel import ROOT, build, run

PACKAGES = ("generated/cometapi_suno", "contract_tests/cometapi_suno_mock")
NOTES = ("x-evidence", "x-doubt", "x-sources", "x-required-because", "x-workflow", "x-coverage")
CLIENT_NEEDS = {"attrs", "httpcore", "httpx"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sdist(wheel: Path) -> Path:
    (found,) = wheel.parent.glob("*.tar.gz")
    return found


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as opened:
        return email.message_from_bytes(opened.read(f"cometapi_suno-{__version__}.dist-info/METADATA"))


def sources(package: str) -> set[str]:
    """Return the files of a package in this tree."""
    paths = (path for path in (ROOT / package).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT).as_posix() for path in paths}


def test_wheel_contents(wheel: Path) -> None:
    packages = {name.partition("/")[2] for package in PACKAGES for name in sources(package)}
    about = ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")
    expected = packages | {f"cometapi_suno-{__version__}.dist-info/{name}" for name in about}
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
    assert set(names) == expected | {"cometapi_suno_mock/openapi.json", "cometapi_suno_mock/arazzo.json"}
    assert len(names) == len(set(names))
    assert {"cometapi_suno/py.typed", "cometapi_suno_mock/py.typed"} < packages
    assert not [name for name in names if "/test" in name or name.endswith(("conftest.py", ".yaml", ".jinja"))]


def test_sdist_contents(sdist: Path) -> None:
    made_of = {name for package in PACKAGES for name in sources(package)}
    other_files = {"CHANGELOG.md", "LICENSE", "README.md", "pyproject.toml"}
    other_files |= {"generated/openapi.json", "generated/arazzo.json"}
    # hatchling adds its own metadata, and the ignore file by which it chose.
    other_files |= {"scripts/release/build_hook.py", "PKG-INFO", ".gitignore"}
    with tarfile.open(sdist) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    assert names == made_of | other_files


def test_maintainer_notes_do_not_ship(wheel: Path, sdist: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        in_wheel = opened.read("cometapi_suno_mock/openapi.json").decode()
    with tarfile.open(sdist) as opened:
        member = opened.extractfile(f"cometapi_suno-{__version__}/generated/openapi.json")
        assert member is not None
        in_sdist = member.read().decode()
    noted = (ROOT / "generated" / "openapi.json").read_text("utf-8")
    assert in_wheel == in_sdist
    assert json.loads(in_wheel)["paths"].keys() == json.loads(noted)["paths"].keys()
    for note in NOTES:
        assert f'"{note}":' in noted
        assert f'"{note}":' not in in_wheel


def test_metadata_is_complete(metadata: Message) -> None:
    said = {name: metadata[name] for name in ("Name", "Version", "Requires-Python", "License-Expression")}
    assert said == {
        "Name": "cometapi-suno",
        "Version": __version__,
        "Requires-Python": ">=3.11",
        "License-Expression": "MIT",
    }
    assert metadata["License-File"] == "LICENSE"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata.get_payload() == (ROOT / "README.md").read_text("utf-8")
    assert "Typing :: Typed" in metadata.get_all("Classifier", [])
    assert metadata.get_all("Provides-Extra") == ["cli", "mock", "speed", "transports"]


def test_plain_install_needs_only_httpx_and_attrs(metadata: Message) -> None:
    wanted: list[str] = metadata.get_all("Requires-Dist", [])
    plain = {each.split(">")[0].split("<")[0] for each in wanted if "extra ==" not in each}
    assert plain == CLIENT_NEEDS


def test_twine_accepts_wheel_and_sdist(wheel: Path, sdist: Path) -> None:
    output = run(sys.executable, "-m", "twine", "check", "--strict", wheel, sdist)
    assert output.count("PASSED") == 2


def test_clones_build_same_bytes(tmp_path: Path) -> None:
    """Also with newer files and another umask."""
    epoch = run("git", "log", "-1", "--format=%ct").strip()
    made: list[dict[str, bytes]] = []
    for name, mask in (("one", "022"), ("another/place", "077")):
        clone, dist = tmp_path / name, tmp_path / f"{name}-dist"
        run("bash", "-c", f'umask {mask}; git clone --quiet "$0" "$1"', ROOT, clone)
        build(dist, tree=clone, epoch=epoch)
        made.append({path.name: path.read_bytes() for path in dist.iterdir()})
    assert len(made[0]) == 2
    assert made[0] == made[1]
