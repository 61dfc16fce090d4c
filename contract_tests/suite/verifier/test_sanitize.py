"""Does anything secret survive sanitizing, at any place and in any encoding?"""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from attrs import evolve

from contract_tests.suite.support.secret_leaks import KEY, find_leaks
from contract_tests.verifier.exchange.exchange import ExchangeBody, ExchangeRequest, ExchangeResponse, HttpExchange
from contract_tests.verifier.exchange.recordings import write_recording
from contract_tests.verifier.exchange.sanitize import Sanitizer

PERSON = "Zelda Quinn-Ötker"
MAIL = "zelda.quinn@mailbox.example-host.org"
SIGNATURE = "9fA3xQ7LmZ0pT2vB"
Slot = Callable[[str], HttpExchange]


def _exchange(
    request: ExchangeRequest | None = None, response: ExchangeResponse | None = None, **more: Any
) -> HttpExchange:
    return HttpExchange(
        more.get("id", "one"),
        "recorded",
        "api.example.com",
        "undated",
        "fetchTask",
        request or ExchangeRequest("GET", "/suno/fetch/x"),
        response or ExchangeResponse(200),
        more.get("note", ""),
    )


def _body(value: Any) -> HttpExchange:
    return _exchange(response=ExchangeResponse(200, {}, ExchangeBody("json", value)))


def _remains(secret: str, text: str) -> list[str]:
    """Return the encodings of a secret: raw, percent-encoded, and in base64 at each offset."""
    forms = [secret, quote(secret), quote(secret, safe=""), quote_plus(secret)]
    for offset in range(3):
        raw = b"\0" * offset + secret.encode()
        forms += [encode(raw).decode()[4:-4] for encode in (b64encode, urlsafe_b64encode)]
    return [form for form in forms if form in text]


SLOTS: dict[str, Slot] = {
    "path": lambda text: _exchange(ExchangeRequest("GET", f"/suno/fetch/{quote(text, safe='')}")),
    "query value": lambda text: _exchange(ExchangeRequest("GET", "/a", (("key", text),))),
    "harmless query value": lambda text: _exchange(ExchangeRequest("GET", "/a", (("ids", text),))),
    "query name": lambda text: _exchange(ExchangeRequest("GET", "/a", ((text, "1"),))),
    "authorization": lambda text: _exchange(ExchangeRequest("GET", "/a", headers={"authorization": f"Bearer {text}"})),
    "bare authorization": lambda text: _exchange(ExchangeRequest("GET", "/a", headers={"authorization": text})),
    "cookie": lambda text: _exchange(ExchangeRequest("GET", "/a", headers={"cookie": f"session={text}; a=b"})),
    "other request header": lambda text: _exchange(ExchangeRequest("GET", "/a", headers={"x-trace": text})),
    "harmless request header": lambda text: _exchange(
        ExchangeRequest("GET", "/a", headers={"user-agent": f"me/{text}"})
    ),
    "set-cookie": lambda text: _exchange(response=ExchangeResponse(200, {"set-cookie": f"session={text}; Path=/"})),
    "location": lambda text: _exchange(
        response=ExchangeResponse(302, {"location": f"https://x.org/?token={quote(text)}"})
    ),
    "request body": lambda text: _exchange(
        ExchangeRequest("POST", "/a", body=ExchangeBody("json", {"prompt": f"a {text} b"}))
    ),
    "body": lambda text: _body({"deep": [{"er": f"the {text}"}]}),
    "name in a body": lambda text: _body({text: 1}),
    "text body": lambda text: _exchange(response=ExchangeResponse(502, {}, ExchangeBody("text", f"<p>{text}</p>"))),
    "JSON in a text": lambda text: _body({"message": json.dumps({"got": text})}),
    "bytes": lambda text: _exchange(
        response=ExchangeResponse(200, {}, ExchangeBody("base64", b"\xff\x00" + text.encode()))
    ),
    "note": lambda text: _exchange(note=f"with {text}"),
}
DISGUISES: dict[str, Callable[[str], str]] = {
    "raw": str,
    "percent-encoded": lambda text: quote(text, safe=""),
    "percent-encoded in small letters": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "form-encoded": quote_plus,
    "base64": lambda text: b64encode(text.encode()).decode(),
    "base64 behind a letter": lambda text: b64encode(b"u" + text.encode() + b"!").decode(),
    "base64 behind two letters": lambda text: urlsafe_b64encode(b"u:" + text.encode()).decode(),
    "escaped": lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text),
}


