"""The one validator: what a description says of each operation's requests and responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import unquote

import attrs
from cometapi_suno_mock.compiled_schemas import DescriptionError, Schema, Schemas, Violation
from cometapi_suno_mock.media import NotJsonError, choose, is_json, media_type, read_json
from cometapi_suno_mock.pointers import look, pointer, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cometapi_suno_mock.compiled_schemas import Schema, Schemas


_T = TypeVar("_T")


class Routes(Generic[_T]):
    """A table of (method, path template, target). A parameter is one whole, non-empty path segment."""

    def __init__(self, table: Iterable[tuple[str, str, _T]]) -> None:
        self._fixed: dict[tuple[str, str], _T] = {}
        self._templated: dict[tuple[str, int], list[tuple[list[str], _T]]] = {}
        for method, template, target in table:
            parts = template.split("/")
            if any(_is_parameter(part) for part in parts):
                self._templated.setdefault((method, len(parts)), []).append((parts, target))
            else:
                self._fixed[method, template] = target

    def match(self, method: str, path: str) -> tuple[_T, dict[str, str]] | None:
        """The target, and the decoded parameters; None when nothing is there."""
        target = self._fixed.get((method, path))
        if target is not None:
            return target, {}
        given = path.split("/")
        for parts, target in self._templated.get((method, len(given)), ()):
            parameters = _bind(parts, given)
            if parameters is not None:
                return target, parameters
        return None


def _is_parameter(part: str) -> bool:
    return part.startswith("{") and part.endswith("}")


def _bind(parts: list[str], given: list[str]) -> dict[str, str] | None:
    parameters: dict[str, str] = {}
    for part, text in zip(parts, given, strict=True):
        if part == text:
            continue
        if not text or not _is_parameter(part):
            return None
        parameters[part[1:-1]] = unquote(text)
    return parameters


_PLACES = ("path", "query", "header")


@attrs.frozen
class Parameter:
    """One described parameter; its value arrives as text."""

    name: str
    place: str
    required: bool
    pointer: str
    schema: Schema | None

    def check(self, given: Mapping[str, str]) -> list[Violation]:
        """What is wrong with it among the parameters of its place; header names are in lower case."""
        text = given.get(self.name.lower() if self.place == "header" else self.name)
        if text is None:
            missing = Violation(
                "parameter", self.pointer, "", f"{self.name}: required {self.place} parameter is missing"
            )
            return [missing] if self.required else []
        if self.schema is None:
            return []
        return [
            attrs.evolve(
                violation,
                kind="parameter",
                message=f"{self.name}: {violation.message.removeprefix('body: ')}",
            )
            for violation in self.schema.check(typed(self.schema.source.get("type"), text))
        ]


def read_parameters(document: Mapping[str, Any], schemas: Schemas, path: str, method: str) -> tuple[Parameter, ...]:
    """The parameters of an operation: those of its path, replaced by its own where name and place agree."""
    found: dict[tuple[str, str], Parameter] = {}
    for owner in (("paths", path), ("paths", path, method)):
        listed: Sequence[Any] = look(document, pointer(owner)).get("parameters", [])
        for index in range(len(listed)):
            where = resolve(document, pointer((*owner, "parameters", index)))
            source: Mapping[str, Any] = look(document, where)
            if source["in"] in _PLACES:
                found[source["in"], source["name"]] = Parameter(
                    name=source["name"],
                    place=source["in"],
                    required=bool(source.get("required", False)),
                    pointer=where,
                    schema=schemas.at(f"{where}/schema") if "schema" in source else None,
                )
    return tuple(found.values())


def typed(kind: Any, text: str) -> Any:
    """The value that a text stands for, or the text itself when it stands for none of the described type."""
    try:
        if kind == "integer":
            return int(text)
        if kind == "number":
            return float(text)
    except ValueError:
        return text
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    return text


__all__ = ["Contract", "DescriptionError", "OperationContract", "Violation"]

_MANY = 1_000
"""Commas in a request above which only the first error is looked for: one for each of 130,000 items takes 4 s."""
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@attrs.frozen
class Content:
    """What a body of one media type may be."""

    media: str
    schema: Schema | None
    examples: Mapping[str, Any]
    """The described example values, in the order of the description."""
    carries_json: bool
    """JSON by its name, or by a schema that describes more than text."""


@attrs.frozen
class Answer:
    """What one status of one operation may look like."""

    pointer: str
    content: Mapping[str, Content]
    may_be_empty: bool


@attrs.frozen
class RequestBody:
    """What an operation takes."""

    pointer: str
    required: bool
    content: Mapping[str, Content]


@attrs.frozen(eq=False, repr=False)
class OperationContract:
    """One operation: who it is, and what may be said to it and by it."""

    id: str
    method: str
    path: str
    pointer: str
    sdk: str
    tag: str
    summary: str
    billing: str
    effect: str
    parameters: Sequence[Parameter]
    body: RequestBody | None
    answers: Mapping[int, Answer]

    def __repr__(self) -> str:
        return f"<OperationContract {self.id}: {self.method} {self.path}>"

    @property
    def statuses(self) -> Sequence[int]:
        """The described statuses, in the order of the description."""
        return tuple(self.answers)

    def check_request(
        self,
        *,
        path_params: Mapping[str, str],
        query: Mapping[str, str],
        headers: Mapping[str, str],
        content_type: str | None,
        body: bytes,
    ) -> list[Violation]:
        """What is wrong with a request; empty when nothing is."""
        found = self.check_parameters(path_params=path_params, query=query, headers=headers)
        return found + self.read_body(content_type, body)[1]

    def check_parameters(
        self, *, path_params: Mapping[str, str], query: Mapping[str, str], headers: Mapping[str, str]
    ) -> list[Violation]:
        """What is wrong with the parameters of a request."""
        given = {"path": path_params, "query": query, "header": headers}
        return [violation for parameter in self.parameters for violation in parameter.check(given[parameter.place])]

    def read_body(self, content_type: str | None, body: bytes) -> tuple[Any, list[Violation]]:
        """The JSON value of a request body, and what is wrong with it."""
        described = self.body
        if described is None:
            return None, []
        if not body:
            missing = Violation("body-missing", described.pointer, "", "body: required body is missing")
            return None, [missing] if described.required else []
        content = choose(described.content, content_type or "")
        if content is None:
            message = f"content type {_told(content_type)}: described are {', '.join(described.content)}"
            return None, [Violation("content-type", f"{described.pointer}/content", "", message)]
        return _read(content, f"{described.pointer}/content", body, thorough=body.count(b",") <= _MANY)

    def check_response(self, *, status: int, content_type: str | None, body: bytes) -> list[Violation]:
        """What is wrong with a response; empty when nothing is."""
        content, found = self._find(status, content_type, empty=not body)
        return found if content is None else _read(content, self.answers[status].pointer, body)[1]

    def check_answer(self, *, status: int, content_type: str | None, value: Any) -> list[Violation]:
        """`check_response` for a body that is known to be this JSON value; None stands for no body."""
        content, found = self._find(status, content_type, empty=value is None)
        if content is None or content.schema is None:
            return found
        return content.schema.check(value)

    def _find(self, status: int, content_type: str | None, *, empty: bool) -> tuple[Content | None, list[Violation]]:
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
            message = f"status {status}: content type {_told(content_type)}: described are {described}"
            return None, [Violation("content-type", answer.pointer, "", message)]
        return content, []


class Contract:
    """Everything a bundled description promises.

    Args:
        description: OpenAPI 3.1 as plain JSON values, examples inline.

    Raises:
        DescriptionError: A reference leads nowhere, or a schema is not one.
    """

    def __init__(self, description: Mapping[str, Any]) -> None:
        self.description = description
        schemas = Schemas(description)
        operations = [
            _Reader(description, schemas, path, method).operation()
            for path, item in description.get("paths", {}).items()
            for method in METHODS
            if method in item
        ]
        self.operations: Mapping[str, OperationContract] = {operation.id: operation for operation in operations}
        self.match = Routes((operation.method, operation.path, operation) for operation in operations).match
        """The operation at a method and a path (percent-encoded, no query), with its path parameters."""


@attrs.frozen
class _Reader:
    """Reads one operation out of the description."""

    document: Mapping[str, Any]
    schemas: Schemas
    path: str
    method: str

    def operation(self) -> OperationContract:
        where = pointer(("paths", self.path, self.method))
        source: Mapping[str, Any] = look(self.document, where)
        sdk: Mapping[str, str] = source.get("x-sdk", {})
        return OperationContract(
            id=source.get("operationId", f"{self.method} {self.path}"),
            method=self.method.upper(),
            path=self.path,
            pointer=where,
            sdk=".".join(sdk[key] for key in ("resource", "method") if key in sdk),
            tag=next(iter(source.get("tags", [])), ""),
            summary=source.get("summary", ""),
            billing=source.get("x-billing", {}).get("charge", "unknown"),
            effect=source.get("x-effect", "reads"),
            parameters=read_parameters(self.document, self.schemas, self.path, self.method),
            body=self._body(f"{where}/requestBody") if "requestBody" in source else None,
            answers={
                int(status): self._answer(f"{where}/responses/{status}") for status in source.get("responses", {})
            },
        )

    def _body(self, where: str) -> RequestBody:
        where, source = self._node(where)
        return RequestBody(where, bool(source.get("required", False)), self._content(where, source))

    def _answer(self, where: str) -> Answer:
        where, source = self._node(where)
        content = self._content(where, source)
        return Answer(where, content, may_be_empty="x-empty-body" in source or not content)

    def _content(self, where: str, source: Mapping[str, Any]) -> dict[str, Content]:
        offers = (
            self._offer(f"{where}{pointer(('content', name))}", name, entry)
            for name, entry in source.get("content", {}).items()
        )
        return {content.media: content for content in offers}

    def _offer(self, where: str, name: str, entry: Mapping[str, Any]) -> Content:
        media = media_type(name)
        schema = self.schemas.at(f"{where}/schema") if "schema" in entry else None
        described = schema is not None and schema.source.get("type") != "string"
        return Content(media, schema, self._examples(where, entry), carries_json=described or is_json(media))

    def _examples(self, where: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        single = {"example": entry["example"]} if "example" in entry else {}
        named = {key: self._node(where + pointer(("examples", key)))[1] for key in entry.get("examples", {})}
        return single | {key: example["value"] for key, example in named.items() if "value" in example}

    def _node(self, where: str) -> tuple[str, Mapping[str, Any]]:
        try:
            where = resolve(self.document, where)
        except KeyError as error:
            raise DescriptionError(f"{where}: nothing there: {error}") from None
        return where, look(self.document, where)


def _told(content_type: str | None) -> str:
    return media_type(content_type or "") or "(none)"


def _read(content: Content, where: str, body: bytes, *, thorough: bool = True) -> tuple[Any, list[Violation]]:
    if not content.carries_json:
        text = body.decode("utf-8", "replace")
        return text, content.schema.check(text) if content.schema is not None else []
    try:
        value = read_json(body)
    except NotJsonError as error:
        return None, [Violation("json", where, "", f"body: invalid JSON: {error}")]
    return value, content.schema.check(value, thorough=thorough) if content.schema is not None else []
