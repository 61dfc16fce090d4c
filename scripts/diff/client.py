"""What changed between two versions of the client: its public names, and how its calls may be made."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import griffe

from scripts.diff.change import Change, Direction, Severity

PACKAGE: Final = "cometapi_suno"
# What griffe reports about a name that is still there.
_WORDS: Final = {
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


def compare_clients(old: Path, new: Path) -> list[Change]:
    """The changes of the public names, from the folders that hold the package.

    Names that are gone are breaking, and so is what griffe finds in the calls that are left; new names are compatible.
    """
    before, after = _load(old), _load(new)
    was, now = set(_names(before)), set(_names(after))
    gone = sorted({_told(name, now) for name in was - now})
    found = {name: _change(name, Severity.BREAKING, "client-removed", "is gone") for name in gone}
    for breakage in griffe.find_breaking_changes(before, after):
        said = _WORDS.get(breakage.kind)
        name = _symbol(breakage.obj.path)
        parameter = getattr(breakage.new_value, "name", "") if breakage.kind.name.startswith("PARAMETER") else ""
        name = f"{name}({parameter}=)" if parameter else name
        if said is not None and name not in found:
            found[name] = _change(name, Severity.BREAKING, "client-changed", said)
    for name in sorted({_told(name, was) for name in now - was}):
        found.setdefault(name, _change(name, Severity.COMPATIBLE, "client-added", "is new"))
    return sorted(found.values(), key=lambda change: (change.severity is not Severity.BREAKING, change.symbols))


def _load(folder: Path) -> griffe.Module:
    logging.getLogger("griffe").setLevel(logging.ERROR)
    loaded = griffe.load(PACKAGE, search_paths=[folder], try_relative_path=False, allow_inspection=False)
    if not isinstance(loaded, griffe.Module):
        raise TypeError(f"{folder}: {PACKAGE} is no package.")
    return loaded


def _names(item: griffe.Object | griffe.Alias, seen: set[str] | None = None) -> Iterator[str]:
    """Every public name: what can be imported by its path, what a class holds as users type it, and the arguments."""
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
            yield from _names(member, seen)


def _is_argument(parameter: griffe.Parameter) -> bool:
    variadic = (griffe.ParameterKind.var_positional, griffe.ParameterKind.var_keyword)
    return parameter.name not in ("self", "cls") and parameter.kind not in variadic


def _symbol(path: str) -> str:
    """A name as users type it: `personas.create`, `Persona.id`, `SunoClient.close`."""
    inside = path.removeprefix(f"{PACKAGE}.")
    if called := _RESOURCE.fullmatch(inside):
        return f"{called[1]}.{called[2]}"
    found = _CLASS.fullmatch(inside)
    return found[1] if found else inside


def _told(name: str, others: set[str]) -> str:
    """How a path is told of: as users type it, unless that is there in the other version too."""
    typed = _symbol(f"{PACKAGE}.{name}")
    return name if typed in others else typed


def _change(name: str, severity: Severity, kind: str, said: str) -> Change:
    return Change(
        severity=severity,
        kind=kind,
        direction=Direction.BOTH,
        operations=(),
        old=None,
        new=None,
        sentence=f"`{name}` {said}.",
        symbols=(name,),
    )
