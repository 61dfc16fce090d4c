"""Notifications: end a task without a poll, and post it to its `notify_hook`."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import httpx
from cometapi_suno_mock.http_messages import wrap
from cometapi_suno_mock.media import JSON, write_json
from cometapi_suno_mock.state import GatewayState
from cometapi_suno_mock.state_records import TaskRecord

_log = logging.getLogger("cometapi_suno_mock")
_TIMEOUT = 10.0


class Notifier:
    """Ends tasks that have a `notify_hook`, after some seconds, and posts them there.

    No source shows what CometAPI sends; the body is the reply of `fetchTask`.

    Args:
        state: The state that holds the tasks.
        lock: Held while a task is ended.
        seconds: Seconds from the submission to the end of a task.
        is_current: Returns whether the state is still in use, or was replaced by a reset.
    """

    def __init__(
        self, state: GatewayState, lock: threading.RLock, seconds: float, is_current: Callable[[], bool]
    ) -> None:
        self._state = state
        self._lock = lock
        self._seconds = seconds
        self._is_current = is_current

    def schedule(self, task: TaskRecord, base: str) -> None:
        """Start the timer of a task, in a daemon thread that does not keep the program alive."""
        timer = threading.Timer(self._seconds, self._notify, (task, base))
        timer.daemon = True
        timer.start()

    def _notify(self, task: TaskRecord, base: str) -> None:
        state = self._state
        with self._lock:
            if not self._is_current() or state.tasks.get(task.id) is not task:
                return  # the gateway was reset, or the task was dropped
            state.progress.finish(task)
            body = write_json(state.profiles.rewrite_value("fetchTask", wrap(task.view(base))))
        try:
            response = httpx.post(
                task.notify_hook, content=body, headers={"content-type": JSON}, timeout=_TIMEOUT, trust_env=False
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:  # without its text: the address may hold a secret
            _log.warning("the notify_hook of task %s cannot be called: %s", task.id, type(error).__name__)
        else:
            if response.is_error:
                _log.warning("the notify_hook of task %s replied with %d", task.id, response.status_code)
