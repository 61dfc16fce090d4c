"""What a wrong call says: one line that names the call, what is wrong, and what to do. Nothing is sent."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import cometapi_suno
import httpx
import pytest
from cometapi_suno import (
    ConfigurationError,
    InvalidRequestError,
    Journal,
    ModelError,
    OutcomeUnknownError,
    Persona,
    RetryPolicy,
    SongFromDescription,
    SunoClient,
    SunoError,
    Task,
    Timeout,
)

from contract_tests.suite.client.virtual_time_client import Stage
from contract_tests.suite.support.expected_results import json_reply
from contract_tests.suite.support.fake_transport import Reply
from contract_tests.suite.support.secret_leaks import KEY

ABOUT: dict[str, Any] = {"name": "Ada", "description": "alto", "is_public": False}
SONG = SongFromDescription(gpt_description_prompt="a song about rivers")
VOICE: dict[str, Any] = {"prompt": "la", "title": "t", "tags": "pop"}
HUGE = 10**400  # too large for a float
LIST: Any = []
NOTHING: Any = None

Ask = Callable[[Any], Any]

DONE = Task.from_dict({"task_id": "a", "status": "SUCCESS", "data": [{"id": "c", "status": "complete"}]})

# What is called with the client -> the start of the message, and its advice.
CALLS: dict[str, tuple[Ask, str, str]] = {
    "a list for one id": (lambda c: c.tasks.wait(["a"]), "tasks.wait: ", "Give one id, or the list to tasks.wait_all."),
    "a task for its id": (
        lambda c: c.tasks.wait(Task.from_dict({"task_id": "a", "status": "SUCCESS"})),
        "tasks.wait: ",
        "Give its id.",
    ),
    "one id for a list": (lambda c: c.tasks.wait_all("a"), "tasks.wait_all: ", "It must be a list: ['a']."),
    "a text for a list": (
        lambda c: c.personas.create(root_clip_id="c", clips="c", **ABOUT),
        "personas.create: clips ",
        "It must be a list: ['c'].",
    ),
    "a text for a model": (lambda c: c.music.submit("a song"), "music.submit: the request is 'a song'", "a dict."),
    "nothing for a model": (lambda c: c.music.submit(None), "music.submit: the request is None", "a dict."),
    "a list for a model": (lambda c: c.music.submit([SONG]), "music.submit: the request is [", "a dict."),
    "a download of nothing": (lambda c: c.clips.download("", "x"), "clips.download: clip is ''", "the id of one."),
    "a download of a list": (lambda c: c.clips.download([], "x"), "clips.download: clip is []", "the id of one."),
    "a download of a task": (
        lambda c: c.clips.download(Task.from_dict({"task_id": "a", "status": "SUCCESS"}), "x"),
        "clips.download: clip is Task(",
        "the id of one.",
    ),
    "one kind for a list": (lambda c: c.clips.save_all(DONE, "x", "audio"), "clips.save_all: kinds is", "['audio']."),
    "no size": (lambda c: c.clips.download("c", "x", max_bytes=0), "clips.download: max_bytes is 0", "above 0."),
    "no time": (lambda c: c.clips.download("c", "x", wait_timeout=-1), "clips.download: wait_ti", "at least 0."),
    "no function of a download": (
        lambda c: c.clips.download("c", "x", "wav", on_progress=1),
        "clips.download: on_progress is 1",
        "two arguments.",
    ),
    "no function of several downloads": (
        lambda c: c.clips.save_all(SONG, "x", on_progress="p"),
        "clips.save_all: on_progress is 'p'",
        "two arguments.",
    ),
    "an id for a task": (
        lambda c: c.clips.save_all("id", "x"),
        "clips.save_all: task is 'id'",
        "as tasks.get returns it.",
    ),
    "an empty id": (lambda c: c.clips.wav(""), "clips.wav: clip_id is ''", "Give an id."),
    "no function": (lambda c: c.tasks.wait("a", on_progress=1), "tasks.wait: on_progress is 1", "one argument."),
    "a text for a function": (
        lambda c: c.tasks.wait_all(["a"], on_progress="p"),
        "tasks.wait_all: on_pro",
        "argument.",
    ),
    "a method that is a list": (lambda c: c.request(["GET"], "/x"), "request: method ['GET']", "PUT."),
    "a path that is a number": (lambda c: c.request("GET", 7), "request GET: path is 7", "begins with '/'."),
    "a path that is bytes": (lambda c: c.request("GET", b"/x"), "request GET: path is b'/x'", "begins with '/'."),
    "a song for a persona's name": (
        lambda c: c.personas.create_from_song(SONG, **ABOUT | {"name": b"Ada"}),
        "personas.create: the request cannot be serialized",
        "not JSON serializable.",
    ),
    "a number for a description": (
        lambda c: c.personas.create_from_song(SONG, **ABOUT | {"description": float("nan")}),
        "personas.create: the request cannot be serialized",
        "JSON compliant.",
    ),
    "no picking": (
        lambda c: c.personas.create_from_song(SONG, **ABOUT, pick=None),
        "personas.create_from_song: pick",
        ".",
    ),
    "no progress": (
        lambda c: c.personas.create_from_song(SONG, **ABOUT, on_progress=True),
        "personas.create_from_song: on_progress is True",
        "one argument.",
    ),
    "an id to resume": (lambda c: c.personas.create_from_song(SONG, **ABOUT, resume=7), "tasks.wait: ", "Give its id."),
    "progress of a song": (
        lambda c: c.music.submit_with_persona(Persona(id="p", name="n"), **VOICE, on_progress="p"),
        "music.submit_with_persona: on_progress is 'p'",
        "one argument.",
    ),
}

# What is made without a client -> the start of the message, and its advice.
VALUES: dict[str, tuple[Callable[[], Any], str, str]] = {
    "the URL of a path": (lambda: _client(base_url="https://gw.example/suno"), "SunoClient: base_url", "gw.example'."),
    "a huge timeout": (lambda: _client(timeout=HUGE), "timeout is 1", "or a cometapi_suno.Timeout."),
    "a huge step": (lambda: Timeout(read=HUGE), "timeout: read is 1", "seconds above 0."),
    "huge retries": (lambda: RetryPolicy(budget=HUGE), "retries: budget is 1", "0."),
    "a journal that is a number": (lambda: _client(journal=1), "journal: the path is 1", "a string or a path."),
    "a journal without a name": (lambda: Journal("\ud800"), "journal: the path is ", "a string or a path."),
    "a list for a persona": (
        lambda: Persona.from_dict(LIST),
        "expected a dict with the fields of Persona",
        "got array",
    ),
    "nothing for a task": (lambda: Task.from_dict(NOTHING), "expected a dict with the fields of Task", "got null"),
}


def _client(**options: Any) -> SunoClient:
    given: dict[str, Any] = {"api_key": KEY, "base_url": "http://127.0.0.1:1", **options}
    return SunoClient(**given)


def _check(error: SunoError, start: str, advice: str) -> None:
    text = str(error)
    assert "\n" not in text
    assert text.startswith(start)
    assert text.endswith(advice)
    assert isinstance(error, ConfigurationError | InvalidRequestError | ModelError)


@pytest.mark.parametrize("case", CALLS)
def test_wrong_argument_is_named_before_anything_is_sent(face: str, case: str) -> None:
    ask, start, advice = CALLS[case]
    stage = Stage(face, lambda _: json_reply(200, {"code": "success", "data": "made"}))
    with pytest.raises(SunoError) as raised:
        stage.run(ask(stage.client))
    _check(raised.value, start, advice)
    assert stage.line.requests == []


@pytest.mark.parametrize("case", VALUES)
def test_wrong_value_is_named(case: str) -> None:
    make, start, advice = VALUES[case]
    with pytest.raises(SunoError) as raised:
        make()
    _check(raised.value, start, advice)


BROKEN = "a\nb\u2028c\x1b[31md"
"""An id or a message that would end the line, color the terminal, or hide what follows."""


def _refuse(request: httpx.Request) -> Reply:
    task = {"task_id": BROKEN, "status": "FAILURE", "fail_reason": BROKEN}
    if "fetch" in request.url.path:
        return json_reply(200, {"code": "success", "data": task})
    return json_reply(400, {"code": BROKEN, "message": BROKEN, BROKEN: 1})


# What fails with such texts, of the caller and of the server.
BROKEN_TEXTS: dict[str, Ask] = {
    "an error's code and message": lambda c: c.personas.create(root_clip_id="c", **ABOUT),
    "a failed task": lambda c: c.tasks.wait(BROKEN),
    "a task without clips": lambda c: c.clips.save_all(Task.from_dict({"task_id": BROKEN, "status": "SUCCESS"}), "x"),
    "a song that failed": lambda c: c.personas.create_from_song(SONG, **ABOUT, resume=BROKEN),
    "a fingerprint": lambda c: c.account.reconcile(BROKEN),
}


@pytest.mark.parametrize("case", BROKEN_TEXTS)
def test_message_stays_on_one_line(face: str, case: str) -> None:
    stage = Stage(face, _refuse)
    with pytest.raises(SunoError) as raised:
        stage.run(BROKEN_TEXTS[case](stage.client))
    assert str(raised.value).isprintable()
    assert "\\n" in str(raised.value)


def test_message_with_lone_surrogate_can_be_printed(face: str) -> None:
    stage = Stage(face, lambda _: Reply(500, rb'{"message": "\ud800"}', {}), retries=0)
    with pytest.raises(SunoError, match=r"\\ud800") as raised:
        stage.run(stage.client.tasks.get("a"))
    assert str(raised.value).encode()


COMPOSITE_CALLS: dict[str, Ask] = {
    "account.balance": lambda c: c.account.balance(nonsense=1),
    "account.tasks": lambda c: c.account.tasks(nonsense=1),
    "account.charges": lambda c: c.account.charges(nonsense=1),
    "account.reconcile": lambda c: c.account.reconcile("f", since=1, nonsense=1),
    "personas.create_from_song": lambda c: c.personas.create_from_song(SONG, **ABOUT, nonsense=1),
    "music.submit_with_persona": lambda c: c.music.submit_with_persona(
        Persona(id="p", name="n"), artist_clip_id="c", **VOICE, nonsense=1
    ),
}


def _finish(stage: Stage, ask: Ask) -> None:
    made = ask(stage.client)
    if isinstance(made, Iterator | AsyncIterator):
        stage.events(made)
    else:
        stage.run(made)


@pytest.mark.parametrize("name", COMPOSITE_CALLS)
def test_unknown_option_is_that_of_the_call(face: str, name: str) -> None:
    """Not of one of the calls that it makes."""
    stage = Stage(face, lambda _: json_reply(200, {}), access_token=KEY)
    with pytest.raises(TypeError, match=rf"^{name}\(\) got an unexpected keyword argument 'nonsense'$"):
        _finish(stage, COMPOSITE_CALLS[name])
    assert stage.line.requests == []


@pytest.mark.parametrize(
    "when", [True, b"1", "1700000000", float("inf"), HUGE, [], object()], ids=lambda each: type(each).__name__
)
@pytest.mark.parametrize("argument", ["since", "until"])
def test_time_that_is_no_number_is_refused(face: str, argument: str, when: Any) -> None:
    stage = Stage(face, lambda _: json_reply(200, {}), access_token=KEY)
    for call in (stage.client.account.tasks, stage.client.account.charges):
        with pytest.raises(InvalidRequestError, match=rf"{argument} is .*Pass Unix seconds, or an aware datetime\.$"):
            stage.events(call(**{argument: when}))
    assert stage.line.requests == []


def test_unknown_outcome_says_what_came_and_where_to_look(face: str) -> None:
    stage = Stage(face, lambda _: Reply(503, b"", {}), retries=0)
    with pytest.raises(OutcomeUnknownError) as raised:
        stage.run(stage.client.personas.create(root_clip_id="c", **ABOUT))
    error = raised.value
    assert str(error) == (
        "personas.create: outcome unknown: the response was 503: an empty body. The call may have been done and "
        "charged; it is not sent again. Before you call again, look for its result: client.account.reconcile(error). "
        f"Fingerprint {error.fingerprint}: equal calls have equal ones: it tells which call it was."
    )


@pytest.mark.parametrize("missing", ["jsonschema_rs", "uvicorn"])
def test_mock_names_the_extra_that_is_missing(missing: str) -> None:
    """As in an environment without the extra, where the package cannot be found."""
    program = f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {missing!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Absent())
sys.path[:0] = {[str(Path(cometapi_suno.__file__).parents[1]), str(Path(__file__).parents[2])]!r}
import runpy
runpy.run_module("cometapi_suno_mock", run_name="__main__")
"""
    done = subprocess.run([sys.executable, "-c", program, "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done
    assert done.stderr.splitlines()[-1].endswith("pip install 'cometapi-suno[mock]'")
    assert len(done.stderr.splitlines()) == 1
