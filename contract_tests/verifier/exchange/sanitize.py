"""Remove secrets and personal data from an exchange. Shapes stay the same, so that drift still shows.

Removed are: the key, in any header or text, raw or encoded; cookies; values of headers that are not allowlisted;
names, handles, addresses and pictures of persons; e-mail addresses; and what signs or unlocks a URL.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from attrs import evolve

from contract_tests.verifier.exchange.exchange import ExchangeBody, HttpExchange
from scripts.openapi_document import is_array, is_object

SCRUBBED: Final = "[scrubbed]"
EMAIL: Final = "someone@example.com"

HARMLESS_HEADERS: Final = frozenset({
    "accept", "accept-encoding", "age", "cache-control", "connection", "content-encoding", "content-length",
    "content-type", "date", "expires", "location", "retry-after", "server", "transfer-encoding", "user-agent", "vary",
    "x-oneapi-request-id",
})  # fmt: skip
"""Headers whose values are kept, besides `ratelimit-*` and `x-ratelimit-*`."""

_RATE_LIMIT: Final = re.compile(r"(x-)?ratelimit(-[a-z]+)*")
_CREDENTIAL_HEADERS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"})
HARMLESS_QUERY: Final = frozenset({"action", "clip_id", "id", "ids", "item_id", "page", "task_id"})
"""Query parameters whose values are kept."""

PERSONAL: Final = re.compile(
    r"((user|owner|author|creator|artist)_?)?(display_?name|handle|nick_?name|full_?name|first_?name|last_?name|"
    r"e?mail|email_address|phone|phone_number)|user_?name|(user|owner|author|creator)_?(id|name)|"
    r"((user|owner|author|creator)_?)?(avatar|image|picture|photo)(_image)?_?url|avatar",
    re.IGNORECASE,
)
"""Names of members with personal data. `image_url` alone is the cover of a clip."""
_COVERS: Final = frozenset({"image_url", "imageurl"})

NEUTRAL: Final = re.compile(
    r"|string|\[scrubbed\]|(?i:example\s?user\d*)|[\w.+-]+@example\.(com|org|net)|https://example\.com/.*|"
    r"https://cdn\d\.suno\.ai/default\w+\.\w+|0{8}-0{4}-4000-8000-\d{12}"
)
"""Placeholder values that belong to no real person."""

_EMAIL: Final = re.compile(r"[A-Za-z0-9._+-]+(@|%40|\\u0040|&#64;)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_KEY: Final = re.compile(r"\b(sk|pk|rk)-[A-Za-z0-9_-]{12,}|\beyJ[\w-]{8,}\.[\w-]{8,}(\.[\w-]+)?")
_SCHEME: Final = re.compile(
    r"\b(?P<scheme>(?i:Bearer|Basic)|(?i:Token)(?=(?:\s|%20|\+)+(?:[A-Za-z.-]*(?:[0-9_~+/=%]|[a-z][A-Z])|[^\s(]{20})))"
    r"(?:\s|%20|\+)+(?!\[scrubbed\])[^\s\"',;<>()]{6,}"
)
"""A scheme and its credential. "Token" is also an ordinary word: what follows it has to look like a token."""

_SIGNATURE: Final = re.compile(
    r"(?:(?<![A-Za-z])|(?<=%3F)|(?<=%26))(?P<name>x-(amz|goog|oss|cos)-[a-z-]+|"
    r"(q-)?signature|sig|(access|auth|refresh|id|session)?[_-]?token|(api|access|secret)?[_-]?key([_-]?(pair)?[_-]?id)?|policy|awsaccesskeyid|googleaccessid|ossaccesskeyid|"
    r"credential|password|passwd|secret)(?P<is>=|%3D)(?P<value>(?!%5Bscrubbed%5D|\[scrubbed\])"
    r"([^&\s\"'<>#;%]|%(?!26))+)",
    re.IGNORECASE,
)
_URL: Final = re.compile(r"https?://[^\s\"'<>\\^`{|}]+")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")


class Sanitizer:
    """Sanitizes exchanges.

    Args:
        secrets: Texts to remove, besides the credentials in the headers of an exchange.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = frozenset(secrets)

    def __repr__(self) -> str:
        return f"<Sanitizer of {len(self._secrets)} secrets>"

    def sanitize(self, exchange: HttpExchange) -> HttpExchange:
        """Return a copy without secrets and personal data. Sanitizing it again changes nothing."""
        request, response = exchange.request, exchange.response
        credentials = {*_find_credentials(request.headers), *_find_credentials(response.headers)}
        redactor = _Redactor(SecretForms({*self._secrets, *credentials}))
        for side in (request, response):
            if side.body is not None and side.body.kind == "json":
                redactor.learn_names(side.body.value)
        return evolve(
            exchange,
            id=redactor.redact_name(exchange.id),
            target=redactor.redact_name(exchange.target),
            note=redactor.redact_text(exchange.note),
            request=evolve(
                request,
                path=redactor.redact_name(request.path),
                query=tuple(
                    (redactor.redact_text(name), redactor.redact_query(name, value)) for name, value in request.query
                ),
                headers=redactor.redact_headers(request.headers),
                body=redactor.redact_body(request.body),
            ),
            response=evolve(
                response, headers=redactor.redact_headers(response.headers), body=redactor.redact_body(response.body)
            ),
        )


