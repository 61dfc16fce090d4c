"""Pseudonyms: a value is replaced by another one of the same length, character classes and format.

With one key, equal values get equal pseudonyms, so that an id is still found where it is used. Without the key, nothing
leads back. A character never stays at its place, except spaces, punctuation and the parts of a format.
"""

from __future__ import annotations

import hashlib
import math
import re
import secrets
import unicodedata
from typing import Final
from urllib.parse import quote, unquote

_DIGITS: Final = "0123456789"
_LOWER: Final = "abcdefghijklmnopqrstuvwxyz"
_PUNCTUATION: Final = "!#$%&()*+,-./:;=?@[]^_{|}~"
_OTHERS: Final = {
    "Lu": "ÄÉÎÕÜÇŁŚŽÅ", "Ll": "äéîõüçłśžå", "L": "天地山水火木金土日月", "N": "①②③④⑤⑥⑦⑧⑨", "S": "☀☁☂☃★☆☎☏",
    "M": "\u0300\u0301\u0302\u0303\u0304", "P": "«»¡¿§¶†‡", "Cf": "\u200b\u200c\u200d\u2060", "C": "\ue000\ue001\ue002",
}  # fmt: skip
"""Characters of each Unicode category outside ASCII."""

_UUID: Final = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_INSTANT: Final = r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
_PARTS: Final = re.compile(
    rf"(?P<uuid>(?<![0-9A-Za-z]){_UUID}(?![0-9A-Za-z]))|(?P<instant>(?<!\d){_INSTANT}(?!\d))"
    r"|(?P<url>(?i:https?|wss?)://[^\s\"'<>\\^`{|}]*)"
    r"|(?P<email>(?<![^\s@<>()\",;:/\\])[^\s@<>()\",;:/\\]+(?:@|%40)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)"
    r"|(?P<hex>(?<![0-9A-Za-z])(?=[a-fA-F]*\d)(?=\d*[a-fA-F])(?:[0-9a-f]{8,}|[0-9A-F]{8,})(?![0-9A-Za-z]))",
    re.ASCII,
)
_BARE: Final = re.compile(r"(?:[^\w\s<>]|_){4,}")
"""Punctuation as passwords may have it."""
_URL: Final = re.compile(
    r"(?P<scheme>[a-zA-Z]+://)(?P<user>[^/?#@]*@)?(?P<host>\[[^\]]*\]|[^/?#:]*)(?P<port>:\d*)?(?P<rest>.*)"
)


