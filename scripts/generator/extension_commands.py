"""The commands for hand-written methods (extensions), with the arguments of their signatures and docstrings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

import griffe

from scripts.generator.client_view import ResourceView
from scripts.generator.template_rendering import TEMPLATES, render_template
from scripts.templates._cli_types import CliArgument, CliCommand

_FILES: Final = ("audio", "video", "image", "wav")
_STRING: Final = CliArgument("", "string", False, "")
# An argument of another type, such as a callback, is left out.
_BY_TYPE: Final = {
    "str": _STRING,
    "bool": _STRING._replace(kind="boolean"),
    "int": _STRING._replace(kind="integer"),
    "float": _STRING._replace(kind="number"),
    "float | Decimal": _STRING._replace(kind="number"),
    "float | datetime": _STRING._replace(kind="time"),
    "Collection[str]": _STRING._replace(many=True),
    "str | os.PathLike[str]": _STRING._replace(positional=True),
    "Kind": _STRING._replace(choices=_FILES, closed=True),
    "Sequence[Kind]": _STRING._replace(choices=_FILES, closed=True, many=True),
    "Literal['key', 'account']": _STRING._replace(choices=("key", "account"), closed=True),
    "Clip | str": _STRING._replace(positional=True, doc="Id of the clip."),
    "Task": _STRING._replace(positional=True, doc="Id of a task that has succeeded."),
    "OutcomeUnknownError | LostCall | JournalEntry | str": _STRING._replace(
        positional=True, doc="The fingerprint of the call; by default every call of the journal without a known end."
    ),
}
_KINDS: Final = {"Path": "download", "list[Path]": "download", "Reconciliation": "reconcile"}
_LIMIT: Final = CliArgument("limit", "count", False, "Maximum number of rows; 100 by default.")
_TASK_ID: Final = CliArgument(
    "task_id", "string", False, "The task of the clip: only there are the addresses of its audio, image and video."
)


def list_extension_commands(resource: ResourceView) -> Iterator[CliCommand]:
    """Yield a command for each method of the resource's extension."""
    extension = resource.extension
    if extension is None:
        return
    mixin = _read_module(extension.module)[extension.mixin]
    paid = [
        each.name for each in resource.operations if each.method_name in extension.operations and each.billing != "FREE"
    ]
    for name in extension.methods:
        method = mixin[name]
        returns = str(method.returns)
        kind = "list" if returns.startswith("Iterator[") else _KINDS.get(returns, "call")
        text, *sections = method.docstring.parse("google")
        docs = {
            each.name: each.description
            for section in sections
            if section.kind.value == "parameters"
            for each in section.value
        }
        arguments = [
            found
            for each in method.parameters
            if each.name in docs and (found := _view_argument(each, docs[each.name]))
        ]
        arguments += [_LIMIT] if kind == "list" else []
        arguments += [_TASK_ID] if name == "download" else []
        summary, _, doc = re.sub("^(Return|Yield) ", "Print ", text.value).partition(". ")
        yield CliCommand(
            resource.attribute,
            name,
            f"{summary.rstrip('.')}.",
            " ".join(doc.split()),
            "unknown" if paid else "free",
            f"It is not known whether {' and '.join(paid)} are charged." if paid else "",
            tuple(arguments),
            kind=kind,
            needs_token=name in extension.token_methods,
        )


@cache
def _read_module(name: str) -> griffe.Module:
    return griffe.visit(name, TEMPLATES / f"{name}.py.jinja", render_template(f"{name}.py"))


def _view_argument(parameter: griffe.Parameter, doc: str) -> CliArgument | None:
    found = _BY_TYPE.get(str(parameter.annotation).removesuffix(" | None"))
    if found is None:
        return None
    optional = parameter.default is not None or parameter.name == "call"
    return found._replace(name=parameter.name, required=not optional, doc=found.doc or " ".join(doc.split()))
