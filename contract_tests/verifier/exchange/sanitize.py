"""Take out of an exchange what nobody else should read. What stays has the same shape, so that drift still shows.

Taken out are: the key, in any header or text, raw or encoded; cookies; values of headers that are not known to be
harmless; names, handles, addresses and pictures of persons; e-mail addresses; and what signs or unlocks a URL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from attrs import evolve
from cometapi_suno_mock.media import is_array, is_object

from contract_tests.verifier.exchange.exchange import Body, Exchange
from contract_tests.verifier.exchange.secret_encodings import Forms, decoded

GONE: Final = "[scrubbed]"
EMAIL: Final = "someone@example.com"

HARMLESS_HEADERS: Final = frozenset({
    "accept", "accept-encoding", "age", "cache-control", "connection", "content-encoding", "content-length",
    "content-type", "date", "expires", "location", "retry-after", "server", "transfer-encoding", "user-agent", "vary",
    "x-oneapi-request-id",
})  # fmt: skip
"""Headers whose values are kept; those of `ratelimit-*` and `x-ratelimit-*` are too."""

_RATE: Final = re.compile(r"(x-)?ratelimit(-[a-z]+)*")
_CREDENTIALS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"})
HARMLESS_QUERY: Final = frozenset({"action", "clip_id", "id", "ids", "item_id", "page", "task_id"})
"""Query parameters whose values are kept."""

PERSONAL: Final = re.compile(
    r"((user|owner|author|creator|artist)_?)?(display_?name|handle|nick_?name|full_?name|first_?name|last_?name|"
    r"e?mail|email_address|phone|phone_number)|user_?name|(user|owner|author|creator)_?(id|name)|"
    r"((user|owner|author|creator)_?)?(avatar|image|picture|photo)(_image)?_?url|avatar",
    re.IGNORECASE,
)
"""Names of members that hold something of a person. `image_url` alone is the cover of a clip."""
_COVERS: Final = frozenset({"image_url", "imageurl"})

NEUTRAL: Final = re.compile(
    r"|string|\[scrubbed\]|(?i:example\s?user\d*)|[\w.+-]+@example\.(com|org|net)|https://example\.com/.*|"
    r"https://cdn\d\.suno\.ai/default\w+\.\w+|0{8}-0{4}-4000-8000-\d{12}"
)
"""Values that belong to nobody."""

_EMAIL: Final = re.compile(r"[A-Za-z0-9._+-]+(@|%40|\\u0040|&#64;)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_KEY: Final = re.compile(r"\b(sk|pk|rk)-[A-Za-z0-9_-]{12,}|\beyJ[\w-]{8,}\.[\w-]{8,}(\.[\w-]+)?")
_SCHEME: Final = re.compile(
    r"\b(?P<scheme>(?i:Bearer|Basic)|(?i:Token)(?=(?:\s|%20|\+)+(?:[A-Za-z.-]*(?:[0-9_~+/=%]|[a-z][A-Z])|[^\s(]{20})))"
    r"(?:\s|%20|\+)+(?!\[scrubbed\])[^\s\"',;<>()]{6,}"
)
"""A scheme and its credential. "Token" is also a word of people's: what follows it has to look like one."""

_SIGNATURE: Final = re.compile(
    r"(?:(?<![A-Za-z])|(?<=%3F)|(?<=%26))(?P<name>x-(amz|goog|oss|cos)-[a-z-]+|"
    r"(q-)?signature|sig|(access|auth|refresh|id|session)?[_-]?token|(api|access|secret)?[_-]?key([_-]?(pair)?[_-]?id)?|policy|awsaccesskeyid|googleaccessid|ossaccesskeyid|"
    r"credential|password|passwd|secret)(?P<is>=|%3D)(?P<value>(?!%5Bscrubbed%5D|\[scrubbed\])"
    r"([^&\s\"'<>#;%]|%(?!26))+)",
    re.IGNORECASE,
)
_URL: Final = re.compile(r"https?://[^\s\"'<>\\^`{|}]+")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")


