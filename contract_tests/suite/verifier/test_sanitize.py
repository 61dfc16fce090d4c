"""Does anything secret survive sanitizing, at any place? Does the shape stay, so that the same drift is found?"""

from __future__ import annotations

import json
import re
import string
from itertools import groupby
from pathlib import Path

import pytest
from attrs import evolve
from cometapi_suno_mock import Contract

from contract_tests.suite.support.loaded_spec import CONTRACT, DESCRIPTION
from contract_tests.suite.verifier.drift_catalogue.body_mutations import Case
from contract_tests.suite.verifier.drift_catalogue.drifted_exchanges import drifted
from contract_tests.suite.verifier.example_runs import PERSONA, exchange
from contract_tests.suite.verifier.personal_data import KINDS, PLACES, find_remains, make_random
from contract_tests.verifier.command_line import main
from contract_tests.verifier.drift_detector import DriftDetector
from contract_tests.verifier.exchange import VerifierInputError
from contract_tests.verifier.exchange.exchange import ExchangeBody, ExchangeRequest, ExchangeResponse, HttpExchange
from contract_tests.verifier.exchange.recordings import RECORDINGS, write_recording
from contract_tests.verifier.exchange.sanitize import Sanitizer
from contract_tests.verifier.live.signals import Interrupts

ALPHABETS = [
    string.ascii_lowercase, string.ascii_uppercase, string.digits, string.ascii_letters + string.digits, "!?%$&#*~+-.",
    "0123456789abcdef", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "äöüß我们🎵é", "aeiou0_", "ab-_.:/",
]  # fmt: skip
ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"


@pytest.fixture(scope="module")
def sanitizer() -> Sanitizer:
    return Sanitizer(key=b"of this test")


def _body(value: object) -> HttpExchange:
    answer = ExchangeResponse(200, {}, ExchangeBody("json", value))
    return HttpExchange("one", "recorded", "host", "undated", None, ExchangeRequest("GET", "/suno/fetch/x"), answer)


def _sanitize(sanitizer: Sanitizer, value: object) -> object:
    body = sanitizer.sanitize(_body(value)).response.body
    assert body is not None
    return body.value


def _dump(exchange: HttpExchange) -> str:
    """Return all texts of an exchange, as they are and as JSON has them, without the path that every case has."""
    written = exchange.to_json()
    if exchange.response.body is not None and exchange.response.body.kind == "base64":
        written["bytes"] = exchange.response.body.value.decode("latin-1")
    return json.dumps(written, ensure_ascii=False) + json.dumps(written)


@pytest.mark.parametrize("place", PLACES)
def test_no_kind_of_secret_survives(place: str, sanitizer: Sanitizer) -> None:
    assert len(KINDS) >= 60
    left = {kind: find_remains(text, _dump(sanitizer.sanitize(PLACES[place](text)))) for kind, text in KINDS.items()}
    assert {kind: found for kind, found in left.items() if found} == {}


@pytest.mark.parametrize("place", PLACES)
def test_no_random_text_survives(place: str, sanitizer: Sanitizer) -> None:
    for alphabet in ALPHABETS:
        for text in make_random(alphabet, 40):
            if place == "rate limit" and text.isdigit() and len(text) == 10:
                continue  # seconds since 1970, where a number belongs
            assert find_remains(text, _dump(sanitizer.sanitize(PLACES[place](text)))) == []


def test_equal_values_stay_equal(sanitizer: Sanitizer) -> None:
    """Within one run, so that links hold; another run has nothing in common with it."""
    body = {"code": "success", "data": {"task_id": ID, "clips": [f"https://cdn1.suno.ai/image_{ID}.jpeg"]}}
    request = ExchangeRequest("GET", f"/suno/fetch/{ID}", (("ids", ID),))
    found = sanitizer.sanitize(evolve(_body(body), request=request))
    assert found.response.body is not None
    made = found.response.body.value["data"]["task_id"]
    assert (found.request.path, found.request.query) == (f"/suno/fetch/{made}", (("ids", made),))
    assert f"_{made}." in found.response.body.value["data"]["clips"][0]
    assert made != ID != Sanitizer().sanitize_value({"task_id": ID})["task_id"] != made


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (ID, r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
        ("https://cdn7.khost.org:84/b.mp3?x=1#t", r"https://[a-z]{6}\.example:[1-5]\d/[a-z]\.[a-z]{2}\d\?[a-z]=\d#[a-z]"),
        ("zelda@mail.khost.org", r"[a-z]{5}@[a-z]{6}\.example"),
        ("1987-03-14T05:09:26.123+02:00", r"(19|20)\d\d-[01]\d-[0-2]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{3}\+\d\d:\d\d"),
        ("1987-03-14", r"(19|20)\d\d-(0\d|1[0-2])-[0-2]\d"),
        ("Zelda Q. 84-b", r"[A-Z][a-z]{4} [A-Z]\. [1-9]\d-[a-z]"),
        ("9f86d081884c7d65", r"[0-9a-f]{16}"),
        ("größer 我们", r"[a-z]{2}[^\W\da-z]{2}[a-z]{2} \w\w"),
        ("0042", r"0\d{3}"),
        ("line\n\ttwo", r"[a-z]{4}\n\t[a-z]{3}"),
    ],
)  # fmt: skip
def test_pseudonym_has_the_same_form(text: str, form: str, sanitizer: Sanitizer) -> None:
    found = sanitizer.sanitize_value({"note": text})["note"]
    assert re.fullmatch(form, found), found
    assert len(found) == len(text)
    assert found != text


