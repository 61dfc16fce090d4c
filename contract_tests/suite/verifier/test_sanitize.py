"""Does anything secret survive sanitizing, at any place? Does the shape stay, so that the same drift is found?"""

from __future__ import annotations

import json
import string
from pathlib import Path

import pytest
from attrs import evolve

from contract_tests.suite.support.loaded_spec import CONTRACT, DESCRIPTION
from contract_tests.suite.verifier.drift_catalogue.drifted_exchanges import drifted
from contract_tests.suite.verifier.personal_data import KINDS, PLACES, find_remains, make_random
from contract_tests.verifier.drift_detector import DriftDetector
from contract_tests.verifier.exchange.exchange import ExchangeBody, ExchangeRequest, ExchangeResponse, HttpExchange
from contract_tests.verifier.exchange.recordings import write_recording
from contract_tests.verifier.exchange.sanitize import Sanitizer

ALPHABETS = [string.ascii_lowercase, string.ascii_uppercase, string.digits, string.ascii_letters + string.digits,
             "0123456789abcdef", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "!?%$&#*~+-.", "äöüß我们🎵é", "aeiou0_", "ab-_.:/"]  # fmt: skip
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
    if place in ("time", "rate limit", "date", "status", "code"):
        left |= dict.fromkeys(("birth date", "birth instant", "otp", "bare phone", "pin"), list[str]())
    assert {kind: found for kind, found in left.items() if found} == {}


@pytest.mark.parametrize("place", PLACES)
def test_no_random_text_survives(place: str, sanitizer: Sanitizer) -> None:
    for alphabet in ALPHABETS:
        for text in make_random(alphabet, 40):
            if alphabet == string.digits and place == "rate limit":
                continue  # a number where the description has one
            assert find_remains(text, _dump(sanitizer.sanitize(PLACES[place](text)))) == []
