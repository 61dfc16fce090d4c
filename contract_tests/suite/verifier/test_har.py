"""Is a HAR read, and a bad one refused in one line?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contract_tests.suite.support.loaded_spec import CONTRACT
from contract_tests.verifier.exchange.exchange import ExchangeBody
from contract_tests.verifier.exchange.recordings import RecordingError, read_har

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


def test_browser_har_is_read(tmp_path: Path) -> None:
    content = {"text": "eyJhIjogMX0=", "encoding": "base64"}
    (found,) = read_har(_saved(tmp_path, _entry(content=content)), CONTRACT, HOST)
    assert (found.operation, found.request.path, found.request.query) == (
        "fetchTask",
        "/suno/fetch/x",
        (("a", "[scrubbed]"),),
    )
    assert (found.date, found.target, found.origin) == ("2026-11-22T10:00:00Z", HOST, "recorded")
    assert set(found.request.headers) == set()
    assert found.response.headers.keys() == {"x-a"}
    assert found.response.body == ExchangeBody("json", {"a": 1})


def test_other_hosts_are_left_out(tmp_path: Path) -> None:
    path = _saved(tmp_path, _entry("https://other.org/a"), _entry(status=0), _entry())
    assert len(read_har(path, CONTRACT, HOST)) == 1


def test_har_without_host_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError) as refused:
        read_har(_saved(tmp_path, _entry("https://b.org/a"), _entry("https://a.org/a")), CONTRACT, HOST)
    assert str(refused.value).endswith(f"saved.har: no exchange with {HOST}; the hosts are a.org, b.org")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ("[]", "/: not a HAR"),
        ('{"log": {}}', "/log: not a HAR"),
        ('{"log": {"entries": [{}]}}', "/log/entries/0: not a HAR"),
        ('{"log": {"entries": []}}', "no exchange with"),
    ],
)
def test_bad_har_is_one_line(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.har"
    path.write_text(text, "utf-8")
    with pytest.raises(RecordingError, match=message) as refused:
        read_har(path, CONTRACT, HOST)
    assert "\n" not in str(refused.value)


def test_bad_base64_names_its_entry(tmp_path: Path) -> None:
    path = _saved(tmp_path, _entry(), _entry(content={"text": "%%%", "encoding": "base64"}))
    with pytest.raises(RecordingError, match="/log/entries/1: the body is not base64"):
        read_har(path, CONTRACT, HOST)
