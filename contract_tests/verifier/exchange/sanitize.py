"""Sanitizing: a recording keeps the shape of an exchange, not its content.

Names, types, formats, lengths, statuses, codes, times and numbers stay, as far as the description declares them
harmless, so that drift still shows. Every other value is replaced by a pseudonym. Recordings, archives, reports,
overlays and logs all hold what comes from here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, reduce
from typing import Any, Final

from attrs import evolve
from cometapi_suno import _redaction
from cometapi_suno_mock import Contract, load_contract

from contract_tests.verifier.exchange.exchange import ExchangeBody, HttpExchange
from contract_tests.verifier.exchange.harmless_content import HarmlessContent, replace_numbered
from contract_tests.verifier.exchange.pseudonyms import Pseudonymizer
from scripts.openapi_document import is_array, is_object, join_pointer, split_pointer

_MASK: Final = b"[redacted]"
_WORD: Final = re.compile(r"(?<!\w)([A-Za-z]+)(?!\w)", re.ASCII)
_RUN_ID: Final = re.compile(r"\d{1,4}|\d{8}T\d{6}Z(-\d{1,3})?", re.ASCII)
_MARKUP: Final = re.compile(r"(<!doctype html>|</?(?:html|head|title|body|center|h1|h2|p|pre|hr|div)>)", re.IGNORECASE)
"""The markup of a page that is kept, to tell a page and its title from another text."""


@lru_cache(maxsize=4)
def _read_harmless(contract: Contract) -> HarmlessContent:
    """Read a description once: each proposal with a recording makes a sanitizer."""
    return HarmlessContent(contract.description)


def make_redactor(secrets: Iterable[str]) -> Callable[[bytes], bytes]:
    """Return a function that removes secrets, the longest first, in every form in which they may be written."""
    longest_first = sorted(filter(None, secrets), key=len, reverse=True)
    redactors = [_redaction.make_redactor(each.encode("utf-8", "surrogatepass"), _MASK) for each in longest_first]
    return lambda content: reduce(lambda text, redact: redact(text), redactors, content)


class Sanitizer:
    """Sanitizes exchanges. One sanitizer replaces equal values by equal pseudonyms.

    Args:
        secrets: Texts that are not kept even where the description allows any code.
        contract: The description; by default the generated one.
        key: The key of the pseudonyms; by default a new one.
        keep_contents: Remove the secrets only, and keep everything else.
    """

    def __init__(
        self,
        secrets: Iterable[str] = (),
        contract: Contract | None = None,
        *,
        key: bytes | None = None,
        keep_contents: bool = False,
    ) -> None:
        self.keeps_contents = keep_contents
        self._redact_bytes = make_redactor(secrets)
        self._harmless = _read_harmless(contract or load_contract())
        self._pseudonyms = Pseudonymizer(key)
        self._replaced = set[str]()

    def __repr__(self) -> str:
        return "<Sanitizer>"

    def sanitize(self, exchange: HttpExchange) -> HttpExchange:
        """Return a copy that keeps the shape of the exchange."""
        request, response = exchange.request, exchange.response
        return evolve(
            exchange,
            id=self._sanitize_id(exchange.id),
            note=self.sanitize_note(exchange.note),
            pseudonyms=self._replaced,
            request=evolve(
                request,
                path=self.sanitize_path(request.path),
                query=tuple(
                    (self._sanitize_name(name), self._sanitize_text(name, value)) for name, value in request.query
                ),
                headers=self._sanitize_headers(request.headers),
                body=self._sanitize_body(request.body),
            ),
            response=evolve(
                response, headers=self._sanitize_headers(response.headers), body=self._sanitize_body(response.body)
            ),
        )

    def sanitize_path(self, path: str) -> str:
        """Return a path with its described segments, and pseudonyms for the others."""
        found = list[str]()
        for segment in path.split("/"):
            value, described = self._harmless.split_segment(segment)
            if self.keeps_contents:
                found.append(self._redact(segment))
            elif not value or self._harmless.keeps_text("", value):
                found.append(segment)
            else:
                found.append(self._pseudonyms.replace_encoded(value) + described)
        return "/".join(found)

    def sanitize_value(self, value: Any, name: str = "") -> Any:
        """Return a JSON value of the same shape. Booleans and null stay.

        Args:
            value: The value.
            name: The name of the member that holds it, or holds the list that holds it.
        """
        if is_object(value):
            return {self._sanitize_name(key): self.sanitize_value(member, key) for key, member in value.items()}
        if is_array(value):
            return [self.sanitize_value(item, name) for item in value]
        if isinstance(value, str):
            return self._sanitize_text(name, value)
        if self.keeps_contents or isinstance(value, bool) or value is None or self._harmless.keeps_number(name, value):
            return value
        return self._pseudonyms.replace_number(value)

    def sanitize_note(self, text: str) -> str:
        """Return a text that we wrote, with pseudonyms for what is not a word of the description."""
        parts = _WORD.split(text)
        return "".join(
            part if index % 2 and self._harmless.keeps_word(part) else self._replace(part)
            for index, part in enumerate(parts)
        )

    def _sanitize_headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {self._sanitize_name(name): self._sanitize_header(name, value) for name, value in headers.items()}

    def _sanitize_header(self, name: str, value: str) -> str:
        if self._is_secret(value) or self.keeps_contents:
            return self._replace(value)
        media, semicolon, parameters = value.partition(";")
        if self._harmless.keeps_header(name, value):
            return value
        if name == "content-type" and self._harmless.keeps_header(name, media):
            return f"{media}{semicolon}{self._replace(parameters)}"
        return self._sanitize_text(name, value)

    def _sanitize_body(self, body: ExchangeBody | None) -> ExchangeBody | None:
        if body is None:
            return None
        if body.kind == "json":
            try:
                value = self.sanitize_value(body.value)
            except RecursionError:  # no program here can look into it
                return self._sanitize_body(ExchangeBody("text", body.content.decode()))
            return ExchangeBody("json", value, tuple(map(self._sanitize_pointer, body.repeated)))
        if body.kind == "base64":
            if self.keeps_contents:
                return evolve(body, value=self._redact_bytes(body.value))
            return evolve(body, value=self._pseudonyms.replace_bytes(body.value))
        parts = _MARKUP.split(body.value)
        return ExchangeBody("text", "".join(
            part if index % 2 else self._sanitize_text("", part) for index, part in enumerate(parts)
        ))  # fmt: skip

    def _sanitize_pointer(self, pointer: str) -> str:
        return join_pointer("", *map(self._sanitize_name, split_pointer(pointer)))

    def _sanitize_name(self, name: str) -> str:
        if not self._is_secret(name) and self._harmless.keeps_name(name):
            return name
        return self._note_replaced(self._replace(name))

    def _sanitize_text(self, name: str, text: str) -> str:
        if self._is_secret(text) or self.keeps_contents:
            return self._replace(text)
        if self._harmless.keeps_text(name, text):
            return text
        if self._harmless.keeps_all_but_numbers(text):
            return replace_numbered(text, self._replace)
        replaced = self._replace(text)
        return self._note_replaced(replaced) if self._harmless.is_code(name) else replaced

    def _note_replaced(self, pseudonym: str) -> str:
        if not self.keeps_contents:
            self._replaced.add(pseudonym)
        return pseudonym

    def _sanitize_id(self, text: str) -> str:
        kept = (_RUN_ID.fullmatch(part) or self._harmless.keeps_name(part) for part in text.split("."))
        return ".".join(part if keep else self._replace(part) for part, keep in zip(text.split("."), kept, strict=True))

    def _replace(self, text: str) -> str:
        return self._redact(text) if self.keeps_contents else self._pseudonyms.replace_text(text)

    def _redact(self, text: str) -> str:
        return self._redact_bytes(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")

    def _is_secret(self, text: str) -> bool:
        return self._redact(text) != text
