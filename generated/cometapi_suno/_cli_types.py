"""A command of the command line as data: its arguments, and the request models that its options make."""

from __future__ import annotations

from typing import NamedTuple


class CliArgument(NamedTuple):
    """An argument of a command.

    Attributes:
        name: The Python name of the argument that it fills.
        kind: string, integer, count, number, boolean, time, json or file.
        required: It must be given.
        doc: What it is, from the description.
        positional: It is given by its place, not by a name.
        many: It may be given several times.
        choices: The known values.
        closed: No other value is allowed.
    """

    name: str
    kind: str
    required: bool
    doc: str
    positional: bool = False
    many: bool = False
    choices: tuple[str, ...] = ()
    closed: bool = False


class CliVariant(NamedTuple):
    """A request model that the options of a command can make.

    Attributes:
        model: Its class in the package.
        required: The options without which it cannot be made.
        allowed: All of its options.
        fixed: The options that have only one value in it, with that value.
        doc: What it is.
    """

    model: str
    required: tuple[str, ...]
    allowed: tuple[str, ...]
    fixed: tuple[tuple[str, object], ...]
    doc: str


class CliCommand(NamedTuple):
    """A command.

    Attributes:
        resource: The resource, such as personas.
        method: Its name, which is that of the method of the resource unless `calls` has another.
        summary: What it does, in one line.
        doc: The rest of what the description says.
        billing: paid, free or unknown.
        price: What it costs, in words; "" when it is free.
        arguments: Its arguments.
        variants: The models of the whole body; none when the arguments are the method's.
        kind: call, list, wait, watch, workflow, download or reconcile.
        task: The method of the polled operation, when the result is the id of a task, as (resource, method).
        calls: The method that it calls, when its own name is shorter.
        needs_token: It needs the access token of the account.
    """

    resource: str
    method: str
    summary: str
    doc: str
    billing: str
    price: str
    arguments: tuple[CliArgument, ...]
    variants: tuple[CliVariant, ...] = ()
    kind: str = "call"
    task: tuple[str, str] | None = None
    calls: str = ""
    needs_token: bool = False
