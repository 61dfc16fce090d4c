"""`python -m scripts.release.dependency_matrix`: test the built wheel with the lowest, locked or newest dependencies.

`lowest` installs the lowest version that each direct dependency allows, `locked` those of the lock, `newest` the newest
that exist. Each lane has a separate environment, and the packages of the tree are not on its path.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
LANES: Final = ("lowest", "locked", "newest")
EXTRAS: Final = "mock,speed"
LISTED: Final = ["attrs", "httpx", "httptools", "jsonschema-rs", "orjson", "starlette", "uvicorn", "uvloop"]
# Without this option pytest would find the packages of the tree before those of the wheel.
PYTEST: Final = ("-m", "pytest", "-o", "pythonpath=.", "-p", "no:cacheprovider", "-n", "auto", "--dist", "worksteal")
_UV: Final = Path(sys.executable).with_name("uv")


def main(arguments: list[str] | None = None) -> int:
    """Run the verb."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.release.dependency_matrix", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("lane", choices=LANES)
    parser.add_argument("--python", default=sys.executable, help="the interpreter, or its version")
    parser.add_argument("pytest", nargs="+", help="arguments for pytest after `--`: the tests of the lane")
    options = parser.parse_args(arguments)
    folder = ROOT / "build" / "lanes" / options.lane
    try:
        shutil.rmtree(folder, ignore_errors=True)
        _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist")
        (wheel,) = (folder / "dist").glob("*.whl")
        _run(_UV, "venv", "--quiet", "--python", options.python, folder / "venv")
        python = folder / "venv" / "bin" / "python"
        _install_wheel(options.lane, wheel, python)
        _print_versions(options.lane, python)
        _run(python, *PYTEST, *options.pytest)
    except subprocess.CalledProcessError as error:
        print(f"lane {options.lane}: failed: {shlex.join(error.cmd)}", file=sys.stderr)
        return 1
    return 0


def _install_wheel(lane: str, wheel: Path, python: Path) -> None:
    """Install the wheel, its extras and the test tools into the lane's environment."""
    install = (_UV, "pip", "install", "--quiet", "--python", python)
    if lane == "locked":
        _run(*install, "--require-hashes", "-r", ROOT / "scripts" / "requirements" / "dev.txt")
        _run(*install, "--no-deps", wheel)
    elif lane == "newest":
        _run(*install, f"cometapi-suno[{EXTRAS}] @ {wheel.as_uri()}", "--group", f"{ROOT / 'pyproject.toml'}:dev")
    else:
        pins = wheel.with_name("lowest.txt")
        compile_ = (_UV, "pip", "compile", "--quiet", "--python", python, "--no-emit-index-url", "--all-extras")
        _run(*compile_, "--resolution", "lowest-direct", ROOT / "pyproject.toml", "-o", pins)
        _run(*install, "-r", pins, "--group", f"{ROOT / 'pyproject.toml'}:suite")
        _run(*install, "--no-deps", wheel)


def _print_versions(lane: str, python: Path) -> None:
    """Print the versions that the tests run with."""
    installed = _run(_UV, "pip", "list", "--quiet", "--python", python, "--format", "freeze", read=True).split()
    listed = [each for each in installed if each.partition("==")[0] in LISTED]
    version = _run(python, "-c", "import platform; print(platform.python_version())", read=True).strip()
    print(f"lane {lane}: Python {version}, {', '.join(listed)}", flush=True)


def _run(*command: str | Path, read: bool = False) -> str:
    """Run a command in the repository, without the caller's PYTHONPATH; with `read`, return its output."""
    words, stdout = [str(word) for word in command], subprocess.PIPE if read else None
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(words, cwd=ROOT, env=environment, check=True, text=True, stdout=stdout)
    return done.stdout or ""


if __name__ == "__main__":
    sys.exit(main())
