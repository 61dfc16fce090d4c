"""The arguments of a command as Python values, and the request model that they make."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ._cli_types import CliArgument, CliCommand, CliVariant


def find_variant(command: CliCommand, values: dict[str, Any]) -> CliVariant:
    """Return the request model that the given options make: of several, the one that requires most of them.

    Raises:
        UsageError: They make none, or several: the message says which options are missing or exclude each other.
    """
    given = set(values)
    allowing = [each for each in command.variants if given <= set(each.allowed) and _agrees(each, values)]
    fitting = [each for each in allowing if set(each.required) <= given]
    most = max((len(each.required) for each in fitting), default=0)
    best = [each for each in fitting if len(each.required) == most]
    if len(best) == 1:
        return best[0]
    if best:
        raise click.UsageError(f"The options fit several kinds of request. Add {' or '.join(_distinguish(best))}.")
    if allowing:
        ways = list(dict.fromkeys(list_options(set(each.required) - given) for each in allowing))
        raise click.UsageError(f"Something is missing. Add {' or '.join(ways[:4])}.")
    closest = min(command.variants, key=lambda each: (len(given - set(each.allowed)), not _agrees(each, values)))
    wrong = given - set(closest.allowed)
    if not wrong:
        wrong = {name for name, value in closest.fixed if name in given and values[name] != value}
    raise click.UsageError(f"{list_options(wrong)} cannot be used together with {list_options(given - wrong)}.")


def parse_values(command: CliCommand, given: dict[str, Any]) -> dict[str, Any]:
    """Return the given arguments as Python values; those that were left out are missing.

    Raises:
        UsageError: One is not JSON or not a time, or its file cannot be read.
    """
    return {
        each.name: _parse_value(each, given[each.name])
        for each in command.arguments
        if given.get(each.name) not in (None, ())
    }


def _parse_value(argument: CliArgument, value: Any) -> Any:
    if argument.many:
        return [_parse_value(argument._replace(many=False), each) for each in value]
    if takes_file(argument):
        value = _read_text(argument.name, value)
    if argument.kind == "json":
        import json

        try:
            return json.loads(value)
        except ValueError as error:
            raise click.UsageError(f"--{to_flag_name(argument.name)} is not JSON: {error}") from None
    if argument.kind == "time":
        return _parse_time(argument.name, value)
    if argument.kind == "file":
        from pathlib import Path

        from ._request_encoding import File

        path = Path(value)
        try:
            return File(path.read_bytes(), path.name)
        except OSError as error:
            raise click.UsageError(f"{value}: {error.strerror}") from None
    return value


def takes_file(argument: CliArgument) -> bool:
    """Return whether the text of an option may come from a file or from standard input."""
    return argument.kind in ("string", "json") and not argument.positional and not argument.closed


def _read_text(name: str, value: str) -> str:
    """Return the text of an option: that of a file for `@FILE`, of standard input for `-`, else the value itself."""
    if value.startswith("@@"):
        return value[1:]
    if value != "-" and not value.startswith("@"):
        return value
    source = "standard input" if value in ("-", "@-") else value[1:]
    try:
        if value in ("-", "@-"):
            content = sys.stdin.buffer.read()
        else:
            from pathlib import Path

            content = Path(source).read_bytes()
        return content.decode("utf-8-sig").removesuffix("\n").removesuffix("\r")
    except OSError as error:
        raise click.UsageError(
            f"--{to_flag_name(name)} {value}: {error.strerror}. Write @@ for a text that begins with @."
        ) from None
    except UnicodeDecodeError:
        raise click.UsageError(f"--{to_flag_name(name)} {value}: {source} is not UTF-8.") from None


def _parse_time(name: str, text: str) -> float:
    """Return a time in Unix seconds; one without a time zone is local."""
    from datetime import datetime

    try:
        return float(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        raise click.UsageError(
            f"--{to_flag_name(name)} is {text!r}. It must be a time such as 2026-11-27T08:30, or Unix seconds."
        ) from None


def _distinguish(variants: list[CliVariant]) -> list[str]:
    """Return for each request model an option with a value that no other one has."""
    shared = [pair for each in variants for pair in each.fixed]
    own = ([pair for pair in each.fixed if shared.count(pair) == 1] for each in variants)
    return [min((f"--{to_flag_name(name)} {value}" for name, value in pairs), key=len) for pairs in own if pairs]


def _agrees(variant: CliVariant, values: dict[str, Any]) -> bool:
    return all(values[name] == value for name, value in variant.fixed if name in values)


def list_options(names: set[str]) -> str:
    """Return the flags of some options as a message names them."""
    return ", ".join(f"--{to_flag_name(name)}" for name in sorted(names)) or "no other option"


def to_flag_name(name: str) -> str:
    """Return the name of an option or a command for a Python name."""
    return name.strip("_").replace("_", "-")
