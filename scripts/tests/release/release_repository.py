"""A small repository with a description, a client and a changelog, to release from in tests."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Final

from scripts.tests.diff.diff_sample import sample

CLIENT: Final = """
class Song:
    id: str


class SongsResource:
    def create(self, *, title: str, mood: str = "calm", **options: object) -> Song:
        raise NotImplementedError(title, mood, options)


class SunoClient:
    songs: SongsResource
"""
CHANGELOG: Final = "# Changelog\n\n## [Unreleased]\n\n- Something.\n"


class Repository:
    """A git repository in a folder, with one commit."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "--quiet", "--initial-branch=main")
        self.describe({})
        self.write(
            "generated/cometapi_suno/__init__.py", 'from .client import SunoClient\n\n__all__ = ["SunoClient"]\n'
        )
        self.write("generated/cometapi_suno/client.py", CLIENT)
        self.write("generated/cometapi_suno/py.typed", "")
        self.write("CHANGELOG.md", CHANGELOG)
        self.write("README.md", "pip install songs\n")
        self.write("pyproject.toml", '[project.urls]\nRepository = "https://songs.example"\n')
        self.commit()

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def describe(self, edits: dict[str, Any]) -> None:
        """Write the description, with other values at some JSON pointers."""
        self.write("openapi/suno.yaml", json.dumps(sample(edits), indent=1))

    def commit(self, tag: str = "") -> None:
        """Commit everything, and tag it."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "Change something")
        if tag:
            self.git("tag", tag)

    def git(self, *arguments: str) -> str:
        """Run git without the user's settings."""
        names = ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL")
        environment = {
            **os.environ,
            **{f"GIT_{name}": "tests@songs.example" for name in names},
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout
