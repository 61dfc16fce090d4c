"""Secrets and personal data of many kinds, and every place of an exchange where one can be. All are invented."""

from __future__ import annotations

import json
import random
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import quote, quote_plus

from contract_tests.verifier.exchange.exchange import ExchangeBody, ExchangeRequest, ExchangeResponse, HttpExchange

KINDS: Final = {
    "api key": "sk-Qw8RtYzXcVbN3mLk2JhGfD5s",
    "project key": "sk-proj-aB3dE5fG7hI9jK1lM3nO5p",
    "aws key id": "AKIA5FTQZW3XKPLM7RVD",
    "aws secret": "wJalrXU/K7MDENG+bPxRfiCYzKQPLMNB",
    "github token": "ghp_x7Kq2Lm9Zt4Rv8Wp3Ns6Hd1Jc5Bf0Ga",
    "gitlab token": "glpat-Xk92_mQzL7vTtRw5PqYc",
    "slack token": "xoxb-273849506172-Zq8Xw3Ev7Rt2",
    "stripe key": "rk_live_51Hq9ZxKvT3mWp8Ns2Yd",
    "google key": "AIzaSyB9xQ7wLm3Kz5Rt8Vp2Nd6Hj4Fc1",
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0OTMxIn0.Xk3Qz9Lm7Tv5Rw2P",
    "bearer": "Bearer kT7xQz9LmW3vRp5N",
    "basic": "Basic emVsZGE6aHVudGVyMg==",
    "session cookie": "session=s%3AkQ9zXw7Lm3Tv.Rp5Nd2Yc; Path=/",
    "hex token": "9f86d081884c7d659a2feaa0c55ad015",
    "short hex": "c0d3f4ce91",
    "totp seed": "JBSWY3DPEHPK3PXQ",
    "otp": "493027",
    "pin": "80417",
    "password": "hunter2!Zq",
    "passphrase": "kobold quirky zephyr vexing jumbo",
    "symbols": "!?%$&#*@^~+",
    "long letters": "zqxjkvbpwyfgmcultrhnsdoaie",
    "private key": "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIKz9Xq7Wm3\n-----END EC PRIVATE KEY-----",
    "ssh key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKq9Zx7Wm zq@khost",
    "database url": "postgres://zquill:Vx9Kq2Lm@dbx7.khost.internal:5432/zprod",
    "signed url": "https://bkt7zq.s3.amazonaws.com/zk9/file.mp3?X-Amz-Signature=9fA3xQ7LmZ0pT2vB&X-Amz-Credential=AKIAZQ7",
    "url with user": "https://zquill:Vx9Kq2Lm@khost7.org/inbox",
    "webhook": "https://hooks.slack.com/services/T7ZQX9K/B3WMLP/Xk92mQzL7vTt",
    "plain url": "https://zquill-studio.org/private/zk7",
    "email": "zelda.quinn@mailbox.khost7.org",
    "email with plus": "zquinn+suno@khost7.co.uk",
    "first name": "Zelda",
    "full name": "Zelda Quinn-Ötker",
    "chinese name": "欧阳娜娜静",
    "arabic name": "زيلدا كوين",
    "cyrillic name": "Зельда Квиннова",
    "emoji name": "🎵🎸🥁🎺🪕",
    "user name": "zquinn_84",
    "handle": "@zquinn.vox",
    "phone": "+49 172 5550931",
    "us phone": "(415) 555-0137",
    "bare phone": "4915255509317",
    "postal address": "Krzywoustego 17b, 80-360 Gdańsk",
    "birth date": "1987-03-14",
    "german date": "14.03.1987",
    "birth instant": "1987-03-14T05:09:26Z",
    "iban": "DE89370400440532013000",
    "card": "4539148803436467",
    "spaced card": "4539 1488 0343 6467",
    "social security": "078-05-1120",
    "passport": "C01X00T478",
    "tax id": "12/345/67890",
    "plate": "HH-ZQ 7431",
    "ipv4": "203.0.113.87",
    "ipv6": "2001:db8:85a3::8a2e:370:7334",
    "mac": "3c:22:fb:7a:91:0e",
    "host": "gpu7.zk.khost.internal",
    "file path": "/home/zquinn/Musik/demo-zk7.wav",
    "coordinates": "54.372158, 18.638306",
    "uuid": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "ulid": "01HZXQ7KVBN3MLT9RW5PYD2C4F",
    "object id": "507f1f77bcf86cd799439011",
    "number in words": "KD-2026-0093817",
    "bitcoin": "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
    "lyrics": "[Verse]\nZephyrs quilt the jazzy vixen",
    "url-encoded": "Zelda%20Quinn%40khost7",
    "json": '{"pwd": "Vx9Kq2Lm", "who": ["Zelda"]}',
    "html": "<b onclick=\"zq('Vx9Kq2Lm')\">Zelda</b>",
}  # fmt: skip
"""A value of each kind."""


def make_random(alphabet: str, count: int, seed: int = 7) -> Iterator[str]:
    """Yield random strings of 9 to 40 letters of an alphabet."""
    source = random.Random(seed)
    for _ in range(count):
        yield "".join(source.choices(alphabet, k=source.randint(9, 40)))


