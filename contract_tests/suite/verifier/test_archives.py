"""Are HTTP Archives and gateway logs read, and bad ones refused in one line?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contract_tests.suite.support.loaded_spec import CONTRACT
from contract_tests.verifier.drift_detector import DriftDetector
from contract_tests.verifier.exchange import VerifierInputError
from contract_tests.verifier.exchange.archives import ArchiveReader, is_archive
from contract_tests.verifier.exchange.exchange import ExchangeBody, HttpExchange
from contract_tests.verifier.exchange.targets import RecordedTarget

HOST = "api.cometapi.com"


def _entry(url: str = f"https://{HOST}/suno/fetch/x?a=1", status: int = 200, **more: Any) -> dict[str, Any]:
    return {
        "startedDateTime": more.pop("date", "2026-11-22T10:00:00.123Z"),
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


def _read(path: Path, host: str = HOST) -> list[HttpExchange]:
    return ArchiveReader(CONTRACT, host).read(path)


def _logged(folder: Path, *lines: Any, name: str = "gateway.ndjson") -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


def test_browser_har_is_read(tmp_path: Path) -> None:
    content = {"text": "eyJhIjogMX0=", "encoding": "base64"}
    (found,) = _read(_saved(tmp_path, _entry(content=content)))
    assert (found.operation, found.request.path, found.request.query) == ("fetchTask", "/suno/fetch/x", (("a", "1"),))
    assert (found.date, found.target, found.origin) == ("2026-11-22T10:00:00Z", HOST, "recorded")
    assert set(found.request.headers) == set()
    assert found.response.headers == {"x-a": "1, 2"}
    assert found.response.body == ExchangeBody("json", {"a": 1})


def test_har_is_sanitized_as_a_target(tmp_path: Path) -> None:
    path = _saved(tmp_path, _entry(content={"text": json.dumps({"code": "success", "data": {"fail_reason": "Zelda"}})}))
    (found,) = RecordedTarget(path).exchanges()
    assert found.response.body is not None
    assert found.response.body.value["code"] == "success"
    assert "Zelda" not in str(found)
    (kept,) = RecordedTarget(path, keep_contents=True).exchanges()
    assert "Zelda" in str(kept)


@pytest.mark.parametrize(
    ("content", "known"),
    [
        ({"size": 25, "mimeType": "application/json"}, False),
        ({"size": 25, "mimeType": "application/json", "_file": "abc.json"}, False),
        ({"size": -1, "mimeType": "application/json"}, False),
        ({"size": 0, "mimeType": "x-unknown"}, True),
        ({"size": 0, "mimeType": "application/json", "text": ""}, True),
    ],
)
def test_har_without_text_says_nothing_of_the_body(content: dict[str, Any], known: bool, tmp_path: Path) -> None:
    """A body that was not saved is not a missing body."""
    (found,) = _read(_saved(tmp_path, _entry(content=content)))
    assert (found.response.body, found.response.body_is_known) == (None, known)
    assert HttpExchange.parse(found.to_json()) == found
    kinds = {finding.kind.name for finding in DriftDetector(CONTRACT).observe_all([found]).findings()}
    assert ("EMPTY_BODY" in kinds) is known


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2026-11-22T23:30:00.000-05:00", "2026-11-23T04:30:00Z"),
        ("2026-11-22T17:00:00+00:00", "2026-11-22T17:00:00Z"),
        ("2026-11-22T17:00:00.1234567Z", "2026-11-22T17:00:00Z"),
        ("2026-11-22T17:00:00", "2026-11-22"),
        ("yesterday", "undated"),
        (1795366800, "2026-11-22T17:00:00Z"),
        (1795366800123, "2026-11-22T17:00:00Z"),
    ],
)
def test_date_is_told_in_utc(date: Any, expected: str, tmp_path: Path) -> None:
    (found,) = _read(_saved(tmp_path, _entry(date=date)))
    assert found.date == expected


@pytest.mark.parametrize("url_host", ["API.CometAPI.com", f"{HOST}:443", f"{HOST}.", f"me:pw@{HOST}", HOST])
@pytest.mark.parametrize("asked", [HOST, HOST.upper(), f"{HOST}:443"])
def test_host_is_the_same_in_every_spelling(url_host: str, asked: str, tmp_path: Path) -> None:
    assert len(_read(_saved(tmp_path, _entry(f"https://{url_host}/suno/fetch/x")), asked)) == 1


@pytest.mark.parametrize("url_host", [f"{HOST}:8443", f"x.{HOST}", "[::1]"])
def test_other_host_is_another(url_host: str, tmp_path: Path) -> None:
    with pytest.raises(VerifierInputError, match="no exchange with"):
        _read(_saved(tmp_path, _entry(f"https://{url_host}/suno/fetch/x")))


def test_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    path = _saved(tmp_path, _entry())
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(_read(path)) == 1


def test_other_hosts_and_addresses_are_left_out(tmp_path: Path) -> None:
    others = [_entry(url) for url in ("https://other.org/a", "data:text/plain,x", "http://[/", "https://h:port/")]
    assert len(_read(_saved(tmp_path, *others, _entry(status=0), _entry()))) == 1


def test_har_without_host_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VerifierInputError) as refused:
        _read(_saved(tmp_path, _entry("https://b.org/a"), _entry("https://a.org/a")))
    assert str(refused.value).endswith(f"saved.har: no exchange with {HOST}; the hosts are a.org, b.org")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ("[]", "/: not a HAR"),
        ('{"log": {}}', "/log: not a HAR"),
        ('{"log": {"entries": [{}]}}', "/log/entries/0: not a HAR"),
        ('{"log": {"entries": []}}', "no exchange with"),
        ("[" * 100_000, "nested too deeply"),
        ('{"log": {"entries": [], "comment": "\\ud800"}}', "half a surrogate pair"),
    ],
)
def test_bad_har_is_one_line(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.har"
    path.write_text(text, "utf-8")
    with pytest.raises(VerifierInputError, match=message) as refused:
        _read(path)
    assert "\n" not in str(refused.value)


def test_bad_base64_names_its_entry(tmp_path: Path) -> None:
    path = _saved(tmp_path, _entry(), _entry(content={"text": "%%%", "encoding": "base64"}))
    with pytest.raises(VerifierInputError, match="/log/entries/1: the body is not base64"):
        _read(path)


@pytest.mark.parametrize(
    "line",
    [
        _entry(content={"text": '{"a": 1}'}),
        {  # Kong's http-log, with bodies
            "request": {"method": "GET", "uri": "/suno/fetch/x?a=1", "url": f"https://{HOST}/suno/fetch/x?a=1",
                        "headers": {"host": HOST}},
            "response": {"status": 200, "headers": {"x-a": ["1", "2"]}, "body": '{"a": 1}'},
            "started_at": 1795341600000,
        },
        {"method": "GET", "path": "/suno/fetch/x?a=1", "status": 200, "response_body": {"a": 1},
         "response_headers": {"X-A": "1, 2"}, "timestamp": "2026-11-22T11:00:00+01:00"},
        {"request_method": "GET", "request_uri": "/suno/fetch/x?a=1", "host": HOST, "response_code": "200",
         "response_body": '{"a": 1}', "response_headers": {"x-a": "1, 2"}, "time_iso8601": "2026-11-22T10:00:00Z"},
    ],
    ids=["HAR", "Kong", "flat", "access log"],
)  # fmt: skip
def test_gateway_log_is_read(line: dict[str, Any], tmp_path: Path) -> None:
    (found,) = _read(
        _logged(tmp_path, {"level": "info", "msg": "started"}, line, {**line, "status": 0, "response": {}})
    )
    assert (found.operation, found.request.query, found.response.status) == ("fetchTask", (("a", "1"),), 200)
    assert found.date == "2026-11-22T10:00:00Z"
    assert found.response.headers == {"x-a": "1, 2"}
    assert found.response.body == ExchangeBody("json", {"a": 1})


def test_log_without_bodies_says_nothing_of_them(tmp_path: Path) -> None:
    (found,) = _read(_logged(tmp_path, {"method": "GET", "path": "/suno/fetch/x", "status": 200}))
    assert not found.response.body_is_known


FLAT: dict[str, Any] = {"method": "GET", "path": "/suno/act/wav/x", "status": 200}
WAV = {"wav_file_url": "https://cdn1.example.com/a.wav"}


@pytest.mark.parametrize(
    ("line", "is_known"),
    [
        ({**FLAT, "response_body": WAV}, True),
        ({**FLAT, "response_body": WAV, "headers": {"authorization": "Bearer x", "x-mine": "1"}}, True),
        ({**FLAT, "response_body": json.dumps(WAV), "body": {"asked": 1}}, True),
        ({**FLAT, "request_body": {"asked": 1}, "body": WAV}, True),
        ({**FLAT, "body": {"asked": 1}}, False),
        ({"request": {"method": "GET", "url": "/suno/act/wav/x"}, "response": {"status": 200, "body": WAV}}, True),
    ],
)
def test_log_says_nothing_of_what_it_leaves_out(line: dict[str, Any], is_known: bool, tmp_path: Path) -> None:
    """Without the headers of the response, its content type is not absent; and those of the request are not its own."""
    (found,) = _read(_logged(tmp_path, line))
    assert (found.response.headers, found.response.headers_are_known) == ({}, False)
    assert found.response.body_is_known is is_known
    assert found.response.body == (ExchangeBody("json", WAV) if is_known else None)
    assert HttpExchange.parse(found.to_json()) == found
    detector = DriftDetector(CONTRACT)
    assert not detector.observe(found)
    assert not is_known or not detector.coverage.undescribed


def test_headers_that_are_unknown_hide_no_drift(tmp_path: Path) -> None:
    lines = [{**FLAT, "response_body": body} for body in ({"wav_file_url": 1}, "<html></html>")]
    for each in _read(_logged(tmp_path, *lines)):
        assert DriftDetector(CONTRACT).observe(each)


def test_har_without_headers_has_its_media_type(tmp_path: Path) -> None:
    entry = _entry(content={"text": "a", "mimeType": "text/plain"})
    del entry["response"]["headers"]
    (found,) = _read(_saved(tmp_path, entry))
    assert found.response.headers == {"content-type": "text/plain"}


def test_status_of_many_digits_is_not_a_status(tmp_path: Path) -> None:
    lines = [FLAT, *({**FLAT, "status": status} for status in ("9" * 6000, "2e2", "099", True, 2000))]
    assert len(_read(_logged(tmp_path, *lines))) == 1


def test_log_is_told_from_recordings(tmp_path: Path) -> None:
    assert is_archive(_logged(tmp_path, {"method": "GET", "path": "/a", "status": 200}, name="a.jsonl"))
    assert not is_archive(_logged(tmp_path, {"exchange": 1}, name="b.jsonl"))
    text = tmp_path / "gateway.ndjson"
    text.write_text("GET /suno 200\n", "utf-8")
    with pytest.raises(VerifierInputError, match=r"gateway\.ndjson:1: not JSON"):
        _read(text)
