"""Can another tool run the described workflow? Redocly Respect runs the Arazzo document against the mock.

Respect also checks each answer against the description. The runners on PyPI cannot run it: arazzo-runner 0.9.6 does not
see the response in the criteria of a retry, and arazzo-exec 0.1.0 ignores the parameters of a workflow.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cometapi_suno import SunoClient
from cometapi_suno_mock import DEMO_KEY, Gateway, Settings
from cometapi_suno_mock.httpx_transport import GatewayTransport
from jsonschema_rs import Draft202012Validator

from contract_tests.suite.support.wheel import ROOT, UV, run
from scripts.description_file import read_yaml
from scripts.tests.npx import REDOCLY, npx

pytestmark = pytest.mark.slow

GENERATED = ROOT / "generated"
ARAZZO: dict[str, Any] = json.loads((GENERATED / "arazzo.json").read_text("utf-8"))
SCHEMA_PACKAGE, SCHEMA = "arazzo-generator==0.2.1", "arazzo_generator/validator/arazzo_schema/1.0.1/arazzo-schema.yaml"
"""The package that ships the schema of the OpenAPI Initiative. Only that file is used."""


def test_arazzo_document_fits_its_schema(tmp_path: Path) -> None:
    run(UV, "pip", "install", "--quiet", "--no-deps", "--target", tmp_path, SCHEMA_PACKAGE)
    validator = Draft202012Validator(read_yaml(tmp_path / SCHEMA)[0])
    assert [error.message for error in validator.iter_errors(ARAZZO)] == []
    assert not validator.is_valid({**ARAZZO, "workflows": [{"workflowId": "without-steps"}]})


def respect(folder: Path, gateway: Gateway, arazzo: Mapping[str, Any]) -> tuple[int, str]:
    """Run an Arazzo document against a gateway; return the exit status and what was printed."""
    description = json.loads((GENERATED / "openapi.json").read_text("utf-8"))
    quick = json.dumps(arazzo).replace('"retryAfter": 5', '"retryAfter": 0.1')
    with gateway.serve() as url:
        (folder / "openapi.json").write_text(json.dumps({**description, "servers": [{"url": url}]}), "utf-8")
        (folder / "arazzo.json").write_text(quick, "utf-8")
        done = npx(REDOCLY, "respect", "arazzo.json", "--input", f"bearerAuth={DEMO_KEY}", cwd=folder)
    return done.returncode, done.stdout + done.stderr


def test_respect_runs_workflow_against_mock(tmp_path: Path) -> None:
    """Each of the two songs is polled until its task has ended: twice unfinished, once done."""
    gateway = Gateway(settings=Settings(polls=2))
    status, output = respect(tmp_path, gateway, ARAZZO)
    assert status == 0, output
    wait = ["fetchTask"] * 3
    called = [exchange.operation for exchange in gateway.exchanges]
    assert called == ["submitMusic", *wait, "createPersona", "submitMusic", *wait]
    assert {exchange.status for exchange in gateway.exchanges} == {200}
    task_id = gateway.exchanges[-1].path.rpartition("/")[2]
    with SunoClient(api_key=DEMO_KEY, base_url="http://127.0.0.1", http_client=GatewayTransport(gateway)) as client:
        task = client.tasks.get(task_id)
    assert isinstance(task.data, list)
    assert task.data[0].metadata is not None
    assert gateway.state.personas.get(str(task.data[0].metadata.persona_id))


def test_respect_stops_at_failed_task(tmp_path: Path) -> None:
    gateway = Gateway(settings=Settings(polls=2))
    gateway.faults.add("fail-task=no; operation=submitMusic; times=1")
    status, output = respect(tmp_path, gateway, ARAZZO)
    assert status == 1, output
    assert "createPersona" not in [exchange.operation for exchange in gateway.exchanges]
