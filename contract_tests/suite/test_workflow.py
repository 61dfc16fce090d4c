"""Does the workflow work end to end? Song, persona, song with the persona; links, examples, refusals.

Asked through both generated clients, in process and over a socket, and as curl would.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeAlias

import httpx
import pytest
from cometapi_suno import AsyncSunoClient, SongFromLyrics, SunoClient
from cometapi_suno_mock import (
    DEMO_KEY,
    FINISHED_CLIP,
    FOREIGN_CLIP,
    UNFINISHED_CLIP,
    UPLOADED_CLIP,
    Contract,
    Gateway,
    Settings,
)
from cometapi_suno_mock.handlers import HANDLERS
from cometapi_suno_mock.httpx_transport import GatewayTransport
from cometapi_suno_mock.media import is_object

from contract_tests.suite.support.checking_transport import CheckingTransport
from contract_tests.suite.support.expected_results import expected_result, to_plain_json
from contract_tests.suite.support.gateway_callers import open_caller
from contract_tests.suite.support.loaded_spec import CALLS, CONTRACT, TAKING_A_BODY
from contract_tests.suite.support.schema_walk import ABSENT, with_changes
from contract_tests.suite.support.workflow import connect, resolve, run_workflow
from contract_tests.verifier.exchange.example_calls import example_calls, path_examples
from contract_tests.verifier.exchange.http_caller import CheckedExchange, HttpCaller
from contract_tests.verifier.exchange.links import DescribedLink, find_dead_ends, read_links, walk

Checked = Callable[[int], None]
Client = SunoClient | AsyncSunoClient


def shortest_cycle(links: list[DescribedLink], start: str) -> list[str]:
    """Return the operations of the shortest cycle of links through an operation."""
    ways = [[start]]
    while ways:
        longer = [[*way, link.target] for way in ways for link in links if link.source == way[-1]]
        for way in longer:
            if way[-1] == start:
                return way[:-1]
        ways = [way for way in longer if len(set(way)) == len(way)]
    return []


CREATE_PERSONA = next(each for each in CONTRACT.operations.values() if each.path == "/suno/persona/create")
LINKS = read_links(CONTRACT)
Steps: TypeAlias = list[tuple[DescribedLink, CheckedExchange]]
WORKFLOW = shortest_cycle(LINKS, CREATE_PERSONA.id)
"""The cycle of operations from persona to song to task and back."""

DOCUMENTED = {
    "root_clip_id": FINISHED_CLIP,
    "name": "Persona Title",
    "description": "Persona Description",
    "clips": [FINISHED_CLIP],
    "is_public": True,
}
UNKNOWN_ID = "00000000-0000-4000-8000-0000000000ff"


@asynccontextmanager
async def reaching(
    gateway: Gateway, *, face: type[Client], socket: bool
) -> AsyncGenerator[tuple[Client, CheckingTransport]]:
    """Open a client of a gateway with a transport that validates every exchange."""
    async with AsyncExitStack() as stack:
        url = stack.enter_context(gateway.serve()) if socket else "http://127.0.0.1"
        if not socket:
            judge = CheckingTransport(gateway.contract, GatewayTransport(gateway))
        elif face is SunoClient:
            judge = CheckingTransport(gateway.contract, stack.enter_context(httpx.HTTPTransport()))
        else:
            judge = CheckingTransport(gateway.contract, await stack.enter_async_context(httpx.AsyncHTTPTransport()))
        options: dict[str, Any] = {"api_key": DEMO_KEY, "access_token": DEMO_KEY, "base_url": url, "http_client": judge}
        yield connect(**options) if face is SunoClient else face(**options), judge
    assert not judge.violations


@pytest.fixture(scope="module")
def caller(contract: Contract) -> Iterator[HttpCaller]:
    """A caller of a gateway without the client."""
    gateway = Gateway()
    with open_caller(gateway, contract) as caller:
        yield caller
    assert not gateway.violations


@pytest.fixture(scope="module")
def walked(contract: Contract) -> Steps:
    """A walk along all links, in a gateway whose tasks finish at once."""
    gateway = Gateway(settings=Settings(polls=0))
    with open_caller(gateway, contract) as caller:
        found = walk(caller, LINKS)
    assert not gateway.violations
    return found


@pytest.mark.anyio
@pytest.mark.operation(*WORKFLOW)
@pytest.mark.parametrize("socket", [False, True], ids=["in-process", "over a socket"])
@pytest.mark.parametrize("face", [SunoClient, AsyncSunoClient])
async def test_song_to_persona_to_song(face: type[Client], socket: bool, checked: Checked) -> None:
    """The synchronous client waits in virtual time; for the other one a wait ends at its first poll."""
    gateway = Gateway(settings=Settings(polls=3 if face is SunoClient else 0))
    async with reaching(gateway, face=face, socket=socket) as (client, judge):
        await run_workflow(client)
        assert judge.operations == set(WORKFLOW), "the links tell another workflow"
        checked(len(judge.seen))


@pytest.mark.anyio
@pytest.mark.operation("fetchTask", "fetchTasks")
async def test_wait_asks_for_the_group_of_its_tasks(gateway: Gateway, checked: Checked) -> None:
    """A batch of tasks that were seen before names the group that they have."""
    async with reaching(gateway, face=SunoClient, socket=False) as (client, judge):
        songs = [await resolve(client.music.submit(SongFromLyrics(prompt="x"))) for _ in range(2)]
        lyrics = [await resolve(client.lyrics.submit(prompt="x")) for _ in range(2)]
        tasks = await resolve(client.tasks.wait_all([*songs, *lyrics], timeout=60))
        assert [task.status for task in tasks] == ["SUCCESS"] * 4
        assert [task.action for task in tasks] == ["MUSIC", "MUSIC", "LYRICS", "LYRICS"]
        batches = [each for each in judge.seen if each.operation is gateway.contract.operations["fetchTasks"]][1:]
        for batch in batches:
            asked = json.loads(batch.sent)["action"]
            assert {task["action"] for task in json.loads(batch.came)["data"]} == {asked}
    checked(len(batches))


@pytest.mark.parametrize(
    "link", [pytest.param(link, marks=pytest.mark.operation(link.source, link.target), id=str(link)) for link in LINKS]
)
def test_every_link_succeeds(link: DescribedLink, walked: Steps, checked: Checked) -> None:
    """Values come from earlier answers; refusals on the way must be as described."""
    followed = [exchange for each, exchange in walked if each is link]
    assert str(link) not in find_dead_ends(LINKS, walked)
    assert not [exchange for exchange in followed if exchange.violations]
    checked(len(followed))


@pytest.mark.anyio
@pytest.mark.parametrize("face", [SunoClient, AsyncSunoClient])
async def test_every_example_succeeds_on_mock(
    operation: str, face: type[Client], gateway: Gateway, checked: Checked
) -> None:
    """The result equals the body on the wire, unwrapped and lossless."""
    examples = CALLS.examples(operation)
    async with reaching(gateway, face=face, socket=False) as (client, judge):
        for example in examples:
            result = await resolve(example.invoke(client))
            seen = judge.seen[-1]
            assert seen.operation is gateway.contract.operations[operation]
            assert to_plain_json(result) == expected_result(example.operation, seen.came), example
    checked(len(examples))


@pytest.mark.operation(CREATE_PERSONA.id)
def test_documented_curl_creates_persona(gateway: Gateway) -> None:
    """Same request as documented, except for the host."""
    with gateway.serve() as url:
        response = httpx.post(
            f"{url}/suno/persona/create",
            headers={"Authorization": f"Bearer {DEMO_KEY}", "Content-Type": "application/json"},
            content=json.dumps(DOCUMENTED, indent=4),
            trust_env=False,
        )
    media = response.headers["content-type"]
    assert response.status_code == 200
    assert not CREATE_PERSONA.check_response(status=200, content_type=media, body=response.content)
    persona: dict[str, Any] = response.json()
    assert persona["root_clip_id"] == persona["clip"]["id"] == FINISHED_CLIP
    assert persona["name"] == "Persona Title"
    assert persona["description"] == "Persona Description"
    assert persona["is_public"] is True


# Codes as the sources have them: the task part's own for bad input; for clips, the words that clients look for.
REFUSED: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "an unknown clip": ({"root_clip_id": UNKNOWN_ID}, "fail_to_fetch_task"),
    "an uploaded clip": ({"root_clip_id": UPLOADED_CLIP}, "invalid_request"),
    "an unfinished clip": ({"root_clip_id": UNFINISHED_CLIP}, "invalid_request"),
    "a clip of another account": ({"root_clip_id": FOREIGN_CLIP}, "fail_to_fetch_task"),
    "an unknown clip among the clips": ({"clips": [FINISHED_CLIP, UNKNOWN_ID]}, "fail_to_fetch_task"),
    **{f"no {name}": ({name: ABSENT}, "invalid_request") for name in DOCUMENTED},
    **{f"null as {name}": ({name: None}, "invalid_request") for name in DOCUMENTED},
    **{f"a number as {name}": ({name: 7}, "invalid_request") for name in DOCUMENTED},
    "a number among the clips": ({"clips": [7]}, "invalid_request"),
    "a text as is_public": ({"is_public": "true"}, "invalid_request"),
    "one text as clips": ({"clips": FINISHED_CLIP}, "invalid_request"),
}


@pytest.mark.operation(CREATE_PERSONA.id)
@pytest.mark.parametrize("case", REFUSED)
def test_unusable_clip_is_refused(case: str, caller: HttpCaller) -> None:
    members, code = REFUSED[case]
    body = with_changes(DOCUMENTED, *(((name,), value) for name, value in members.items()))
    _refused(caller.call(CREATE_PERSONA, {}, body), 400, code)


def test_invalid_key_is_refused(operation: str, caller: HttpCaller, checked: Checked) -> None:
    described = caller.contract.operations[operation]
    _, path, body = next(example_calls(described))
    keys = [None, "", "sk-wrong", f"{DEMO_KEY}x"]
    for key in keys:
        _refused(caller.call(described, path, body, key=key), 401)
    checked(len(keys))


@pytest.mark.parametrize("operation", TAKING_A_BODY)
def test_invalid_body_is_refused(operation: str, caller: HttpCaller, checked: Checked) -> None:
    contents = [b"", b'{"', b"[]", b"null", b'"text"', b'{"a": NaN}', b"\xff\xfe"]
    described = caller.contract.operations[operation]
    for content in contents:
        if described.read_body("application/json", content)[1]:  # a list may be empty
            _refused(caller.send(described, {}, content), 400, "invalid_request")
            checked(1)


@pytest.mark.parametrize("operation", TAKING_A_BODY)
def test_undescribed_request_is_refused(operation: str, caller: HttpCaller, checked: Checked) -> None:
    """Each example with each of its members left out, null, and of each type: 400 wherever that is not described."""
    described = caller.contract.operations[operation]
    others: list[Any] = [ABSENT, None, 7.5, True, "text", [], {}]
    judged = 0
    for _, path, body in example_calls(described):
        changed = [with_changes(body, ((name,), other)) for name in body for other in others] if is_object(body) else []
        for wrong in (*changed, *([] if changed else others[2:])):
            exchange = caller.call(described, path, wrong)
            if described.read_body("application/json", json.dumps(wrong).encode())[1]:
                _refused(exchange, 400, "invalid_request")
            else:
                assert not exchange.violations, exchange
            judged += 1
    checked(judged)


@pytest.mark.parametrize("operation", [name for name in HANDLERS if path_examples(CONTRACT.operations[name])])
def test_unknown_id_is_refused(operation: str, caller: HttpCaller) -> None:
    """By every operation that the mock has state for; any other is answered from the description alone."""
    described = caller.contract.operations[operation]
    path = dict.fromkeys(path_examples(described), UNKNOWN_ID)
    for _, _, body in example_calls(described):
        _refused(caller.call(described, path, body), 400)


def _refused(exchange: CheckedExchange, status: int, code: str | None = None) -> None:
    """The answer is an error as described, with this status and this code."""
    assert exchange.status == status, exchange
    assert not exchange.violations, exchange
    assert code in (None, exchange.code), exchange