class Pseudonymizer:
    """Replaces values by pseudonyms.

    Args:
        key: Makes them unpredictable; by default a new one, so that two runs have nothing in common.
    """

    def __init__(self, key: bytes | None = None) -> None:
        self._key = secrets.token_bytes(32) if key is None else key

    def replace_text(self, text: str) -> str:
        """Return the pseudonym of a text. URLs, UUIDs, instants and e-mail addresses in it keep their format."""
        found, end = list[str](), 0
        for match in _PARTS.finditer(text):
            found += self._fill(text[end : match.start()]), self._replace_part(match.lastgroup, match[0])
            end = match.end()
        return "".join((*found, self._fill(text[end:])))

    def replace_number(self, number: float) -> int | float:
        """Return a number of the same sign, type and count of digits."""
        mantissa, exponent, power = repr(number).partition("e")
        whole, point, fraction = mantissa.partition(".")
        # 1.0 is an integer in JSON Schema, 1.5 is not.
        text = f"{self._fill(whole)}{point}{fraction if fraction == '0' else self._fill(fraction)}{exponent}{power}"
        if isinstance(number, int):
            return int(text)
        return float(text) if math.isfinite(float(text)) else number / 2

    def replace_bytes(self, content: bytes) -> bytes:
        """Return as many bytes that are not UTF-8."""
        return b"\xff" + self._stream(content.hex(), max(len(content) - 1, 0))

    def replace_encoded(self, text: str) -> str:
        """Return the pseudonym of a part of a URL that may be percent-encoded."""
        decoded = unquote(text, errors="surrogateescape") if "%" in text else text
        replaced = self.replace_text(decoded)
        return quote(replaced, safe="!$&'()*+,;=:@", errors="replace") if "%" in text else replaced

    def _replace_part(self, kind: str | None, text: str) -> str:
        if kind == "url":
            return self._replace_url(text)
        if kind == "email":
            at = "%40" if "%40" in text and "@" not in text else "@"
            local, _, host = text.rpartition(at)
            return f"{self._fill(local)}{at}{self._replace_host(host)}"
        if kind == "instant":
            return self._replace_instant(text)
        filled = self._fill(text, letters="abcdef")
        # The version and the variant make a UUID valid.
        return f"{filled[:14]}{text[14]}{filled[15:19]}{text[19]}{filled[20:]}" if kind == "uuid" else filled

    def _replace_url(self, url: str) -> str:
        parts = _URL.fullmatch(url)
        if parts is None:
            return self._fill(url)
        port = parts["port"] and f":{self._fill(parts['port'][1:]).translate(str.maketrans('6789', '1234'))}"
        rest = "".join(
            piece if piece in "/?#&=" else self.replace_encoded(piece)
            for piece in re.split(r"([/?#&=])", parts["rest"])
        )
        user = f"{self._fill(parts['user'][:-1])}@" if parts["user"] else ""
        return f"{parts['scheme']}{user}{self._replace_host(parts['host'])}{port or ''}{rest}"

    def _replace_host(self, host: str) -> str:
        """Return a host below a reserved domain, of the same length when that is possible."""
        suffix = ".example" if len(host) > len(".example") else ".test"
        return self._fill("h" * max(len(host) - len(suffix), 1), salt=host) + suffix

    def _replace_instant(self, text: str) -> str:
        """Return another valid instant of the same form."""
        limits, stream = iter((0, 12, 28, 24, 60, 60)), self._stream(text, len(text))

        def replace(match: re.Match[str]) -> str:
            limit, value = next(limits, None), stream[match.start()]
            if len(match[0]) == 4 and match.start() == 0:
                return str(1970 + value % 60)
            if match.start() > 18 or limit is None:  # a fraction, or an offset
                return self._fill(match[0]) if text[match.start() - 1] in ".," else f"{value % 12:0{len(match[0])}}"
            return f"{value % limit + (limit in (12, 28)):02}"

        return re.sub(r"\d+", replace, text)

    def _fill(self, text: str, letters: str = _LOWER, salt: str = "") -> str:
        """Replace each character by another one of its class."""
        if not text:
            return ""
        stream = self._stream(salt or text, 2 * len(text))
        bare = {index for match in _BARE.finditer(text) for index in range(*match.span())}
        found = list[str]()
        for index, character in enumerate(text):
            choices = _PUNCTUATION if index in bare else _find_choices(character, letters)
            if choices == _DIGITS and not text[max(index - 1, 0) : index].isdigit():
                # A zero in front tells a text from a number.
                choices = "" if character == "0" else _DIGITS[1:]
            choices = choices.replace(character, "")
            draw = int.from_bytes(stream[2 * index : 2 * index + 2])
            found.append(choices[draw % len(choices)] if choices else character)
        return "".join(found)

    def _stream(self, text: str, size: int) -> bytes:
        material = self._key + text.encode("utf-8", "surrogatepass")
        return hashlib.shake_256(material).digest(size)


def _find_choices(character: str, letters: str) -> str:
    """Return the characters of the same class; none for a space, punctuation and a control character of ASCII."""
    if character.isascii():
        if character.isdigit():
            return _DIGITS
        return (letters if character.islower() else letters.upper()) if character.isalpha() else ""
    category = unicodedata.category(character)
    if category == "Nd":
        zero = ord(character) - int(character)
        return "".join(map(chr, range(zero, zero + 10)))
    return _OTHERS.get(category) or _OTHERS.get(category[0], "")