class _Redactor:
    """Replaces the secrets and personal data of one exchange."""

    def __init__(self, forms: SecretForms) -> None:
        self._forms = forms

    def learn_names(self, value: Any) -> None:
        """Collect the personal data of a body, to remove it from the other parts of the exchange too."""
        if is_object(value):
            for name, member in value.items():
                if _is_personal(name):
                    self._forms.add(each for each in _find_texts(member) if not NEUTRAL.fullmatch(each))
                self.learn_names(member)
        elif is_array(value):
            for item in value:
                self.learn_names(item)

    def redact_headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {
            self.redact_name(name): self.redact_text(value)
            if name in HARMLESS_HEADERS or _RATE_LIMIT.fullmatch(name)
            else SCRUBBED
            for name, value in headers.items()
        }

    def redact_query(self, name: str, value: str) -> str:
        return self.redact_text(value) if name in HARMLESS_QUERY else SCRUBBED

    def redact_name(self, text: str) -> str:
        """Redact a text that allows only letters, digits and dashes."""
        return self.redact_text(text).replace(SCRUBBED, "scrubbed")

    def redact_body(self, body: ExchangeBody | None) -> ExchangeBody | None:
        if body is None:
            return None
        if body.kind == "base64":
            text = body.value.decode("latin-1")
            return body if self.redact_text(text) == text else ExchangeBody("base64", SCRUBBED.encode())
        if body.kind == "text":
            return ExchangeBody("text", self.redact_text(body.value))
        return ExchangeBody("json", self.redact_value(body.value), tuple(map(self.redact_text, body.repeated)))

    def redact_value(self, value: Any) -> Any:
        """Redact a JSON value; its shape stays the same."""
        if is_object(value):
            return {
                self.redact_text(name): _anonymize(name, member) if _is_personal(name) else self.redact_value(member)
                for name, member in value.items()
            }
        if is_array(value):
            return [self.redact_value(item) for item in value]
        return self.redact_text(value) if isinstance(value, str) else value

    def redact_text(self, text: str) -> str:
        """Redact a text, including secrets in base64."""
        return _BASE64.sub(self._redact_base64, self._redact_plain(text))

    def _redact_plain(self, text: str) -> str:
        text = self._forms.redact(text, SCRUBBED)
        text = _URL.sub(lambda found: self._redact_url(found[0]), text)
        text = _SCHEME.sub(lambda found: f"{found['scheme']} {SCRUBBED}", text)
        text = _KEY.sub(SCRUBBED, text)
        text = _SIGNATURE.sub(lambda found: f"{found['name']}{found['is']}{SCRUBBED}", text)
        return _EMAIL.sub(lambda found: found[0] if NEUTRAL.fullmatch(found[0]) else EMAIL, text)

    def _redact_url(self, url: str) -> str:
        try:
            parts = urlsplit(url)
        except ValueError:
            return SCRUBBED
        query = [
            (name, self.redact_query(name, value)) for name, value in parse_qsl(parts.query, keep_blank_values=True)
        ]
        if parts.query and not query:
            query = [(SCRUBBED, "")]
        host = parts.netloc.rpartition("@")[2]
        fragment = SCRUBBED if "=" in parts.fragment else parts.fragment
        same = (host, query) == (parts.netloc, parse_qsl(parts.query, keep_blank_values=True))
        if same and fragment == parts.fragment:
            return url
        return parts._replace(netloc=host, query=urlencode(query, safe="[]"), fragment=fragment).geturl()

    def _redact_base64(self, found: re.Match[str]) -> str:
        """Redact a run of base64 letters when its decoded text contains a secret."""
        token = found[0]
        if self._forms.is_inside(token):
            return SCRUBBED
        return SCRUBBED if any(self._redact_plain(text) != text for text in _decode(token)) else token


