"""Notifications: end a task without a poll, and post it to its `notify_hook`."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

import httpx
from cometapi_suno_mock.http_messages import wrap
from cometapi_suno_mock.media import JSON, write_json

if TYPE_CHECKING:
    from cometapi_suno_mock.gateway_core import GatewayCore
    from cometapi_suno_mock.state_records import TaskRecord

_log = logging.getLogger("cometapi_suno_mock")
_TIMEOUT = 10.0


class Notifier:
    """Ends the tasks of a gateway that have a `notify_hook`, after `task_seconds`, and posts them there.

    No source shows what CometAPI sends; the body is the reply of `fetchTask`.
    """

    def __init__(self, gateway: GatewayCore) -> None:
        self._gateway = gateway
        self._state = gateway.state

    def schedule(self, task: TaskRecord, base: str) -> None:
        """Start the timer of a task, in a daemon thread that does not keep the program alive."""
        timer = threading.Timer(self._gateway.settings.task_seconds or 0.0, self._notify, (task, base))
        timer.daemon = True
        timer.start()

    def _notify(self, task: TaskRecord, base: str) -> None:
        state = self._state
        with self._gateway.lock:
            if self._gateway.state is not state or state.tasks.get(task.id) is not task:
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
