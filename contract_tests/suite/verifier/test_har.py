"""Do exchanges survive a HAR, and is one that cannot be used refused in a line?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contract_tests.suite.support.loaded_spec import CONTRACT
from contract_tests.verifier.drift import Body, Exchange, RecordedTarget, RecordingError, Request, Response, Scrubber
from contract_tests.verifier.exchange.har import export_har, import_har

HOST = "api.cometapi.com"


def _entry(url: str = f"https://{HOST}/suno/fetch/x?a=1", status: int = 200, **more: Any) -> dict[str, Any]:
    return {
        "startedDateTime": "2026-11-22T10:00:00.123Z",
        "request": {"method": "GET", "url": url, "headers": [{"name": ":authority", "value": HOST}]},
        "response": {
            "status": status,
            "headers": [{"name": "X-A", "value": "1"}, {"name": "x-a", "value": "2"}],
            **more,
        },
    }


def _saved(folder: Path, *entries: Any) -> Path:
    path = folder / "saved.har"
    path.write_text(json.dumps({"log": {"entries": entries}}), "utf-8")
    return path


def test_what_was_exported_is_imported_the_same(tmp_path: Path) -> None:
    made = [
        *RecordedTarget().exchanges(),
        Exchange(
            "bytes", "mock", "mock", "2024", None, Request("PUT", "/a"), Response(200, {}, Body("base64", b"\xff"))
        ),
        Exchange(
            "sent", "mock", "mock", "undated", None, Request("PUT", "/a", body=Body("base64", b"\xfe")), Response(204)
        ),
        Exchange(
            "q",
            "mock",
            "mock",
            "2024-05",
            "fetchTask",
            Request("GET", "/suno/fetch/x", (("ids", "ü&="),)),
            Response(200),
        ),
    ]
    path = tmp_path / "all.har"
    export_har(made, path, HOST)
    assert import_har(path, CONTRACT, HOST) == [Scrubber().exchange(exchange) for exchange in made]
    assert [each.name for each in tmp_path.iterdir()] == ["all.har"]


def test_what_a_browser_saved_is_read(tmp_path: Path) -> None:
    content = {"text": "eyJhIjogMX0=", "encoding": "base64"}
    (found,) = import_har(_saved(tmp_path, _entry(content=content)), CONTRACT, HOST)
    assert (found.operation, found.request.path, found.request.query) == (
        "fetchTask",
        "/suno/fetch/x",
        (("a", "[scrubbed]"),),
    )
    assert (found.date, found.target, found.origin) == ("2026-11-22T10:00:00Z", HOST, "recorded")
    assert set(found.request.headers) == set()
    assert found.response.headers.keys() == {"x-a"}
    assert found.response.body == Body("json", {"a": 1})


def test_what_is_of_another_host_or_has_no_answer_is_left_out(tmp_path: Path) -> None:
    path = _saved(tmp_path, _entry("https://other.org/a"), _entry(status=0), _entry())
    assert len(import_har(path, CONTRACT, HOST)) == 1


def test_a_har_of_another_host_is_refused_with_the_hosts_that_it_has(tmp_path: Path) -> None:
    with pytest.raises(RecordingError) as refused:
        import_har(_saved(tmp_path, _entry("https://b.org/a"), _entry("https://a.org/a")), CONTRACT, HOST)
    assert str(refused.value).endswith(f"saved.har: no exchange with {HOST}; the hosts are a.org, b.org")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "not JSON"),
        ("[]", "/: no HAR"),
        ('{"log": {}}', "/log: no HAR"),
        ('{"log": {"entries": [{}]}}', "/log/entries/0: no HAR"),
        ('{"log": {"entries": []}}', "no exchange with"),
    ],
)
def test_what_is_no_har_is_one_line(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.har"
    path.write_text(text, "utf-8")
    with pytest.raises(RecordingError, match=told) as refused:
        import_har(path, CONTRACT, HOST)
    assert "\n" not in str(refused.value)


def test_a_body_that_is_no_base64_names_its_entry(tmp_path: Path) -> None:
    path = _saved(tmp_path, _entry(), _entry(content={"text": "%%%", "encoding": "base64"}))
    with pytest.raises(RecordingError, match="/log/entries/1: the body is no base64"):
        import_har(path, CONTRACT, HOST)