@pytest.mark.parametrize("number", [493027, -17, 4915255509317, 54.372158, 7.0, 10**30, 1e-7])
def test_undescribed_number_keeps_type_and_digits(number: float, sanitizer: Sanitizer) -> None:
    found = sanitizer.sanitize_value({"otp": number})["otp"]
    assert type(found) is type(number)
    assert found != number
    assert len(repr(found)) == len(repr(number))
    assert (found < 0, float(found).is_integer()) == (number < 0, float(number).is_integer())


def test_described_values_stay(sanitizer: Sanitizer) -> None:
    """Codes, even new ones, times, numbers, what the description shows itself, and names."""
    body = {
        "code": "task_not_found",
        "data": {"status": "PAUSED", "progress": "35%", "submit_time": 1716191749, "quite_new": None, "isRemix": True},
        "clip": {"created_at": "2026-11-22T10:34:30.144Z", "model_name": "chirp-v6", "metadata": {"duration": 190.25}},
    }
    assert _sanitize(sanitizer, body) == body
    headers = {"content-type": "application/json; charset=utf-8", "retry-after": "7", "x-ratelimit-remaining": "12",
               "date": "Sun, 22 Nov 2026 10:00:00 GMT", "content-encoding": "gzip"}  # fmt: skip
    exchange = evolve(_body(body), response=ExchangeResponse(200, headers))
    assert sanitizer.sanitize(exchange).response.headers == headers


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ('Application/JSON; Charset="UTF-8"', 'Application/JSON; Charset="UTF-8"'),
        ("application/json;charset=utf-8;", "application/json;charset=utf-8;"),
        ("application/json; profile=zelda; charset=utf-8", "application/json; "),
        ("text/html; boundary=x1", "text/html; "),
        ("zelda/json", ""),
    ],
)
def test_media_type_stays_without_its_parameters(sent: str, kept: str, sanitizer: Sanitizer) -> None:
    """A parameter may be a value; replacing the whole type would be another content type, a drift that is none."""
    exchange = evolve(_body({}), response=ExchangeResponse(200, {"content-type": sent}))
    found = sanitizer.sanitize(exchange).response.headers["content-type"]
    assert found.startswith(kept)
    assert (found == sent) == (kept == sent)
    assert "zelda" not in found


def test_page_keeps_its_title_and_length(sanitizer: Sanitizer) -> None:
    page = "<!DOCTYPE html><html><head><title>502: Zelda's gateway</title></head><body><h1>No</h1></body></html>"
    found = sanitizer.sanitize(evolve(_body(1), response=ExchangeResponse(502, {}, ExchangeBody("text", page))))
    assert found.response.body is not None
    text = found.response.body.value
    assert len(text) == len(page)
    assert re.search(r"<title>[1-9]\d\d: [A-Z][a-z]{4}'[a-z] [a-z]{7}</title>", text)


@pytest.fixture(scope="module")
def drifted_cases() -> list[Case]:
    return drifted(DESCRIPTION)


