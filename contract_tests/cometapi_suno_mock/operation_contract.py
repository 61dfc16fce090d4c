"""One operation as the description has it, and what breaks its contract in a request or a response."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, TypeAlias
from urllib.parse import quote

import attrs
from cometapi_suno_mock.compiled_schemas import CompiledSchema, Violation
from cometapi_suno_mock.media import NotJsonError, choose, parse_media_type, read_json

Given: TypeAlias = Mapping[str, str | Sequence[str]]
"""The parameters of one place as text. A list has one text for each item."""

_MANY = 1_000
"""Commas in a request above which only the first error is looked for: one for each of 130,000 items takes 4 s."""
_INTEGER = re.compile("-?[0-9]+")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None}


@attrs.frozen
class MediaTypeContract:
    """A described body of one media type."""

    media: str
    schema: CompiledSchema | None
    examples: Mapping[str, Any]
    """The described example values, in the order of the description."""
    carries_json: bool
    """Whether the body is JSON: by its media type, or by a schema of anything but a string."""


@attrs.frozen
class ResponseContract:
    """The described response with one status."""

    pointer: str
    content: Mapping[str, MediaTypeContract]
    may_be_empty: bool


@attrs.frozen
class RequestBodyContract:
    """The described request body."""

    pointer: str
    required: bool
    content: Mapping[str, MediaTypeContract]


@attrs.frozen
class ParameterContract:
    """A described parameter; its value arrives as text."""

    name: str
    place: str
    required: bool
    pointer: str
    schema: CompiledSchema | None
    examples: Mapping[str, Any]
    """The described example values, in the order of the description."""

    def check(self, given: Given) -> list[Violation]:
        """Check it among the given parameters of its place; header names are in lower case."""
        texts = given.get(self.name.lower() if self.place == "header" else self.name)
        if texts is None:
            message = f"{self.name}: required {self.place} parameter is missing"
            return [Violation("parameter", self.pointer, "", message)] if self.required else []
        if self.schema is None:
            return []
        closest: list[Violation] | None = None
        for value in _read_texts([texts] if isinstance(texts, str) else texts):
            found = self.schema.check(value)
            if not found:
                return []
            if closest is None or _count_wrong_types(found) < _count_wrong_types(closest):
                closest = found
        return [
            attrs.evolve(each, kind="parameter", message=f"{self.name}: {each.message.removeprefix('body: ')}")
            for each in closest or ()
        ]


@attrs.frozen
class PriceOnRecord:
    """A price of `x-billing`.

    Attributes:
        amount: The amount in US dollars.
        constants: The constants of the variant that it is for, by field; empty for any body.
    """

    amount: float
    constants: Mapping[str, Any]


@attrs.frozen(eq=False, repr=False)
class OperationContract:
    """One operation: its identity, and its described requests and responses."""

    id: str
    method: str
    path: str
    pointer: str
    sdk: str
    tag: str
    summary: str
    billing: str
    """`free`, `paid`, or `unknown`, also when the description says nothing."""
    prices: Sequence[PriceOnRecord]
    """Those of variants first."""
    effect: str
    """`reads`, `creates`, or `unknown`, also when the description says nothing."""
    credential: str
    """The client's argument with the secret that authorizes a request."""
    parameters: Sequence[ParameterContract]
    body: RequestBodyContract | None
    answers: Mapping[int, ResponseContract]
    """The described responses, by status."""

    def __repr__(self) -> str:
        return f"<OperationContract {self.id}: {self.method} {self.path}>"

    @property
    def success(self) -> int:
        """The described status of success."""
        return next((status for status in self.answers if status // 100 == 2), 200)

    @property
    def statuses(self) -> Sequence[int]:
        """The described statuses, in the order of the description."""
        return tuple(self.answers)

    def fill_path(self, parameters: Mapping[str, str]) -> str:
        """Return the path with these parameters in place of their names, percent-encoded."""
        path = self.path
        for name, value in parameters.items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        return path

    def check_request(
        self, *, path_params: Given, query: Given, headers: Given, content_type: str | None, body: bytes
    ) -> list[Violation]:
        """Return how a request breaks the contract; empty when it does not."""
        found = self.check_parameters(path_params=path_params, query=query, headers=headers)
        return found + self.read_body(content_type, body)[1]

    def check_parameters(self, *, path_params: Given, query: Given, headers: Given) -> list[Violation]:
        """Return how the parameters of a request break the contract."""
        given = {"path": path_params, "query": query, "header": headers}
        return [violation for parameter in self.parameters for violation in parameter.check(given[parameter.place])]

    def read_body(self, content_type: str | None, body: bytes) -> tuple[Any, list[Violation]]:
        """Return the JSON value of a request body, and how it breaks the contract."""
        described = self.body
        if described is None:
            return None, []
        if not body:
            missing = Violation("body-missing", described.pointer, "", "body: required body is missing")
            return None, [missing] if described.required else []
        content = choose(described.content, content_type or "")
        if content is None:
            message = f"content type {_format_media(content_type)}: described are {', '.join(described.content)}"
            return None, [Violation("content-type", f"{described.pointer}/content", "", message)]
        return _read(content, f"{described.pointer}/content", body, thorough=body.count(b",") <= _MANY)

    def check_response(self, *, status: int, content_type: str | None, body: bytes) -> list[Violation]:
        """Return how a response breaks the contract; empty when it does not."""
        content, found = self._find_content(status, content_type, empty=not body)
        return found if content is None else _read(content, self.answers[status].pointer, body)[1]

    def check_answer(self, *, status: int, content_type: str | None, value: Any) -> list[Violation]:
        """Do the same as `check_response` for the JSON value of a body; None means an empty body."""
        content, found = self._find_content(status, content_type, empty=value is None)
        if content is None or content.schema is None:
            return found
        return content.schema.check(value)

    def _find_content(
        self, status: int, content_type: str | None, *, empty: bool
    ) -> tuple[MediaTypeContract | None, list[Violation]]:
        answer = self.answers.get(status)
        if answer is None:
            described = ", ".join(map(str, self.answers))
            message = f"status {status} is not described; described are {described}"
            return None, [Violation("status", f"{self.pointer}/responses", "", message)]
        if empty:
            if answer.may_be_empty:
                return None, []
            return None, [Violation("empty-body", answer.pointer, "", f"status {status}: the body is empty")]
        content = choose(answer.content, content_type or "")
        if content is None:
            described = ", ".join(answer.content) or "no content"
            message = f"status {status}: content type {_format_media(content_type)}: described are {described}"
            return None, [Violation("content-type", answer.pointer, "", message)]
        return content, []


def parse_parameter(kind: Any, text: str) -> Any:
    """Return the value of a parameter's text, or the text itself when it is not of the described type."""
    value = _read_text(text) if kind in ("integer", "number", "boolean") else text
    return text if kind == "integer" and isinstance(value, float) else value


def _read_texts(texts: Sequence[str]) -> Iterator[Any]:
    """Yield the values that the texts of a parameter may stand for, whatever its type."""
    if len(texts) == 1:
        yield texts[0]
        yield _read_text(texts[0])
    yield list(texts)
    yield [_read_text(text) for text in texts]


def _read_text(text: str) -> Any:
    """Return the JSON value that a text looks like, or the text."""
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) < _MANY else text
    if _NUMBER.fullmatch(text) and isfinite(float(text)):
        return float(text)
    return _WORDS.get(text, text)


def _count_wrong_types(found: list[Violation]) -> int:
    return sum(each.pointer.endswith("/type") for each in found)


def _format_media(content_type: str | None) -> str:
    return parse_media_type(content_type or "") or "(none)"


def _read(content: MediaTypeContract, where: str, body: bytes, *, thorough: bool = True) -> tuple[Any, list[Violation]]:
    if not content.carries_json:
        text = body.decode("utf-8", "replace")
        return text, content.schema.check(text) if content.schema is not None else []
    try:
        value = read_json(body)
    except NotJsonError as error:
        return None, [Violation("json", where, "", f"body: invalid JSON: {error}")]
    return value, content.schema.check(value, thorough=thorough) if content.schema is not None else []
