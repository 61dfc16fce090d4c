"""Content that the description declares harmless: what it shows itself, and fields that are codes, times or numbers."""

from __future__ import annotations

import math
import mimetypes
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from functools import cache
from pydoc_data.topics import topics
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from contract_tests.verifier.exchange.exchange import TRANSPORT_HEADERS
from scripts.openapi_document import DATA, is_array, is_object, resolve, schema_types, walk_objects

MARK: Final = "x-harmless"
"""Marks a string with what its values are: `code`, `time` or `amount`."""

_SHOWN: Final = (*DATA, "examples", "x-extensible-enum", "x-error-codes")
_CODES: Final = ("const", "enum", "x-extensible-enum")
_FORMS: Final = {
    "time": re.compile(r"20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:?\d\d)?", re.ASCII),
    "amount": re.compile(r"\d{1,3}(\.\d{1,3})?%?", re.ASCII),
}
_HEADER_NUMBER: Final = re.compile(r"\d{1,4}|1\d{9}", re.ASCII)
"""An amount, or seconds since 1970."""
_LARGEST: Final = 10**13
"""Milliseconds since 1970; larger integers are ids."""

_NUMERIC_HEADERS: Final = re.compile(r"age|retry-after|(x-)?ratelimit(-[a-z]+)*")
_TIME_HEADERS: Final = frozenset({"date", "expires", "last-modified", "retry-after"})
_CODED_HEADERS: Final = frozenset({"accept-encoding", "connection", "content-encoding", "transfer-encoding"})
_CODINGS: Final = frozenset({"br", "chunked", "close", "deflate", "gzip", "identity", "keep-alive", "zstd"})
_REQUEST_HEADERS: Final = frozenset({"accept", "authorization", "cookie", "host", "origin", "referer", "user-agent"})
_SHORT: Final = 5
"""Letters of a word whose spelling tells little."""
_MEDIA_TYPES: Final = frozenset({*mimetypes.types_map.values(), "application/problem+json", "text/event-stream"})
_CHARSETS: Final = frozenset({"utf-8", "utf8", "iso-8859-1", "us-ascii", "gbk", "gb2312", "gb18030"})


