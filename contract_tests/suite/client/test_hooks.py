"""What is POSTed to a `notify_hook`: no source shows it, so whatever holds a task is taken, and nothing is trusted."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from cometapi_suno import Clip, ModelError, Task, TaskStatus, parse_notification
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.suite.support.expected_results import success_examples
from contract_tests.suite.support.loaded_spec import CONTRACT

ENVELOPES = [body for _, body in success_examples(CONTRACT.operations["fetchTask"])]
"""The answers that the description shows."""


def _refused(body: bytes, **options: Any) -> str:
    with pytest.raises(ModelError) as refused:
        parse_notification(body, **options)
    return str(refused.value)


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_a_task_is_read_bare_and_in_its_envelope(envelope: dict[str, Any]) -> None:
    for body in (envelope, envelope["data"]):
        task = parse_notification(json.dumps(body).encode())
        assert type(task) is Task
        assert task.to_dict() == envelope["data"]


def test_fields_and_values_that_are_not_described_are_kept() -> None:
    task = parse_notification(b'{"task_id": "a", "status": "NEW", "sent_at": 7, "data": [{"id": "c", "x": 1}]}')
    assert task.unknown == {"sent_at": 7}
    assert task.status == "NEW"
    assert isinstance(task.status, TaskStatus)
    assert not task.status.is_known
    assert isinstance(task.data, list)
    assert isinstance(task.data[0], Clip)
    assert task.data[0].unknown == {"x": 1}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "expected JSON at the top, got 0 bytes that are not JSON"),
        (b"task_id=a&status=SUCCESS", "expected JSON at the top, got 24 bytes that are not JSON"),
        (b"\xff\xfe", "expected JSON at the top, got 2 bytes that are not JSON"),
        (b"[" * 100_000, "expected JSON at the top, got 100000 bytes that are not JSON"),
        (b"[]", "expected object at the top, got array"),
        (b"null", "expected object at the top, got null"),
        (b"{}", "expected object at /data, got nothing"),
        (b'{"code": "fail", "message": "no", "data": null}', "expected object at /data, got null"),
        (b'{"code": "success", "data": [{"task_id": "a"}]}', "expected object at /data, got array"),
        (b'{"code": "success", "data": {"status": "SUCCESS"}}', "expected string at /data/task_id, got nothing"),
        (b'{"task_id": "a"}', "expected string at /status, got nothing"),
        (b'{"task_id": 7, "status": "SUCCESS"}', "expected string at /task_id, got integer"),
        (b'{"task_id": "a", "status": "", "data": [{"id": 7}]}', "expected string at /data/0/id, got integer"),
    ],
)
def test_body_without_task_is_refused(body: bytes, message: str) -> None:
    assert _refused(body) == message


def test_a_body_that_is_too_long_is_not_read() -> None:
    body = b'{"task_id": "a", "status": "SUCCESS"}'
    assert parse_notification(body, max_bytes=len(body)).task_id == "a"
    assert _refused(body, max_bytes=len(body) - 1) == "expected at most 36 bytes at the top, got 37 bytes"
    assert _refused(b" " * (4 * 1024 * 1024 + 1)) == "expected at most 4194304 bytes at the top, got 4194305 bytes"


@pytest.mark.parametrize("body", ["{}", None, 5, {"task_id": "a"}], ids=repr)
def test_only_bytes_are_a_body(body: Any) -> None:
    with pytest.raises(TypeError, match="body must be bytes"):
        parse_notification(body)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["task_id", "status", "data", "code", "x"]), inner),
)


@settings(deadline=None, derandomize=True, max_examples=30)
@given(st.binary() | _JSON.map(lambda value: json.dumps(value).encode()))
def test_whatever_comes_is_a_task_or_one_kind_of_error(body: bytes) -> None:
    with contextlib.suppress(ModelError):
        assert type(parse_notification(body)) is Task
