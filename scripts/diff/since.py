"""What has changed since the last release: in the description, in the client's names, and for the type checker."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import attrs

from scripts.diff.change import Change, Direction, Severity
from scripts.diff.client import PACKAGE, compare_clients
from scripts.diff.compare import compare
from scripts.diff.snapshot import ROOT, Snapshot, SnapshotError, extract, git, read

_USER: Final = Path("contract_tests/suite/client/typing/user_calls.py")
_VERSION: Final = re.compile(r"(\d+)\.(\d+)\.(\d+).*")


@attrs.frozen(order=True)
class Version:
    """A version by its three numbers; what follows them, as in `1.2.0rc1`, is on the way to it."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def after(self, worst: Severity | None) -> Version:
        """The lowest version that may follow, by the worst that has changed.

        Before 1.0.0 the middle number says what the first says later: a breaking change raises it, any other the last.
        """
        if worst is None:
            return self
        if worst is Severity.BREAKING:
            return Version(0, self.minor + 1, 0) if self.major == 0 else Version(self.major + 1, 0, 0)
        if worst is Severity.COMPATIBLE and self.major > 0:
            return Version(self.major, self.minor + 1, 0)
        return Version(self.major, self.minor, self.patch + 1)


def parse(text: str) -> Version:
    """A version, or a tag such as `v1.2.0`.

    Raises:
        SnapshotError: It is neither.
    """
    found = _VERSION.fullmatch(text.removeprefix("v"))
    if found is None:
        raise SnapshotError(f"{text!r} is no version: MAJOR.MINOR.PATCH.")
    return Version(int(found[1]), int(found[2]), int(found[3]))


def last_release(now: str, root: Path = ROOT) -> str | None:
    """The tag of the release before this state of the tree; None before the first.

    A tag of the version `now` on the very commit that is looked at is this release, not the one before.

    Raises:
        SnapshotError: The history is cut off, so nobody knows.
    """
    listed = git(root, "tag", "--list", "v*", "--merged", "HEAD")
    tags = [tag for tag in (listed or b"").decode().split() if _VERSION.fullmatch(tag.removeprefix("v"))]
    if not tags and git(root, "rev-parse", "--is-shallow-repository") == b"true\n":
        raise SnapshotError("the clone is shallow and has no tags. Fetch them: git fetch --unshallow --tags")
    here = (git(root, "tag", "--points-at", "HEAD") or b"").decode().split()
    clean = not git(root, "status", "--porcelain", "--", "openapi", "generated")
    earlier = [tag for tag in tags if not (clean and tag in here and parse(tag) == parse(now))]
    return max(earlier, key=parse, default=None)


@attrs.frozen
class Since:
    """Everything that has changed since a revision.

    Attributes:
        version: The version then: the tag's, or the description's where the revision is no tag of a version.
        old: The description then.
        new: The description now.
        changes: The worst first; what the description tells of is not told again of the client.
    """

    version: Version
    old: Snapshot
    new: Snapshot
    changes: list[Change]

    @property
    def worst(self) -> Severity | None:
        """The severity of the worst change; None when nothing has changed."""
        return self.changes[0].severity if self.changes else None


def since(revision: str, root: Path = ROOT, *, typed: bool = False) -> Since:
    """Compare the working tree with a revision.

    Args:
        revision: A tag or commit of the repository.
        root: The repository.
        typed: Ask too whether the revision's file of user-style calls still type-checks.

    Raises:
        SnapshotError: The revision, or the client at it, is not there.
        DescriptionError: One of the descriptions cannot be read.
    """
    old, new = read(revision, root), read(root / "openapi")
    changes = compare(old.data, new.data)
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        then = Path(folder)
        if not extract(revision, f"generated/{PACKAGE}", then, root):
            raise SnapshotError(f"{revision} has no generated/{PACKAGE}.")
        changes += _untold(compare_clients(then / "generated", root / "generated"), changes)
        if typed and extract(revision, str(_USER), then, root):
            changes += _typing(then / _USER, revision, root)
    named = revision if _VERSION.fullmatch(revision.removeprefix("v")) else str(old.data["info"]["version"])
    return Since(parse(named), old, new, sorted(changes, key=lambda change: list(Severity).index(change.severity)))


def _untold(names: list[Change], told: list[Change]) -> list[Change]:
    """The changes of names that no change of the description explains."""
    known = {symbol for change in told for symbol in change.symbols if change.severity is not Severity.DOCUMENTATION}

    def explained(name: str) -> bool:
        owners = {name[: found.start()] for found in re.finditer(r"[.(]", name)}
        return bool({name, *owners} & known)

    return [change for change in names if not any(explained(symbol) for symbol in change.symbols)]


def _typing(user: Path, revision: str, root: Path) -> list[Change]:
    """Whether what users wrote by the old version still type-checks."""
    command = [sys.executable, "-m", "mypy", "--config-file=", "--strict", "--no-error-summary", user.name]
    environment = {**os.environ, "MYPYPATH": str(root / "generated"), "MYPY_CACHE_DIR": str(user.parent / "cache")}
    done = subprocess.run(command, cwd=user.parent, env=environment, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return []
    if done.returncode != 1:
        raise SnapshotError(f"mypy could not check {_USER} of {revision}: {(done.stderr or done.stdout).strip()}")
    told = [line for line in done.stdout.splitlines() if ": error:" in line] or [done.stdout.strip()]
    return [
        Change(
            severity=Severity.BREAKING,
            kind="client-typing",
            direction=Direction.BOTH,
            operations=(),
            old=None,
            new=None,
            sentence=f"User code of {revision} no longer type-checks: {line}",
        )
        for line in told
    ]
