"""Renders the package: the generator's project with our templates, our files and our escaping."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from jinja2.bccache import Bucket, BytecodeCache
from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.strings import safe_for_docstring

from scripts.generator.client_view import FIELD_PREFIX, ClientView, EnumView, ModelView, client_view
from scripts.generator.document import calls_as_typed, operations, where
from scripts.generator.generation_error import GenerationError
from scripts.generator.normalize import for_parser
from scripts.generator.operation_views import OperationView
from scripts.generator.unsupported import refuse_unsupported

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
WIDTH = 120
_RUFF_RULES = ("F401", "I")
_ADDRESS = re.compile(r"<openapi_python_client\S* object at 0x[0-9a-f]+>")
# What users import, by module; the models and enums are added from the description.
_EXPORTS: dict[str, tuple[str, ...]] = {
    ".client": ("AsyncSunoClient", "SunoClient"),
    "._clock": ("AsyncClock", "SyncClock"),
    "._options": ("CallOptions",),
    "._operation": ("Billing", "Call", "Content", "Effect", "Operation", "Reads"),
    "._response": ("Headers", "Response"),
    "._request_encoding": ("File",),
    "._response_parsing": ("Answer",),
    "._retry": ("RetryPolicy",),
    "._timeout": ("Timeout",),
    "._unset": ("UNSET", "Unset"),
}


def build(description: Mapping[str, Any], package: Path) -> None:
    """Write the package for a bundled description into the empty folder `package`.

    Raises:
        GenerationError: The description cannot become a client.
    """
    config = _config(package)
    description = calls_as_typed(description)
    parsed = _parsed(description, config)
    project = _Project(openapi=parsed, config=config, custom_template_path=TEMPLATES)
    project.write(client_view(description, parsed))
    _format(package)


def view(description: Mapping[str, Any]) -> ClientView:
    """What the templates say of a bundled description, without writing anything.

    Raises:
        GenerationError: The description cannot become a client.
    """
    return client_view(description, _parsed(description, _config(Path("unwritten"))))


def _parsed(description: Mapping[str, Any], config: Config) -> GeneratorData:
    refuse_unsupported(description)
    wanted = for_parser(description)
    parsed, told = _parse(wanted, config)
    if parsed is None or told:
        told = next((f"{name}: {told}" for name, told in _parse_singly(wanted, config) if told), told)
        raise GenerationError(f"openapi-python-client: {told}")
    return parsed


def _parse(document: dict[str, Any], config: Config) -> tuple[GeneratorData | None, str]:
    """What the parser makes of a document, and all that it says: what it cannot parse would vanish quietly."""
    try:
        parsed = GeneratorData.from_dict(document, config=config)
    except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError, NameError) as error:
        return None, f"{type(error).__name__}: {error}"
    if isinstance(parsed, GeneratorError):
        return None, _told(parsed.header, parsed.detail)
    problems = [*parsed.errors]
    for collection in parsed.endpoint_collections_by_tag.values():
        problems += collection.parse_errors
    return parsed, " ".join(_told(problem.header, problem.detail) for problem in problems)


def _parse_singly(document: dict[str, Any], config: Config) -> Iterator[tuple[str, str]]:
    """What the parser says of each operation when it is the only one."""
    for path, method, operation in operations(document):
        yield where(path, method), _parse({**document, "paths": {path: {method: operation}}}, config)[1]


def _told(*words: str | None) -> str:
    """The parser's words in one line, without the addresses of what it means."""
    return " ".join(_ADDRESS.sub("", " ".join(word for word in words if word)).split())