def _dump(exchange: HttpExchange) -> str:
    return json.dumps(exchange.to_json(), ensure_ascii=False)


def _shown(exchange: HttpExchange, tmp_path: Path, sanitizer: Sanitizer) -> list[bytes]:
    """Return the content of every file that is written for an exchange."""
    write_recording(exchange, tmp_path, sanitizer=sanitizer)
    return [path.read_bytes() for path in tmp_path.iterdir()]


@pytest.mark.parametrize("slot", SLOTS)
def test_key_is_in_no_file(slot: str, tmp_path: Path, subtests: pytest.Subtests) -> None:
    for name, disguise in DISGUISES.items():
        with subtests.test(name):
            texts = _shown(SLOTS[slot](disguise(KEY)), tmp_path, Sanitizer([KEY]))
            assert find_leaks(*texts) == []
            assert not [text for text in texts if disguise(KEY).encode() in text]
        for path in tmp_path.iterdir():
            path.unlink()


@pytest.mark.parametrize("slot", SLOTS)
def test_key_in_header_is_removed_everywhere(slot: str, subtests: pytest.Subtests) -> None:
    for name, disguise in DISGUISES.items():
        planted = SLOTS[slot](disguise(KEY))
        headers = {**planted.request.headers, "authorization": f"Bearer {KEY}"}
        request = evolve(planted.request, headers=headers)
        with subtests.test(name):
            found = _dump(Sanitizer().sanitize(_exchange(request, planted.response, note=planted.note)))
            assert find_leaks(found) == []
            assert disguise(KEY) not in found


@pytest.mark.parametrize(
    "name",
    ["display_name", "handle", "user_id", "avatar_image_url", "user_display_name", "user_handle", "user_image_url",
     "username", "owner_name", "nickname", "email", "phone_number"],
)  # fmt: skip
def test_person_in_body_is_removed_everywhere(name: str, subtests: pytest.Subtests) -> None:
    """In the member itself, and wherever else in the exchange the same text occurs."""
    for disguise, disguised in DISGUISES.items():
        shown = disguised(PERSON)
        body = {"data": [{"clip": {name: PERSON, "title": f"by {shown}", "link": f"/u/{shown}"}}], "note": [shown]}
        request = ExchangeRequest("POST", "/a", body=ExchangeBody("json", {"prompt": f"for {shown}"}))
        with subtests.test(disguise):
            found = _dump(
                Sanitizer().sanitize(_exchange(request, ExchangeResponse(200, {}, ExchangeBody("json", body))))
            )
            assert _remains(PERSON, found) == []
            assert shown not in found


@pytest.mark.parametrize("slot", [slot for slot in SLOTS if "authorization" not in slot])
def test_email_address_is_removed(slot: str) -> None:
    for shown in (MAIL, quote(MAIL, safe=""), b64encode(f"write to {MAIL}".encode()).decode()):
        found = _dump(Sanitizer().sanitize(SLOTS[slot](shown)))
        assert _remains(MAIL, found) == []
        assert shown not in found


def _percent(url: str) -> str:
    return quote(url, safe="")


def _base64(url: str) -> str:
    return b64encode(url.encode()).decode()


