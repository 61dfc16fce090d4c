"""Running one command: the secrets, the journal, the question before a charge, the call, and progress while waiting."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, redirect_stdout
from importlib import import_module
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

from ._cli_arguments import find_variant, parse_values
from ._cli_output import print_json, print_result, report_progress, write_line
from ._config import KEY_VARIABLE, TOKEN_VARIABLE, find_state_folder
from ._model import to_json
from .client import SunoClient

if TYPE_CHECKING:
    from pathlib import Path

    from ._cli_types import CliCommand

_FREE_FILES = frozenset({"audio", "image"})


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
    if given.get("yes") is False and not given["mock"] and not _is_free_download(command, values):
        _ask(command)
    with ExitStack() as stack:
        client = stack.enter_context(_open_client(stack, command, given, values))
        if command.kind == "reconcile":
            from ._cli_account import reconcile_calls

            account: Any = getattr(client, command.resource)
            journal: Any = client.journal  # `_open_client` passes one
            return reconcile_calls(account, journal, values, as_json=given["as_json"])
        if command.kind == "list":
            from ._cli_account import print_list

            limit = values.pop("limit", None)
            print_list(_call(client, command, values), limit, as_json=given["as_json"])
            return 0
        result = _call(client, command, values)
        try:
            (print_json if given["as_json"] else print_result)(result)
        finally:  # also if standard output cannot be written
            if command.task and isinstance(result, str):
                resource = command.task[0].replace("_", "-")
                write_line(f"Wait for it with: cometapi-suno {resource} wait {result}")
    return 0


class _NotConfirmedError(click.ClickException):
    """The answer to the question before a paid call was no."""

    exit_code = 2


def _is_free_download(command: CliCommand, values: dict[str, Any]) -> bool:
    kinds = {values.get("kind", "audio"), *values.get("kinds", ())}
    return command.kind == "download" and kinds <= _FREE_FILES


def _ask(command: CliCommand) -> None:
    name = f"{command.resource} {command.method}"
    if not sys.stdin.isatty():
        raise click.UsageError(f"{name} is charged, and no terminal can be asked. Add --yes to confirm it.")
    price = click.wrap_text(command.price, get_terminal_size().columns)
    # Older versions of click (8.3.1 is one) write the end of the question to stdout, where results go.
    with redirect_stdout(sys.stderr):
        confirmed = click.confirm(f"{price}\nContinue?", default=False, err=True)
    if not confirmed:
        raise _NotConfirmedError(f"{name} is not confirmed; nothing was sent.")


def _open_client(stack: ExitStack, command: CliCommand, given: dict[str, Any], values: dict[str, Any]) -> SunoClient:
    limits: dict[str, Any] = {name: given.get(name) for name in ("max_spend", "max_paid_calls")}
    limits["prices"] = dict(map(_parse_price, given.get("prices") or ()))
    if (command.billing != "free" or command.kind == "reconcile") and not given.get("no_journal"):
        name = "mock-calls.journal" if given["mock"] else "calls.journal"
        limits["journal"] = given["journal"] or _make_folder() / name
    if given["mock"]:
        if given["base_url"]:
            raise click.UsageError("--mock and --base-url exclude each other.")
        try:
            # Not imported by name: the gateway is an extra that the client does not depend on.
            server = import_module("cometapi_suno_mock.persistent_gateway")
            mock = import_module("cometapi_suno_mock.settings")
        except ImportError as error:
            raise click.UsageError(f"--mock needs {error.name}. Install the extra: cometapi-suno[mock]") from None
        url = stack.enter_context(server.serve_persistent_gateway(find_state_folder() / "mock-requests.jsonl"))
        return SunoClient(api_key=mock.DEMO_KEY, access_token=mock.DEMO_KEY, base_url=url, **limits)
    key = _find_secret(KEY_VARIABLE, "CometAPI key", needed=True)
    needs_token = command.needs_token or values.get("of") == "account"
    token = _find_secret(TOKEN_VARIABLE, "CometAPI access token", needed=needs_token)
    return SunoClient(api_key=key, access_token=token, base_url=given["base_url"], **limits)


def _find_secret(variable: str, label: str, *, needed: bool) -> str | None:
    """Return a secret from the environment, or from a prompt; None when it is missing and no terminal can be asked."""
    secret = os.environ.get(variable)
    if not secret and needed and sys.stdin.isatty():
        secret = click.prompt(label, hide_input=True, err=True, default="", show_default=False)
    return secret or None


def _parse_price(text: str) -> tuple[str, float]:
    name, _, amount = text.partition("=")
    try:
        return name, float(amount)
    except ValueError:
        raise click.UsageError(f"--prices is {text!r}. It must be CALL=USD, such as music.submit=0.144.") from None


def _make_folder() -> Path:
    folder = find_state_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.UsageError(f"{folder}: {error.strerror}. Pass --journal FILE.") from None
    return folder


def _call(client: SunoClient, command: CliCommand, values: dict[str, Any]) -> Any:
    resource = getattr(client, command.resource)
    if command.kind == "download":
        return _download(client, resource, command.method, values)
    if command.kind in ("call", "list"):
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


def _download(client: Any, resource: Any, method: str, values: dict[str, Any]) -> Any:
    """Download the files of a clip or a task that is given by its id."""
    task_id = values.pop("task_id", None)
    if "task" in values:
        values["task"] = client.tasks.get(values["task"])
    elif task_id is not None:
        by_id = {each.id: each for each in client.tasks.get(task_id).clips}
        if values["clip"] not in by_id:
            raise click.UsageError(f"Task {task_id} has no clip {values['clip']}.")
        values["clip"] = by_id[values["clip"]]
    elif values.get("kind", "audio") in _FREE_FILES:
        raise click.UsageError("Only the task of a clip has the addresses of its audio and image. Add --task-id.")
    with report_progress() as show:

        def show_size(received: int, total: int | None) -> None:
            if sys.stderr.isatty():
                show(f"{received:,} of {total:,} bytes" if total else f"{received:,} bytes")

        return getattr(resource, method)(**values, on_progress=show_size)


def _describe_task(task: object) -> str:
    """Return how far a task is, in one line: its simple fields that say so."""
    names = ("task_id", "status", "progress", "fail_reason")
    return " ".join(str(to_json(value)) for name in names if (value := getattr(task, name, None)))