def _exchange(
    request: ExchangeRequest | None = None, response: ExchangeResponse | None = None, note: str = ""
) -> HttpExchange:
    request = request or ExchangeRequest("GET", "/suno/fetch/x")
    return HttpExchange(
        "one", "recorded", "host", "undated", "fetchTask", request, response or ExchangeResponse(200), note
    )


def _sent(text: str, **more: object) -> HttpExchange:
    return _exchange(ExchangeRequest("POST", "/suno/submit/music", body=ExchangeBody("json", {**more, "prompt": text})))


def _body(value: object) -> HttpExchange:
    return _exchange(response=ExchangeResponse(200, {"content-type": "application/json"}, ExchangeBody("json", value)))


def _bytes(content: bytes) -> HttpExchange:
    return _exchange(response=ExchangeResponse(200, {}, ExchangeBody("base64", content)))


def _text(text: str) -> HttpExchange:
    return _exchange(response=ExchangeResponse(502, {"content-type": "text/html"}, ExchangeBody("text", text)))


def _headers(side: str, name: str, value: str) -> HttpExchange:
    if side == "request":
        return _exchange(ExchangeRequest("GET", "/suno/fetch/x", headers={name: value}))
    return _exchange(response=ExchangeResponse(200, {name: value}))


PLACES: Final[dict[str, Callable[[str], HttpExchange]]] = {
    "path": lambda text: _exchange(ExchangeRequest("GET", f"/suno/fetch/{quote(text, safe='')}")),
    "undescribed path": lambda text: _exchange(ExchangeRequest("GET", f"/v9/{quote(text, safe='')}/suno")),
    "query value": lambda text: _exchange(ExchangeRequest("GET", "/a", (("ids", text),))),
    "query name": lambda text: _exchange(ExchangeRequest("GET", "/a", ((text, "1"),))),
    "authorization": lambda text: _headers("request", "authorization", f"Bearer {text}"),
    "cookie": lambda text: _headers("request", "cookie", f"a=b; c={text}"),
    "user-agent": lambda text: _headers("request", "user-agent", f"me/{text}"),
    "undescribed request header": lambda text: _headers("request", "x-trace", text),
    "set-cookie": lambda text: _headers("response", "set-cookie", f"s={text}; Path=/"),
    "location": lambda text: _headers("response", "location", f"https://x.org/?a={quote(text)}"),
    "server": lambda text: _headers("response", "server", text),
    "content-type": lambda text: _headers("response", "content-type", f"text/html; boundary={text}"),
    "date": lambda text: _headers("response", "date", text),
    "rate limit": lambda text: _headers("response", "x-ratelimit-remaining", text),
    "request id": lambda text: _headers("response", "x-oneapi-request-id", text),
    "request body": _sent,
    "part of a request text": lambda text: _sent(f"sing of {text}, softly"),
    "notify hook": lambda text: _sent("", notify_hook=text),
    "described text": lambda text: _body({"code": "success", "data": {"task_id": text, "fail_reason": text}}),
    "clip": lambda text: _body({"data": {"data": [{"title": text, "audio_url": text, "handle": text}]}}),
    "error message": lambda text: _body({"error": {"message": f"no {text} (request id: {text})"}}),
    "undescribed member": lambda text: _body({"session_id": text, "otp": text, "more": [{"note": f"the {text}"}]}),
    "name of a member": lambda text: _body({"data": {text: 1}}),
    "status": lambda text: _body({"data": {"status": text}}),
    "code": lambda text: _body({"code": text, "error": {"code": text, "type": text}}),
    "time": lambda text: _body({"created_at": text, "data": {"progress": text}}),
    "list": lambda text: _body({"data": [text, [text]]}),
    "whole body": _body,
    "JSON in a text": lambda text: _body({"message": json.dumps({"got": text})}),
    "base64": lambda text: _body({"message": b64encode(f"u:{text}".encode()).decode()}),
    "base64 for URLs": lambda text: _body({"blob": urlsafe_b64encode(text.encode()).decode()}),
    "percent-encoded": lambda text: _body({"message": quote_plus(f"u:{text}")}),
    "text body": lambda text: _text(f"upstream error: {text}"),
    "title of a page": lambda text: _text(f"<!doctype html><html><head><title>{text}</title></head></html>"),
    "attribute of a page": lambda text: _text(f'<html><body data-user="{text}"></body></html>'),
    "bytes": lambda text: _bytes(b"\xff\x00" + text.encode()),
    "note": lambda text: _exchange(note=f"with {text}"),
}  # fmt: skip
"""An exchange with a text at each place."""


def find_remains(secret: str, shown: str) -> list[str]:
    """Return what is left of a secret in a text: itself in any usual encoding, or one of its words or numbers."""
    whole = {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], secret[::-1]}
    whole |= {code(secret.encode()).decode().rstrip("=") for code in (b64encode, urlsafe_b64encode)}
    whole |= {b64encode(f"u:{secret}".encode()).decode()[4:-4], secret.encode().hex()}
    words = {word for word in re.findall(r"[^\W_]+", secret) if len(word) >= 6 and not word.isalpha()}
    return sorted(each for each in whole | words if len(each) >= 4 and each in shown)
