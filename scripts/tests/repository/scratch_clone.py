"""A clone of this repository to try a change in, run with this interpreter's packages and the clone's own code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


class ScratchClone:
    """A clone whose first commit is the work tree as it is, released as its version."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "clone"
        self._run(["git", "clone", "--quiet", "--no-tags", "--depth=1", f"file://{ROOT}", str(self.root)], folder)
        changed = self._run(["git", "diff", "HEAD", "--binary"], ROOT)
        if changed:
            subprocess.run(["git", "apply", "--binary"], cwd=self.root, input=changed, text=True, check=True)
        self.git("config", "user.name", "Somebody")
        self.git("config", "user.email", "somebody@localhost")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "The last release")
        self.git("tag", f"v{self.version}")

    @property
    def version(self) -> str:
        """The version in the description."""
        found = re.search(r"^  version: (\S+)", (self.root / "openapi" / "suno.yaml").read_text("utf-8"), re.MULTILINE)
        assert found is not None
        return found[1]

    def git(self, *arguments: str) -> str:
        """Run git in the clone."""
        return self._run(["git", *arguments], self.root)

    def python(self, *arguments: str, status: int = 0) -> str:
        """Run this interpreter in the clone and return its output."""
        return self._expect([sys.executable, *arguments], status)

    def make(self, target: str, *variables: str) -> str:
        """Run a verb of the Makefile without making an environment, and return its output."""
        done = [f"--old-file=.venv/.{name}" for name in ("dev", "docs", "check")]
        return self._expect(["make", *done, f"RUN={sys.executable}", target, *variables], 0)

    def command(self, command: list[str] | str) -> subprocess.CompletedProcess[str]:
        """Run a command in the clone, with the clone's packages before the installed ones. A text is run by a shell."""
        settings = tomllib.loads((self.root / "pyproject.toml").read_text("utf-8"))
        folders = settings["tool"]["pytest"]["ini_options"]["pythonpath"]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(str(self.root / name) for name in folders),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTEST_XDIST_AUTO_NUM_WORKERS": "0",  # in its own process: this test is one of several that run at once
        }
        for name in ("PYTHONDONTWRITEBYTECODE", "MAKELEVEL"):
            environment.pop(name, None)
        return subprocess.run(
            command,
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            shell=isinstance(command, str),
        )

    def _expect(self, command: list[str], status: int) -> str:
        done = self.command(command)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    @staticmethod
    def _run(command: list[str], folder: Path) -> str:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