def _find_credentials(headers: Mapping[str, str]) -> set[str]:
    """Return the values of credential headers, whole and in parts."""
    values = [value for name, value in headers.items() if name in _CREDENTIAL_HEADERS]
    parts = [part for value in values for part in re.split(r"[\s;,=]+", value)]
    return {text for text in (*values, *parts) if len(text) >= 8 and SCRUBBED not in text}


def _is_personal(name: str) -> bool:
    return PERSONAL.fullmatch(name) is not None and name.lower() not in _COVERS


def _find_texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif is_object(value) or is_array(value):
        for member in value.values() if is_object(value) else value:
            yield from _find_texts(member)


def _anonymize(name: str, value: Any) -> Any:
    """Return a placeholder of the same shape."""
    if is_object(value):
        return {key: _anonymize(key, member) for key, member in value.items()}
    if is_array(value):
        return [_anonymize(name, item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return 0
    return value if NEUTRAL.fullmatch(value) else _placeholder(name.lower())


def _placeholder(name: str) -> str:
    if "url" in name or "avatar" in name:
        return "https://example.com/scrubbed"
    if "mail" in name:
        return EMAIL
    if name.endswith("id"):
        return "00000000-0000-4000-8000-000000000000"
    return "exampleuser" if "handle" in name else "ExampleUser"


_SHORTEST = 4
"""Shorter texts would match too much that is not secret."""


class SecretForms:
    """Finds secrets raw, percent-encoded, escaped in JSON or HTML, or in base64 at any offset.

    Args:
        secrets: The raw texts. Those of fewer than four characters are ignored.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._cores: set[str] = set()
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Find these secrets too."""
        for secret in secrets:
            if len(secret) >= _SHORTEST and secret not in self._patterns:
                self._patterns[secret] = re.compile("".join(map(_match_encoded, secret)))
                self._cores.update(_find_cores(secret))

    def redact(self, text: str, replacement: str) -> str:
        """Replace each secret in a text, the longest first."""
        for secret in sorted(self._patterns, key=len, reverse=True):
            text = self._patterns[secret].sub(lambda _: replacement, text)
        return text

    def is_inside(self, token: str) -> bool:
        """Return whether a run of base64 letters contains a secret."""
        return any(core in token for core in self._cores)


def _decode(token: str) -> Iterator[str]:
    """Yield the texts that a run of base64 letters may encode, one for each of the four offsets."""
    letters = token.rstrip("=").replace("-", "+").replace("_", "/")
    for offset in range(4):
        part = letters[offset:]
        part = part[: len(part) - (len(part) % 4 == 1)]
        try:
            content = base64.b64decode(part + "=" * (-len(part) % 4))
        except (binascii.Error, ValueError):
            continue
        yield content.decode("latin-1")


def _match_encoded(character: str) -> str:
    """Return a pattern of one character, raw or encoded."""
    encoded = "".join(f"%{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))
    units = character.encode("utf-16-be", "surrogatepass")
    escaped = "".join(f"\\u{units[index : index + 2].hex()}" for index in range(0, len(units), 2))
    entities = {html.escape(character), f"&#{ord(character)};", f"&#x{ord(character):x};"} - {character}
    found = [f"(?i:{re.escape(each)})" for each in (encoded, escaped, *sorted(entities))]
    found += [re.escape(f"\\{character}")] if character in '/"\\' else []
    found += [r"\+"] if character == " " else []
    return f"(?:{'|'.join([re.escape(character), *found])})"


def _find_cores(secret: str) -> Iterator[str]:
    """Yield the base64 letters of a secret that do not depend on its neighbours; nothing when they are too few."""
    content = secret.encode("utf-8", "surrogatepass")
    for offset in range(3):
        # The letters at both ends depend on the neighbours.
        length = (offset + len(content)) * 8 // 6
        core = base64.b64encode(b"\0" * offset + content).decode()[-(-offset * 8 // 6) : length]
        if len(core) >= 6:
            yield core
            yield core.replace("+", "-").replace("/", "_")