class HarmlessContent:
    """Tells which names and values of an exchange may be kept.

    Args:
        description: The bundled description.
    """

    def __init__(self, description: Mapping[str, Any]) -> None:
        self._spelling = Spelling([*_find_texts(description), *find_names(description)])
        self._names, self._numbers, self._shown = set[str](), set[str](), set[str]()
        self._contents: dict[str, set[str]] = defaultdict(set)
        for _, node in walk_objects(description):
            self._shown.update(text for keyword in _SHOWN if keyword in node for text in _find_texts(node[keyword]))
            for name, schema in _find_fields(node):
                self._names.add(name)
                for value in _find_alternatives(description, schema):
                    types = schema_types(value)
                    if "string" in types or any(keyword in value for keyword in _CODES):
                        self._contents[name].add(_find_content(value))
                    if not {"integer", "number"}.isdisjoint(types):
                        self._numbers.add(name)
        self._templates = {_strip_numbers(text) for text in self._shown if " " in text}
        servers = [str(each["url"]) for each in description.get("servers", ())]
        paths: list[str] = [*description["paths"], *(urlsplit(url).path for url in servers)]
        segments = [segment for path in paths for segment in path.split("/")]
        self._segments = frozenset(each for each in segments if "{" not in each)
        self._suffixes = {each.rpartition("}")[2] for each in segments if "{" in each}

    def keeps_name(self, name: str) -> bool:
        """Return whether the name of a member, parameter or header is described, or is spelled like one."""
        return name in self._names or name in _REQUEST_HEADERS or name in TRANSPORT_HEADERS or self._spelling.fits(name)

    def keeps_text(self, name: str, text: str) -> bool:
        """Return whether a text is shown in the description, or is a code, a time or an amount where one belongs."""
        if text in self._shown or not text.strip():
            return True
        contents = self._contents.get(name, {""})  # all that a field of this name can hold
        return len(contents) == 1 and self._is_content(next(iter(contents)), text)

    def is_code(self, name: str) -> bool:
        """Return whether a field of this name holds codes."""
        return "code" in self._contents.get(name, ())

    def keeps_all_but_numbers(self, text: str) -> bool:
        """Return whether the description shows the text with other numbers and ids."""
        return " " in text and len(text) < 1000 and _strip_numbers(text) in self._templates

    def keeps_number(self, name: str, number: float) -> bool:
        """Return whether a number is described as one."""
        return name in self._numbers and (isinstance(number, float) or abs(number) < _LARGEST)

    def keeps_word(self, word: str) -> bool:
        """Return whether the description has the parts of a word."""
        return all(part.lower() in self._spelling.words for part in split_words(word))

    def split_segment(self, segment: str) -> tuple[str, str]:
        """Return the part of a segment of a path that is a value, and the part that is described."""
        if unquote(segment) in self._segments:
            return "", segment
        suffix = max((each for each in self._suffixes if segment.endswith(each)), key=len, default="")
        return segment.removesuffix(suffix), suffix

    def keeps_header(self, name: str, value: str) -> bool:
        """Return whether the value of a header is a number, a time, a media type or a code where one belongs."""
        values = [each.strip() for each in value.split(",")]
        if name in _TIME_HEADERS and _is_http_date(value):
            return True
        if _NUMERIC_HEADERS.fullmatch(name) or name in self._numbers:
            return _HEADER_NUMBER.fullmatch(value) is not None
        if name in ("content-type", "accept"):
            return all(self._is_media_type(each) for each in values)
        return name in _CODED_HEADERS and _CODINGS.issuperset(values)

    def _is_content(self, content: str, text: str) -> bool:
        return (
            self._spelling.fits(text)
            if content == "code"
            else content in _FORMS and bool(_FORMS[content].fullmatch(text))
        )

    def _is_media_type(self, text: str) -> bool:
        media, _, parameter = text.lower().partition(";")
        charset = parameter.strip(" ;").removeprefix("charset=").strip('"')
        known = media in _MEDIA_TYPES or re.fullmatch(r"(\*|application|audio|image|text|video)/\*", media) is not None
        return (known or media in self._shown) and (not charset or charset in _CHARSETS)


