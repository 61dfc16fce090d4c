"""An unknown value of an open enum stays the same when it is pickled and copied, in every Python 3.11."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from pathlib import Path

import attrs
import cometapi_suno
import pytest
from cometapi_suno import Task, TaskError, TaskStatus

CHECK = """
import copy, pickle
from cometapi_suno import TaskStatus
for value in (TaskStatus("NEW"), *TaskStatus):
    for twin in (pickle.loads(pickle.dumps(value)), copy.copy(value), copy.deepcopy(value)):
        assert (twin, twin.value, twin.is_known) == (value, value.value, value.is_known), (value, twin)
"""


@pytest.mark.parametrize("python", sorted({sys.executable, "/usr/bin/python3"}))
def test_value_survives_pickle_and_copy(python: str) -> None:
    """Debian 12 ships Python 3.11.2, in which enums are pickled by their names."""
    if not Path(python).exists():
        pytest.skip("this system has no Python")
    packages = [Path(module.__file__ or "").parent.parent for module in (cometapi_suno, attrs)]
    code = f"import sys; sys.path[:0] = {[str(each) for each in packages]!r}\n{CHECK}"
    subprocess.run([python, "-I", "-c", code], check=True)


def test_unknown_value_in_model_and_error_survives() -> None:
    task = Task.from_dict({"task_id": "a", "status": "NEW"})
    error = TaskError("no", task_id="a", task=task)
    for twin in (pickle.loads(pickle.dumps(error)).task, copy.deepcopy(task)):
        assert (twin.status, twin.status.is_known) == (TaskStatus("NEW"), False)


@pytest.mark.parametrize("value", [[], None, "text", 1])
def test_model_from_no_object_is_refused(value: object) -> None:
    with pytest.raises(cometapi_suno.ModelError, match="expected a dict with the fields of Task at the top"):
        Task.from_dict(value)  # type: ignore[arg-type]
