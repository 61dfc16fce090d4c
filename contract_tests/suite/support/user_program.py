"""A program as a user would write it, run by the environment tests in an environment that has only the wheel.

It imports nothing of this repository. The gateway and the key come from the environment variables COMETAPI_BASE_URL
and COMETAPI_KEY. It prints `ok NAME` after each of its parts and raises on any surprise.
"""

from __future__ import annotations

import asyncio
import copy
import multiprocessing
import os
import pickle
from collections.abc import Callable, Sequence

from cometapi_suno import AsyncSunoClient, BadRequestError, SunoClient, Task

CLIP = "2dd391cd-996b-4843-9738-1aed26f170e4"
FORKED_CALLS = 20


def expect(holds: bool, what: str) -> None:
    """Raise when a fact does not hold. An `assert` would vanish under `-O`."""
    if not holds:
        raise SystemExit(f"user_program: {what}")


def create(client: SunoClient, name: str) -> None:
    """Create a persona and check that the answer is about it."""
    persona = client.personas.create(root_clip_id=CLIP, name=name, description="", clips=[CLIP], is_public=False)
    expect(persona.name == name, f"the persona is called {persona.name!r}, not {name!r}")


async def create_async(name: str) -> None:
    """Do the same with the async client."""
    async with AsyncSunoClient() as client:
        persona = await client.personas.create(
            root_clip_id=CLIP, name=name, description="", clips=[CLIP], is_public=False
        )
    expect(persona.name == name, f"the persona is called {persona.name!r}, not {name!r}")


def call_both() -> None:
    """Call with both clients; names are not ASCII, so that every encoding on the way matters."""
    with SunoClient() as client:
        create(client, "Zoë 歌")
    asyncio.run(create_async("Ada ♫"))


def pickle_values() -> None:
    """Pickle and copy what an application stores: models, an unknown status, an error."""
    task = Task.from_dict({"task_id": "1", "status": "NEVER_SEEN_BEFORE"})
    for twin in (pickle.loads(pickle.dumps(task)), copy.copy(task), copy.deepcopy(task)):
        expect(twin == task, f"the copy is {twin!r}")
        expect(str(twin.status) == "NEVER_SEEN_BEFORE", f"the status became {twin.status!r}")
        expect(twin.to_dict() == task.to_dict(), "the copy has other fields")
    with SunoClient() as client:
        try:
            client.personas.create(root_clip_id="unknown", name="n", description="", clips=[], is_public=False)
        except BadRequestError as error:
            twin = pickle.loads(pickle.dumps(error))
            expect(str(twin) == str(error), "the pickled error has another message")
            expect(os.environ["COMETAPI_KEY"] not in repr(pickle.dumps(error)), "the key is in the pickle")
        else:
            expect(False, "an unknown clip was accepted")


def _child(client: SunoClient | None, prefix: str) -> None:
    used = client or SunoClient()
    for number in range(FORKED_CALLS):
        create(used, f"{prefix}-{number}")


def call_in_processes(method: str) -> None:
    """Use one client in parent and children at once; a child of `spawn` makes its own."""
    context = multiprocessing.get_context("fork") if method == "fork" else multiprocessing.get_context("spawn")
    with SunoClient() as client:
        create(client, "before")  # the connection that children must not share
        inherited = client if method == "fork" else None
        children = [context.Process(target=_child, args=(inherited, f"{method}-{n}")) for n in range(3)]
        for child in children:
            child.start()
        _child(client, "parent")
        for child in children:
            child.join(60)
            expect(child.exitcode == 0, f"a child of {method} ended with {child.exitcode}")


def call_in_forks() -> None:
    """Share one client with forked children."""
    call_in_processes("fork")


def call_in_spawned() -> None:
    """Let each of several spawned children make a client."""
    call_in_processes("spawn")


PARTS: Sequence[Callable[[], None]] = (call_in_forks, call_in_spawned, call_both, pickle_values)

if __name__ == "__main__":
    for part in PARTS:
        part()
        print(f"ok {part.__name__}", flush=True)  # noqa: T201
