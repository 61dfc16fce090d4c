"""The command line: builds a command for each row of `_cli_commands`, checks its arguments, and reports errors.

`_STATUS_HELP` lists the exit statuses.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

import click

from . import errors
from ._cli_arguments import list_options, takes_file, to_flag_name
from ._cli_commands import COMMANDS, RESOURCES
from ._version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._cli_types import CliArgument, CliCommand

EXIT_STATUSES: Final[tuple[tuple[type[Exception], int], ...]] = (
    (errors.OutcomeUnknownError, 3),
    (errors.TaskNotFoundError, 4),
    (errors.NotFoundError, 4),
    (errors.DeliveryError, 5),
    (errors.DownloadError, 5),
    (errors.TaskError, 6),
    (errors.CallRefusedError, 7),
    (errors.ConfigurationError, 2),
    (errors.InvalidRequestError, 2),
)
"""The exit status by class of error, 1 for all others; the first class that fits counts."""

_STATUS_HELP: Final = (
    "Exit status: 0 success, 1 refused by the server, 2 wrong use, 3 outcome unknown (it may have been charged), "
    "4 not found, 5 network or a file that cannot be written, 6 the task failed or did not finish in time, "
    "7 refused by a limit that you set, 130 interrupted. The key is read from COMETAPI_KEY and the account's access "
    "token from COMETAPI_ACCESS_TOKEN; on a terminal, what is missing is asked for."
)
_TEXT_HELP: Final = "A text may be @FILE, to read it from a file, or - for standard input. @@ begins a text with @."
_TYPES: Final[dict[str, Any]] = {
    "string": click.STRING,
    "integer": click.INT,
    "count": click.IntRange(1, 1_000_000),
    "number": click.FLOAT,
    "json": click.STRING,
}
_FORMS: Final = {"json": " As JSON.", "time": " For example 2026-11-27T08:30, in local time."}
_ON_EACH: Final = (
    click.Option(["--json", "as_json"], is_flag=True, help="Print the result as JSON, unchanged."),
    click.Option(["--base-url"], metavar="URL", help="Another address than that of the service."),
    click.Option(["--mock"], is_flag=True, help="Use a gateway on this machine that costs nothing and needs no key."),
)
_JOURNAL: Final = click.Option(
    ["--journal"], metavar="FILE", help="The journal of paid calls; by default calls.journal in your state folder."
)
_ON_PAID: Final = (
    click.Option(["--yes", "-y"], is_flag=True, help="Do not ask before a call that is charged."),
    _JOURNAL,
    click.Option(["--no-journal"], is_flag=True, help="Do not write the call into a journal."),
    click.Option(
        ["--max-spend"],
        type=click.FLOAT,
        metavar="USD",
        help="Maximum US dollars of all calls in the journal together.",
    ),
    click.Option(["--max-paid-calls"], type=click.INT, metavar="N", help="Maximum number of calls in the journal."),
    click.Option(
        ["--prices"],
        metavar="CALL=USD",
        multiple=True,
        help="What a call costs, such as personas.create=0.05, for --max-spend; * is every call without a price.",
    ),
)


def run_command_line(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit status. Nothing but results goes to standard output."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # it was closed by the caller
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 (until the process ends)
    try:
        result = build_command_line().main(arguments, prog_name="cometapi-suno", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("cometapi-suno: interrupted", err=True)
        return 130
    except errors.SunoError as error:
        notes = getattr(error, "__notes__", [])
        text = " ".join(["cometapi-suno:", *" ".join([str(error), *notes]).split()])
        # What the message advises in Python, a command does here.
        click.echo(text.replace("client.account.reconcile(error)", "cometapi-suno account reconcile"), err=True)
        return next((status for kind, status in EXIT_STATUSES if isinstance(error, kind)), 1)
    except BrokenPipeError:
        return 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"cometapi-suno: {errors.escape_controls(where)}{error.strerror or error}", err=True)
        return 5
    return result if isinstance(result, int) else 0


def build_command_line() -> click.Group:
    """Return the command line with a command for every operation."""
    app = click.Group(
        help="Songs, lyrics and personas with CometAPI's Suno endpoints.",
        epilog=_STATUS_HELP,
        context_settings={"max_content_width": 120},
    )
    message = "%(prog)s %(version)s"
    click.version_option(__version__, prog_name="cometapi-suno", message=message, help="Print the version.")(app)
    for command in COMMANDS:
        group = app.commands.get(name := to_flag_name(command.resource))
        if not isinstance(group, click.Group):
            group = click.Group(name, help=(doc := RESOURCES[command.resource]), short_help=doc)
            app.add_command(group)
        group.add_command(_build_command(command))
    app.add_command(
        click.Command(
            "completion",
            callback=_print_completion,
            help="Print the completion script of a shell.",
            params=[click.Argument(["shell"], type=click.Choice(["bash", "zsh", "fish"]))],
        )
    )
    return app


def _build_command(command: CliCommand) -> click.Command:
    params: list[click.Parameter] = [_build_parameter(each) for each in command.arguments]
    params += [*_ON_EACH, *(_ON_PAID if command.billing != "free" else ())]
    params += [_JOURNAL] if command.kind == "reconcile" else []
    variants = _list_variants(command)
    return click.Command(
        to_flag_name(command.method),
        callback=_make_callback(command),
        params=params,
        short_help=command.summary,
        help="\n\n".join(part for part in (command.summary, command.doc, command.price) if part),
        epilog="\n\n".join(filter(None, [_TEXT_HELP if any(map(takes_file, command.arguments)) else "", variants])),
    )


def _make_callback(command: CliCommand) -> Callable[..., int]:
    def call(**given: Any) -> int:
        from ._cli_run import run_command

        return run_command(command, given)

    return call


def _build_parameter(argument: CliArgument) -> click.Parameter:
    kind: Any = _TYPES.get(argument.kind, click.STRING)
    if argument.closed and argument.choices:
        kind = click.Choice(argument.choices)
    elif argument.kind == "file":
        kind = click.Path(exists=True, dir_okay=False)
    if argument.positional:
        return click.Argument([argument.name], type=kind, required=argument.required, nargs=-1 if argument.many else 1)
    flag = f"--{to_flag_name(argument.name)}"
    known = f" One of {', '.join(argument.choices)}." if argument.choices and not argument.closed else ""
    doc = f"{argument.doc}{_FORMS.get(argument.kind, '')}{known}"
    if argument.kind == "boolean":
        # Without a default, so that click asks for a required one; None tells an optional one that was left out.
        default: dict[str, Any] = {} if argument.required else {"default": None}
        return click.Option([f"{flag}/--no-{flag[2:]}"], required=argument.required, help=doc, **default)
    return click.Option([flag, argument.name], type=kind, required=argument.required, multiple=argument.many, help=doc)


def _list_variants(command: CliCommand) -> str:
    if not command.variants:
        return ""
    lines = ["What is made depends on the options:"]
    for each in command.variants:
        lines += ["", *wrap(f"{each.doc} Needs {list_options(set(each.required))}.", 76, break_on_hyphens=False)]
    return "\b\n" + "\n".join(line or "\n\b" for line in lines)


def _print_completion(shell: str) -> None:
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is not None:
        click.echo(kind(build_command_line(), {}, "cometapi-suno", "_COMETAPI_SUNO_COMPLETE").source())
