"""What users see: the same in both clients, pinned by name, documented, and light to import."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cached_property
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import Any

import cometapi_suno
import pytest
from cometapi_suno import AsyncSunoClient, SunoClient, SunoError, errors

from contract_tests.suite.support.loaded_spec import CONTRACT, DESCRIPTION

RESOURCES = sorted({operation.sdk.partition(".")[0] for operation in CONTRACT.operations.values()})
FACES = [f"{resource}{raw}" for resource in RESOURCES for raw in ("", ".with_raw_response")]
"""Every object on a client that has calls."""

CLIENTS = {"AsyncSunoClient", "SunoClient"}
OPTIONS = {"AsyncClock", "CallOptions", "RetryPolicy", "SyncClock", "Timeout"}
OPERATIONS = {"Billing", "Call", "Content", "Effect", "Operation", "Reads"}
ANSWERS = {"Answer", "FileLink", "Headers", "Response"}
ARGUMENTS = {"File", "UNSET", "Unset"}
ACCOUNT = {"AccountTask", "Balance", "Charge", "Journal", "JournalEntry", "LostCall", "Reconciliation"}
SEQUENCES = {"PersonaFromSong", "SongsWithPersona", "parse_notification"}
ERRORS = {
    "AuthenticationError",
    "BadRequestError",
    "CallRefusedError",
    "ConfigurationError",
    "DeliveryError",
    "DownloadError",
    "DuplicateCallError",
    "EnvelopeError",
    "InvalidRequestError",
    "ModelError",
    "NoAnswerError",
    "NotDeliveredError",
    "NotFoundError",
    "OutcomeUnknownError",
    "PayloadTooLargeError",
    "PermissionDeniedError",
    "QuotaError",
    "RateLimitError",
    "RedirectError",
    "ResponseDecodeError",
    "ResponseError",
    "ServerError",
    "ServiceUnavailableError",
    "SpendingLimitError",
    "SunoError",
    "TaskError",
    "TaskFailedError",
    "TaskNotFoundError",
    "TaskTimeoutError",
}
OURS = CLIENTS | OPTIONS | OPERATIONS | ANSWERS | ARGUMENTS | SEQUENCES | ACCOUNT | ERRORS | {"RetiredValueWarning"}


def _members(cls: type[object]) -> dict[str, Any]:
    """What a class shows, by itself or by a mixin: methods and properties without an underscore."""
    ours = [each for each in reversed(cls.__mro__) if each.__module__.startswith("cometapi_suno.")]
    return {name: value for each in ours for name, value in vars(each).items() if not name.startswith("_")}


def _function(member: Any) -> Any:
    for attribute in ("fget", "func"):  # of a property, of a cached one
        member = getattr(member, attribute, member)
    return member


# In this order: an awaitable callback first, and both clocks last.
_TWINS = {"Awaitable[object] | object": "object", "Async": "", "SyncClock": "Clock", "aclose": "close"}


def _sync(text: str) -> str:
    """The name of the same thing on the sync side."""
    for name, same in _TWINS.items():
        text = text.replace(name, same)
    return text


def _shape(function: Any) -> tuple[Any, ...]:
    """Names, kinds, defaults and annotations, as the sync side has them."""
    signature = inspect.signature(function)
    parameters = [
        (each.name, each.kind, each.default, _sync(str(each.annotation))) for each in signature.parameters.values()
    ]
    return (*parameters, _sync(str(signature.return_annotation)))


def _classes(path: str) -> tuple[type[object], type[object]]:
    """The sync and the async class of an object on a client."""
    where: dict[str, Any] = {"api_key": "k", "base_url": "http://a.localhost"}
    found: object = attrgetter(path)(SunoClient(**where))
    twin: object = attrgetter(path)(AsyncSunoClient(**where))
    return found.__class__, twin.__class__


@pytest.mark.parametrize("path", FACES)
def test_both_clients_have_the_same_calls(path: str) -> None:
    sync, asynchronous = map(_members, _classes(path))
    assert sync.keys() == asynchronous.keys()
    for name, member in sync.items():
        twin = asynchronous[name]
        assert _shape(_function(member)) == _shape(_function(twin)), f"{path}.{name}"
        assert inspect.getdoc(member) == inspect.getdoc(twin), f"{path}.{name}"
        if not isinstance(member, property | cached_property):
            awaited = inspect.iscoroutinefunction(twin) or inspect.isasyncgenfunction(twin)
            assert awaited, f"{path}.{name}"
            assert inspect.isasyncgenfunction(twin) is inspect.isgeneratorfunction(member), f"{path}.{name}"


def test_both_clients_are_made_used_and_closed_in_the_same_way() -> None:
    sync = {name: _shape(_function(member)) for name, member in _members(SunoClient).items()}
    twins = {_sync(name): _shape(_function(member)) for name, member in _members(AsyncSunoClient).items()}
    assert sync == twins
    assert _shape(SunoClient) == _shape(AsyncSunoClient)
    assert {"__enter__", "__exit__"} <= vars(SunoClient).keys()
    assert {"__aenter__", "__aexit__"} <= vars(AsyncSunoClient).keys()


def test_every_operation_is_a_method_of_both_clients() -> None:
    for operation in CONTRACT.operations.values():
        resource, _, method = operation.sdk.partition(".")
        for path in (resource, f"{resource}.with_raw_response"):
            assert all(method in _members(cls) for cls in _classes(path)), operation.sdk


def test_public_names_are_listed() -> None:
    public = set(cometapi_suno.__all__)
    assert public >= OURS
    assert public - OURS <= DESCRIPTION["components"]["schemas"].keys()
    assert len(cometapi_suno.__all__) == len(public)
    assert sorted(cometapi_suno.__all__) == dir(cometapi_suno)


def test_every_public_name_can_be_imported_and_no_other() -> None:
    found: dict[str, Any] = {}
    exec("from cometapi_suno import *", found)
    assert found.keys() - {"__builtins__"} == set(cometapi_suno.__all__)
    assert not hasattr(cometapi_suno, "nothing")


MODULES = """
import sys
sys.path.insert(0, sys.argv[1])
import cometapi_suno
print(cometapi_suno.models.__name__, cometapi_suno.errors.SunoError.__name__, hasattr(cometapi_suno, "error"))
"""


def test_the_modules_are_there_without_being_imported_by_name() -> None:
    """Type checkers take them for imported, for the package itself names them."""
    folder = str(Path(cometapi_suno.__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-I", "-c", MODULES, folder], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "cometapi_suno.models SunoError False\n"


def test_docstrings_call_an_operation_as_users_type_it() -> None:
    folder = Path(cometapi_suno.__file__).parent
    source = "".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    assert [name for name in CONTRACT.operations if f"`{name}`" in source] == []
    assert "come with `tasks.get`" in source


def _drawn(docstring: str) -> dict[str, str | None]:
    """Class -> the class above it, as the tree in a docstring draws them."""
    above: list[tuple[int, str]] = []
    drawn: dict[str, str | None] = {}
    for line in docstring.split("\n"):
        found = re.match(r"^([ │├└─]*)([A-Z]\w+Error)\b", line)
        if found is None:
            continue
        depth, name = len(found[1]), found[2]
        above = [(column, parent) for column, parent in above if column < depth]
        drawn[name] = above[-1][1] if above else None
        above.append((depth, name))
    return drawn


def test_the_tree_of_errors_is_as_it_is_drawn() -> None:
    classes = [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, SunoError)]
    actual: dict[str, str | None] = {
        cls.__name__: next((base.__name__ for base in cls.__bases__ if issubclass(base, SunoError)), None)
        for cls in classes
    }
    assert _drawn(errors.__doc__ or "") == actual
    assert actual.keys() == ERRORS


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_every_error_can_be_caught_as_an_error_of_this_package(name: str) -> None:
    error: type[Exception] = getattr(cometapi_suno, name)
    assert issubclass(error, SunoError)
    assert error.__module__ == "cometapi_suno.errors"


def _documented() -> Iterator[tuple[str, Any]]:
    for name in cometapi_suno.__all__:
        thing = getattr(cometapi_suno, name)
        if isinstance(thing, Enum):
            continue
        yield name, thing
        if inspect.isclass(thing) and thing.__module__.startswith("cometapi_suno"):
            for member, value in _members(thing).items():
                if callable(value) or isinstance(value, property | cached_property):
                    yield f"{name}.{member}", value
    for path in FACES:
        for cls in _classes(path):
            yield cls.__name__, cls
            yield from ((f"{cls.__name__}.{name}", member) for name, member in _members(cls).items())


def test_every_public_thing_has_a_docstring() -> None:
    bare = [name for name, thing in _documented() if not (inspect.getdoc(thing) or "").strip()]
    assert bare == []


def test_every_module_says_what_it_is() -> None:
    package = Path(cometapi_suno.__file__).parent
    for path in package.rglob("*.py"):
        name = ".".join(path.relative_to(package.parent).with_suffix("").parts).removesuffix(".__init__")
        assert import_module(name).__doc__, name


def test_one_module_alone_knows_httpx() -> None:
    """Another library is a change of one file."""
    folder = Path(cometapi_suno.__file__).parent
    importing = re.compile(r"^\s*(import|from) httpx\b", re.MULTILINE)
    found = [path.name for path in folder.rglob("*.py") if importing.search(path.read_text("utf-8"))]
    assert found == ["_http_library.py"]


HEAVY = ("asyncio", "attrs", "httpx", "orjson", "ssl", "urllib.request")

IMPORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "the package": ("import cometapi_suno", HEAVY),
    "its version": ("from cometapi_suno import __version__", HEAVY),
    "an error": ("from cometapi_suno import QuotaError", HEAVY),
    "a model": ("from cometapi_suno import Task", ("asyncio", "httpx", "orjson", "ssl", "urllib.request")),
    "the client": ("from cometapi_suno import SunoClient", ("orjson",)),
}


@pytest.mark.parametrize("what", IMPORTS)
def test_importing_it_does_not_import_what_it_does_not_need_yet(what: str) -> None:
    statement, heavy = IMPORTS[what]
    code = f"import json, sys\nsys.path.insert(0, sys.argv[1])\n{statement}\nprint(json.dumps(sorted(sys.modules)))"
    folder = str(Path(cometapi_suno.__file__).parent.parent)
    # Without site-packages' start-up files, which may import anything.
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, folder], capture_output=True, text=True, timeout=60, check=True
    )
    assert set(heavy) & set(json.loads(done.stdout)) == set()
