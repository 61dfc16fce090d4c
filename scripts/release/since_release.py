"""What has changed since a release: in the description, in the client's public names, and for the type checker."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs
import griffe

from scripts.diff.change import ORDER, Change, Direction, Severity
from scripts.diff.compare import compare
from scripts.diff.snapshot import ROOT, Snapshot, SnapshotError, extract, git, read

PACKAGE: Final = "cometapi_suno"
# The file of calls as users write them, in whatever folder a revision keeps it.
_USER_CALLS: Final = "user_calls.py"
_VERSION: Final = re.compile(r"(\d+)\.(\d+)\.(\d+).*")
# What griffe reports about a name that is still there.
_BREAKAGES: Final = {
    griffe.BreakageKind.PARAMETER_MOVED: "has an argument in another place",
    griffe.BreakageKind.PARAMETER_CHANGED_KIND: "takes an argument in another way",
    griffe.BreakageKind.PARAMETER_CHANGED_DEFAULT: "has another default",
    griffe.BreakageKind.PARAMETER_CHANGED_REQUIRED: "must be given now",
    griffe.BreakageKind.PARAMETER_ADDED_REQUIRED: "is new, and must be given",
    griffe.BreakageKind.OBJECT_CHANGED_KIND: "is something else now",
    griffe.BreakageKind.CLASS_REMOVED_BASE: "no longer derives from all that it derived from",
}
_RESOURCE: Final = re.compile(r"resources\.(\w+)\.(?:Async)?\w+?Resource(?:WithRawResponse)?\.(.+)")
_RESOURCES: Final = re.compile(r".*Resource(WithRawResponse)?")
# Classes are imported from the package itself, wherever they are written.
_CLASS: Final = re.compile(r"(?:models|resources|client|errors)(?:\.[a-z]\w*)?\.([A-Z][A-Z0-9]*[a-z]\w*(?:\..+)?)")


@attrs.frozen(order=True)
class Version:
    """A version by its three numbers; what follows them, as in `1.2.0rc1`, is on the way to it."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def next_after(self, worst: Severity | None) -> Version:
        """Return the lowest version that may follow, by the worst that has changed.

        Before 1.0.0 the middle number says what the first says later: a breaking change raises it, any other the last.
        """
        if worst is None:
            return self
        if worst is Severity.BREAKING:
            return Version(0, self.minor + 1, 0) if self.major == 0 else Version(self.major + 1, 0, 0)
        if worst is Severity.COMPATIBLE and self.major > 0:
            return Version(self.major, self.minor + 1, 0)
        return Version(self.major, self.minor, self.patch + 1)


def parse_version(text: str) -> Version:
    """Parse a version, or a tag such as `v1.2.0`.

    Raises:
        SnapshotError: It is neither.
    """
    found = _VERSION.fullmatch(text.removeprefix("v"))
    if found is None:
        raise SnapshotError(f"{text!r} is not a version: MAJOR.MINOR.PATCH.")
    return Version(int(found[1]), int(found[2]), int(found[3]))


def find_last_release(now: str, root: Path = ROOT) -> str | None:
    """Return the tag of the release before this state of the tree; None before the first.

    A tag of the version `now` on the commit that is checked out is this release, not the one before.

    Raises:
        SnapshotError: The history is cut off, so that its tags are not known.
    """
    listed = git(root, "tag", "--list", "v*", "--merged", "HEAD")
    tags = [tag for tag in (listed or b"").decode().split() if _VERSION.fullmatch(tag.removeprefix("v"))]
    if not tags and git(root, "rev-parse", "--is-shallow-repository") == b"true\n":
        raise SnapshotError("the clone is shallow and has no tags. Fetch them: git fetch --unshallow --tags")
    here = (git(root, "tag", "--points-at", "HEAD") or b"").decode().split()
    clean = not git(root, "status", "--porcelain", "--", "openapi", "generated")
    earlier = [tag for tag in tags if not (clean and tag in here and parse_version(tag) == parse_version(now))]
    return max(earlier, key=parse_version, default=None)


@attrs.frozen
class ReleaseComparison:
    """Everything that has changed since a revision.

    Attributes:
        version: The version then: the tag's, or the description's where the revision is not a tag of a version.
        old: The description then.
        new: The description now.
        changes: The worst first; what follows from the description is not repeated for the client.
    """

    version: Version
    old: Snapshot
    new: Snapshot
    changes: list[Change]

    @property
    def worst(self) -> Severity | None:
        """The severity of the worst change; None when nothing has changed."""
        return self.changes[0].severity if self.changes else None


def compare_with_release(revision: str, root: Path = ROOT, *, typed: bool = False) -> ReleaseComparison:
    """Compare the working tree with a revision.

    Args:
        revision: A tag or commit of the repository.
        root: The repository.
        typed: Check too whether the revision's file of user calls still type-checks.

    Raises:
        SnapshotError: The revision, or the client at it, is not there.
        DescriptionFileError: One of the descriptions cannot be read.
    """
    old, new = read(revision, root), read(root / "openapi")
    changes = compare(old.data, new.data)
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        then = Path(folder)
        if not extract(revision, f"generated/{PACKAGE}", then, root):
            raise SnapshotError(f"{revision} has no generated/{PACKAGE}.")
        changes += _leave_out_explained(compare_clients(then / "generated", root / "generated"), changes)
        for user in _find_user_calls(revision, root) if typed else []:
            if extract(revision, user, then, root):
                changes += _check_types(then / user, user, revision, root)
    named = revision if _VERSION.fullmatch(revision.removeprefix("v")) else str(old.data["info"]["version"])
    return ReleaseComparison(
        parse_version(named), old, new, sorted(changes, key=lambda change: ORDER.index(change.severity))
    )