def test_same_drift_is_found(operation: str, drifted_cases: list[Case], sanitizer: Sanitizer) -> None:
    """Before and after sanitizing: the same findings, with the same effects on the client."""
    cases = [case for case in drifted_cases if case.exchange.operation == operation][::2]
    assert len(cases) >= 15
    for _, group in groupby(sorted(cases, key=lambda case: id(case.description)), lambda case: id(case.description)):
        exchanges, described = zip(*((case.exchange, case.description) for case in group), strict=True)
        contract = CONTRACT if described[0] is None else Contract(described[0])
        used = sanitizer if contract is CONTRACT else Sanitizer(contract=contract)
        before, after = (
            [(each.id, str(each.effect), each.count) for each in DriftDetector(contract).observe_all(seen).findings()]
            for seen in (exchanges, [used.sanitize(each) for each in exchanges])
        )
        assert before
        assert sorted(before) == sorted(after)


def test_body_that_is_too_deep_is_sanitized(sanitizer: Sanitizer) -> None:
    """JSON of 900 levels is read, but nothing can look into it."""
    deep: object = "7c9e6679"
    for _ in range(900):
        deep = [deep]
    found = sanitizer.sanitize(_body(deep)).response.body
    assert found is not None
    assert found.kind == "text"
    assert len(found.value) == 900 * 2 + len('"7c9e6679"')
    assert "7c9e6679" not in found.value


@pytest.mark.parametrize(
    ("status", "changes"),
    [
        (200, {"7c9e6679": 1}),
        (200, {"stems": {"7c9e6679": "a"}}),
        (200, {"name": {"7c9e6679": "a"}}),
        (404, {"7c9e6679": 1}),
        (200, {"clip": {"id": "a", "status": "7c9e6679!"}}),
    ],
)
def test_no_pseudonym_is_proposed(status: int, changes: dict[str, object], sanitizer: Sanitizer) -> None:
    """A server never sent it, so the description must not say so. With the contents kept, it is the true name."""
    seen = exchange("createPersona", status, {**PERSONA, **changes}, "2026-11-22")
    for each, is_proposed in ((sanitizer, False), (Sanitizer(keep_contents=True), True)):
        (finding,) = DriftDetector(CONTRACT).observe_all([each.sanitize(seen)]).findings()
        assert bool(finding.proposal) is is_proposed
        assert ("--keep-contents" in finding.undecided) is not is_proposed
    described = exchange("createPersona", 200, {**PERSONA, "mood": "7c9e6679"}, "2026-11-22")
    (finding,) = DriftDetector(CONTRACT).observe_all([sanitizer.sanitize(described)]).findings()
    assert finding.proposal


def test_contents_are_kept_only_when_asked_for(tmp_path: Path) -> None:
    """Then the key alone is removed; and nothing is written to a folder that is committed."""
    keeping = Sanitizer([KINDS["api key"]], keep_contents=True)
    exchange = _body({"title": "Zelda", "note": f"with {KINDS['api key']}"})
    text = write_recording(exchange, tmp_path, sanitizer=keeping).read_text("utf-8")
    assert '"Zelda"' in text
    assert KINDS["api key"] not in text
    with pytest.raises(VerifierInputError, match="never kept below contract_tests/"):
        write_recording(exchange, RECORDINGS, sanitizer=keeping)


def test_key_is_removed_where_any_code_is_kept() -> None:
    assert Sanitizer().sanitize_value({"status": "open_sesame"}) == {"status": "open_sesame"}
    assert "open_sesame" not in _dump(Sanitizer(["open_sesame"]).sanitize(_body({"status": "open_sesame"})))


def test_sanitizer_does_not_show_its_secrets() -> None:
    assert KINDS["api key"] not in f"{Sanitizer([KINDS['api key']])!r}"


@pytest.mark.usefixtures("untried_proposals")
def test_no_report_holds_what_an_archive_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every kind, at every place, through the command: terminal, page, Markdown, JUnit, SARIF and overlay."""
    monkeypatch.chdir(tmp_path)
    lines = [
        {
            "method": "POST",
            "path": f"/suno/submit/music?session={index}",
            "status": 200,
            "request_body": {"prompt": text, "token": text},
            "response_headers": {"content-type": "application/json", "x-user": text},
            "response_body": {"code": "success", "data": text, "message": text, "owner": {"name": text}},
        }
        for index, text in enumerate(text for text in KINDS.values() if text.isascii() and "\n" not in text)
    ]
    Path("seen.ndjson").write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    with Interrupts() as interrupts:
        assert main(interrupts, ["--target", "seen.ndjson", "--report", "report"]) in (0, 1)
    written = [path.read_text("utf-8") for path in Path("report").rglob("*") if path.is_file()]
    assert len(written) >= 5
    shown = "\n".join([*written, *capsys.readouterr()])
    assert {kind: left for kind, text in KINDS.items() if (left := find_remains(text, shown))} == {}
