"""Running one command: the key, the question before a charge, the call, and progress while waiting."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from ._cli_arguments import find_variant, parse_values
from ._cli_output import print_json, print_result, report_progress, write_line
from ._config import KEY_VARIABLE
from ._model import to_json
from ._state_folder import find_state_folder
from .client import SunoClient

if TYPE_CHECKING:
    from ._cli_types import CliCommand


def run_command(command: CliCommand, given: dict[str, Any]) -> int:
    """Run a command with its parsed options and return the exit status.

    Raises:
        ClickException: The options do not fit together, or the user said no.
        SunoError: The call failed.
    """
    values = parse_values(command, given)
    if command.variants:
        names = {name for each in command.variants for name in each.allowed}
        variant = find_variant(command, {name: value for name, value in values.items() if name in names})
        fields = {name: values.pop(name) for name in variant.allowed if name in values}
        values["request"] = getattr(import_module(__package__ or ""), variant.model)(**fields)
    if given.get("yes") is False:
        _ask(command, free=given["mock"])
    with ExitStack() as stack:
        client = stack.enter_context(_open_client(stack, given))
        result = _call(client, command, values)
        if given["as_json"]:
            print_json(result)
        else:
            print_result(result)
        if command.task and isinstance(result, str):
            resource = command.task[0].replace("_", "-")
            write_line(f"Wait for it with: cometapi-suno {resource} wait {result}")
    return 0


def _ask(command: CliCommand, *, free: bool) -> None:
    if free:
        return
    name = f"{command.resource} {command.method}"
    if not sys.stdin.isatty():
        raise click.UsageError(f"{name} is charged, and no terminal can be asked. Add --yes to confirm it.")
    click.confirm(f"{command.price} Continue?", default=False, abort=True, err=True)


def _open_client(stack: ExitStack, given: dict[str, Any]) -> SunoClient:
    if given["mock"]:
        if given["base_url"]:
            raise click.UsageError("--mock and --base-url exclude each other.")
        try:
            # Not imported by name: the gateway is an extra that the client does not depend on.
            server = import_module("cometapi_suno_mock.lasting_gateway")
            mock = import_module("cometapi_suno_mock.settings")
        except ImportError as error:
            raise click.UsageError(f"--mock needs {error.name}. Install the extra: cometapi-suno[mock]") from None
        url = stack.enter_context(server.serve_lasting_gateway(find_state_folder() / "mock-requests.jsonl"))
        return SunoClient(api_key=mock.DEMO_KEY, base_url=url)
    key = os.environ.get(KEY_VARIABLE)
    if not key and sys.stdin.isatty():
        key = click.prompt("CometAPI key", hide_input=True, err=True)
    return SunoClient(api_key=key, base_url=given["base_url"])


def _call(client: SunoClient, command: CliCommand, values: dict[str, Any]) -> Any:
    resource = getattr(client, command.resource)
    if command.kind == "call":
        return getattr(resource, command.method)(**values)
    if command.kind == "watch":
        task: Any = None
        for task in resource.iter_events(**values):
            write_line(_describe_task(task))
        return task
    with report_progress() as show:

        def show_task(task: object) -> None:
            show(_describe_task(task))

        return getattr(resource, command.calls or command.method)(**values, on_progress=show_task)


def _describe_task(task: object) -> str:
    """Return how far a task is, in one line: its simple fields that say so."""
    names = ("task_id", "status", "progress", "fail_reason")
    return " ".join(str(to_json(value)) for name in names if (value := getattr(task, name, None)))