class _Compiled(BytecodeCache):
    """Templates are compiled once in a process, however many clients it makes."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


class _Project(Project):
    """The generator's project, which here makes our files instead of its own."""

    def write(self, client: ClientView) -> None:
        """Write every file of the package."""
        exports = self._exports(client)
        self.env.filters.update(literal=ascii, docstring=docstring)
        self.env.bytecode_cache = _COMPILED
        names = cast("dict[str, Any]", self.env.globals)
        names.update(client=client, package_version=self.openapi.version.get_untrusted_value())
        for name in ("models", "operations", "resources"):
            (self.package_dir / name).mkdir()
        for part in sorted(TEMPLATES.glob("*.py")):
            self._put(part.name, part.read_text("utf-8"))
        self._put("py.typed", "")
        for model in client.models:
            self._render("model.py", f"models/{model.module}.py", model=model)
        for enum in client.enums:
            self._render("open_enum.py", f"models/{enum.module}.py", enum=enum)
        for resource in client.resources:
            self._render("operations.py", f"operations/{resource.module}.py", resource=resource)
            self._render("resource.py", f"resources/{resource.module}.py", resource=resource)
        if (polled := _polled(client)) is not None:
            self._render("hooks.py", "hooks.py", operation=polled)
        public = sorted(name for names in exports.values() for name in names)
        self._render("__init__.py", "__init__.py", exports=exports, public_names=public)
        for name in ("models", "operations", "resources"):
            self._render(f"{name}_init.py", f"{name}/__init__.py")
        self._render("_version.py", "_version.py")
        self._render("client.py", "client.py")

    def _exports(self, client: ClientView) -> dict[str, list[str]]:
        """Module -> public names; a model named like something of ours would hide it."""
        exports = {module: list(names) for module, names in _EXPORTS.items()}
        exports[".errors"] = sorted(_error_names())
        if _polled(client) is not None:
            exports[".hooks"] = ["parse_notification"]
        ours = {name for names in exports.values() for name in names} | _template_names()
        for resource in client.resources:
            suffixes = ("", "WithRawResponse")
            ours |= {f"{prefix}{resource.class_name}{suffix}" for prefix in ("", "Async") for suffix in suffixes}
        views: list[ModelView | EnumView] = [*client.models, *client.enums]
        added = [(each.class_name, f".models.{each.module}", each.user) for each in views]
        added += [
            (each.workflow.result, f".resources.{each.resource}", each.name)
            for each in client.operations
            if each.workflow
        ]
        for name, module, user in added:
            if name in ours:
                raise GenerationError(f"{user}: {name} is a name of the client itself.")
            ours.add(name)
            exports.setdefault(module, []).append(name)
        return dict(sorted(exports.items()))

    def _render(self, template: str, path: str, **values: object) -> None:
        self._put(path, self.env.get_template(f"{template}.jinja").render(**values))

    def _put(self, path: str, text: str) -> None:
        (self.package_dir / path).write_text(text, encoding="utf-8", newline="\n")


def docstring(text: str, indent: int = 0) -> str:
    """A whole docstring literal for `text`: wrapped, and escaped so that no text can end it."""
    pad = " " * indent
    lines = [line for part in text.split("\n") for line in _wrapped(part, WIDTH - indent)]
    escaped = safe_for_docstring("\n".join(lines)).split("\n")
    if len(escaped) == 1 and len(escaped[0]) + indent + 6 <= WIDTH and not escaped[0].endswith(('"', "\\")):
        return f'"""{escaped[0]}"""'
    body = "\n".join(f"{pad}{line}".rstrip() for line in escaped[1:])
    return f'"""{escaped[0]}\n{body}\n{pad}"""' if body else f'"""{escaped[0]}\n{pad}"""'


def _wrapped(line: str, width: int) -> list[str]:
    indent = line[: len(line) - len(line.lstrip())]
    hanging = f"{indent}    " if indent else ""
    return textwrap.wrap(line, width - 4, initial_indent="", subsequent_indent=hanging, break_on_hyphens=False) or [""]


def _polled(client: ClientView) -> OperationView | None:
    """The operation whose results are notified of: the one that is polled, when there is just one."""
    polled = [operation for operation in client.operations if operation.poll]
    return polled[0] if len(polled) == 1 else None


def _error_names() -> list[str]:
    """The exceptions of `errors.py`, read from its source: the template is not imported."""
    source = (TEMPLATES / "errors.py").read_text("utf-8")
    return [line.removeprefix("class ").partition("(")[0] for line in source.split("\n") if line.startswith("class ")]


def _template_names() -> set[str]:
    """What the templates import or name in generated modules: a model of such a name would hide it there."""
    text = "\n".join(path.read_text("utf-8") for path in sorted(TEMPLATES.glob("*.jinja")))
    return {
        name
        for names in re.findall(r"^ *(?:from \S+ )?import ([\w, ]+)$", text, re.MULTILINE)
        for name in names.split(", ")
    }


def _config(package: Path) -> Config:
    return Config.from_sources(
        ConfigFile(post_hooks=[], field_prefix=FIELD_PREFIX, package_name_override=package.name),
        meta_type=MetaType.NONE,
        document_source=package,
        file_encoding="utf-8",
        overwrite=True,
        output_path=package,
    )


def _format(package: Path) -> None:
    ruff = [sys.executable, "-m", "ruff"]
    common = ["--isolated", "--no-cache", "--quiet", "--line-length", str(WIDTH), "--target-version", "py311"]
    commands = (
        [*ruff, "check", *common, "--fix-only", "--select", ",".join(_RUFF_RULES), "."],
        [*ruff, "format", *common, "."],
    )
    for command in commands:
        done = subprocess.run(command, cwd=package, capture_output=True, text=True, check=False)
        if done.returncode:
            raise GenerationError(f"ruff failed on the generated code: {done.stderr.strip() or done.stdout.strip()}")
