"""A clone of this repository to try a change in, run with this interpreter's packages and the clone's own code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


class Scratch:
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
        """The version that the description says."""
        found = re.search(r"^  version: (\S+)", (self.root / "openapi" / "suno.yaml").read_text("utf-8"), re.MULTILINE)
        assert found is not None
        return found[1]

    def git(self, *arguments: str) -> str:
        return self._run(["git", *arguments], self.root)

    def python(self, *arguments: str, status: int = 0) -> str:
        """What a run of this interpreter prints, with the clone's packages before those installed."""
        done = self.command([sys.executable, *arguments])
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def command(self, command: list[str] | str) -> subprocess.CompletedProcess[str]:
        """Any command in the clone; a text is run by a shell."""
        path = os.pathsep.join(str(self.root / name) for name in ("", "generated", "contract_tests"))
        environment = {
            **os.environ,
            "PYTHONPATH": path,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        return subprocess.run(
            command,
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            shell=isinstance(command, str),
        )

    @staticmethod
    def _run(command: list[str], folder: Path) -> str:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