@pytest.mark.parametrize(
    "query",
    [
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA%2F2026&X-Amz-Signature={0}",
        "Policy=abc&Signature={0}&Key-Pair-Id=K2",
        "GoogleAccessId=x@y.iam&Expires=1&Signature={0}",
        "se=2026&sp=r&sig={0}",
        "token={0}",
        "auth_key={0}",
        "whatever={0}",
    ],
)
@pytest.mark.parametrize("encode", [str, _percent, _base64])
def test_url_signature_is_removed(query: str, encode: Callable[[str], str]) -> None:
    url = encode(f"https://cdn1.example.com/audio/clip.mp3?{query.format(SIGNATURE)}")
    if "whatever" in query and not url.startswith("https:"):
        return  # only a URL that can be seen as one tells that a value of any name is a part of it
    found = _dump(Sanitizer().sanitize(_body({"audio_url": url, "message": f"see {url} now"})))
    assert _remains(SIGNATURE, found) == []
    assert "cdn1.example.com" in found or not url.startswith("https:")


@pytest.mark.parametrize("secret", ["sk-AbCdEfGhIjKlMnOp1234", "Bearer AbCdEfGh123456", "https://me:pass@host.org/a"])
def test_unknown_key_is_removed(secret: str) -> None:
    found = _dump(Sanitizer().sanitize(_body({"message": f"failed with {secret}."})))
    assert not any(part in found for part in ("AbCdEfGh", "me:pass"))


@pytest.mark.parametrize(
    "text",
    [
        "invalid token (request id: 2026020513285979)",
        "Invalid token provided. Please check your access token",
        "the token expired, and the bearer (if any) too",
        "no Bearer token",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert Sanitizer().sanitize(_body({"message": text})) == _body({"message": text})


@pytest.mark.parametrize(
    "text", ["token a1b2c3d4", "Token%20aBcDeFgH", "token+0123456789", "token abcdefghijklmnopqrstuv", "BASIC dXNlcjpw",
             "bearer hunterhunter", "Token x_y_z_a", "token (a) token a1b2c3d4"],
)  # fmt: skip
def test_credential_after_scheme_is_removed(text: str) -> None:
    """The text after a scheme stays only when it looks like an ordinary word."""
    secret = text.replace("%20", " ").replace("+", " ").rpartition(" ")[2]
    assert secret not in _dump(Sanitizer().sanitize(_body({"message": f"got {text}, sorry"})))


def test_shape_stays() -> None:
    body = {
        "handle": None,
        "display_name": 7,
        "user_id": {"of": ["text", True]},
        "is_handle_updated": True,
        "title": "demo",
    }
    scrubbed = Sanitizer().sanitize(_body(body)).response.body
    assert scrubbed is not None
    kept = scrubbed.value
    assert kept["handle"] is None
    assert type(kept["display_name"]) is int
    assert (type(kept["user_id"]["of"][0]), kept["user_id"]["of"][1]) == (str, True)
    assert (kept["is_handle_updated"], kept["title"]) == (True, "demo")


def test_placeholder_values_stay() -> None:
    body = {
        "id": "2dd391cd-996b-4843-9738-1aed26f170e4",
        "image_url": "https://cdn2.suno.ai/image_2dd391cd.jpeg",
        "audio_url": "https://audiopipe.suno.ai/?item_id=c0ffee00-0000-4000-8000-000000000000",
        "created_at": "2024-12-23T10:34:30.144Z",
        "message": "task id is empty (request id: 20260205132859798638387SIHCnxzJ)",
        "prompt": "[Verse]\nhello 我们",
    }
    assert Sanitizer().sanitize(_body(body)) == _body(body)


@pytest.mark.parametrize("slot", SLOTS)
def test_sanitizing_is_idempotent(slot: str) -> None:
    once = Sanitizer([KEY]).sanitize(SLOTS[slot](f"{KEY} {MAIL}"))
    assert Sanitizer([KEY]).sanitize(once) == once


def test_sanitizer_does_not_show_its_secrets() -> None:
    assert find_leaks(repr(Sanitizer([KEY])), str(Sanitizer([KEY]))) == []