class Scrubber:
    """Scrubs exchanges.

    Args:
        secrets: Texts that must not remain, beside those that an exchange itself shows to be secret.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._given = frozenset(secrets)

    def __repr__(self) -> str:
        return f"<Scrubber of {len(self._given)} secrets>"

    def exchange(self, exchange: Exchange) -> Exchange:
        """The exchange without what nobody else should read. Scrubbed twice, it stays the same."""
        request, response = exchange.request, exchange.response
        pen = _Pen(Forms({*self._given, *_credentials(request.headers), *_credentials(response.headers)}))
        for side in (request, response):
            if side.body is not None and side.body.kind == "json":
                pen.meet(side.body.value)
        return evolve(
            exchange,
            id=pen.name(exchange.id),
            target=pen.name(exchange.target),
            note=pen.text(exchange.note),
            request=evolve(
                request,
                path=pen.text(request.path).replace(GONE, "scrubbed"),
                query=tuple((pen.text(name), pen.query(name, value)) for name, value in request.query),
                headers=pen.headers(request.headers),
                body=pen.body(request.body),
            ),
            response=evolve(response, headers=pen.headers(response.headers), body=pen.body(response.body)),
        )


class _Pen:
    """Crosses out what one exchange should not show."""

    def __init__(self, forms: Forms) -> None:
        self._forms = forms

    def meet(self, value: Any) -> None:
        """Learn the names of persons that a body tells, to cross them out wherever else they stand."""
        if is_object(value):
            for name, member in value.items():
                if _is_personal(name):
                    self._forms.add(each for each in _texts(member) if not NEUTRAL.fullmatch(each))
                self.meet(member)
        elif is_array(value):
            for item in value:
                self.meet(item)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {
            self.name(name): self.text(value) if name in HARMLESS_HEADERS or _RATE.fullmatch(name) else GONE
            for name, value in headers.items()
        }

    def query(self, name: str, value: str) -> str:
        return self.text(value) if name in HARMLESS_QUERY else GONE

    def name(self, text: str) -> str:
        """A text that may hold letters, digits and dashes only."""
        return self.text(text).replace(GONE, "scrubbed")

    def body(self, body: Body | None) -> Body | None:
        if body is None:
            return None
        if body.kind == "base64":
            text = body.value.decode("latin-1")
            return body if self.text(text) == text else Body("base64", GONE.encode())
        return Body(body.kind, self.value(body.value) if body.kind == "json" else self.text(body.value))

    def value(self, value: Any) -> Any:
        """A JSON value of the same shape."""
        if is_object(value):
            return {
                self.text(name): _anybody(name, member) if _is_personal(name) else self.value(member)
                for name, member in value.items()
            }
        if is_array(value):
            return [self.value(item) for item in value]
        return self.text(value) if isinstance(value, str) else value

    def text(self, text: str) -> str:
        """A text without what is secret in it, also where that is encoded."""
        return _BASE64.sub(self._veiled, self._plain(text))

    def _plain(self, text: str) -> str:
        text = self._forms.cross_out(text, GONE)
        text = _URL.sub(lambda found: self._url(found[0]), text)
        text = _SCHEME.sub(lambda found: f"{found['scheme']} {GONE}", text)
        text = _KEY.sub(GONE, text)
        text = _SIGNATURE.sub(lambda found: f"{found['name']}{found['is']}{GONE}", text)
        return _EMAIL.sub(lambda found: found[0] if NEUTRAL.fullmatch(found[0]) else EMAIL, text)

    def _url(self, url: str) -> str:
        try:
            parts: SplitResult = urlsplit(url)
        except ValueError:
            return GONE
        query = [(name, self.query(name, value)) for name, value in parse_qsl(parts.query, keep_blank_values=True)]
        if parts.query and not query:
            query = [(GONE, "")]
        host = parts.netloc.rpartition("@")[2]
        fragment = GONE if "=" in parts.fragment else parts.fragment
        same = (host, query) == (parts.netloc, parse_qsl(parts.query, keep_blank_values=True))
        if same and fragment == parts.fragment:
            return url
        return parts._replace(netloc=host, query=urlencode(query, safe="[]"), fragment=fragment).geturl()

    def _veiled(self, found: re.Match[str]) -> str:
        """A run of letters that may be base64: crossed out when what it stands for would be changed."""
        token = found[0]
        if self._forms.inside(token):
            return GONE
        return GONE if any(self._plain(text) != text for text in decoded(token)) else token


def _credentials(headers: Mapping[str, str]) -> set[str]:
    """What headers show to be secret: their values, whole and in parts."""
    values = [value for name, value in headers.items() if name in _CREDENTIALS]
    parts = [part for value in values for part in re.split(r"[\s;,=]+", value)]
    return {text for text in (*values, *parts) if len(text) >= 8 and GONE not in text}


def _is_personal(name: str) -> bool:
    return PERSONAL.fullmatch(name) is not None and name.lower() not in _COVERS


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif is_object(value) or is_array(value):
        for member in value.values() if is_object(value) else value:
            yield from _texts(member)


def _anybody(name: str, value: Any) -> Any:
    """A value of the same shape that belongs to nobody."""
    if is_object(value):
        return {key: _anybody(key, member) for key, member in value.items()}
    if is_array(value):
        return [_anybody(name, item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return 0
    return value if NEUTRAL.fullmatch(value) else _nobody(name.lower())


def _nobody(name: str) -> str:
    if "url" in name or "avatar" in name:
        return "https://example.com/scrubbed"
    if "mail" in name:
        return EMAIL
    if name.endswith("id"):
        return "00000000-0000-4000-8000-000000000000"
    return "exampleuser" if "handle" in name else "ExampleUser"