def compare_clients(old: Path, new: Path) -> list[Change]:
    """Return the changes of the public names, from the folders that hold the package.

    Names that are gone are breaking, and so is what griffe finds in the calls that are left; new names are compatible.
    """
    before, after = _load(old), _load(new)
    was, now = set(_find_names(before)), set(_find_names(after))
    gone = sorted({_name_uniquely(name, now) for name in was - now})
    found = {name: _make_change(Severity.BREAKING, "client-removed", f"`{name}` is gone.", name) for name in gone}
    for breakage in griffe.find_breaking_changes(before, after):
        said = _BREAKAGES.get(breakage.kind)
        name = _symbol(breakage.obj.path)
        parameter = getattr(breakage.new_value, "name", "") if breakage.kind.name.startswith("PARAMETER") else ""
        name = f"{name}({parameter}=)" if parameter else name
        if said is not None and name not in found:
            found[name] = _make_change(Severity.BREAKING, "client-changed", f"`{name}` {said}.", name)
    for name in sorted({_name_uniquely(name, was) for name in now - was}):
        found.setdefault(name, _make_change(Severity.COMPATIBLE, "client-added", f"`{name}` is new.", name))
    return sorted(found.values(), key=lambda change: (change.severity is not Severity.BREAKING, change.symbols))


def _leave_out_explained(names: list[Change], changes: list[Change]) -> list[Change]:
    """Return the changes of names that no change of the description explains."""
    known = {symbol for each in changes for symbol in each.symbols if each.severity is not Severity.DOCUMENTATION}

    def is_explained(name: str) -> bool:
        owners = {name[: found.start()] for found in re.finditer(r"[.(]", name)}
        return bool({name, *owners} & known)

    return [change for change in names if not any(is_explained(symbol) for symbol in change.symbols)]


def _find_user_calls(revision: str, root: Path) -> list[str]:
    listed = (git(root, "ls-tree", "-r", "--name-only", "-z", revision) or b"").decode().split("\0")
    return [name for name in listed if name.rpartition("/")[2] == _USER_CALLS]


def _check_types(file: Path, name: str, revision: str, root: Path) -> list[Change]:
    """Return whether what users wrote by the old version still type-checks."""
    command = [sys.executable, "-m", "mypy", "--config-file=", "--strict", "--no-error-summary", file.name]
    environment = {**os.environ, "MYPYPATH": str(root / "generated"), "MYPY_CACHE_DIR": str(file.parent / "cache")}
    done = subprocess.run(command, cwd=file.parent, env=environment, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return []
    if done.returncode != 1:
        raise SnapshotError(f"mypy could not check {name} of {revision}: {(done.stderr or done.stdout).strip()}")
    errors = [line for line in done.stdout.splitlines() if ": error:" in line] or [done.stdout.strip()]
    said = f"User code of {revision} no longer type-checks"
    return [_make_change(Severity.BREAKING, "client-typing", f"{said}: {line}") for line in errors]


def _load(folder: Path) -> griffe.Module:
    logging.getLogger("griffe").setLevel(logging.ERROR)
    loaded = griffe.load(PACKAGE, search_paths=[folder], try_relative_path=False, allow_inspection=False)
    if not isinstance(loaded, griffe.Module):
        raise TypeError(f"{folder}: {PACKAGE} is not a package.")
    return loaded


def _find_names(item: griffe.Object | griffe.Alias, seen: set[str] | None = None) -> Iterator[str]:
    """Yield every public name: what can be imported by its path, what a class holds as users type it, and arguments."""
    seen = set() if seen is None else seen
    for member in item.all_members.values():
        if not member.is_public or member.name.startswith("__"):
            continue
        try:
            target = member.final_target if isinstance(member, griffe.Alias) else member
        except griffe.AliasResolutionError:
            continue
        name = member.path.removeprefix(f"{PACKAGE}.") if item.is_module else _symbol(member.path)
        if not (target.is_module or (target.is_class and _RESOURCES.fullmatch(name))):
            yield name
        if isinstance(target, griffe.Function):
            yield from (f"{name}({each.name}=)" for each in target.parameters if _is_argument(each))
        elif member.path not in seen and (target.is_module or target.is_class):
            seen.add(member.path)
            yield from _find_names(member, seen)


def _is_argument(parameter: griffe.Parameter) -> bool:
    variadic = (griffe.ParameterKind.var_positional, griffe.ParameterKind.var_keyword)
    return parameter.name not in ("self", "cls") and parameter.kind not in variadic


def _symbol(path: str) -> str:
    """Return a name as users type it: `personas.create`, `Persona.id`, `SunoClient.close`."""
    inside = path.removeprefix(f"{PACKAGE}.")
    if called := _RESOURCE.fullmatch(inside):
        return f"{called[1]}.{called[2]}"
    found = _CLASS.fullmatch(inside)
    return found[1] if found else inside


def _name_uniquely(name: str, others: set[str]) -> str:
    """Return a path as users type it, unless the other version has that too."""
    typed = _symbol(f"{PACKAGE}.{name}")
    return name if typed in others else typed


def _make_change(severity: Severity, kind: str, sentence: str, *symbols: str) -> Change:
    return Change(severity=severity, kind=kind, direction=Direction.BOTH, sentence=sentence, symbols=symbols)
