"""`python -m scripts.release.dependency_matrix`: test the built wheel with the lowest, locked or newest dependencies.

`lowest` takes the lowest version that each direct dependency allows, `locked` those of the lock, `newest` the newest
there are. Each lane has an environment of its own; the tree's packages are not on its path.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
LANES: Final = ("lowest", "locked", "newest")
EXTRAS: Final = "mock,speed"
SHOWN: Final = ["attrs", "httpx", "httptools", "jsonschema-rs", "orjson", "starlette", "uvicorn", "uvloop"]

_SUITE: Final = ("client", "mock", "test_client_outside.py", "test_readme.py", "test_workflow.py")
# These make bodies with schemathesis, whose own pins allow no lowest lane.
_WITH_SCHEMATHESIS: Final = ("test_client_reads.py", "test_client_sends.py")
_UV: Final = Path(sys.executable).with_name("uv")


def main(arguments: list[str] | None = None) -> int:
    """Run the verb."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.release.dependency_matrix", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("lane", choices=LANES)
    parser.add_argument("--python", default=sys.executable, help="the interpreter, or its version")
    parser.add_argument("tests", nargs="*", help="arguments for pytest instead of the lane's tests")
    options = parser.parse_args(arguments)
    folder = ROOT / "build" / "lanes" / options.lane
    try:
        shutil.rmtree(folder, ignore_errors=True)
        _call(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist")
        (wheel,) = (folder / "dist").glob("*.whl")
        _call(_UV, "venv", "--quiet", "--python", options.python, folder / "venv")
        python = folder / "venv" / "bin" / "python"
        _install(options.lane, wheel, python)
        _tell(options.lane, python)
        _call(python, *_pytest(options.lane, options.tests))
    except subprocess.CalledProcessError as error:
        print(f"lane {options.lane}: failed: {shlex.join(error.cmd)}", file=sys.stderr)
        return 1
    return 0


def _install(lane: str, wheel: Path, python: Path) -> None:
    """Put the wheel, its extras and the test tools into the lane's environment."""
    install = (_UV, "pip", "install", "--quiet", "--python", python)
    if lane == "locked":
        _call(*install, "--require-hashes", "-r", ROOT / "scripts" / "requirements" / "dev.txt")
        _call(*install, "--no-deps", wheel)
    elif lane == "newest":
        _call(*install, f"cometapi-suno[{EXTRAS}] @ {wheel.as_uri()}", "--group", f"{ROOT / 'pyproject.toml'}:dev")
    else:
        pins = wheel.with_name("lowest.txt")
        compile_ = (_UV, "pip", "compile", "--quiet", "--python", python, "--no-emit-index-url", "--all-extras")
        _call(*compile_, "--resolution", "lowest-direct", ROOT / "pyproject.toml", "-o", pins)
        _call(*install, "-r", pins, "--group", f"{ROOT / 'pyproject.toml'}:suite")
        _call(*install, "--no-deps", wheel)


def _tell(lane: str, python: Path) -> None:
    """Say beside what the tests run."""
    listed = _call(_UV, "pip", "list", "--quiet", "--python", python, "--format", "freeze", quiet=True).split()
    shown = [each for each in listed if each.partition("==")[0] in SHOWN]
    version = _call(python, "-c", "import platform; print(platform.python_version())", quiet=True).strip()
    print(f"lane {lane}: Python {version}, {', '.join(shown)}", flush=True)


def suite(lane: str) -> list[str]:
    """The tests of a lane, by their place in the repository."""
    names = _SUITE if lane == "lowest" else (*_SUITE, *_WITH_SCHEMATHESIS)
    return [f"contract_tests/suite/{name}" for name in names]


def _pytest(lane: str, tests: Sequence[str]) -> list[str | Path]:
    """The command that runs the tests without the tree's packages on the path, and proves it."""
    command = (
        "-m",
        "pytest",
        "-o",
        "pythonpath=.",
        "-p",
        "contract_tests.suite.support.assert_installed_wheel",
        "-p",
        "no:cacheprovider",
    )
    return [*command, "-n", "auto", "--dist", "worksteal", *(tests or suite(lane))]


def _call(*command: str | Path, quiet: bool = False) -> str:
    """Run a command in the repository, free of the paths of whoever calls; what it prints when `quiet`."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    words = [str(word) for word in command]
    done = subprocess.run(
        words, cwd=ROOT, env=environment, check=True, text=True, stdout=subprocess.PIPE if quiet else None
    )
    return done.stdout or ""


if __name__ == "__main__":
    sys.exit(main())
