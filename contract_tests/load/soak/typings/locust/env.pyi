"""Stubs of the parts of Locust that we use; Locust is not in the environment that checks types."""

from collections.abc import Mapping
from typing import Any

class StatsEntry:
    name: str
    num_requests: int
    total_rps: float
    max_response_time: float
    def get_response_time_percentile(self, percent: float) -> float: ...

class RequestStats:
    entries: Mapping[tuple[str, str], StatsEntry]
    total: StatsEntry
    start_time: float
    last_request_timestamp: float | None

class WorkerNodes:
    all: list[object]

class Runner:
    clients: WorkerNodes
    def update_state(self, new_state: str) -> None: ...
    def send_message(self, msg_type: str) -> None: ...
    def quit(self) -> None: ...

class Environment:
    runner: Runner | None
    stats: RequestStats
    host: str | None
    parsed_options: Any
    process_exit_code: int | None
