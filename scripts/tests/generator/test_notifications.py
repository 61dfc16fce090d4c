"""`hooks.parse_notification` is generated when exactly one operation has `x-sdk.poll`."""

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
    """Return a description with one polled operation for each method."""
    job = {"$ref": "#/components/schemas/Job"}
    path = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    paths = {
        f"/{method}/{{id}}": {
            "get": operation(
                method,
                result={"type": "object", "properties": {"result": job}} if "unwrap" in sdk else job,
                parameters=[path],
                **{"x-sdk": {"resource": f"{method}_jobs", "method": method, "poll": POLL, **sdk}},
            )
        }
        for method in methods
    }
    return describe(paths, {"Job": JOB})


def test_no_hooks_without_poll(tmp_path: Path) -> None:
    package = generated(describe({"/things": {"get": operation("listThings")}}), tmp_path)
    assert not (package / "hooks.py").exists()
    assert run(package, "print(json.dumps('parse_notification' in cometapi_suno.__all__))") is False


def test_no_hooks_with_two_polls(tmp_path: Path) -> None:
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


def test_notification_without_envelope(tmp_path: Path) -> None:
    nothing = "expected string at /jobId, got nothing"
    assert run(generated(_described("get"), tmp_path), READ) == ["a", nothing, nothing]


def test_notification_with_envelope(tmp_path: Path) -> None:
    package = generated(_described("get", unwrap="result"), tmp_path)
    assert run(package, READ) == ["a", "b", "expected object at /result, got nothing"]


def test_taken_class_name_is_refused(tmp_path: Path) -> None:
    described = _described("get")
    described["components"]["schemas"]["SunoClient"] = JOB
    described["paths"]["/client"] = {"get": operation("client", result={"$ref": "#/components/schemas/SunoClient"})}
    with pytest.raises(GenerationError, match="SunoClient is the name of another class of the client"):
        generated(described, tmp_path)