class Spelling:
    """Tells names and codes from other texts, by the words of the description and by their spelling.

    Args:
        texts: The texts of the description.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self.words = frozenset(word.lower() for text in texts for word in split_words(text))
        own, english = _count_letters(self.words - _read_english_words()), _count_english_letters()
        self._letters, self._pairs, self._triples = (one + other for one, other in zip(own, english, strict=True))

    def fits(self, text: str) -> bool:
        """Return whether a text is at most six words with few digits, written as names and codes are."""
        if len(text) > 48:
            return False
        parts = [split_words(each) for each in re.split(r"[_+ -]|\.(?=\d)", text.lstrip("_$"))]
        words = [word for part in parts for word in part]
        short = sum(len(word) <= _SHORT and word.lower() not in self.words for word in words)
        return (
            1 <= len(words) <= (3 if " " in text else 6)
            and short <= 2
            and re.fullmatch(r"(?:[A-Za-z0-9_+$ -]|\.(?=\d))+", text) is not None
            and sum(letter.isdigit() for letter in text) <= 3
            and all(self._is_part(part) for part in parts)
        )

    def _is_part(self, part: list[str]) -> bool:
        """Return whether a part is camelCase, UPPER CASE or lower case, with a number after a known or a short word."""
        for index, word in enumerate(part):
            before = part[index - 1] if index else ""
            if word.isdigit():
                is_last = index == len(part) - 1
                if not is_last or len(word) > 2 or (len(before) > 3 and before.lower() not in self.words):
                    return False
            elif not self._is_word(word) or (word.istitle() and not before and word.lower() not in self.words):
                return False
        return bool(part)

    def _is_word(self, word: str) -> bool:
        if len(word) <= 3 or word.lower() in self.words:
            return True
        if len(word) <= _SHORT:
            return re.search(r"[aeiouy]", word, re.IGNORECASE) is not None
        framed, total = f"^{word.lower()}$", 0.0
        for one, two, three in zip(framed, framed[1:], framed[2:], strict=False):
            likely = (self._pairs[two + three] + 0.2) / (self._letters[two] + 6)
            total += math.log2((self._triples[one + two + three] + 4 * likely) / (self._pairs[one + two] + 4))
        # Of words of eight random letters, 2 in 1000 are as likely, of ten letters none; nearly all of English are.
        return len(word) <= 16 and total / len(word) >= -4.5


def _count_letters(words: Iterable[str]) -> tuple[Counter[str], ...]:
    """Return how often words have each letter, each pair and each three of letters in a row, their ends included."""
    framed = [f"^{word}$" for word in words if word.isalpha()]
    letters = Counter(letter for word in framed for letter in word[:-1])
    return letters, *(Counter(word[at : at + n] for word in framed for at in range(len(word) - n + 1)) for n in (2, 3))


@cache
def _count_english_letters() -> tuple[Counter[str], ...]:
    return _count_letters(_read_english_words())


@cache
def _read_english_words() -> frozenset[str]:
    """Return the words of the prose that every Python has, its language reference."""
    return frozenset(word.lower() for text in topics.values() for word in split_words(text))


def split_words(text: str) -> list[str]:
    """Return the words and numbers of a text; the words of camelCase are separate."""
    return re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", text, re.ASCII)


def replace_numbered(text: str, replace: Callable[[str], str]) -> str:
    """Replace each number and each word with digits, such as an id."""
    return re.sub(r"[\w-]+", lambda found: replace(found[0]) if re.search(r"\d", found[0]) else found[0], text)


def _strip_numbers(text: str) -> str:
    return replace_numbered(text, lambda _: "#")


def _is_http_date(text: str) -> bool:
    try:
        return len(text) == 29 and text.isascii() and bool(parsedate_to_datetime(text))
    except ValueError:
        return False


def _find_fields(node: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield name and schema of the members, the parameter or the headers that a node describes."""
    if is_object(node.get("properties")):
        yield from node["properties"].items()
    if isinstance(node.get("name"), str) and "in" in node:
        yield node["name"], node.get("schema", {})
    if is_object(node.get("headers")):
        for name, header in node["headers"].items():
            yield name.lower(), header


def _find_content(schema: Mapping[str, Any]) -> str:
    """Return what the strings of a schema are; nothing when they can be anything."""
    if any(keyword in schema for keyword in _CODES):
        return "code"
    return "time" if schema.get("format") == "date-time" else str(schema.get(MARK, ""))


def _find_alternatives(
    description: Mapping[str, Any], schema: Any, seen: tuple[int, ...] = ()
) -> Iterator[Mapping[str, Any]]:
    """Yield a schema, and the schemas of its alternatives and items, without references."""
    schema = resolve(description, schema)
    if not is_object(schema) or id(schema) in seen:
        return
    yield schema
    inner = [schema.get("items"), schema.get("schema")]
    inner += [each for keyword in ("anyOf", "oneOf", "allOf") for each in schema.get(keyword, ())]
    for each in inner:
        if each is not None:
            yield from _find_alternatives(description, each, (*seen, id(schema)))


def _find_texts(value: Any) -> Iterator[str]:
    return (each for each in _walk_value(value) if isinstance(each, str))


def find_names(value: Any) -> Iterator[str]:
    """Yield the name of each member of a JSON value, at any depth."""
    return (name for each in _walk_value(value) if is_object(each) for name in each)


def _walk_value(value: Any) -> Iterator[Any]:
    """Yield a JSON value and every value inside it."""
    yield value
    if is_object(value) or is_array(value):
        for member in value.values() if is_object(value) else value:
            yield from _walk_value(member)
