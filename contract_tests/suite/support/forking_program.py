"""A program that forks while its client has open connections; both processes go on calling.

Arguments: base URL, face (`sync` or `async`), number of forks. It prints how many processes got what they asked for.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from functools import partial
from threading import Event, Thread
from typing import Any

from cometapi_suno import AsyncSunoClient, SunoClient, Task

CALLS = 2
OPTIONS: dict[str, Any] = {"api_key": "sk-of-a-test-0123456789", "retries": 0, "timeout": 20}


def fork(work: Callable[[], bool]) -> int:
    """Run `work` in a child process and return its id; the exit status says whether it succeeded."""
    child = os.fork()
    if child == 0:
        status = 2
        try:
            status = 0 if work() else 1
        finally:
            os._exit(status)
    return child


def join(child: int) -> bool:
    """Wait for a child process; return whether it succeeded."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def sync_calls(client: SunoClient, name: str) -> bool:
    """Make some calls; return whether each got its own response."""
    names = [f"{name}-{number}" for number in range(CALLS)]
    return [client.tasks.get(each).task_id for each in names] == names


async def async_calls(client: AsyncSunoClient, name: str) -> bool:
    """Make some calls like `sync_calls`."""
    names = [f"{name}-{number}" for number in range(CALLS)]
    return [task.task_id for task in await asyncio.gather(*map(client.tasks.get, names))] == names


def run_async_calls(client: AsyncSunoClient, name: str) -> bool:
    """Make calls in a new event loop: that of the parent belongs to the parent."""
    with asyncio.Runner() as runner:
        return runner.run(async_calls(client, name))


def note(progress: Event, _: Task) -> None:
    """Note that a task was polled."""
    progress.set()


def fork_sync(url: str, forks: int) -> int:
    """Fork with a sync client; return how many processes succeeded."""
    with SunoClient(base_url=url, **OPTIONS) as client:
        succeeded = 0
        for number in range(forks):
            sync_calls(client, f"before-{number}")
            child = fork(partial(sync_calls, client, f"child-{number}"))
            succeeded += sync_calls(client, f"parent-{number}")
            succeeded += join(child)
        return succeeded


async def fork_async(url: str, forks: int) -> int:
    """Fork with an async client, while its event loop runs; return how many processes succeeded."""
    async with AsyncSunoClient(base_url=url, **OPTIONS) as client:
        succeeded = 0
        for number in range(forks):
            await async_calls(client, f"before-{number}")
            child = fork(partial(run_async_calls, client, f"child-{number}"))
            succeeded += await async_calls(client, f"parent-{number}")
            succeeded += await asyncio.to_thread(join, child)
        return succeeded


def fork_while_waiting(url: str, forks: int) -> int:
    """Fork while a thread polls for a task; return how many processes could wait for another task."""
    polled = Event()
    with SunoClient(base_url=url, **OPTIONS) as client:
        waiting = Thread(
            target=client.tasks.wait,
            args=("polled",),
            kwargs={"timeout": 60, "on_progress": partial(note, polled)},
            daemon=True,
        )
        waiting.start()
        polled.wait(20)
        children = [fork(lambda: client.tasks.wait("done", timeout=5).task_id == "done") for _ in range(forks)]
        return sum(map(join, children))


if __name__ == "__main__":
    address, face, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if face == "async":
        with asyncio.Runner() as loop:
            result = loop.run(fork_async(address, count))
    else:
        result = (fork_sync if face == "sync" else fork_while_waiting)(address, count)
    sys.stdout.write(f"{result}\n")
