"""Notifications are read where a description says what is waited for, and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scripts.generator.generation_error import GenerationError
from scripts.tests.generator.small_descriptions import describe, generated, operation, run

JOB = {
    "type": "object",
    "required": ["jobId", "state"],
    "properties": {"jobId": {"type": "string"}, "state": {"type": "string"}, "why": {"type": "string"}},
}
POLL = {"id": "jobId", "status": "state", "reason": "why", "done": ["over"], "failed": ["dead"]}


def _described(*methods: str, **sdk: Any) -> dict[str, Any]:
    """A description with one polled operation for each method."""
    job = {"$ref": "#/components/schemas/Job"}
    path = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    paths = {
        f"/{method}/{{id}}": {
            "get": operation(
                method,
                result={"type": "object", "properties": {"result": job}} if "unwrap" in sdk else job,
                parameters=[path],
                **{"x-sdk": {"resource": "jobs", "method": method, "poll": POLL, **sdk}},
            )
        }
        for method in methods
    }
    return describe(paths, {"Job": JOB})


def test_without_an_operation_to_wait_with_there_is_nothing_to_be_notified_of(tmp_path: Path) -> None:
    package = generated(describe({"/things": {"get": operation("listThings")}}), tmp_path)
    assert not (package / "hooks.py").exists()
    assert run(package, "print(json.dumps('parse_notification' in cometapi_suno.__all__))") is False


def test_with_two_of_them_nobody_can_say_which_is_meant(tmp_path: Path) -> None:
    assert not (generated(_described("one", "two"), tmp_path) / "hooks.py").exists()


READ = """
def read(body):
    try:
        return cometapi_suno.parse_notification(json.dumps(body).encode()).job_id
    except cometapi_suno.ModelError as error:
        return str(error)
bodies = [{"jobId": "a", "state": "over"}, {"result": {"jobId": "b", "state": ""}}, {}]
print(json.dumps([read(body) for body in bodies]))
"""


def test_without_an_envelope_only_the_task_itself_is_taken(tmp_path: Path) -> None:
    nothing = "expected string at /jobId, got nothing"
    assert run(generated(_described("get"), tmp_path), READ) == ["a", nothing, nothing]


def test_the_envelope_is_the_descriptions(tmp_path: Path) -> None:
    package = generated(_described("get", unwrap="result"), tmp_path)
    assert run(package, READ) == ["a", "b", "expected object at /result, got nothing"]


def test_a_result_of_a_workflow_that_is_called_like_something_else_stops_generation(tmp_path: Path) -> None:
    described = _described("get")
    described["components"]["schemas"]["SunoClient"] = JOB
    described["paths"]["/client"] = {"get": operation("client", result={"$ref": "#/components/schemas/SunoClient"})}
    with pytest.raises(GenerationError, match="SunoClient is a name of the client itself"):
        generated(described, tmp_path)
